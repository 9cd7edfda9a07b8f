# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Delays: how long is waited, and what has been done by then. Nobody waits, and no clock is looked at."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from dcos_emulator.emulator import Emulator
from dcos_emulator.settings import Settings

USERS = "/acs/api/v1/users"


class Naps:
    """Stands in for asyncio.sleep: notes how long each was to be, and lets none pass before it is woken."""

    def __init__(self) -> None:
        self.lengths: list[float] = []
        self.begun, self.over = asyncio.Event(), asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.lengths.append(seconds)
        self.begun.set()
        await self.over.wait()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    made = Emulator(Settings(tls=False))
    yield made
    made.store.database.close()


async def ask(emulator: Emulator, method: str, path: str, data: Any = None) -> int:
    """The status of a request, without a server."""
    statuses: list[int] = []
    token = emulator.tokens.issue("bootstrapuser", None)
    body = b"" if data is None else json.dumps(data).encode()
    headers = {"authorization": f"token={token}", "content-type": "application/json", "content-length": str(len(body))}
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "scheme": "http", "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    await emulator(scope, receive, send)
    return statuses[0]


def run(monkeypatch: pytest.MonkeyPatch, story: Callable[[Naps], Awaitable[None]]) -> None:
    async def told() -> None:
        naps = Naps()
        monkeypatch.setattr(asyncio, "sleep", naps.sleep)
        await story(naps)

    asyncio.run(told())


def test_how_long_is_waited(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    async def story(naps: Naps) -> None:
        naps.over.set()
        emulator.faults.add({"action": "delay", "delay_ms": 300})
        assert await ask(emulator, "GET", USERS) == 200
        assert naps.lengths == [0.3]
        emulator.faults.add({"action": "status", "delay_ms": 50})
        emulator.settings.latency_ms = 200
        assert await ask(emulator, "GET", USERS) == 503
        assert naps.lengths == [0.3, 0.2, 0.05]
        assert await ask(emulator, "GET", USERS) == 200
        assert naps.lengths == [0.3, 0.2, 0.05, 0.2]

    run(monkeypatch, story)


@pytest.mark.parametrize(("when", "meanwhile"), [("before", 400), ("after", 200)])
def test_what_is_delayed_is_done_late_or_answered_late(
    monkeypatch: pytest.MonkeyPatch, emulator: Emulator, when: str, meanwhile: int
) -> None:
    async def story(naps: Naps) -> None:
        emulator.faults.add({"action": "delay", "delay_ms": 800, "when": when, "method": "PUT"})
        late = asyncio.ensure_future(ask(emulator, "PUT", f"{USERS}/late", {"password": "geheim"}))
        await naps.begun.wait()
        assert await ask(emulator, "GET", f"{USERS}/late") == meanwhile
        assert not late.done()
        naps.over.set()
        assert await late == 201
        assert await ask(emulator, "GET", f"{USERS}/late") == 200

    run(monkeypatch, story)

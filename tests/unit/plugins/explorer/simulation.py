# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection's code finds instead of the network, the clock, chance and Ansible: the current world."""

from __future__ import annotations

import contextlib
import json
import sys
import time
import uuid
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Callable
from unittest import mock

from ansible_collections.dcos.security.plugins.module_utils import _auth, _client, _http, _journal, _keys, _parallel
from ansible_collections.dcos.security.plugins.module_utils import _rekey as _loaded_with_the_rest  # noqa: F401
from ansible_collections.dcos.security.plugins.module_utils._errors import ConnectError
from ansible_collections.dcos.security.plugins.module_utils._options import resolve
from ansible_collections.dcos.security.plugins.module_utils._response import Response
from ansible_collections.dcos.security.tests.unit.plugins.explorer.events import PATIENT, Request
from ansible_collections.dcos.security.tests.unit.plugins.explorer.world import Run, World


class SimulatedTransport:
    """What stands in for _http.Transport: the current world."""

    world: World | None = None

    def __init__(self, *_args: Any, **_named: Any) -> None:
        self.origin, self.timeout, self.retries, self.read_only = "https://simulated", 30.0, 3, False
        self.repeated: list[Any] = []

    @staticmethod
    def clock() -> float:
        """Return the world's time."""
        assert SimulatedTransport.world
        return SimulatedTransport.world.now

    def send(
        self,
        method: str,
        path: str,
        params: Any = None,
        body: Any = None,
        once: bool = False,
        deadline: float | None = None,
        **_more: Any,
    ) -> Response:
        """Send one request; unless it goes ``once``, it is repeated as the transport does it."""
        world = SimulatedTransport.world
        assert world
        text = None if body is None else json.dumps(body, sort_keys=True)
        query = tuple(sorted((params or {}).items()))
        for attempt in range(self.retries + 1):
            last = once or attempt == self.retries
            try:
                answer = world.call(Request(method, path, query, text, PATIENT if deadline is None else deadline))
            except ConnectError:
                if last:
                    raise
                continue
            answer.repeated = attempt > 0
            if answer.status not in (429, 502, 503, 504) or last:
                return answer
            world.sleep(float(answer.headers.get("Retry-After", 0)))
        raise AssertionError("unreachable")


class NoLogin:
    """What stands in for _auth.Authenticator."""

    secrets: frozenset[str] = frozenset()

    def __init__(self, *_args: Any) -> None:
        """Nothing to remember."""

    @staticmethod
    def token(*_args: Any) -> None:
        """Nobody is logged in."""
        return


CONNECTION = resolve({"url": "http://simulated"}, {}, True)


class SimulatedTask(SimpleNamespace):
    """What a run sees of Ansible."""

    def given(self, *names: str) -> dict[str, Any]:
        """Return the options that were given."""
        return {name: self.params[name] for name in names if self.params.get(name) is not None}

    def warn(self, text: str) -> None:
        """Keep a warning."""
        self.run.warnings.append(text)

    def progress(self, *_args: Any, **_named: Any) -> None:
        """Nobody is looking."""


def run_module(module: Any, run: Run, **options: Any) -> dict[str, Any]:
    """Be one run of a module: its ``run(task)`` with the defaults of its spec."""
    params = {name: spec.get("default") for name, spec in module.SPEC.items()}
    params.update(options)
    task = SimulatedTask(params=params, check_mode=False, diff_mode=False, result={"changed": False}, run=run)
    module.run(task)
    result: dict[str, Any] = task.result
    return result


class _Time:
    """The clock of the current world, for code that uses the module ``time``."""

    CLOCK_BOOTTIME = CLOCK_MONOTONIC = 0

    @staticmethod
    def monotonic(*_clock: int) -> float:
        assert SimulatedTransport.world
        return SimulatedTransport.world.now

    clock_gettime = time = monotonic

    @staticmethod
    def sleep(seconds: float) -> None:
        assert SimulatedTransport.world
        SimulatedTransport.world.sleep(seconds)


class _Uuid:
    """Names that depend on the run and not on chance."""

    @staticmethod
    def uuid4() -> SimpleNamespace:
        world = SimulatedTransport.world
        assert world and world.current
        return SimpleNamespace(hex=f"run of {world.current.run.name}")


def _together(job: Callable[[Any], Any], items: Any, concurrency: int, **_named: Any) -> list[tuple[Any, Any, Any]]:
    assert SimulatedTransport.world
    return SimulatedTransport.world.together(job, items, concurrency)


@contextlib.contextmanager
def simulated() -> Iterator[None]:
    """Let the collection's code find the world's clock, network and chance instead of the real ones."""
    stand_ins = {
        id(_http.Transport): SimulatedTransport,
        id(_auth.Authenticator): NoLogin,
        id(_parallel.together): _together,
        id(_client.connect): lambda _task, *_args, **_named: _client.Client(CONNECTION, read_only=False),
        id(time): _Time,
        id(uuid): _Uuid,
        id(_keys.same_public_key): lambda one, other: one == other,
        id(_keys.normalize_public_key): lambda key: key,
        id(_keys.fingerprint): lambda key: key,
    }
    prefix = "ansible_collections.dcos.security.plugins."
    with contextlib.ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if name.startswith(prefix) and module is not None:
                for attribute, value in list(vars(module).items()):
                    if id(value) in stand_ins and not attribute.startswith("__"):
                        stack.enter_context(mock.patch.object(module, attribute, stand_ins[id(value)]))
        stack.enter_context(mock.patch.object(_journal.Times, "poll", property(lambda times: times.deadline)))
        yield

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the CA's tests: both backends over one root, called synchronously."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Iterator, Mapping

import pytest
from ca_material import shared_root
from dcos_emulator.ca import CaAnswer, Root, make_backend

differential_count = 0  # requests that both backends have answered and that were compared
not_compared: str | None = None  # why there were none


class Ca:
    """A running backend; usable outside of an event loop."""

    def __init__(self, kind: str, root: Root) -> None:
        self.kind = kind
        self.root = root
        self._backend = make_backend(kind, root)
        self._runner = asyncio.Runner()
        self._runner.run(self._backend.start())

    def call(
        self, operation: str, body: object = b"", method: str = "POST", headers: Mapping[str, str] | None = None
    ) -> CaAnswer:
        """Send bytes as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._runner.run(self._backend.call(method, operation, headers or {}, content))

    def result(self, operation: str, body: object) -> dict:
        """The result of a call that must succeed."""
        answer = self.call(operation, body)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)["result"]

    def close(self) -> None:
        self._runner.run(self._backend.stop())
        self._runner.close()


def require_cfssl() -> None:
    """Skip where cfssl is not installed; fail in CI, which installs it."""
    global not_compared
    if shutil.which("cfssl") is None:
        not_compared = "cfssl is not on PATH (Debian package golang-cfssl)"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{not_compared}, though CI installs it")
        pytest.skip(not_compared)


@pytest.fixture(scope="session")
def root() -> Root:
    """The root that both backends sign with."""
    return shared_root()


@pytest.fixture(scope="session")
def embedded(root: Root) -> Iterator[Ca]:
    """The embedded backend."""
    ca = Ca("embedded", root)
    yield ca
    ca.close()


@pytest.fixture(scope="session")
def cfssl(root: Root) -> Iterator[Ca]:
    """The real cfssl."""
    require_cfssl()
    ca = Ca("cfssl", root)
    yield ca
    ca.close()


@pytest.fixture(params=["embedded", "cfssl"])
def ca(request: pytest.FixtureRequest) -> Ca:
    """Each backend in turn."""
    return request.getfixturevalue(request.param)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much was compared."""
    if not_compared:
        terminalreporter.write_line(f"CA differential test skipped: {not_compared}")
    elif differential_count:
        terminalreporter.write_line(
            f"CA differential test: {differential_count} requests answered alike by both backends"
        )

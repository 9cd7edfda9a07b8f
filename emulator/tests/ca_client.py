# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A CA backend for tests, called without an event loop."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Mapping
from typing import Any

import pytest

from dcos_emulator.ca import CaAnswer, Root, make_backend

missing: str | None = None  # why the real cfssl was not tested


def require_cfssl() -> None:
    """Skip where cfssl is not installed; fail in CI, which installs it."""
    global missing
    if shutil.which("cfssl") is None:
        missing = "cfssl is not on PATH (Debian package golang-cfssl)"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing}, though CI installs it")
        pytest.skip(missing)


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

    def result(self, operation: str, body: object) -> dict[str, Any]:
        """The result of a call that must succeed."""
        answer = self.call(operation, body)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)["result"]

    def bundle_pem(self) -> str:
        """The certificates that clients are to trust."""
        return self._backend.ca_bundle_pem()

    def close(self) -> None:
        """Stop the backend."""
        self._runner.run(self._backend.stop())
        self._runner.close()

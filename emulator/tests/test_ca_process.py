# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process behind the backend ``cfssl``: started, stopped, missing, killed with the emulator."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from ca_client import require_cfssl
from ca_material import shared_root

from dcos_emulator.ca import CaUnavailable, cfssl, make_backend

pytest_plugins = ("ca_fixtures",)

# Prints port and directory, then lives until it is killed.
HOLDER = """
import asyncio
from dcos_emulator.ca import Root, make_backend
async def main():
    backend = make_backend("cfssl", Root.generate("a"))
    await backend.start()
    print(backend.port, backend.directory, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def listening(port: int) -> bool:
    """Whether something accepts connections on the loopback port."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def wait_for_the_end(connection: socket.socket) -> None:
    """Wait until the process at the other end is no more."""
    with connection:
        assert connection.recv(1) == b""


def test_a_missing_cfssl_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CaUnavailable, match="golang-cfssl"):
        asyncio.run(make_backend("cfssl", shared_root()).start())


def test_a_cfssl_that_ends_is_reported_with_its_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "cfssl"
    program.write_text("#!/bin/sh\necho no luck today >&2\nexit 1\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(cfssl, "START_TIMEOUT", float("inf"))  # it is the end that is noticed, and not the time
    with pytest.raises(CaUnavailable, match="no luck today"):
        asyncio.run(make_backend("cfssl", shared_root()).start())


def test_stop_ends_the_process_and_removes_its_files() -> None:
    require_cfssl()

    async def run() -> tuple[Path, list[str]]:
        backend = make_backend("cfssl", shared_root())
        await backend.start()
        port, directory = backend.port, backend.directory
        assert directory.stat().st_mode & 0o077 == 0
        files = os.listdir(directory)
        await backend.stop()
        assert not listening(port)
        await backend.stop()
        return directory, files

    directory, files = asyncio.run(run())
    assert "ca-key.pem" not in files  # not even while it runs
    assert not directory.exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_cfssl_ends_with_the_emulator(number: int) -> None:
    require_cfssl()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, env=environment)
    assert holder.stdout is not None
    words = holder.stdout.readline().decode().split()
    port, directory = int(words[0]), Path(words[1])
    connection = socket.create_connection(("127.0.0.1", port))
    assert directory.exists()
    holder.send_signal(number)
    holder.wait()
    holder.stdout.close()
    wait_for_the_end(connection)
    assert not directory.exists()


def test_a_dead_cfssl_is_a_bad_gateway() -> None:
    require_cfssl()

    async def run() -> int:
        backend = make_backend("cfssl", shared_root())
        await backend.start()
        await backend.stop()
        return (await backend.call("POST", "info", {}, b"{}")).status

    assert asyncio.run(run()) == 502


def test_a_cfssl_that_takes_too_long_is_a_bad_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a key of 8192 bits may on a slow machine; here it never answers."""
    monkeypatch.setattr(cfssl, "CALL_TIMEOUT", 0.01)
    backend = cfssl.CfsslBackend(shared_root())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        backend.port = silent.getsockname()[1]
        answer = asyncio.run(backend.call("POST", "newkey", {}, b"{}"))
    assert answer.status == 502
    assert b"Traceback" not in answer.body

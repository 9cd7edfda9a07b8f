# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator's end: with its parent, and what one that was killed left behind."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from emulator_process import Running, start

from dcos_emulator import temporary

COMMAND = [sys.executable, "-m", "dcos_emulator", "--port", "0"]

# A parent that starts an emulator, says how to reach it, and waits for ever.
PARENT = """
import signal, sys
from dcos_emulator.process import EmulatorProcess
emulator = EmulatorProcess(*sys.argv[1:])
print(emulator.url, emulator.ca_path, flush=True)
signal.pause()
"""


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of this test and of what it starts."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(temporary.tempfile, "tempdir", str(folder))
    return folder


def wait_for_the_end(connection: socket.socket) -> None:
    """Wait until the server of a connection is no more."""
    with connection, contextlib.suppress(ConnectionResetError):
        assert connection.recv(1) == b""


def test_it_ends_when_its_standard_input_does(temp: Path) -> None:
    ready_file = temp / "ready.json"
    emulator = start("--port", "0", "--ready-file", str(ready_file))
    assert emulator.process.stdin
    emulator.process.stdin.write("what is sent is of no account\n")
    emulator.process.stdin.flush()
    assert emulator.iam("GET", "users").status == 200
    emulator.process.stdin.close()
    assert emulator.wait() == 0
    assert list(temp.iterdir()) == []


def test_its_standard_input_ends_before_it_is_ready() -> None:
    command = [*COMMAND, "--until-stdin-closes"]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_by_itself_it_does_not_look_at_standard_input() -> None:
    process = subprocess.Popen(COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    emulator = Running(process, json.loads(process.stdout.readline()))
    assert emulator.iam("GET", "users").status == 200
    assert emulator.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_its_parent(temp: Path, number: int) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    url, ca_path = parent.stdout.readline().split()
    target = urlsplit(url)
    connection = socket.create_connection((target.hostname, target.port))
    assert Path(ca_path).exists()
    parent.send_signal(number)
    assert parent.wait() != 0
    wait_for_the_end(connection)
    parent.stdout.read()  # ends when the emulator, too, has closed its end of the parent's standard error
    parent.stdout.close()


@pytest.fixture
def killed(temp: Path) -> Iterator[Path]:
    """What an emulator that was killed has left behind."""
    emulator = start("--port", "0")
    emulator.kill()
    folder = Path(emulator.ready["ca_path"]).parent
    assert folder.exists()
    yield folder


@pytest.mark.parametrize("options", [(), ("--no-tls",)], ids=["tls", "no-tls"])
def test_what_a_killed_one_left_behind_goes_with_the_next_start(
    temp: Path, killed: Path, options: tuple[str, ...]
) -> None:
    running = start("--port", "0")
    others = temp / "dcos-emulator-mine"
    others.mkdir()
    (temp / "dcos-emulator-tls-file").touch()
    (temp / "dcos-emulator-tls-link").symlink_to(others)
    second = start("--port", "0", *options)
    assert not killed.exists()
    assert running.iam("GET", "users").status == 200
    assert Path(running.ready["ca_path"]).exists()
    assert others.exists()
    assert (temp / "dcos-emulator-tls-file").exists()
    for emulator in (running, second):
        assert emulator.stop() == 0
    left = {"dcos-emulator-mine", "dcos-emulator-tls-file", "dcos-emulator-tls-link"}
    assert {path.name for path in temp.iterdir()} == left


def test_a_folder_that_is_swept_before_it_is_locked_is_made_again(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claim, swept = temporary._claim, []

    def swept_first(path: Path) -> int | None:
        if not swept:
            swept.append(path)
            path.rmdir()
        return claim(path)

    monkeypatch.setattr(temporary, "_claim", swept_first)
    with temporary.folder("tls") as folder:
        assert folder != swept[0]
        assert folder.stat().st_mode & 0o077 == 0
        monkeypatch.undo()
        temporary.sweep()
        assert folder.exists()
    assert not folder.exists()


def test_a_file_system_without_locks(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_arguments: object) -> None:
        raise OSError("no locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with temporary.folder("tls") as folder:
        temporary.sweep()
        assert folder.exists()


def test_the_ready_file_of_a_killed_one_is_gone_before_the_next_is_ready(tmp_path: Path) -> None:
    """Who starts one and waits for the file must not read that of the last."""
    ready_file = tmp_path / "ready.json"
    first = start("--port", "0", "--no-tls", "--ready-file", str(ready_file))
    first.kill()
    assert ready_file.exists()
    options = ["--no-tls", "--ready-file", str(ready_file), "--state", str(tmp_path)]  # which cannot start
    assert subprocess.run([*COMMAND, *options], capture_output=True, check=False).returncode == 1
    assert not ready_file.exists()
    assert os.listdir(tmp_path) == []

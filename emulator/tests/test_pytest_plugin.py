# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pytest plugin, as the tests of somebody else use it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dcos_emulator import pytest_plugin

README = Path(__file__).resolve().parents[1] / "README.md"

TESTS = """
import os, subprocess, sys, urllib.error, urllib.request
import pytest

def add_a_user(cluster):
    state = cluster.control("GET", "state")
    user = {"uid": "x", "description": "", "password_hash": "h"}
    cluster.control("PUT", "state", {"records": [*state["records"], ["user", ["x"], user]]})

def users(cluster):
    return sorted(key[0] for kind, key, _value in cluster.control("GET", "state")["records"] if kind == "user")

@pytest.mark.parametrize("_round", range(2))
def test_fresh_state(dcos_cluster, _round):
    assert "x" not in users(dcos_cluster)
    assert dcos_cluster.journal() == []
    assert dcos_cluster.control("GET", "faults") == {"rules": []}
    assert dcos_cluster.control("GET", "clock")["offset"] == 0
    assert dcos_cluster.control("GET", "settings")["latency_ms"] == 0
    add_a_user(dcos_cluster)
    assert "x" in users(dcos_cluster)
    dcos_cluster.control("PATCH", "settings", {"latency_ms": 1})
    dcos_cluster.set_clock(3600)
    dcos_cluster.fault("status", path="jwks", status=418)
    with pytest.raises(urllib.error.HTTPError, match="418"):
        dcos_cluster._opener.open(f"{dcos_cluster.url}/acs/api/v1/auth/jwks")
    assert [entry["status"] for entry in dcos_cluster.journal()] == [418]

def test_environment(dcos_cluster, dcos_emulator):
    assert dcos_cluster is dcos_emulator
    assert {name: value for name, value in os.environ.items() if name.startswith("DCOS_")} == dcos_cluster.environment
    names = {"DCOS_URL", "DCOS_TLS_CA_PATH", "DCOS_USERNAME", "DCOS_PASSWORD"}
    assert set(dcos_cluster.environment) == names - ({"DCOS_TLS_CA_PATH"} if dcos_cluster.ca_path is None else set())

def test_environment_of_others():
    assert os.environ["DCOS_ACS_TOKEN"] == "of another cluster"

def test_refusals(dcos_cluster):
    with pytest.raises(ValueError, match="action must be one of"):
        dcos_cluster.fault("explode")
"""

WAITS = """
import signal
def test_for_ever(dcos_cluster):
    print(dcos_cluster.url, flush=True)
    signal.pause()
"""


def as_somebody_else(folder: Path, *options: str) -> list[str]:
    """The command that runs the tests in a folder as they are run where the package is installed."""
    # Named, as the entry point is that of whatever is installed.
    return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:dcos-emulator",
            "-p", "dcos_emulator.pytest_plugin", "--rootdir", str(folder), *options, str(folder)]  # fmt: skip


def environment() -> dict[str, str]:
    """Variables of another cluster, which no test must reach."""
    return {**os.environ, "DCOS_ACS_TOKEN": "of another cluster", "DCOS_URL": "https://other.example"}


def test_the_package_names_it() -> None:
    [entry] = [entry for entry in entry_points(group="pytest11") if entry.name == "dcos-emulator"]
    assert entry.load() is pytest_plugin


@pytest.mark.parametrize("options", ["", "--no-tls"], ids=["tls", "options"])
def test_fixtures(tmp_path: Path, options: str) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\ndcos_emulator_options = {options}\n")
    run = subprocess.run(as_somebody_else(tmp_path), env=environment(), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "5 passed" in run.stdout


def test_an_emulator_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\ndcos_emulator_options = --ca none\n")
    run = subprocess.run(as_somebody_else(tmp_path), env=environment(), capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "argument --ca: invalid choice" in run.stdout
    assert "did not start" in run.stdout


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_the_emulator_ends_with_a_pytest_that_is_killed(tmp_path: Path, number: int) -> None:
    (tmp_path / "test_it.py").write_text(WAITS)
    (tmp_path / "pytest.ini").touch()
    run = subprocess.Popen(as_somebody_else(tmp_path, "-s"), stdout=subprocess.PIPE, text=True)
    assert run.stdout
    url = next(filter(None, (re.search(r"https://\S+", line) for line in run.stdout))).group()
    target = urlsplit(url)
    with socket.create_connection((target.hostname, target.port)) as connection:
        run.send_signal(number)
        run.wait()
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    run.stdout.close()


def test_the_example_of_the_readme(tmp_path: Path) -> None:
    """With a stand-in for the program that it runs, which shows what that is told."""
    [example] = re.findall(r"### pytest\n.*?```python\n(.*?)```", README.read_text(), re.DOTALL)
    (tmp_path / "test_it.py").write_text(example)
    (tmp_path / "pytest.ini").touch()
    program = tmp_path / "bin" / "ansible-playbook"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\ntest "$1" = site.yml && test -r "$DCOS_TLS_CA_PATH" && echo "url=$DCOS_URL" >>told\n'
    )
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        as_somebody_else(tmp_path), cwd=tmp_path, env={**environment(), "PATH": path}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert (tmp_path / "told").read_text().startswith("url=https://127.0.0.1:")

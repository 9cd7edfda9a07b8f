# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command: options, the ready line, an orderly end."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from emulator_process import Running, start

COMMAND = [sys.executable, "-m", "dcos_emulator"]


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("tls", [True, False])
def test_ready_line_and_end(tmp_path: Path, signal_number: int, tls: bool) -> None:
    ready_file = tmp_path / "ready.json"
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--ready-file", str(ready_file), *([] if tls else ["--no-tls"])],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    line = process.stdout.readline()
    ready = json.loads(line)
    assert ready_file.read_text() == line
    assert set(ready) == {"url", "ca_path", "username", "password", "pid"}
    assert ready["pid"] == process.pid
    assert (ready["username"], ready["password"]) == ("bootstrapuser", "deleteme")
    emulator = Running(process, ready)
    assert emulator.iam("GET", "users").status == 200
    if tls:
        directory = Path(ready["ca_path"]).parent
        assert directory.stat().st_mode & 0o077 == 0
        assert {path.name for path in directory.iterdir()} == {"dcos-ca.crt", "server.crt"}
    else:
        assert ready["ca_path"] is None
    kept = emulator.connect()  # an idle connection must not keep the emulator from ending
    process.send_signal(signal_number)
    rest, errors = process.communicate()
    kept.close()
    assert (process.returncode, rest, errors) == (0, "", "")
    assert not ready_file.exists()
    if tls:
        assert not directory.exists()


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_ended_while_it_starts(tmp_path: Path, signal_number: int) -> None:
    """At once, when it has a folder, and when it has files in that."""
    for stage in ("", "*", "*/server.crt"):
        process = subprocess.Popen(
            [*COMMAND, "--port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(tmp_path)},
            # As from a terminal: what a shell starts in the background ignores SIGINT, and so do its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        while stage and not any(tmp_path.glob(stage)) and process.poll() is None:
            os.sched_yield()
        process.send_signal(signal_number)
        _output, errors = process.communicate()
        assert list(tmp_path.iterdir()) == [], errors


def test_certificate_of_the_server(cluster: Running) -> None:
    with cluster.connect() as connection:
        assert isinstance(connection, ssl.SSLSocket)
        assert connection.version() in ("TLSv1.2", "TLSv1.3")
        certificate = x509.load_der_x509_certificate(connection.getpeercert(binary_form=True) or b"")
    root = x509.load_pem_x509_certificate(cluster.send("GET", "/ca/dcos-ca.crt").body)
    certificate.verify_directly_issued_by(root)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost", "master.mesos", "leader.mesos"} <= set(names.get_values_for_type(x509.DNSName))
    info = cluster.send_json("POST", "/ca/api/v2/info", {}).json()["result"]
    assert x509.load_pem_x509_certificate(info["certificate"].encode()) == root


def test_verbose_logs_to_stderr_only() -> None:
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--no-tls", "--verbose"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    emulator = Running(process, json.loads(process.stdout.readline()))
    emulator.send("GET", "/acs/api/v1/auth/jwks")
    process.terminate()
    out, errors = process.communicate()
    assert out == ""
    assert "/acs/api/v1/auth/jwks" in errors


@pytest.mark.parametrize(
    "options",
    [("--port", "x"), ("--ca", "other"), ("--unknown",), ("--superuser", "a b"), ("--port", "70000"), ("--host", "")],
    ids=" ".join,
)
def test_wrong_usage(options: tuple[str, ...]) -> None:
    result = subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=False)
    assert result.returncode in (1, 2)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr


def test_a_port_that_is_taken(cluster: Running) -> None:
    port = cluster.url.rpartition(":")[2]
    result = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert "in use" in result.stderr


def test_cfssl_that_is_missing(tmp_path: Path) -> None:
    result = subprocess.run(
        [*COMMAND, "--port", "0", "--ca", "cfssl"],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": str(tmp_path)},
        check=False,
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert "golang-cfssl" in result.stderr
    assert "Traceback" not in result.stderr


def test_superuser_options() -> None:
    emulator = start("--port", "0", "--no-tls", "--superuser", "root", "--password", "not:a'default")
    assert (emulator.ready["username"], emulator.ready["password"]) == ("root", "not:a'default")
    assert emulator.iam("GET", "users").status == 200
    assert emulator.stop() == 0


def test_the_open_edition_has_no_superuser(open_edition: Running) -> None:
    assert (open_edition.ready["username"], open_edition.ready["password"]) == (None, None)


def test_latency() -> None:
    emulator = start("--port", "0", "--no-tls", "--latency-ms", "150")
    assert emulator.send("GET", "/_emulator/settings").json()["latency_ms"] == 150
    assert emulator.send("GET", "/acs/api/v1/auth/jwks").status == 200
    emulator.stop()


@pytest.mark.parametrize("option", ["--state", "--audit-log", "--ready-file"])
def test_files_that_cannot_be_written(tmp_path: Path, option: str) -> None:
    path = tmp_path / "missing" / "file"
    result = subprocess.run(
        [*COMMAND, "--port", "0", "--no-tls", option, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert str(path.parent) in result.stderr
    assert "Traceback" not in result.stderr


def test_files_with_secrets_are_private(tmp_path: Path) -> None:
    state, ready = tmp_path / "state", tmp_path / "ready"
    emulator = start("--port", "0", "--no-tls", "--state", str(state), "--ready-file", str(ready))
    for path in (ready, *tmp_path.glob("state*")):
        assert path.stat().st_mode & 0o077 == 0, path
    emulator.stop()


@pytest.mark.parametrize("host", ["localhost", "::1", "127.0.0.2"])
def test_other_loopback_addresses(host: str) -> None:
    emulator = start("--port", "0", "--host", host)
    assert emulator.send("GET", "/acs/api/v1/auth/jwks").status == 200
    assert emulator.send("GET", "/_emulator/journal").status == 200
    emulator.stop()

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an emulator: sockets, TLS, the line that says it is ready, and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from . import temporary
from .emulator import Emulator
from .protocol import Protocol
from .settings import Settings

# As in Admin Router's nginx: connections that clients keep are not closed under them after a few seconds.
KEEP_ALIVE_SECONDS = 75
SHUTDOWN_SECONDS = 2

MOST_CONNECTIONS = 10_000
OTHER_FILES = 64  # that this process may have open beside its connections

CA_FILE = "dcos-ca.crt"


class _Server(uvicorn.Server):
    """Announces that it is ready, and ends without re-raising the signal that ended it."""

    def __init__(self, config: uvicorn.Config, announce: Any) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # An idle TLS connection would be closed politely, and wait for the client to close it, too.
        for connection in list(self.server_state.connections):
            cycle = connection.cycle  # type: ignore[union-attr]
            if cycle is None or cycle.response_complete:
                connection.transport.abort()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError."""
    family, kind, protocol, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises OSError, sqlite3.Error and CaUnavailable with what hindered the start."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if settings.verbose else logging.ERROR,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    signal.signal(signal.SIGTERM, _leave)
    if settings.until_stdin_closes:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    if settings.ready_file:
        settings.ready_file.unlink(missing_ok=True)  # of one that was killed: who waits for it must not find it
    temporary.sweep()
    Protocol.most = _make_room()
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(listen(settings.host, settings.port))
        directory = None
        if settings.tls:
            directory = stack.enter_context(temporary.folder("tls"))
        emulator = Emulator(settings)
        runner = stack.enter_context(asyncio.Runner(loop_factory=_loop_factory()))
        runner.run(_serve(emulator, listener, directory))


def _leave(signal_number: int, frame: FrameType | None) -> None:
    """SIGTERM before the server has taken over the signals: end, but not without cleaning up."""
    raise SystemExit(0)


def _make_room() -> int:
    """Allow as many open files as the system does; returns how many of them can be connections."""
    if sys.platform == "win32":
        return MOST_CONNECTIONS
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OTHER_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed - OTHER_FILES


def _end_with_stdin() -> None:
    """End in order once standard input does: its other end is held by a process that this one is not to survive."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    os.kill(os.getpid(), signal.SIGTERM)


def _loop_factory() -> Any:
    if sys.platform == "win32":
        return asyncio.new_event_loop
    import uvloop

    return uvloop.new_event_loop


async def _serve(emulator: Emulator, listener: socket.socket, directory: Path | None) -> None:
    """Serve with TLS if there is a directory for its files."""
    settings = emulator.settings
    await emulator.start()
    try:
        certificate, key = _write_tls_files(emulator, directory) if directory else (None, None)
        config = uvicorn.Config(
            emulator,
            http=Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=settings.verbose,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        config.load()
        if key:
            key.unlink()  # it has been read, and is not left behind by an emulator that is killed
        ca_path = directory / CA_FILE if directory else None
        port = listener.getsockname()[1]
        await _Server(config, lambda: _announce(settings, port, ca_path)).serve(sockets=[listener])
    finally:
        await emulator.stop()
        if settings.ready_file:
            settings.ready_file.unlink(missing_ok=True)


def _write_tls_files(emulator: Emulator, directory: Path) -> tuple[Path, Path]:
    """Certificate and key, signed by the cluster's own root as Admin Router's are; the root lies beside them."""
    hosts = {emulator.settings.host, "localhost", "127.0.0.1", "::1", "master.mesos", "leader.mesos"}
    hosts.discard("0.0.0.0")
    hosts.discard("::")
    certificate, key = emulator.root.issue_server_certificate(sorted(hosts))
    (directory / CA_FILE).write_text(emulator.ca.ca_bundle_pem())
    (directory / "server.crt").write_text(certificate)
    (directory / "server.key").write_text(key)
    return directory / "server.crt", directory / "server.key"


def _announce(settings: Settings, port: int, ca_path: Path | None) -> None:
    """The ready line on stdout and in the ready file, which appears whole or not at all."""
    scheme = "https" if settings.tls else "http"
    ready = {
        "url": f"{scheme}://{_url_host(settings.host)}:{port}",
        "ca_path": str(ca_path) if ca_path else None,
        # The open-source IAM starts without any user.
        "username": None if settings.open_edition else settings.superuser,
        "password": None if settings.open_edition else settings.password,
        "pid": os.getpid(),
    }
    line = json.dumps(ready) + "\n"
    if settings.ready_file:
        unfinished = settings.ready_file.with_name(f".{settings.ready_file.name}.{os.getpid()}")
        unfinished.touch(mode=0o600)  # it holds a password
        unfinished.write_text(line)
        unfinished.replace(settings.ready_file)
    sys.stdout.write(line)
    sys.stdout.flush()


def _url_host(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return f"[{host}]" if address.version == 6 else host

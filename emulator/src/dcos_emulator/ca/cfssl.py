# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CA backend ``cfssl``: the real ``cfssl serve``, on a loopback port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from .. import temporary
from .contract import BAD_GATEWAY, CaAnswer, CaUnavailable
from .pki import Root
from .profiles import cfssl_configuration

START_TIMEOUT = 10.0  # seconds until cfssl must answer; it takes about 0.1
CALL_TIMEOUT = 120.0  # seconds for one request; an RSA key of 8192 bits takes Go half a minute on a busy machine

# What belongs to the connection from the client to the gateway, or is the gateway's own business (Admin Router drops
# the Authorization header on the way to the CA).
NOT_FORWARDED = frozenset(
    {"authorization", "connection", "content-length", "cookie", "expect", "host", "transfer-encoding", "upgrade"}
)


# cfssl and its directory, $0, end when this shell's standard input does, which is when the emulator stops it or dies of
# whatever cause; and the shell ends when cfssl does. They are in a process group of their own, which `kill 0` ends.
SUPERVISED = '("$@"; kill 0) & read -r _; rm -rf -- "$0"; kill 0'


class CfsslBackend:
    """Runs ``cfssl serve`` with the given root and forwards every call to it unchanged."""

    def __init__(self, root: Root) -> None:
        self.port = 0  # of cfssl, once started
        self._root = root
        self.directory: Path | None = None  # of its files, while it runs
        self._files = contextlib.ExitStack()
        self._process: asyncio.subprocess.Process | None = None
        self._lives = -1  # a pipe whose other end the shell and cfssl hold: it ends with the last of them

    def ca_bundle_pem(self) -> str:
        """PEM of the root."""
        return self._root.certificate_pem

    async def start(self) -> None:
        """Start cfssl and wait until it answers; raises CaUnavailable when it is not installed or does not start."""
        executable = shutil.which("cfssl")
        if executable is None:
            raise CaUnavailable(
                "The cfssl CA backend needs the program cfssl, which is not on PATH: install the Debian package "
                "golang-cfssl (apt-get install golang-cfssl) or use the embedded CA."
            )
        self.directory = directory = self._files.enter_context(temporary.folder("cfssl"))
        self._write_files(directory)
        self.port = _free_port()
        self._lives, held = os.pipe()
        with (directory / "cfssl.log").open("wb") as log, os.fdopen(held, "wb"):
            self._process = await asyncio.create_subprocess_exec(
                "/bin/sh",
                "-c",
                SUPERVISED,
                str(directory),
                executable,
                "serve",
                "-address=127.0.0.1",
                f"-port={self.port}",
                "-ca=ca.pem",
                "-ca-key=ca-key.pem",
                "-ca-bundle=ca.pem",
                "-int-bundle=intermediates.pem",
                "-int-dir=intermediates",
                "-config=config.json",
                cwd=directory,
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(held,),
            )
        try:
            await self._wait_until_ready(directory / "cfssl.log")
        except BaseException:
            await self.stop()
            raise
        (directory / "ca-key.pem").unlink()  # cfssl has read it

    async def stop(self) -> None:
        """End cfssl and remove its files."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            await self._process.wait()
            self._process = None
        if self._lives >= 0:
            await asyncio.to_thread(os.read, self._lives, 1)
            os.close(self._lives)
            self._lives = -1
        self._files.close()
        self.directory = None

    async def call(self, method: str, operation: str, headers: Mapping[str, str], body: bytes) -> CaAnswer:
        """Forward to ``/api/v1/cfssl/{operation}``, as Admin Router does."""
        # A thread for each call: http.client is synchronous, and cfssl may take seconds for a large key.
        return await asyncio.to_thread(self._forward, method, operation, dict(headers), body)

    def _forward(self, method: str, operation: str, headers: dict[str, str], body: bytes) -> CaAnswer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CALL_TIMEOUT)
        try:
            forwarded = {name: value for name, value in headers.items() if name.lower() not in NOT_FORWARDED}
            connection.request(method, f"/api/v1/cfssl/{operation}", body=body, headers=forwarded)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            return BAD_GATEWAY  # cfssl panicked over this request, takes too long, or is no more
        finally:
            connection.close()
        extra = {name: response.headers[name] for name in ("X-Content-Type-Options",) if name in response.headers}
        return CaAnswer(response.status, response.headers.get("Content-Type"), content, extra)

    def _write_files(self, directory: Path) -> None:
        # The folder is readable to its owner only, which protects the key.
        (directory / "ca.pem").write_text(self._root.certificate_pem)
        (directory / "ca-key.pem").write_text(self._root.private_key_pem)
        (directory / "intermediates.pem").touch()
        (directory / "intermediates").mkdir()
        (directory / "config.json").write_text(json.dumps(cfssl_configuration()))

    async def _wait_until_ready(self, log: Path) -> None:
        assert self._process is not None
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_TIMEOUT
        while self._process.returncode is None and loop.time() < deadline:
            if (await self.call("POST", "info", {}, b"{}")).status == 200:
                return
            await asyncio.sleep(0.02)
        raise CaUnavailable(f"cfssl serve does not answer. It wrote: {log.read_text(errors='replace').strip()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])

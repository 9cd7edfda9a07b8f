# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts ``dcos-emulator`` processes and talks to them."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Answer:
    """A response as it came over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The IAM's error code; None for a body without one."""
        return self.json().get("code")


@dataclass
class Running:
    """An emulator process and what its ready line said."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    observers: list[Callable[[str, str, Answer], None]] = field(default_factory=list)  # told of every answer
    _token: str | None = None

    @property
    def url(self) -> str:
        return self.ready["url"]

    def connect(self) -> socket.socket:
        """A connection, with TLS verified against the emulator's own CA."""
        target = urlsplit(self.url)
        connection = socket.create_connection((target.hostname, target.port))
        if target.scheme == "https":
            context = ssl.create_default_context(cafile=self.ready["ca_path"])
            connection = context.wrap_socket(connection, server_hostname=target.hostname)
        return connection

    def send(
        self, method: str, target: str, headers: dict[str, str | None] | None = None, body: bytes | None = None
    ) -> Answer:
        """Send a request whose target is not touched. Content-Length is added unless given; None leaves one out."""
        lines = {"Host": "localhost", "Connection": "close"}
        if body is not None:
            lines["Content-Length"] = str(len(body))
        lines |= headers or {}
        head = [f"{method} {target} HTTP/1.1".encode()]
        head += [f"{name}: {value}".encode("latin-1") for name, value in lines.items() if value is not None]
        with self.connect() as connection:
            connection.sendall(b"\r\n".join(head) + b"\r\n\r\n" + (body or b""))
            response = http.client.HTTPResponse(connection, method=method)
            response.begin()
            answer = Answer(response.status, response.headers, response.read())
        for observe in self.observers:
            observe(method, target, answer)
        return answer

    def token(self) -> str:
        """The superuser's token."""
        if self._token is None:
            self._token = self.login(self.ready["username"], password=self.ready["password"])
        return self._token

    def login(self, uid: str, **credential: str) -> str:
        """A token for the user; ``credential`` is ``password`` or ``token``."""
        answer = self.send_json("POST", "/acs/api/v1/auth/login", {"uid": uid, **credential})
        assert answer.status == 200, answer.body
        return answer.json()["token"]

    def send_json(self, method: str, target: str, data: Any, headers: dict[str, str | None] | None = None) -> Answer:
        """Send a JSON body, without a token."""
        return self.send(
            method, target, {"Content-Type": "application/json"} | (headers or {}), json.dumps(data).encode()
        )

    def call(
        self,
        method: str,
        target: str,
        data: Any = None,
        *,
        token: str | None = None,
        headers: dict[str, str | None] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send a request as the superuser, or with another token."""
        authorised = {"Authorization": f"token={token or self.token()}"} | (headers or {})
        if data is not None:
            return self.send_json(method, target, data, authorised)
        return self.send(method, target, authorised, body)

    def iam(self, method: str, path: str, data: Any = None, **options: Any) -> Answer:
        """Call the IAM as the superuser."""
        return self.call(method, f"/acs/api/v1/{path}", data, **options)

    def stop(self) -> int:
        """End the process as an operator would; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Wait until the process is gone; returns its exit status."""
        status = self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        return status

    def kill(self) -> None:
        """End the process without a warning."""
        self.process.kill()
        self.wait()


def start(*options: str, environment: dict[str, str] | None = None) -> Running:
    """Start an emulator that ends with this process, and wait for its ready line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dcos_emulator", *options, "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    assert process.stdout
    line = process.stdout.readline()
    emulator = Running(process, json.loads(line or "{}"))
    if not line:
        raise AssertionError(f"The emulator ended with status {emulator.wait()}.")
    return emulator

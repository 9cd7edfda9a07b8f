# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: the lines that ``journalctl -u 'dcos-*' | grep audit`` shows on a master."""

from __future__ import annotations

import os
from pathlib import Path

from . import unconfirmed
from .call import Call
from .clock import Clock


class AuditLog:
    """Appends lines in the formats of Admin Router, the IAM and the secrets service to a file, or to nothing."""

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1) if path else None
        self._clock = clock
        self._connection = 0

    def close(self) -> None:
        if self._file:
            self._file.close()

    def gateway(self, call: Call, rid: str, action: str, result: str, reason: str) -> None:
        """An authorisation by Admin Router (unit dcos-adminrouter); ``uid`` is left out if there is none."""
        if not self._file:
            return
        now = self._clock.utc()
        self._connection += 1
        host = call.headers.get("host", "")
        srcip, srcport = call.client
        uid = f" uid={call.uid}" if call.uid is not None else ""
        self._line(
            "adminrouter.sh",
            f"{now:%Y/%m/%d %H:%M:%S} [notice] {os.getpid()}#0: *{self._connection} [lua] ee.lua:57: auditlog(): "
            f"type=audit timestamp={now:%Y-%m-%dT%H:%M:%SZ} authorizer=adminrouter object={rid} action={action} "
            f"result={result} reason={_quoted(reason)} srcip={srcip} srcport={srcport} "
            f"request_uri={call.request_uri}{uid}, client: {srcip}, server: master.mesos, "
            f'request: "{call.method} {call.request_uri} HTTP/{call.http_version}", host: "{host}"',
        )

    def login_denied(self, call: Call, reason: str, uid: str, action: str = "password-login") -> None:
        """A failed login, as the IAM logs it (unit dcos-bouncer)."""
        if not self._file:
            return
        now = self._clock.utc()
        srcip = call.headers.get("x-forwarded-for") or call.client[0]
        self._line(
            "bouncer",
            f"[{now:%y%m%d-%H:%M:%S}.{now.microsecond // 1000:03}] [{os.getpid()}:Thread-4] [bouncer.app.auth.Login] "
            f"INFO: type=audit timestamp={now:%Y-%m-%dT%H:%M:%S.%fZ} srcip={_quoted(srcip)} component=bouncer "
            f"action={action} result=deny reason={_quoted(reason)} uid={_quoted(uid)}",
        )

    def secrets(self, call: Call, rid: str, action: str, result: str, reason: str) -> None:
        """An authorisation by the secrets service (unit dcos-secrets)."""
        if not self._file:
            return
        fields = unconfirmed.secrets_audit_fields(call.uid or "", rid, action, result)
        self._line(
            "dcos-secrets",
            f"type=audit timestamp={self._clock.utc():%Y-%m-%dT%H:%M:%SZ} {fields} reason={_quoted(reason)} "
            f"srcip={call.client[0]}",
        )

    def _line(self, program: str, message: str) -> None:
        assert self._file
        message = message.replace("\n", "\\n").replace("\r", "\\r")
        self._file.write(f"{self._clock.utc():%b %d %H:%M:%S} m1 {program}[{os.getpid()}]: {message}\n")


def _quoted(value: str) -> str:
    """logfmt as the components write it: quotes around spaces, and no escaping."""
    return f'"{value}"' if " " in value else value

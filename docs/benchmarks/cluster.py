# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dcos-emulator to measure against, and its test controls."""

from __future__ import annotations

import contextlib
import json
import os
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

# Nothing that is measured may meet another cluster or a proxy.
# Python's settings are not passed on: one that forbids bytecode would slow down what is measured.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("DCOS_", "PYTHON"))} | {
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
}

Record = list[Any]  # [kind, key, value], as the emulator dumps and loads its state


class Cluster:
    """A running emulator: ``url``, ``ca_path``, ``username``, ``password``, and a ``token`` of its superuser."""

    def __init__(self, ready: dict[str, Any], latency_ms: int) -> None:
        self.latency_ms = latency_ms
        self.url, self.ca_path = ready["url"], ready["ca_path"]
        self.username, self.password = ready["username"], ready["password"]
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.ca_path)),
        )
        self.token = self._send("POST", "/acs/api/v1/auth/login", {"uid": self.username, "password": self.password})[
            "token"
        ]
        self._pristine = self._send("GET", "/_emulator/state")["records"]
        self.root: dict[str, str] = next(value for kind, key, value in self._pristine if key == ["ca_root"])

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        with self._opener.open(request, timeout=120) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def reset(self, more: Iterator[Record] | None = None) -> None:
        """Make it a new cluster again, or one that holds ``more`` records: [kind, key, value]."""
        self._send("PUT", "/_emulator/state", {"records": [*self._pristine, *(more or ())]})

    def sent(self) -> list[str]:
        """The path and query of each GET since the last count, as it was sent."""
        entries = self._send("GET", "/_emulator/journal")["entries"]
        return [
            f"{entry['path']}?{entry['query']}" if entry["query"] else entry["path"]
            for entry in entries
            if entry["method"] == "GET"
        ]

    def count(self) -> int:
        """The requests since the last call; those to the test controls are not counted."""
        total = int(self._send("GET", "/_emulator/journal/summary")["total"])
        self._send("DELETE", "/_emulator/journal")
        return total


@contextlib.contextmanager
def cluster(latency_ms: int) -> Iterator[Cluster]:
    """An emulator with TLS that lives as long as the context."""
    command = [f"{sys.prefix}/bin/dcos-emulator", "--port", "0", "--latency-ms", str(latency_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as emulator:
        try:
            assert emulator.stdout is not None
            yield Cluster(json.loads(emulator.stdout.readline()), latency_ms)
        finally:
            emulator.terminate()


def crowd(accounts: int, grants_each: int = 5, acls: int = 500) -> Iterator[Record]:
    """Records of service accounts with grants on some of ``acls`` ACLs, to be loaded into a cluster."""
    for n in range(acls):
        rid = f"dcos:service:marathon:marathon:services:/crowd/{n}"
        yield ["acl", [rid], {"rid": rid, "description": rid}]
    for n in range(accounts):
        uid = f"crowd-{n}"
        # Nobody looks at the key, and to make one for each would take longer than all that is measured.
        yield ["user", [uid], {"uid": uid, "description": uid, "public_key": "none"}]
        for k in range(grants_each):
            rid = f"dcos:service:marathon:marathon:services:/crowd/{(n + k * 97) % acls}"
            yield ["grant", [rid, "users", uid], ["read"]]

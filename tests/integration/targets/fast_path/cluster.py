# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator of this test, as seen through a relay that counts connections."""

from __future__ import annotations

import json
import ssl
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

from relay import Relay

SLOW = 3600  # seconds: who waits for it does not end


class Cluster:
    """A running emulator; ``variables`` are what playbooks need to know of it."""

    def __init__(self, output: Path) -> None:
        with (output / "emulator.log").open("w") as log:
            # It ends when its standard input does: with this process, also if that is killed.
            self._process = subprocess.Popen(
                ["dcos-emulator", "--port", "0", "--until-stdin-closes"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("dcos-emulator did not start")
        ready = json.loads(line)
        self._url = ready["url"]
        self._context = ssl.create_default_context(cafile=ready["ca_path"])
        # A cluster's own root has no SubjectKeyIdentifier, which Python 3.13 asks for.
        self._context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        self.relay = Relay(int(self._url.rpartition(":")[2]))
        login = {"uid": ready["username"], "password": ready["password"]}
        self.variables = {
            **{name: ready[name] for name in ("ca_path", "username", "password")},
            "url": f"https://127.0.0.1:{self.relay.port}",
            "token": self.ask("POST", "/acs/api/v1/auth/login", login)["token"],
        }
        self._state = self.ask("GET", "/_emulator/state")

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request, not through the relay, and return the parsed answer."""
        request = urllib.request.Request(
            self._url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, context=self._context) as answer:
            return json.loads(answer.read() or "null")

    def reset(self) -> None:
        """Make it as it was at first, with an empty journal, and slow where a path holds ``slow``."""
        self.ask("PUT", "/_emulator/state", self._state)
        self.ask("DELETE", "/_emulator/faults")
        self.ask(
            "POST", "/_emulator/faults", {"action": "delay", "path": "slow", "delay_ms": 1000 * SLOW, "times": None}
        )
        self.ask("DELETE", "/_emulator/journal")
        self.relay.connections = 0

    def requests(self) -> list[str]:
        """Every request since the last reset, as "METHOD path"."""
        return [f"{entry['method']} {entry['path']}" for entry in self.ask("GET", "/_emulator/journal")["entries"]]

    def stop(self) -> None:
        """End the emulator."""
        self._process.terminate()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator as a child process of a test run, with its test controls as methods."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from typing import Any

# Variables of the collection dcos.security, and the members of the ready line that they take their values from.
VARIABLES = {
    "DCOS_URL": "url",
    "DCOS_TLS_CA_PATH": "ca_path",
    "DCOS_USERNAME": "username",
    "DCOS_PASSWORD": "password",
}


class EmulatorProcess:
    """A running emulator, which ends with this process however that ends.

    ``url``, ``ca_path`` (None without TLS), ``username``, ``password`` (None in the open edition) and ``pid`` are those
    of the ready line; ``environment`` has them as the variables that playbooks and clients read.
    """

    def __init__(self, *options: str) -> None:
        """Start ``dcos-emulator`` with these options, and wait until it is ready; RuntimeError if it does not start."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dcos_emulator", "--port", "0", *options, "--until-stdin-closes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the tests, whose last steps may still need the cluster
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError(f"dcos-emulator {' '.join(options)} did not start; it says why on standard error.")
        ready = json.loads(line)
        self.url: str = ready["url"]
        self.ca_path: str | None = ready["ca_path"]
        self.username: str | None = ready["username"]
        self.password: str | None = ready["password"]
        self.pid: int = ready["pid"]
        self.environment: dict[str, str] = {
            name: ready[member] for name, member in VARIABLES.items() if ready[member] is not None
        }
        self._opener = _opener(self.ca_path)
        self._state = self.control("GET", "state")
        self._settings = self.control("GET", "settings")

    def stop(self) -> int:
        """End it, and return its exit status once it is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        status = self._process.wait()
        self._process.stdout.close()
        return status

    def __enter__(self) -> EmulatorProcess:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use a test control, a path below ``/_emulator/``; returns its JSON, or None if it has nothing to say.

        Raises ValueError with the emulator's sentence for what it refuses.
        """
        request = urllib.request.Request(
            f"{self.url}/_emulator/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={} if body is None else {"Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(f"{method} {path}: {error.code} {error.read().decode()}") from None
        return json.loads(content) if content else None

    def reset(self) -> None:
        """Make it the cluster that it was when it had started: state, clock, settings; no faults, an empty journal."""
        self.heal()
        self.control("PUT", "state", self._state)
        self.control("PUT", "clock", {"offset": 0})
        self.control("PATCH", "settings", self._settings)
        self.forget()

    def fault(self, action: str = "status", **rule: Any) -> int:
        """Let requests go wrong, with the members of a rule as the README lists them; returns the rule's id."""
        return int(self.control("POST", "faults", {"action": action, **rule})["id"])

    def heal(self) -> None:
        """Let no request go wrong any more."""
        self.control("DELETE", "faults")

    def journal(self) -> list[dict[str, Any]]:
        """Every request to the cluster since the start, the last reset or forget(), in order."""
        entries: list[dict[str, Any]] = self.control("GET", "journal")["entries"]
        return entries

    def forget(self) -> None:
        """Empty the journal."""
        self.control("DELETE", "journal")

    def set_clock(self, offset: float) -> None:
        """Set the cluster's clock so many seconds ahead of the machine's: tokens expire by it."""
        self.control("PUT", "clock", {"offset": offset})


def _opener(ca_path: str | None) -> urllib.request.OpenerDirector:
    """Requests to this machine, whatever proxies the environment names."""
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if ca_path is not None:
        context = ssl.create_default_context(cafile=ca_path)
        # A cluster's own root has no SubjectKeyIdentifier, which Python 3.13 asks for.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        handlers.append(urllib.request.HTTPSHandler(context=context))
    return urllib.request.build_opener(*handlers)

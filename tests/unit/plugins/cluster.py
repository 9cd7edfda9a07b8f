# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dcos-emulator of one's own, and the modules run against it as Ansible runs them."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any, Callable
from unittest import mock

import requests

from ansible_collections.dcos.security.plugins.module_utils import _http, _tls
from ansible_collections.dcos.security.tests.unit.plugins.calls import Outcome, call_module, secrets_in

CONTROLS = "/_emulator"


class Cluster:
    """One running emulator.

    ``connection`` holds the options that every module needs to reach it as its superuser, with a token.
    """

    def __init__(self, *arguments: str):
        # It ends when its standard input does: with this process, also if that is killed.
        self._process = subprocess.Popen(
            ["dcos-emulator", "--port", "0", "--until-stdin-closes", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            self._end()
            raise RuntimeError("dcos-emulator did not start")
        started = json.loads(line)
        self.url, self.ca_path = started["url"], started["ca_path"]
        self.username, self.password = started["username"], started["password"]
        self._sessions: dict[int, requests.Session] = {}
        self.connection: dict[str, Any] = {"url": self.url, "ca_path": self.ca_path, "retries": 0}
        self.token = ""
        if self.username:
            self.token = self.connection["auth_token"] = self.login(self.username, password=self.password)
        self._pristine = self.control("GET", "/state").json()

    def stop(self) -> None:
        """End the emulator."""
        for session in self._sessions.values():
            session.close()
        self._end()

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def reset(self) -> None:
        """Make it the cluster that it was when it had started."""
        self.control("DELETE", "/faults")
        self.control("PUT", "/state", self._pristine)
        self.control("PUT", "/clock", {"offset": 0})
        self.control("PATCH", "/settings", {"latency_ms": 0, "permission_cache_seconds": 0})

    # --- requests of the test itself -------------------------------------------------------------------------------

    def request(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        """Send a request, with the superuser's token unless ``headers`` are given."""
        # A connection does not survive the fork in which ansible-test runs each test.
        session = self._sessions.get(os.getpid())
        if session is None:
            session = self._sessions[os.getpid()] = requests.Session()
            session.trust_env = False
            if self.ca_path:
                # By itself Python 3.13 does not trust the root that a cluster makes.
                adapter = requests.adapters.HTTPAdapter()
                adapter.init_poolmanager(1, 8, ssl_context=_tls.ssl_context(self.ca_path))
                session.mount(self.url, adapter)
                session.verify = self.ca_path
        more.setdefault("headers", {"Authorization": f"token={self.token}"})
        return session.request(method, self.url + path, json=body, **more)

    def api(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Send a request that must succeed; return its JSON, if it has any."""
        answer = self.request(method, path, body, **more)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def iam(self, method: str, path: str, body: Any = None) -> Any:
        """api() below /acs/api/v1."""
        return self.api(method, f"/acs/api/v1{path}", body)

    def login(self, uid: str, **secret: str) -> str:
        """Return a token for ``uid``, with ``password`` or the service login ``token``."""
        return str(self.api("POST", "/acs/api/v1/auth/login", {"uid": uid, **secret}, headers={})["token"])

    def control(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Use the emulator's test controls."""
        answer = self.request(method, CONTROLS + path, body)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def fault(self, action: str = "status", **rule: Any) -> None:
        """Let requests go wrong: see dcos_emulator.faults.Rule."""
        self.control("POST", "/faults", {"action": action, **rule})

    def heal(self) -> None:
        """Let no request go wrong any more."""
        self.control("DELETE", "/faults")

    def sent(self) -> list[str]:
        """Return the requests since forget(), as ``METHOD path`` with the query where there is one."""
        entries = self.control("GET", "/journal").json()["entries"]
        return [
            f"{entry['method']} {entry['path']}{'?' if entry['query'] else ''}{entry['query']}" for entry in entries
        ]

    def forget(self) -> None:
        """Empty the journal of requests."""
        self.control("DELETE", "/journal")

    # --- what is on it ---------------------------------------------------------------------------------------------

    def state(self) -> dict[tuple[str, ...], Any]:
        """Return all that is on the cluster as {(kind, *key): value}, but for what is no entity."""
        records = self.control("GET", "/state").json()["records"]
        return {(kind, *key): value for kind, key, value in records if kind not in ("meta", "backend")}

    def load(self, records: list[Any]) -> None:
        """Add records [kind, key, value] to the present state."""
        present = self.control("GET", "/state").json()["records"]
        self.control("PUT", "/state", {"records": present + records})

    def account(self, uid: str) -> dict[str, Any] | None:
        """Return {description, public_key, groups, permissions: {rid: actions}} of an account, or None."""
        state = self.state()
        user = state.get(("user", uid))
        if user is None:
            return None
        return {
            "description": user["description"],
            "public_key": user["public_key"],
            "groups": sorted(key[1] for key in state if key[0] == "member" and key[2] == uid),
            "permissions": {
                key[1]: sorted(actions)
                for key, actions in state.items()
                if key[0] == "grant" and key[2:] == ("users", uid)
            },
        }

    def secret(self, path: str) -> dict[str, Any] | None:
        """Return {value, binary, metadata} of a secret in the default store, or None."""
        return self.state().get(("secret", "default", path))

    # --- modules ---------------------------------------------------------------------------------------------------

    def attempt(
        self, module: str, check: bool = False, diff: bool = True, verbosity: int = 0, **options: Any
    ) -> Outcome:
        """Run a module against this cluster, whether it succeeds or fails; it must not show its secret options."""
        options = {**self.connection, **options}
        self.forget()
        outcome = call_module(module, options, check_mode=check, diff=diff, verbosity=verbosity)
        outcome.sent = self.sent()
        if check:
            assert not outcome.writes, "a write in check mode"
        for secret in secrets_in(module, options):
            shown = outcome.stderr + outcome.log
            if module != "dcos_login":
                shown += outcome.stdout
            assert secret not in shown
            assert json.dumps(secret)[1:-1] not in shown
        return outcome

    def run(self, module: str, **options: Any) -> Outcome:
        """Run a module that must succeed."""
        outcome = self.attempt(module, **options)
        assert not outcome.get("failed"), outcome
        return outcome

    def fail(self, module: str, **options: Any) -> Outcome:
        """Run a module that must fail, with a sentence and no traceback, without having written anything."""
        before = self.state()
        outcome = self.attempt(module, **options)
        assert outcome.get("failed"), outcome
        assert "Unexpected" not in outcome["msg"], outcome
        assert "Traceback" not in outcome.stdout
        assert not outcome.get("changed")
        assert self.state() == before
        return outcome

    def converge(self, module: str, **options: Any) -> Outcome:
        """Run it predicted, done, repeated and predicted again: a change, the same change, no change, no change."""
        before = self.state()
        predicted = self.run(module, check=True, **options)
        assert predicted["changed"] is True
        assert self.state() == before
        done = self.run(module, **options)
        assert done["changed"] is True
        after = self.state()
        for check in (False, True):
            again = self.run(module, check=check, **options)
            assert again["changed"] is False, again
            assert again["diff"]["before"] == again["diff"]["after"]
            assert not again.writes
            assert self.state() == after
        return done


def in_child(function: Callable[..., Any], *arguments: Any) -> Callable[[], tuple[Any, int]]:
    """Start ``function(*arguments)`` in a forked process; return a function that waits and returns (result, signal).

    ``result`` must be JSON; it is None where the process died.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.close(reader)
            with open(writer, "w", encoding="utf-8") as stream:
                json.dump(function(*arguments), stream)
            status = 0
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(writer)

    def wait() -> tuple[Any, int]:
        with open(reader, encoding="utf-8") as stream:
            text = stream.read()
        status = os.waitpid(pid, 0)[1]
        return json.loads(text) if text else None, os.WTERMSIG(status)

    return wait


def at_once(cluster: Cluster, module: str, *wishes: dict[str, Any]) -> list[dict[str, Any]]:
    """Run a module with several sets of options at the same time, each in its own process; all must succeed."""
    waits = [in_child(lambda wish=wish: dict(cluster.attempt(module, **wish))) for wish in wishes]
    outcomes = [wait()[0] for wait in waits]
    assert [outcome for outcome in outcomes if outcome is None or outcome.get("failed")] == []
    return outcomes


def killed_after(cluster: Cluster, number: int, module: str, **options: Any) -> int:
    """Run a module in a process that is killed when it sends a request after its first ``number`` ones.

    Returns the signal that it died of, 0 if it came to its end.
    """
    send, counter, lock = _http.Transport._send, itertools.count(1), threading.Lock()

    def deadly(self: _http.Transport, *arguments: Any, **what: Any) -> Any:
        with lock:
            now = next(counter)
        if now > number:
            os.kill(os.getpid(), signal.SIGKILL)
        return send(self, *arguments, **what)

    def run() -> dict[str, Any]:
        mock.patch.object(_http.Transport, "_send", deadly).start()
        return dict(cluster.attempt(module, **options))

    return in_child(run)()[1]

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that lie: no module ends in a traceback, sends without end, or takes the machine's memory.

Each module is run against answers drawn by hypothesis from the declared shapes (as they should be, with one value
replaced, errors of all kinds, bytes), and the transport against raw bytes on a socket.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils import _http, _parallel
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError
from ansible_collections.dcos.security.plugins.module_utils._response import Response
from ansible_collections.dcos.security.tests.reliability.report import Options, Report
from ansible_collections.dcos.security.tests.unit.plugins.answers import answer
from ansible_collections.dcos.security.tests.unit.plugins.calls import call_module
from ansible_collections.dcos.security.tests.unit.plugins.peer import Hostile, token

RID = "dcos:mesos:master:framework:role:kafka-role"
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "service account": ("dcos_service_account", {"uid": "kafka", "description": "x", "groups": ["brokers"]}),
    "no service account": ("dcos_service_account", {"uid": "kafka", "state": "absent"}),
    "service accounts": ("dcos_service_account_info", {}),
    "identities": ("dcos_service_identity_info", {}),
    "some identities": ("dcos_service_identity_info", {"uid": ["kafka"]}),
    "service account's facts": ("dcos_service_account_info", {"uid": "kafka"}),
    "user": ("dcos_user", {"uid": "jane", "user_password": "wonderland", "groups": ["brokers"]}),
    "users": ("dcos_user_info", {}),
    "group": ("dcos_group", {"gid": "brokers", "description": "x", "members": ["kafka"]}),
    "groups": ("dcos_group_info", {}),
    "permissions": ("dcos_acl", {"uid": "kafka", "rid": RID, "actions": ["create"]}),
    "no permissions": ("dcos_acl", {"gid": "brokers", "permissions": [], "exclusive": True}),
    "acl": ("dcos_acl", {"rid": RID, "description": "Register"}),
    "permissions' facts": ("dcos_acl_info", {"uid": "kafka"}),
    "holders": ("dcos_acl_info", {"rid": RID}),
    "secret": ("dcos_secret", {"path": "kafka/x", "value": "s3cret-value"}),
    "no secret": ("dcos_secret", {"path": "kafka/x", "state": "absent"}),
    "secrets": ("dcos_secret_info", {"path": "kafka"}),
    "credential": ("dcos_service_account_secret", {"path": "kafka/sa", "uid": "kafka"}),
    "certificate": (
        "dcos_ca_cert",
        {
            "common_name": "kafka.example.com",
            "key_type": "ECDSA",
            "certificate_secret": "kafka/certificate",
            "privatekey_secret": "kafka/key",
        },
    ),
    "CA": ("dcos_ca_info", {"issued": True}),
    "login": ("dcos_login", {"auth_token": None, "auth_username": "jane", "auth_password": "wonderland"}),
}
PER_CASE = 450  # of 20 cases: 9,000, beside 2,000 on the wire
ON_THE_WIRE = 2000
MOST_REQUESTS = 300  # of one task: more is taken for no end
MOST_MEMORY = 300 << 20

LINES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 999 ?\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n",
        b"HTTP/1.1 200\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"Content-Length: 5\r\n",
        b"Content-Length: -5\r\n",
        b"Content-Length: 5, 6\r\n",
        b"Content-Length: x\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Content-Type: application/json\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Location: //[\r\n",
        b"Location: http://\x00/\r\n",
        b"Retry-After: nan\r\n",
        b": x\r\n",
        b" folded\r\n",
        b"\r\n",
        b"5\r\nhello\r\n",
        b"-1\r\n",
        b"fffffffffffffffffffff\r\n",
        b"0\r\n\r\n",
        b"hello",
        b"{}",
    ]
)
BYTES = st.lists(LINES | st.binary(max_size=40), max_size=12).map(b"".join)


def section(options: Options) -> Report:
    """Run all cases."""
    report = Report("Answers that lie")
    before = _peak()
    # What is drawn is drawn by one thread.
    with mock.patch.object(time, "sleep"), mock.patch.object(_parallel._Work, "_recruit"):
        for name, (module, wishes) in CASES.items():
            _against_answers(report, options, name, module, wishes)
    _on_the_wire(report, options)
    taken = _peak() - before
    report.facts.append(f"{taken >> 20} MB at most")
    if taken > MOST_MEMORY:
        report.failures.append(f"{taken >> 20} MB of memory were taken")
    return report


def _peak() -> int:
    """Return the bytes that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def _drawn(options: Options, number: int) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Return what makes a test of hypothesis draw ``number`` times, without shrinking, so that counts are counts."""
    bounds = settings(
        max_examples=max(1, int(number * options.sample)),
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: seed(options.seed)(bounds(given(st.data())(test)))


def _against_answers(report: Report, options: Options, name: str, module: str, wishes: dict[str, Any]) -> None:
    given_options = {"url": "http://cluster.invalid", "auth_token": token(), "retries": 0, **wishes}

    @_drawn(options, PER_CASE)
    def run(data: st.DataObject) -> None:
        told: list[str] = []

        def send(_self: Any, _tries: Any, method: str, url: str, **what: Any) -> Response:
            if len(told) >= MOST_REQUESTS:
                raise MemoryError("requests without end")
            parts = urlsplit(url)
            status, kind, content = answer(data.draw, method, parts.path, "list" in (what.get("params") or ()))
            told.append(f"{method} {parts.path} -> {status} {kind} {content[:300]!r}")
            return Response(status, {"Content-Type": kind}, content)

        with mock.patch.object(_http.Transport, "_send", send):
            outcome = call_module(module, given_options, check_mode=False, diff=True)
        report.cases[name] += 1
        assert told, f"{name} has not asked for anything: {outcome}"
        message = outcome.get("msg", "") if outcome.get("failed") else ""
        if "Unexpected" in message or "Traceback" in json.dumps(outcome) or "\n" in message:
            report.failures.append(f"{name}: {message[:300]}\n    " + "\n    ".join(told[-3:]))

    run()


def _on_the_wire(report: Report, options: Options) -> None:
    sent = [b""]
    peer = Hostile(lambda: list(sent))
    transport = _http.Transport(peer.origin, retries=0, timeout=5)

    @_drawn(options, ON_THE_WIRE)
    def run(data: st.DataObject) -> None:
        sent[0] = data.draw(BYTES)
        report.cases["bytes on the wire"] += 1
        try:
            found = transport.send("GET", "/acs/api/v1/users")
            _what_is_read(found)
        except DcosError as exc:
            if "\n" in str(exc) or len(str(exc)) > 1000:
                report.failures.append(f"{sent[0]!r}: {exc}")
        except Exception as exc:
            report.failures.append(f"{sent[0]!r}: {type(exc).__name__} {exc}")

    run()
    peer.stop()


def _what_is_read(found: Response) -> None:
    """Look at all that an answer can be asked for."""
    assert found.json is None or found.content
    assert isinstance(found.words, str)
    assert found.code is None or isinstance(found.code, (str, int))

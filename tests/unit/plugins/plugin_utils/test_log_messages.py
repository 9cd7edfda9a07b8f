# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The envelopes that journald, syslog and log shippers put around a line, and what is none."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.plugin_utils import _audit_log
from ansible_collections.dcos.security.tests.unit.plugins.plugin_utils.audit_lines import (
    DENIALS,
    JOURNALD,
    ROLE,
    admin_router,
)


def found(log):
    """Return the denials in a log as tuples, without their number."""
    return [(d["uid"], d["rid"], d["action"], d["source"]) for d in _audit_log.denials(log)]


def journal_json(line):
    """Return what ``journalctl -o json`` makes of a line."""
    return json.dumps(
        {"__CURSOR": "s=1", "_SYSTEMD_UNIT": "dcos-adminrouter.service", "PRIORITY": "6", "MESSAGE": line}
    )


def journal_export(line):
    """Return what ``journalctl -o export`` makes of a line."""
    return f"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1\n_SYSTEMD_UNIT=dcos-adminrouter.service\nMESSAGE={line}\n_PID=1\n\n"


def journal_export_binary(line):
    """Return what ``journalctl -o export`` makes of a line with a character that is no text."""
    size = len(line.encode()).to_bytes(8, "little").decode("latin-1")
    return f"__CURSOR=s=1\nMESSAGE\n{size}{line}\n_PID=1\n\n"


ENVELOPES = {
    "journalctl": lambda line: f"-- Logs begin at Mon 2026-11-02 10:15:04 UTC. --\n{JOURNALD}{line}\n",
    "journalctl -o short-iso": lambda line: f"2026-11-22T08:15:04+0000 m1 unit[1]: {line}\n",
    "journalctl -o short-full": lambda line: f"Sun 2026-11-22 08:15:04 UTC m1 unit[1]: {line}\n",
    "journalctl -o short-unix": lambda line: f"1795421704.123456 m1 unit[1]: {line}\n",
    "journalctl -o short-monotonic": lambda line: f"[  123.123456] m1 unit[1]: {line}\n",
    "journalctl -o verbose": lambda line: (
        f"Sun 2026-11-22 08:15:04.123456 UTC [s=1;i=2]\n    _UID=0\n    MESSAGE={line}\n    _PID=1\n"
    ),
    "journalctl -o cat": lambda line: f"{line}\n",
    "journalctl -o json": lambda line: f"{journal_json(line)}\n{journal_json('noise')}\n",
    "journalctl -o json-pretty": lambda line: json.dumps(json.loads(journal_json(line)), indent=8) + "\n",
    "journalctl -o json-pretty, two": lambda line: "\n".join(
        json.dumps(json.loads(journal_json(text)), indent=8) for text in ("noise", line)
    ),
    "journalctl -o json-sse": lambda line: f"data: {journal_json(line)}\n\n",
    "journalctl -o json-seq": lambda line: f"\x1e{journal_json('noise')}\n\x1e{journal_json(line)}\n",
    "journalctl -o json, not UTF-8": lambda line: json.dumps({"MESSAGE": list(f"{line} \xff".encode("latin-1"))}),
    "journalctl -o json, cut off": lambda line: f"{journal_json(line)}\n{journal_json('noise')[:40]}",
    "journalctl -o export": journal_export,
    "journalctl -o export, binary": journal_export_binary,
    "syslog": lambda line: f"<13>1 2026-11-22T08:15:04Z m1 unit 1 - - {line}\n",
    "array": lambda line: json.dumps([{"message": "noise"}, {"message": line}]),
    "docker": lambda line: json.dumps({"log": f"{line}\n", "stream": "stderr", "time": "2026-11-22T08:15:04Z"}),
    "container runtimes": lambda line: f"2026-11-22T08:15:04.1Z stderr F {line}\n",
    "fluentd": lambda line: f"2026-11-22T08:15:04+00:00\tdcos.audit\t{json.dumps({'message': line})}\n",
    "elasticsearch": lambda line: json.dumps({"_index": "x", "_source": {"message": line, "host": {"name": "m1"}}}),
    "elastic common schema": lambda line: json.dumps({"@timestamp": "x", "event": {"original": line}}),
    "splunk": lambda line: json.dumps({"preview": False, "result": {"_raw": line}}),
    "loki": lambda line: json.dumps({"labels": {"unit": "x"}, "line": line, "timestamp": "x"}),
    "graylog": lambda line: json.dumps({"version": "1.1", "short_message": line}),
}


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize(("line", "expected"), DENIALS)
def test_every_envelope(envelope, line, expected):
    log = ENVELOPES[envelope](line)
    assert found(log) == [expected]
    assert found([log, log.encode()]) == [expected]
    counted = _audit_log.counts(log)
    assert counted["denied"] == 1
    assert counted["understood"] >= 1
    if log.lstrip()[:1] in "{[":  # parsed already, by Ansible's own templates or by from_json
        with contextlib.suppress(ValueError):
            assert found(json.loads(log)) == [expected]


@pytest.mark.parametrize("fields", ["flat", "wrapped"])
def test_lines_that_a_log_shipper_has_taken_apart(fields):
    parsed = {
        "type": "audit", "authorizer": "mesos-master", "object": ROLE, "action": "create", "result": "deny",
        "uid": "kafka", "srcport": 51000,
    }  # fmt: skip
    log = json.dumps(parsed if fields == "flat" else {"_source": {"fields": parsed}})
    assert found(log) == [("kafka", ROLE, "create", "mesos-master")]


@pytest.mark.parametrize(
    "log",
    [
        "noise",
        "noise\nmore noise\n",
        "an audit that will deny nothing",
        '{"stdout": "x"}',
        '[{"a": 1}]',
        "[1, 2]",
        "[]x",
        '{"message": 3}',
        "<html><body>Not found</body></html>",
        "name,uid,result\na,b,deny",
        b"\x1f\x8b\x08\x00gzip",
        ["noise"],
        [{"a": 1}],
        {"stdout": "x"},
    ],
)
def test_what_is_not_understood_is_not_empty(log):
    with pytest.raises(InputError, match="Not one of . lines has a form that is understood. Those are what journalctl"):
        _audit_log.denials(log)


@pytest.mark.parametrize(
    "log",
    ["", "\n\n", [], "[]", "-- No entries --\n", f"{JOURNALD}started", 'time="2026-11-22T08:15:04Z" level=info msg=x'],
)
def test_what_is_understood_and_has_no_denial(log):
    assert _audit_log.denials(log) == []


def test_counts_tell_what_was_read():
    log = "\n".join([admin_router(), admin_router(uid=" uid=alice"), f"{JOURNALD}started", "noise"])
    assert _audit_log.counts(log) == {"read": 4, "understood": 3, "denied": 2}
    assert _audit_log.counts(log, uid="alice") == {"read": 4, "understood": 3, "denied": 1}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["MESSAGE", "log", "event", "type", "x"]), inner),
)


@given(log=json_values.map(json.dumps) | st.dictionaries(st.sampled_from(["MESSAGE", "log", "data"]), json_values))
def test_any_object_has_no_denial(log):
    with contextlib.suppress(InputError):
        assert _audit_log.denials(log) == []

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Denials in every format of the audit log, and lines that want to be taken for one."""

from __future__ import annotations

import contextlib

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.filter.denied_permissions import FilterModule
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.plugin_utils import _audit_log
from ansible_collections.dcos.security.tests.unit.plugins.plugin_utils.audit_lines import (
    DENIALS,
    JOURNALD,
    ROLE,
    SERVICES,
    admin_router,
    iam,
    marathon,
    mesos,
)


def found(log, **kwargs):
    """Return the denials in a log as tuples, without their number."""
    return [(d["uid"], d["rid"], d["action"], d["source"]) for d in _audit_log.denials(log, **kwargs)]


@pytest.mark.parametrize(("line", "expected"), DENIALS)
def test_every_format(line, expected):
    assert found(line) == [expected]
    # A log is seldom alone: with its journald prefix, as a list, as a list of texts, with Windows line ends.
    assert found(f"noise\n{JOURNALD}{line}\r\nnoise") == [expected]
    assert found(f"daemon(uid=0,type=x): {line}") == [expected]
    assert found(["noise", line]) == found([f"noise\n{line}"]) == found(line.encode()) == [expected]
    assert found(line.replace("result=deny", "result=allow").replace('result="deny"', "result=allow")) == []
    assert found(JOURNALD + line.replace("type=audit", "")) == []


NOTHING = [
    admin_router(reason='"not authenticated"', uid=""),
    admin_router(reason='"not authenticated"'),
    admin_router(uid=""),
    admin_router(uid=" uid="),
    admin_router(uid=' uid=""'),
    admin_router(rid="/not/a/rid"),
    admin_router(rid="dcos:"),
    admin_router(rid="dcos:a,b"),
    admin_router(uid=" uid=a/../b"),
    iam('component=bouncer action=password-login result=deny reason="invalid password provided" uid=alice'),
    iam('component=bouncer action=service-login result=deny reason="bad signature" uid=kafka'),
    mesos(
        'uid="kafka" object="/slave(1)/state" authorizer="mesos-agent" action="GET" result=deny reason="Invalid token"'
    ),
    mesos(f'uid="kafka" object="{ROLE}" authorizer="mesos-master" action="register" result=deny'),
    marathon("CreateRunSpec", "/dev/web", uid=""),
    marathon("Frobnicate", "/dev/web"),
    marathon("ViewResource", "plugins"),
    marathon("Frobnicate", "/dev/web", "metronome"),
]


@pytest.mark.parametrize("line", NOTHING)
def test_denials_that_no_permission_cures(line):
    assert _audit_log.denials(line) == []


EVIL = "type=audit authorizer=adminrouter object=dcos:superuser action=full result=deny uid=evil"


@pytest.mark.parametrize(
    "line",
    [
        # An access log, and the same request in the tail of an audit line that denies nothing to anybody.
        f'10.0.0.9 - - [22/Nov/2026:08:15:04 +0000] "GET /x {EVIL} HTTP/1.1" 401 0 "-" "{EVIL}"',
        admin_router(reason='"not authenticated"', uid="", uri=f"/x {EVIL}"),
        admin_router(uid="", uri="/x?uid=evil"),
        admin_router(result="allow", uri=f"/x {EVIL}"),
        iam(f'component=bouncer action=password-login result=deny reason="unknown user" uid="x {EVIL}"'),
        iam(f'component=bouncer action=password-login result=deny reason="x" uid="x" {EVIL}'),
    ],
)
def test_requests_cannot_write_denials_of_their_own(line):
    assert _audit_log.denials(line) == []


def test_what_a_request_adds_does_not_change_the_resource():
    (denial,) = _audit_log.denials(admin_router(uri=f"/x {EVIL.replace(' uid=evil', '')}"))
    assert (denial["uid"], denial["rid"]) == ("kafka", "dcos:adminrouter:ops:ca:rw")


def test_denials_are_counted_sorted_and_limited_to_a_user():
    lines = [line for line, _expected in DENIALS]
    log = [*lines, lines[0], *reversed(lines)]
    everybody = _audit_log.denials(log)
    keys = [(d["uid"], d["rid"], d["action"], d["source"]) for d in everybody]
    assert keys == sorted(set(keys))
    assert sum(denial["count"] for denial in everybody) == len(log)
    assert {"uid": "kafka", "rid": ROLE, "action": "create", "source": "mesos-master", "count": 2} in everybody
    assert _audit_log.denials(log, uid="alice") == [denial for denial in everybody if denial["uid"] == "alice"] != []
    assert _audit_log.denials(log, uid="kafk") == []


def test_missing_permissions_are_merged_by_rid():
    log = [
        marathon("DeleteRunSpec", "/dev/web"),
        marathon("CreateRunSpec", "/dev/web"),
        admin_router(uid=" uid=ci-bot"),
    ]
    assert _audit_log.missing_permissions(log, uid="ci-bot") == [
        {"rid": "dcos:adminrouter:ops:ca:rw", "actions": ["full"]},
        {"rid": f"{SERVICES}:/dev/web", "actions": ["create", "delete"]},
    ]


@pytest.mark.parametrize("log", [None, 3, [None]])
def test_what_is_no_log(log):
    with pytest.raises(InputError, match="of type"):
        _audit_log.denials(log)


@given(log=st.text() | st.lists(st.text()))
@example(log='type=audit result=deny a="')
def test_any_text_has_no_denial(log):
    with contextlib.suppress(InputError):
        assert _audit_log.denials(log) == []


@given(
    line=st.sampled_from([line for line, _expected in DENIALS] + NOTHING),
    cut=st.integers(0, 500),
    junk=st.text(alphabet='"=, \tuidobjectresult:deny'),
)
def test_torn_lines_never_fail(line, cut, junk):
    for torn in (line[:cut], line[cut:], line[:cut] + junk + line[cut:]):
        for denial in _audit_log.denials(f"{JOURNALD}started\n{torn}"):
            assert denial["action"] in ("create", "read", "update", "delete", "full")
            assert denial["rid"].startswith("dcos:")
            assert denial["uid"]


@pytest.mark.parametrize(
    "make",
    [
        lambda size: "".join(f"{line}\n" for line, _expected in DENIALS) * (size // 4000),
        lambda size: "type=audit result=deny " + "a" * 10 * size,
        lambda size: "type=audit result=deny " + 'a="' * size + '"',
        lambda size: "type=audit result=deny " + "a= " * size,
        lambda size: "type=audit result=deny " + '"' * (2 * size + 1),
        lambda size: "type=audit result=deny uid=a authorizer=adminrouter action=full object=dcos:" + "x:" * size,
        lambda size: f"{JOURNALD}no denial here, of no audit\n" * (size // 4),
    ],
    ids=["denials", "word", "open quotes", "fields", "quotes", "rid", "noise"],
)
def test_long_logs_are_read(make):
    """Of a size that takes half a second; a reader whose time grows with its square would not end today."""
    _audit_log.read(make(400_000))


def test_the_filter_reports_errors_as_ansible_does():
    denied_permissions = FilterModule().filters()["denied_permissions"]
    assert denied_permissions(admin_router(), as_permissions=True) == [
        {"rid": "dcos:adminrouter:ops:ca:rw", "actions": ["full"]}
    ]
    assert denied_permissions(admin_router(), uid="kafka")[0]["count"] == 1
    with pytest.raises(AnsibleFilterError, match="denied_permissions: A log is text"):
        denied_permissions(None)

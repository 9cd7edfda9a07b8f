# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Denials in every format of the audit log, and lines that want to be taken for one."""

from __future__ import annotations

import time

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.filter.denied_permissions import FilterModule
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.plugin_utils import _audit_log

JOURNALD = "Nov 22 08:15:04 m1.example.com adminrouter.sh[2210]: "


def admin_router(
    rid="dcos:adminrouter:ops:ca:rw", uid=" uid=kafka", reason='"IAM PQ response"', uri="/ca/api/v2/sign", result="deny"
):
    """Return a line as Admin Router writes it."""
    return (
        f"{JOURNALD}2026/11/22 08:15:04 [notice] 2231#0: *9911 [lua] ee.lua:57: auditlog(): type=audit "
        f"timestamp=2026-11-22T08:15:04Z authorizer=adminrouter object={rid} action=full result={result} "
        f"reason={reason} srcip=10.0.3.7 srcport=51000 request_uri={uri}{uid}, client: 10.0.3.7, server: master.mesos, "
        f'request: "POST {uri} HTTP/1.1", host: "master.mesos"'
    )


def iam(rest):
    """Return a line as the IAM writes it."""
    return (
        "[261122-08:16:00.120] [77:Thread-4] [bouncer.app.auth.Login] INFO: type=audit "
        f"timestamp=2026-11-22T08:16:00.120331Z srcip=10.0.3.7 {rest}"
    )


def mesos(rest):
    """Return a line as a Mesos master or agent writes it."""
    return (
        'I1122 08:17:11.412100  3708 logfmt.cpp:178] dstip="10.0.0.2" type=audit '
        f"timestamp=2026-11-22 08:17:11.412003072+00:00 {rest}"
    )


def marathon(action, path, name="marathon", uid="ci-bot"):
    """Return a line as Marathon or Metronome writes it."""
    return (
        f"Nov 22 08:18:01 m1 {name}.sh[5635]: [2026-11-22 08:18:01,199] INFO timestamp=2026-11-22T08:18:01.199Z "
        f"type=audit uid={uid} srcip=10.0.0.201 srcport=38846 dstip=10.0.0.202 dstport=8443 authorizer={name} "
        f"action={action} path={path} result=deny (dcos.{name}.auditlog:qtp706960270-1267)"
    )


SERVICES = "dcos:service:marathon:marathon:services"
ADMIN = "dcos:service:marathon:marathon:admin"
JOBS = "dcos:service:metronome:metronome:jobs"
ROLE = "dcos:mesos:master:framework:role:kafka-role"
DENIALS = [
    (admin_router(), ("kafka", "dcos:adminrouter:ops:ca:rw", "full", "adminrouter")),
    (
        admin_router(rid="dcos:adminrouter:service:dev/web", uid=' uid="kafka"'),
        ("kafka", "dcos:adminrouter:service:dev/web", "full", "adminrouter"),
    ),
    (
        admin_router().replace(", client: ", " while sending to client, client: "),
        ("kafka", "dcos:adminrouter:ops:ca:rw", "full", "adminrouter"),
    ),
    (
        iam(
            'authorizer=bouncer uid=alice action=read object=dcos:iam:users:bob:permissions result=deny reason="policy"'
        ),
        ("alice", "dcos:iam:users:bob:permissions", "read", "bouncer"),
    ),
    (
        mesos(
            f'reason="Authorization denied" uid="kafka" object="{ROLE}" authorizer="mesos-master" action="create" '
            "result=deny"
        ),
        ("kafka", ROLE, "create", "mesos-master"),
    ),
    (
        mesos(
            'uid="kafka" object="/slave(1)/metrics/snapshot" authorizer="mesos-agent" action="GET" '
            'result=deny reason="no"'
        ),
        ("kafka", "dcos:mesos:agent:endpoint:path:/metrics/snapshot", "read", "mesos-agent"),
    ),
    (
        mesos('uid="kafka" object="/logging/toggle" authorizer="mesos-master" action="POST" result="deny"'),
        ("kafka", "dcos:mesos:master:endpoint:path:/logging/toggle", "read", "mesos-master"),
    ),
    (marathon("CreateRunSpec", "/dev/web"), ("ci-bot", f"{SERVICES}:/dev/web", "create", "marathon")),
    (marathon("ViewRunSpec", "/dev/web"), ("ci-bot", f"{SERVICES}:/dev/web", "read", "marathon")),
    (marathon("UpdateRunSpec", "/dev/web"), ("ci-bot", f"{SERVICES}:/dev/web", "update", "marathon")),
    (marathon("DeleteRunSpec", "/dev/web"), ("ci-bot", f"{SERVICES}:/dev/web", "delete", "marathon")),
    (marathon("UpdateGroup", "/dev"), ("ci-bot", f"{SERVICES}:/dev", "full", "marathon")),
    (marathon("ViewGroup", "/"), ("ci-bot", f"{SERVICES}:/", "read", "marathon")),
    (marathon("ViewResource", "events"), ("ci-bot", f"{ADMIN}:events", "read", "marathon")),
    (marathon("UpdateResource", "Leader"), ("ci-bot", f"{ADMIN}:leader", "update", "marathon")),
    (marathon("ViewResource", "SystemConfig"), ("ci-bot", f"{ADMIN}:config", "read", "marathon")),
    (
        marathon("CreateRunSpec", "/dev/batch/job1", "metronome"),
        ("ci-bot", f"{JOBS}:dev.batch.job1", "create", "metronome"),
    ),
    (marathon("ViewRunSpec", "/", "metronome"), ("ci-bot", JOBS, "read", "metronome")),
    (
        "type=audit timestamp=2026-11-22T08:19:00Z authorizer=secrets uid=kafka object=dcos:secrets:default:/kafka/tls "
        'action=create result=deny reason="not authorized" srcip=10.0.3.7',
        ("kafka", "dcos:secrets:default:/kafka/tls", "create", "secrets"),
    ),
]


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
    assert found(line.replace("type=audit", "")) == []


NOTHING = [
    "",
    "an audit that will deny nothing",
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


@pytest.mark.parametrize("log", [None, 3, {"stdout": "x"}, [None]])
def test_what_is_no_log(log):
    with pytest.raises(InputError, match="of type"):
        _audit_log.denials(log)


@given(log=st.text() | st.lists(st.text()))
@example(log='type=audit result=deny a="')
def test_any_text_is_a_log(log):
    assert _audit_log.denials(log) == []


@given(
    line=st.sampled_from([line for line, _expected in DENIALS] + NOTHING),
    cut=st.integers(0, 500),
    junk=st.text(alphabet='"=, \tuidobjectresult:deny'),
)
def test_torn_lines_never_fail(line, cut, junk):
    for torn in (line[:cut], line[cut:], line[:cut] + junk + line[cut:]):
        for denial in _audit_log.denials(torn):
            assert denial["action"] in ("create", "read", "update", "delete", "full")
            assert denial["rid"].startswith("dcos:")
            assert denial["uid"]


def seconds(log):
    """Return the best of three times that reading a log takes."""
    best = float("inf")
    for _attempt in range(3):
        start = time.process_time()
        _audit_log.denials(log)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize(
    "make",
    [
        lambda size: "".join(f"{line}\n" for line, _expected in DENIALS) * (size // 200),
        lambda size: "type=audit result=deny " + "a" * 10 * size,
        lambda size: "type=audit result=deny " + 'a="' * size + '"',
        lambda size: "type=audit result=deny " + "a= " * size,
        lambda size: "type=audit result=deny " + '"' * (2 * size + 1),
        lambda size: "type=audit result=deny uid=a authorizer=adminrouter action=full object=dcos:" + "x:" * size,
        lambda size: "no denial here, of no audit\n" * size,
    ],
    ids=["denials", "word", "open quotes", "fields", "quotes", "rid", "noise"],
)
def test_time_is_linear_in_the_size_of_the_log(make):
    # Eight times the text takes about eight times as long; quadratic would be 64.
    assert seconds(make(16000)) < 24 * seconds(make(2000)) + 0.01


def test_the_filter_reports_errors_as_ansible_does():
    denied_permissions = FilterModule().filters()["denied_permissions"]
    assert denied_permissions(admin_router(), as_permissions=True) == [
        {"rid": "dcos:adminrouter:ops:ca:rw", "actions": ["full"]}
    ]
    assert denied_permissions(admin_router(), uid="kafka")[0]["count"] == 1
    with pytest.raises(AnsibleFilterError, match="denied_permissions: An audit log is text"):
        denied_permissions(None)

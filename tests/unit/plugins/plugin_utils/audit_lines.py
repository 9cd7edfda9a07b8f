# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of the audit log as the components of DC/OS write them, and the denials that are in them."""

from __future__ import annotations

JOURNALD = "Nov 22 08:15:04 m1.example.com adminrouter.sh[2210]: "


def admin_router(
    rid: str = "dcos:adminrouter:ops:ca:rw",
    uid: str = " uid=kafka",
    reason: str = '"IAM PQ response"',
    uri: str = "/ca/api/v2/sign",
    result: str = "deny",
) -> str:
    """Return a line as Admin Router writes it."""
    return (
        f"{JOURNALD}2026/11/22 08:15:04 [notice] 2231#0: *9911 [lua] ee.lua:57: auditlog(): type=audit "
        f"timestamp=2026-11-22T08:15:04Z authorizer=adminrouter object={rid} action=full result={result} "
        f"reason={reason} srcip=10.0.3.7 srcport=51000 request_uri={uri}{uid}, client: 10.0.3.7, server: master.mesos, "
        f'request: "POST {uri} HTTP/1.1", host: "master.mesos"'
    )


def iam(rest: str) -> str:
    """Return a line as the IAM writes it."""
    return (
        "[261122-08:16:00.120] [77:Thread-4] [bouncer.app.auth.Login] INFO: type=audit "
        f"timestamp=2026-11-22T08:16:00.120331Z srcip=10.0.3.7 {rest}"
    )


def mesos(rest: str) -> str:
    """Return a line as a Mesos master or agent writes it."""
    return (
        'I1122 08:17:11.412100  3708 logfmt.cpp:178] dstip="10.0.0.2" type=audit '
        f"timestamp=2026-11-22 08:17:11.412003072+00:00 {rest}"
    )


def marathon(action: str, path: str, name: str = "marathon", uid: str = "ci-bot") -> str:
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

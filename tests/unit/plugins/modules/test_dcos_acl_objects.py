# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ACL objects by themselves: made, described, and deleted where nobody needs them or where that is forced."""

from __future__ import annotations

import pytest

MODULE = "dcos_acl"
RID = "dcos:mesos:master:framework:role:slave_public/kafka-role"
OTHER = "dcos:secrets:default:/kafka/*"
SUPERUSER = "dcos:superuser"


@pytest.fixture(autouse=True)
def kafka(cluster):
    """Have a user and a group that permissions can be given to."""
    cluster.iam("PUT", "/users/kafka", {"password": "wonderland"})
    cluster.iam("PUT", "/groups/brokers", {"description": ""})


def granted(cluster, uid):
    """Return {rid: [actions]} of what is granted to a user directly."""
    return cluster.account(uid)["permissions"]


def acls(cluster):
    return {key[1]: value["description"] for key, value in cluster.state().items() if key[0] == "acl"}


def many(number):
    return [{"rid": f"dcos:secrets:default:/kafka/{index}", "actions": ["read"]} for index in range(number)]


def test_life_of_an_acl(cluster):
    made = cluster.converge(MODULE, rid=RID, description="Register")
    assert made["acls_created"] == [RID]
    assert made["permissions"] == made["granted"] == []
    assert acls(cluster)[RID] == "Register"
    assert cluster.run(MODULE, rid=RID)["changed"] is False, "what is not given stays"
    cluster.converge(MODULE, rid=RID, description="Another")
    cluster.run(MODULE, uid="kafka", rid=RID, actions=["create"])
    gone = cluster.converge(MODULE, rid=RID, state="absent", force=True)
    assert gone["acls_deleted"] == [RID]
    assert granted(cluster, "kafka") == {}


@pytest.mark.parametrize("check", [False, True])
def test_an_acl_that_somebody_needs_is_not_deleted(cluster, check):
    """``uid: "{{ x | default(omit) }}"`` leads here, and would take everybody's permissions."""
    cluster.iam("PUT", "/users/jane", {"password": "wonderland"})
    cluster.run(MODULE, rid=OTHER)
    for subject in ({"uid": "kafka"}, {"uid": "jane"}, {"gid": "brokers"}):
        cluster.run(MODULE, rid=RID, actions=["create", "read"], **subject)
    for options in ({"rid": RID}, {"permissions": [{"rid": OTHER}, {"rid": RID}]}):
        outcome = cluster.fail(MODULE, state="absent", check=check, **options)
        assert f"Refused to delete the ACL '{RID}'" in outcome["msg"]
        assert "2 users and 1 group have permissions (jane, kafka, brokers)" in outcome["msg"]
        assert "force: true" in outcome["msg"]
        assert OTHER not in outcome["msg"]
    assert cluster.converge(MODULE, rid=OTHER, state="absent")["acls_deleted"] == [OTHER]
    for subject in ({"uid": "kafka"}, {"uid": "jane"}, {"gid": "brokers"}):
        cluster.run(MODULE, rid=RID, state="absent", **subject)
    assert cluster.converge(MODULE, rid=RID, state="absent")["acls_deleted"] == [RID]


def test_many_that_are_needed_are_counted(cluster):
    """The sentence stays one that can be read."""
    for number in range(7):
        cluster.iam("PUT", f"/users/user-{number}", {"password": "wonderland"})
        cluster.run(MODULE, uid=f"user-{number}", permissions=many(7))
    message = cluster.fail(MODULE, permissions=[{"rid": entry["rid"]} for entry in many(7)], state="absent")["msg"]
    assert "7 users have permissions (user-0, user-1, user-2, user-3, user-4, …)" in message
    assert "And 2 more." in message
    assert "/kafka/4'" in message
    assert "/kafka/5'" not in message


def test_several_acls(cluster):
    entries = [{"rid": RID}, {"rid": OTHER, "description": "Its secrets"}]
    assert cluster.converge(MODULE, permissions=entries)["acls_created"] == sorted([RID, OTHER])
    assert acls(cluster)[RID] == RID
    assert cluster.converge(MODULE, permissions=entries, state="absent")["acls_deleted"] == sorted([RID, OTHER])


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("option", ["uid", "gid"])
@pytest.mark.parametrize("name", ["", ".", ".."])
def test_an_empty_subject_is_not_taken_for_none(cluster, state, option, name):
    """A template that came out empty must not delete the ACL with everybody's permissions."""
    cluster.run(MODULE, uid="kafka", rid=RID, actions=["create"])
    outcome = cluster.fail(MODULE, rid=RID, state=state, **{option: name})
    assert option in outcome["msg"]
    assert not outcome.sent


@pytest.mark.parametrize("state", ["present", "absent"])
def test_actions_want_a_subject(cluster, state):
    cluster.run(MODULE, uid="kafka", rid=RID, actions=["create"])
    for options in ({"rid": RID, "actions": ["create"]}, {"permissions": [{"rid": RID, "actions": ["create"]}]}):
        outcome = cluster.fail(MODULE, state=state, **options)
        assert "uid or gid" in outcome["msg"]
        assert not outcome.sent
    assert not cluster.fail(MODULE, permissions=[{"rid": RID}], exclusive=True).sent


@pytest.mark.parametrize("check", [False, True])
def test_the_superuser_acl_stays(cluster, check):
    for options in ({"rid": SUPERUSER}, {"permissions": [{"rid": RID}, {"rid": SUPERUSER}]}):
        outcome = cluster.fail(MODULE, state="absent", check=check, **options)
        assert "Refused to delete the ACL 'dcos:superuser'" in outcome["msg"]
        assert not outcome.sent


def test_acls_that_fail_are_named_and_the_others_done(cluster):
    cluster.fault("status", status=500, path="kafka%252F[37]$", times=None)
    entries = [{"rid": entry["rid"]} for entry in many(10)]
    outcome = cluster.attempt(MODULE, permissions=entries)
    assert [failure["item"][-1] for failure in outcome["failures"]] == ["3", "7"]
    assert len(outcome["acls_created"]) == 8
    assert outcome["changed"] is True

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions: granted and revoked by the pair, ACL objects as needed, and what is refused."""

from __future__ import annotations

import pytest

MODULE = "dcos_acl"
RID = "dcos:mesos:master:framework:role:slave_public/kafka-role"
OTHER = "dcos:secrets:default:/kafka/*"
THIRD = "dcos:adminrouter:ops:ca:rw"
SUPERUSER = "dcos:superuser"


@pytest.fixture(autouse=True)
def kafka(cluster):
    """Have a user and a group that permissions can be given to."""
    cluster.iam("PUT", "/users/kafka", {"password": "wonderland"})
    cluster.iam("PUT", "/groups/brokers", {"description": ""})


@pytest.fixture(params=["uid", "gid"])
def subject(request):
    """Return the option that names a subject, as a dict: each test runs for a user and for a group."""
    return {request.param: {"uid": "kafka", "gid": "brokers"}[request.param]}


def encoded(rid):
    return rid.replace("/", "%252F")


def granted(cluster, subject):
    """Return {rid: [actions]} of what is granted to a subject directly."""
    ((option, name),) = subject.items()
    wanted = ("users" if option == "uid" else "groups", name)
    return {key[1]: sorted(value) for key, value in cluster.state().items() if key[0] == "grant" and key[2:] == wanted}


def acls(cluster):
    return {key[1]: value["description"] for key, value in cluster.state().items() if key[0] == "acl"}


def listed(grants):
    return [{"rid": rid, "actions": sorted(actions)} for rid, actions in sorted(grants.items())]


def test_life_of_a_permission(cluster, subject):
    made = cluster.converge(MODULE, rid=RID, actions=["create", "read"], description="Register", **subject)
    assert granted(cluster, subject) == {RID: ["create", "read"]}
    assert made["granted"] == made["permissions"] == listed({RID: ["create", "read"]})
    assert (made["revoked"], made["acls_created"], made["acls_deleted"]) == ([], [RID], [])
    assert acls(cluster)[RID] == "Register"
    assert made["diff"]["before"] == {}
    assert made["diff"]["after"] == {RID: "create, read"}

    more = cluster.converge(MODULE, rid=RID, actions=["delete"], **subject)
    assert more["granted"] == listed({RID: ["delete"]})
    assert more["permissions"] == listed({RID: ["create", "delete", "read"]})
    assert more["acls_created"] == []

    less = cluster.converge(MODULE, rid=RID, actions=["create", "full"], state="absent", **subject)
    assert less["revoked"] == listed({RID: ["create"]})
    assert less["diff"]["after"] == {RID: "delete, read"}
    assert granted(cluster, subject) == {RID: ["delete", "read"]}

    none = cluster.converge(MODULE, rid=RID, state="absent", **subject)
    assert none["revoked"] == listed({RID: ["delete", "read"]})
    assert none["permissions"] == []
    assert RID in acls(cluster), "others may use it"


def test_several_at_once_and_the_same_rid_twice(cluster, subject):
    permissions = [
        {"rid": RID, "actions": ["create"]},
        {"rid": OTHER, "actions": ["full", "full"], "description": "Its secrets"},
        {"rid": RID, "actions": ["read", "create"], "description": "Register"},
    ]
    cluster.converge(MODULE, permissions=permissions, **subject)
    assert granted(cluster, subject) == {RID: ["create", "read"], OTHER: ["full"]}
    assert {rid: acls(cluster)[rid] for rid in (RID, OTHER)} == {RID: "Register", OTHER: "Its secrets"}


def test_exclusive_grants_first_and_then_revokes_the_rest(cluster, subject):
    cluster.run(
        MODULE,
        permissions=[{"rid": RID, "actions": ["create", "read"]}, {"rid": THIRD, "actions": ["full"]}],
        **subject,
    )
    done = cluster.converge(
        MODULE,
        permissions=[{"rid": RID, "actions": ["create"]}, {"rid": OTHER, "actions": ["full"]}],
        exclusive=True,
        **subject,
    )
    assert granted(cluster, subject) == {RID: ["create"], OTHER: ["full"]}
    assert done["granted"] == listed({OTHER: ["full"]})
    assert done["revoked"] == listed({RID: ["read"], THIRD: ["full"]})
    last_grant = max(number for number, request in enumerate(done.writes) if request.startswith("PUT"))
    first_revocation = min(number for number, request in enumerate(done.writes) if request.startswith("DELETE"))
    assert last_grant < first_revocation
    assert {RID, OTHER, THIRD} <= set(acls(cluster))

    one = cluster.converge(MODULE, rid=THIRD, actions=["full"], exclusive=True, **subject)
    assert granted(cluster, subject) == {THIRD: ["full"]}
    assert one["permissions"] == listed({THIRD: ["full"]})

    cluster.converge(MODULE, permissions=[], exclusive=True, **subject)
    assert granted(cluster, subject) == {}


def test_an_empty_list_that_is_not_exclusive_does_nothing(cluster, subject):
    cluster.run(MODULE, rid=RID, actions=["create"], **subject)
    for state in ("present", "absent"):
        assert cluster.run(MODULE, permissions=[], state=state, **subject)["changed"] is False
    assert granted(cluster, subject) == {RID: ["create"]}


def test_exclusive_needs_a_list(cluster, subject):
    assert not cluster.fail(MODULE, exclusive=True, **subject).sent
    assert not cluster.fail(MODULE, exclusive=True, rid=RID, **subject).sent


def test_exclusive_leaves_the_groups_permissions_alone(cluster):
    cluster.iam("PUT", "/groups/brokers/users/kafka")
    cluster.run(MODULE, gid="brokers", rid=OTHER, actions=["full"])
    cluster.run(MODULE, uid="kafka", rid=RID, actions=["create"])
    cluster.converge(MODULE, uid="kafka", permissions=[], exclusive=True)
    assert granted(cluster, {"gid": "brokers"}) == {OTHER: ["full"]}


def test_slashes_go_out_encoded_twice(cluster, subject):
    done = cluster.run(MODULE, rid=RID, actions=["create"], **subject)
    tail = "users/kafka" if "uid" in subject else "groups/brokers"
    assert done.writes == [
        f"PUT /acs/api/v1/acls/{encoded(RID)}",
        f"PUT /acs/api/v1/acls/{encoded(RID)}/{tail}/create",
    ]


def test_description_is_changed_only_if_given_and_different(cluster, subject):
    cluster.run(MODULE, rid=RID, actions=["create"], **subject)
    assert acls(cluster)[RID] == RID, "by default"
    changed = cluster.converge(MODULE, rid=RID, actions=["create"], description="Register", **subject)
    assert changed.writes == [f"PATCH /acs/api/v1/acls/{encoded(RID)}"]
    assert (changed["granted"], changed["acls_created"]) == ([], [])
    cluster.run(MODULE, rid=RID, actions=["read"], **subject)
    assert acls(cluster)[RID] == "Register"
    cluster.converge(MODULE, rid=RID, actions=["read"], description="", **subject)
    assert acls(cluster)[RID] == ""


def test_description_of_an_acl_that_others_made(cluster, subject):
    cluster.iam("PUT", f"/acls/{encoded(RID)}", {"description": "Theirs"})
    first = cluster.run(MODULE, rid=RID, actions=["create"], **subject)
    assert first["acls_created"] == []
    assert acls(cluster)[RID] == "Theirs"
    cluster.iam("PUT", f"/acls/{encoded(OTHER)}", {"description": "Theirs"})
    cluster.converge(MODULE, rid=OTHER, actions=["full"], description="Ours", **subject)
    assert acls(cluster)[OTHER] == "Ours"


# --- what the cluster may answer


def test_already_so_is_fine(cluster, subject):
    """Between our read and our write somebody else granted, or revoked, the same."""
    tail = "users/kafka" if "uid" in subject else "groups/brokers"
    path = f"/acs/api/v1/acls/{encoded(RID)}/{tail}/create"
    cluster.fault("reset", method="PUT", path=f"{path}$", when="after")
    done = cluster.run(MODULE, rid=RID, actions=["create"], retries=1, **subject)
    assert done["changed"] is True
    assert done.sent.count(f"PUT {path}") == 2
    assert granted(cluster, subject) == {RID: ["create"]}
    cluster.heal()
    cluster.fault("reset", method="DELETE", path=f"{path}$", when="after")
    done = cluster.run(MODULE, rid=RID, actions=["create"], state="absent", retries=1, **subject)
    assert done["changed"] is True
    assert done.sent.count(f"DELETE {path}") == 2
    assert granted(cluster, subject) == {}


@pytest.mark.parametrize("missing", [{"uid": "nobody"}, {"gid": "nobody"}], ids=str)
def test_an_unknown_subject_fails_before_any_acl_is_made(cluster, missing):
    outcome = cluster.fail(MODULE, rid=RID, actions=["create"], **missing)
    assert "'nobody'" in outcome["msg"]
    assert "create it first" in outcome["msg"]
    assert not outcome.writes
    predicted = cluster.run(MODULE, rid=RID, actions=["create"], check=True, **missing)
    assert predicted["changed"] is True
    assert predicted["granted"] == listed({RID: ["create"]})
    assert predicted["acls_created"] == [RID]
    assert "nobody" in predicted.warned
    for check in (False, True):
        gone = cluster.run(MODULE, rid=RID, state="absent", check=check, **missing)
        assert gone["changed"] is False


# --- what is refused


@pytest.mark.parametrize("check", [False, True])
def test_the_superusers_keep_their_permission(cluster, check):
    for options in (
        {"rid": SUPERUSER, "actions": ["full"], "state": "absent"},
        {"rid": SUPERUSER, "state": "absent"},
        {"permissions": [], "exclusive": True},
        {"permissions": [{"rid": RID, "actions": ["create"]}], "exclusive": True},
    ):
        outcome = cluster.fail(MODULE, gid="superusers", check=check, **options)
        assert "Refused to revoke 'full' on 'dcos:superuser'" in outcome["msg"]


def test_superuser_may_be_granted_and_revoked_otherwise(cluster, subject):
    cluster.converge(MODULE, rid=SUPERUSER, actions=["full"], **subject)
    assert acls(cluster)[SUPERUSER] == "Superuser ACL"
    cluster.converge(MODULE, rid=SUPERUSER, actions=["full"], state="absent", **subject)
    cluster.converge(MODULE, gid="superusers", rid=SUPERUSER, actions=["full", "read"])
    cluster.converge(MODULE, gid="superusers", rid=SUPERUSER, actions=["read"], state="absent")


@pytest.mark.parametrize(
    ("rid", "hint"),
    [
        ("", "rid"),
        ("dcos:mesos:master: framework", "space"),
        ("mesos:master:framework:role:x", "dcos:"),
        ("dcos:mesos:master:framework:role:x\n", "line"),
        ("dcos:mesos:master:framework:röle", "ö"),
        ("dcos:", "rid"),
    ],
)
def test_malformed_rids(cluster, subject, rid, hint):
    for options in (
        {"rid": rid, "actions": ["create"]},
        {"permissions": [{"rid": RID, "actions": ["read"]}, {"rid": rid, "actions": ["read"]}]},
    ):
        outcome = cluster.fail(MODULE, **options, **subject)
        assert hint in outcome["msg"]
        assert not outcome.sent


@pytest.mark.parametrize(
    ("action", "hint"), [("Create", "'create'"), ("updat", "'update'"), ("list", "'read'"), ("", "create")]
)
def test_malformed_actions(cluster, subject, action, hint):
    outcome = cluster.fail(MODULE, rid=RID, actions=[action], **subject)
    assert hint in outcome["msg"]
    assert not outcome.sent


def test_nothing_to_grant(cluster, subject):
    for options in ({"rid": RID}, {"rid": RID, "actions": []}, {"permissions": [{"rid": RID}]}):
        assert "give actions" in cluster.fail(MODULE, **options, **subject)["msg"]


@pytest.mark.parametrize(
    "options",
    [
        {"uid": "kafka", "gid": "brokers", "rid": RID, "actions": ["read"]},
        {"uid": "kafka", "rid": RID, "permissions": []},
        {"uid": "kafka", "permissions": [], "actions": ["read"]},
        {"uid": "kafka", "permissions": [], "description": "x"},
        {"uid": "kafka"},
    ],
)
def test_contradictions(cluster, options):
    assert not cluster.fail(MODULE, **options).sent


# --- many


def many(number):
    return [{"rid": f"dcos:secrets:default:/kafka/{index}", "actions": ["read"]} for index in range(number)]


def test_a_thousand_permissions(cluster):
    made = cluster.run(MODULE, uid="kafka", permissions=many(1000))
    assert len(granted(cluster, {"uid": "kafka"})) == 1000
    assert len(made["acls_created"]) == len(made["granted"]) == 1000
    assert len(made.sent) == 2001
    again = cluster.run(MODULE, uid="kafka", permissions=many(1000))
    assert (again["changed"], len(again.sent)) == (False, 1)


@pytest.mark.parametrize("concurrency", [1, 8])
def test_items_that_fail_are_named_and_the_others_done(cluster, subject, concurrency):
    cluster.fault("status", status=500, path="acls/dcos:secrets:default:%252Fkafka%252F[37]/", times=None)
    outcome = cluster.attempt(MODULE, permissions=many(10), concurrency=concurrency, **subject)
    bad = [f"dcos:secrets:default:/kafka/{index}" for index in (3, 7)]
    assert outcome["failed"] is True
    assert outcome["changed"] is True
    assert "2 of 10 permissions failed, the rest is done" in outcome["msg"]
    assert all(rid in outcome["msg"] for rid in bad)
    assert [failure["item"] for failure in outcome["failures"]] == bad
    assert {failure["failure"]["status"] for failure in outcome["failures"]} == {500}
    assert outcome["failure"]["path"].endswith("/read")
    done = granted(cluster, subject)
    assert sorted(done) == sorted(entry["rid"] for entry in many(10) if entry["rid"] not in bad)
    assert outcome["granted"] == outcome["permissions"] == listed(done)
    assert len(outcome["diff"]["after"]) == 8
    cluster.heal()
    assert len(cluster.run(MODULE, permissions=many(10), **subject)["granted"]) == 2

    cluster.fault("status", status=500, method="DELETE", path="kafka%252F[37]/", times=None)
    outcome = cluster.attempt(MODULE, permissions=[], exclusive=True, concurrency=concurrency, **subject)
    assert [failure["item"] for failure in outcome["failures"]] == [f"{rid} read" for rid in bad]
    assert sorted(granted(cluster, subject)) == bad


def test_exclusive_revokes_nothing_if_a_grant_failed(cluster, subject):
    cluster.run(MODULE, rid=THIRD, actions=["full"], **subject)
    cluster.fault("status", status=500, path="kafka%252F3/", times=None)
    outcome = cluster.attempt(MODULE, permissions=many(5), exclusive=True, **subject)
    assert outcome["failed"] is True
    assert THIRD in granted(cluster, subject)


@pytest.mark.parametrize("number", [-1, 0, 101, 10**6])
def test_an_absurd_concurrency(cluster, number):
    outcome = cluster.fail(MODULE, uid="kafka", rid=RID, actions=["read"], concurrency=number)
    assert str(number) in outcome["msg"]
    assert "1 to 100" in outcome["msg"]
    assert not outcome.sent

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups: life, members of both kinds, what is refused, and what it costs."""

from __future__ import annotations

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys

MODULE = "dcos_group"
GROUP = "/acs/api/v1/groups/databases"
MEMBERS = [f"GET {GROUP}/users", f"GET {GROUP}/users?type=service"]


@pytest.fixture
def people(cluster, pems):
    """Make alice, bob and the service account kafka, and return the cluster."""
    for uid in ("alice", "bob"):
        cluster.iam("PUT", f"/users/{uid}", {"password": "initial-password"})
    cluster.iam("PUT", "/users/kafka", {"public_key": _keys.public_key_of(pems[0])})
    return cluster


def members(cluster, gid="databases"):
    """Return who is a member."""
    return sorted(key[2] for key in cluster.state() if key[:2] == ("member", gid))


def test_life(people):
    made = people.converge(MODULE, gid="databases", description="DBs", members=["kafka", "alice", "kafka"])
    assert made["group"] == {"gid": "databases", "description": "DBs", "members": ["alice", "kafka"]}
    assert made["diff"]["after"] == {"description": "DBs", "members": ["alice", "kafka"]}
    assert members(people) == ["alice", "kafka"]

    described = people.converge(MODULE, gid="databases", description="Databases")
    assert described.writes == [f"PATCH {GROUP}"]
    assert described["group"] == {"gid": "databases", "description": "Databases"}

    joined = people.converge(MODULE, gid="databases", members=["bob"])
    assert joined["group"]["members"] == ["alice", "bob", "kafka"]
    assert joined.writes == [f"PUT {GROUP}/users/bob"]

    left = people.converge(MODULE, gid="databases", members=["bob"], exclusive_members=True)
    assert left["group"]["members"] == ["bob"]
    assert sorted(left.writes) == [f"DELETE {GROUP}/users/alice", f"DELETE {GROUP}/users/kafka"]

    gone = people.converge(MODULE, gid="databases", state="absent")
    assert gone.writes == [f"DELETE {GROUP}"]
    assert "group" not in gone
    assert members(people) == []


def test_what_is_not_given_stays(people):
    people.run(MODULE, gid="databases", description="DBs", members=["alice"])
    before = people.state()
    for options in ({}, {"members": []}, {"members": ["alice"]}, {"description": "DBs"}):
        assert people.run(MODULE, gid="databases", **options)["changed"] is False
    assert people.state() == before


def test_requests(people):
    assert people.run(MODULE, gid="databases").sent == [f"GET {GROUP}", f"PUT {GROUP}"]
    for check in (False, True):
        assert people.run(MODULE, gid="databases", check=check).sent == [f"GET {GROUP}"]
        assert people.run(MODULE, gid="databases", members=[], check=check).sent == [f"GET {GROUP}", *MEMBERS]
        assert people.run(MODULE, gid="other", state="absent", check=check).sent == ["GET /acs/api/v1/groups/other"]
    assert people.run(MODULE, gid="databases", members=["x"], state="absent").sent == [
        f"GET {GROUP}",
        f"DELETE {GROUP}",
    ]


def test_many_members(cluster, pems):
    uids = [f"service-{number:03}" for number in range(120)]
    key = _keys.public_key_of(pems[0])
    cluster.load([["user", [uid], {"uid": uid, "public_key": key}] for uid in uids])
    made = cluster.run(MODULE, gid="databases", members=uids)
    assert made["group"]["members"] == uids
    assert len(made.sent) == 122
    assert cluster.run(MODULE, gid="databases", members=uids, exclusive_members=True)["changed"] is False
    halved = cluster.run(MODULE, gid="databases", members=uids[:60], exclusive_members=True)
    assert halved["group"]["members"] == uids[:60] == members(cluster)


class TestSuperusers:
    """Somebody must be left."""

    @pytest.mark.parametrize("check", [False, True])
    @pytest.mark.parametrize(
        "options", [{"state": "absent"}, {"members": [], "exclusive_members": True}], ids=["delete", "empty"]
    )
    def test_refused(self, people, options, check):
        failed = people.fail(MODULE, gid="superusers", check=check, **options)
        assert failed["msg"].startswith("Refused to ")
        assert not failed.writes

    def test_handed_over(self, people):
        handed = people.run(MODULE, gid="superusers", members=["alice"], exclusive_members=True)
        # The new one comes before the old one goes.
        assert handed.writes == [
            "PUT /acs/api/v1/groups/superusers/users/alice",
            f"DELETE /acs/api/v1/groups/superusers/users/{people.username}",
        ]
        assert members(people, "superusers") == ["alice"]

    def test_somebody_unknown_replaces_nobody(self, people):
        failed = people.attempt(MODULE, gid="superusers", members=["nobody"], exclusive_members=True)
        assert failed["failure"]["code"] == "ERR_UNKNOWN_USER_ID"
        assert members(people, "superusers") == [people.username]


def test_an_unfinished_run_is_finished(people):
    people.fault(status=500, method="PUT", path="/acs/api/v1/groups/databases/users/bob")
    failed = people.attempt(MODULE, gid="databases", members=["alice", "bob", "kafka"])
    assert "add 'bob' to group 'databases'" in failed["msg"]
    people.heal()
    assert people.run(MODULE, gid="databases", members=["alice", "bob", "kafka"])["changed"] is True
    assert members(people) == ["alice", "bob", "kafka"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"gid": "."}, "parent path"),
        ({"gid": "a/b"}, "a slash"),
        ({"gid": "databases", "members": [".."]}, "parent path"),
        ({"gid": "databases", "members": ["a b"]}, "a space"),
        ({"gid": "databases", "exclusive_members": True}, "members"),
    ],
)
def test_refused_before_anything_is_sent(cluster, options, words):
    failed = cluster.fail(MODULE, **options)
    assert words in failed["msg"]
    assert failed.sent == []

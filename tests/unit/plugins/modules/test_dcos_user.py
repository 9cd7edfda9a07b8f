# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: life, passwords that cannot be read, what is refused, and what it costs."""

from __future__ import annotations

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys

MODULE = "dcos_user"
USER = "/acs/api/v1/users/alice"
LOGIN = "POST /acs/api/v1/auth/login"
OLD, NEW = "correct-horse", "battery-staple"


@pytest.fixture
def alice(cluster):
    """Make alice and two groups, and return a function that runs the module for her."""
    for gid in ("databases", "queues"):
        cluster.iam("PUT", f"/groups/{gid}", {"description": gid})
    cluster.iam("PUT", "/users/alice", {"description": "Alice", "password": OLD})
    cluster.iam("PUT", "/groups/queues/users/alice")

    def run(method="run", **options):
        return getattr(cluster, method)(MODULE, uid="alice", **options)

    return run


def accepted(cluster, password):
    """Tell whether alice can log in with a password."""
    answer = cluster.request("POST", "/acs/api/v1/auth/login", {"uid": "alice", "password": password}, headers={})
    return answer.ok


def test_life(cluster):
    for gid in ("databases", "queues"):
        cluster.iam("PUT", f"/groups/{gid}", {"description": gid})
    made = cluster.converge(MODULE, uid="alice", description="Alice", user_password=OLD, groups=["queues", "queues"])
    assert made["user"] == {"uid": "alice", "description": "Alice", "groups": ["queues"]}
    assert made["diff"]["after"] == {"description": "Alice", "groups": ["queues"], "user_password": "(set)"}
    assert accepted(cluster, OLD)

    described = cluster.converge(MODULE, uid="alice", description="Alice of the team")
    assert described.writes == [f"PATCH {USER}"]

    moved = cluster.converge(MODULE, uid="alice", groups=["databases"], exclusive_groups=True)
    assert moved["user"]["groups"] == ["databases"]
    assert len(moved.writes) == 2

    gone = cluster.converge(MODULE, uid="alice", state="absent")
    assert gone.writes == [f"DELETE {USER}"]
    assert cluster.account("alice") is None


class TestPassword:
    """It cannot be read; a login tells whether it is the one that is wanted."""

    def test_unchanged(self, alice):
        for check in (False, True):
            outcome = alice(user_password=OLD, check=check)
            assert outcome["changed"] is False
            assert outcome.sent == [f"GET {USER}", LOGIN]

    def test_changed(self, alice, cluster):
        predicted = alice(user_password=NEW, check=True)
        assert predicted["changed"] is True
        assert accepted(cluster, OLD)
        changed = alice("converge", user_password=NEW)
        assert changed["diff"]["before"]["user_password"] == "(set)"
        assert changed["diff"]["after"]["user_password"] == "(changed)"
        assert accepted(cluster, NEW)
        assert not accepted(cluster, OLD)

    def test_on_create(self, alice, cluster):
        outcome = alice(user_password=NEW, update_password="on_create")
        assert outcome["changed"] is False
        assert outcome.sent == [f"GET {USER}"]
        assert accepted(cluster, OLD)
        cluster.run(MODULE, uid="alice", state="absent")
        assert alice(user_password=NEW, update_password="on_create")["changed"] is True
        assert accepted(cluster, NEW)

    def test_not_given(self, alice, cluster):
        assert alice().sent == [f"GET {USER}"]
        assert alice(description="x").sent == [f"GET {USER}", f"PATCH {USER}"]
        assert accepted(cluster, OLD)

    def test_ones_own(self, cluster):
        mine = {"auth_token": None, "auth_username": cluster.username, "auth_password": cluster.password}
        changed = cluster.run(MODULE, uid=cluster.username, user_password=NEW, **mine)
        assert changed["changed"] is True
        again = cluster.run(MODULE, uid=cluster.username, user_password=NEW, **{**mine, "auth_password": NEW})
        assert again["changed"] is False

    def test_only_a_refusal_means_that_it_differs(self, alice, cluster):
        cluster.fault(status=503, method="POST", path="/acs/api/v1/auth/login")
        failed = alice("attempt", user_password=OLD)
        assert failed["failure"]["status"] == 503
        assert not failed.writes

    def test_not_when_deleting(self, alice):
        assert alice(user_password=OLD, state="absent").sent == [
            f"GET {USER}",
            f"GET {USER}/groups",
            f"DELETE {USER}",
        ]

    @pytest.mark.parametrize("password", ["", "four"])
    def test_too_short(self, alice, cluster, password):
        for uid in ("alice", "bob"):
            failed = cluster.fail(MODULE, uid=uid, user_password=password)
            assert "five characters" in failed["msg"]
            assert failed.sent == []


def test_requests_with_groups(alice):
    for check in (False, True):
        outcome = alice(groups=["queues"], check=check)
        assert outcome["changed"] is False
        assert outcome.sent == [f"GET {USER}", f"GET {USER}/groups"]


def test_an_unfinished_run_is_finished(cluster):
    cluster.iam("PUT", "/groups/queues", {"description": ""})
    cluster.fault(status=500, method="PUT", path="/acs/api/v1/groups/queues/users/alice")
    failed = cluster.attempt(MODULE, uid="alice", user_password=OLD, groups=["queues"])
    assert "add 'alice' to group 'queues'" in failed["msg"]
    cluster.heal()
    assert cluster.run(MODULE, uid="alice", user_password=OLD, groups=["queues"])["changed"] is True
    assert cluster.account("alice")["groups"] == ["queues"]


class TestRefused:
    """What would do harm, or cannot be."""

    @pytest.mark.parametrize("check", [False, True])
    def test_oneself(self, cluster, check):
        failed = cluster.fail(MODULE, uid=cluster.username, state="absent", check=check)
        assert "it is the account that is logged in" in failed["msg"]

    @pytest.mark.parametrize("check", [False, True])
    @pytest.mark.parametrize(
        "options", [{"state": "absent"}, {"groups": ["queues"], "exclusive_groups": True}], ids=["delete", "leave"]
    )
    def test_the_last_superuser(self, alice, cluster, options, check):
        cluster.iam("PUT", "/groups/superusers/users/alice")
        # Who is logged in may still do everything, but is no member.
        cluster.iam("PUT", f"/acls/dcos:superuser/users/{cluster.username}/full")
        cluster.iam("DELETE", f"/groups/superusers/users/{cluster.username}")
        failed = alice("fail", check=check, **options)
        assert "it is the last member of the group superusers" in failed["msg"]
        cluster.iam("PUT", f"/groups/superusers/users/{cluster.username}")
        assert alice(check=check, **options)["changed"] is True

    def test_a_service_account_as_the_last_superuser(self, cluster, pems):
        cluster.iam("PUT", "/users/kafka", {"public_key": _keys.public_key_of(pems[0])})
        cluster.iam("PUT", "/groups/superusers/users/kafka")
        cluster.iam("PUT", f"/acls/dcos:superuser/users/{cluster.username}/full")
        cluster.iam("DELETE", f"/groups/superusers/users/{cluster.username}")
        failed = cluster.fail("dcos_service_account", uid="kafka", groups=[], exclusive_groups=True)
        assert "it is the last member of the group superusers" in failed["msg"]

    @pytest.mark.parametrize("options", [{}, {"state": "absent"}, {"user_password": OLD}])
    def test_a_service_account(self, cluster, pems, options):
        cluster.iam("PUT", "/users/kafka", {"public_key": _keys.public_key_of(pems[0])})
        failed = cluster.fail(MODULE, uid="kafka", **options)
        assert "'kafka' is a service account, not a user" in failed["msg"]

    def test_the_password_of_somebody_else_s_directory(self, cluster):
        cluster.iam("PUT", "/users/carol", {"provider_type": "ldap"})
        failed = cluster.fail(MODULE, uid="carol", user_password=NEW)
        assert "an external identity provider" in failed["msg"]
        assert cluster.run(MODULE, uid="carol", description="Carol")["changed"] is True

    @pytest.mark.parametrize("check", [False, True])
    def test_no_password_for_a_new_one(self, cluster, check):
        assert "give user_password" in cluster.fail(MODULE, uid="bob", check=check)["msg"]

    @pytest.mark.parametrize("check", [False, True])
    def test_no_key_for_a_new_service_account(self, cluster, check):
        failed = cluster.fail("dcos_service_account", uid="bob", check=check)
        assert "give public_key or public_key_path" in failed["msg"]

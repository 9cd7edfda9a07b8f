# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that only read: what they return, what they never return, and what it costs."""

from __future__ import annotations

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.tests.unit.plugins.cluster import Cluster

IAM = "/acs/api/v1"
RID, OTHER = "dcos:secrets:default:/kafka/*", "dcos:mesos:master:task:user:nobody"


@pytest.fixture
def populated(cluster, pems):
    """A cluster with a user, a service account, a group of both, permissions of all three, and secrets."""
    cluster.iam("PUT", "/groups/queues", {"description": "Queues"})
    cluster.iam("PUT", "/users/alice", {"description": "Alice", "password": "initial-password"})
    cluster.iam("PUT", "/users/kafka", {"description": "Kafka", "public_key": _keys.public_key_of(pems[0])})
    for rid in (RID, OTHER):
        cluster.iam("PUT", f"/acls/{rid.replace('/', '%252F')}", {"description": f"About {rid}"})
    for uid in ("alice", "kafka"):
        cluster.iam("PUT", f"/groups/queues/users/{uid}")
        cluster.iam("PUT", f"/acls/{OTHER}/users/{uid}/create")
    for action in ("update", "read"):
        cluster.iam("PUT", f"/acls/{RID.replace('/', '%252F')}/groups/queues/{action}")
    return cluster


@pytest.mark.parametrize(
    ("module", "options", "sent"),
    [
        ("dcos_user_info", {}, [f"GET {IAM}/users"]),
        ("dcos_user_info", {"uid": "alice"}, [f"GET {IAM}/users/alice", f"GET {IAM}/users/alice/groups"]),
        ("dcos_user_info", {"uid": "kafka"}, [f"GET {IAM}/users/kafka"]),
        ("dcos_service_account_info", {}, [f"GET {IAM}/users?type=service"]),
        ("dcos_service_account_info", {"uid": "kafka"}, [f"GET {IAM}/users/kafka", f"GET {IAM}/users/kafka/groups"]),
        ("dcos_service_account_info", {"uid": "alice"}, [f"GET {IAM}/users/alice"]),
        ("dcos_group_info", {}, [f"GET {IAM}/groups"]),
        ("dcos_group_info", {"gid": "none"}, [f"GET {IAM}/groups/none"]),
        (
            "dcos_group_info",
            {"gid": "queues"},
            [
                f"GET {IAM}/groups/queues",
                f"GET {IAM}/groups/queues/users",
                f"GET {IAM}/groups/queues/users?type=service",
            ],
        ),
        ("dcos_acl_info", {}, [f"GET {IAM}/acls"]),
        ("dcos_acl_info", {"uid": "kafka"}, [f"GET {IAM}/users/kafka/permissions"]),
        ("dcos_acl_info", {"gid": "queues"}, [f"GET {IAM}/groups/queues/permissions"]),
        ("dcos_acl_info", {"rid": OTHER}, [f"GET {IAM}/acls/{OTHER}", f"GET {IAM}/acls/{OTHER}/permissions"]),
        ("dcos_acl_info", {"rid": "dcos:none"}, [f"GET {IAM}/acls/dcos:none"]),
        ("dcos_secret_info", {}, ["GET /secrets/v1/secret/default/?list=true"]),
        (
            "dcos_secret_info",
            {"path": "/kafka"},
            ["GET /secrets/v1/secret/default/kafka", "GET /secrets/v1/secret/default/kafka?list=true"],
        ),
        ("dcos_ca_info", {}, ["GET /ca/dcos-ca.crt", "POST /ca/api/v2/info"]),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_requests(populated, module, options, sent, check):
    outcome = populated.run(module, check=check, **options)
    assert outcome["changed"] is False
    assert outcome.sent == sent


def test_users(populated):
    alice = {"uid": "alice", "description": "Alice", "is_remote": False}
    assert populated.run("dcos_user_info", uid="alice")["users"] == [{**alice, "groups": ["queues"]}]
    listed = populated.run("dcos_user_info")["users"]
    assert [user["uid"] for user in listed] == ["alice", populated.username]
    assert listed[0] == alice


def test_service_accounts(populated, pems):
    key = _keys.public_key_of(pems[0])
    kafka = {"uid": "kafka", "description": "Kafka", "public_key": key, "fingerprint": _keys.fingerprint(key)}
    read = populated.run("dcos_service_account_info", uid="kafka")["service_accounts"]
    assert read == [{**kafka, "groups": ["queues"]}]
    *native, last = populated.run("dcos_service_account_info")["service_accounts"]
    assert last == kafka
    assert all(account["uid"].startswith("dcos_") for account in native)


def test_a_key_that_cannot_be_read_is_no_obstacle(populated):
    populated.load([["user", ["odd"], {"uid": "odd", "public_key": "no key"}]])
    listed = populated.run("dcos_service_account_info")["service_accounts"]
    assert [account["uid"] for account in listed if account["fingerprint"] is None] == ["odd"]
    assert {"dcos_marathon", "kafka"} < {account["uid"] for account in listed}


def test_groups(populated):
    read = populated.run("dcos_group_info", gid="queues")["groups"]
    assert read == [{"gid": "queues", "description": "Queues", "members": ["alice", "kafka"]}]
    assert [group["gid"] for group in populated.run("dcos_group_info")["groups"]] == ["queues", "superusers"]


def test_permissions(populated):
    other = {"rid": OTHER, "description": f"About {OTHER}", "actions": ["create"]}
    secrets = {"rid": RID, "description": f"About {RID}", "actions": ["read", "update"]}
    user = populated.run("dcos_acl_info", uid="kafka")
    assert (user["permissions"], user["inherited"]) == ([other], [{**secrets, "gid": "queues"}])
    group = populated.run("dcos_acl_info", gid="queues")
    assert (group["permissions"], group["inherited"]) == ([secrets], [])
    nobody = populated.run("dcos_acl_info", uid="nobody")
    assert (nobody["permissions"], nobody["inherited"]) == ([], [])
    assert "There is no user 'nobody'." in nobody.warned

    acl = populated.run("dcos_acl_info", rid=RID)["acls"]
    assert acl == [
        {
            "rid": RID,
            "description": f"About {RID}",
            "users": [],
            "groups": [{"gid": "queues", "actions": ["read", "update"]}],
        }
    ]
    acl = populated.run("dcos_acl_info", rid=OTHER)["acls"]
    assert [holder["uid"] for holder in acl[0]["users"]] == ["alice", "kafka"]
    rids = [acl["rid"] for acl in populated.run("dcos_acl_info")["acls"]]
    assert rids == sorted(acl["rid"] for acl in populated.iam("GET", "/acls")["array"])
    assert [rid for rid in rids if not rid.startswith("dcos:adminrouter:")] == [OTHER, RID, "dcos:superuser"]


def test_permissions_fit_the_module_that_grants_them(populated):
    found = populated.run("dcos_acl_info", uid="kafka")["permissions"]
    populated.iam("PUT", "/users/bob", {"password": "initial-password"})
    assert populated.run("dcos_acl", uid="bob", permissions=found)["changed"] is True
    assert populated.run("dcos_acl_info", uid="bob")["permissions"] == found
    assert populated.run("dcos_acl", uid="kafka", permissions=found)["changed"] is False


@pytest.mark.parametrize("module", ["dcos_user_info", "dcos_service_account_info", "dcos_acl_info"])
@pytest.mark.parametrize("uid", [".", "..", "a b", ""])
def test_uids_that_fold_the_path(cluster, module, uid):
    assert cluster.fail(module, uid=uid).sent == []


class TestSecrets:
    """Metadata, never a value."""

    @pytest.fixture
    def stored(self, cluster):
        """Secrets, one of which is a folder as well."""
        for path, body in {
            "kafka/tls": {"value": "hunter22", "description": "a text", "labels": ["a"]},
            "kafka/tls/key": {"value": "hunter23"},
            "top": {"value": "hunter24"},
        }.items():
            cluster.api("PUT", f"/secrets/v1/secret/default/{path}", body)
        return cluster

    def paths(self, outcome):
        """Return the paths that were found; no value may be in the result."""
        assert "hunter2" not in outcome.stdout
        return [secret["path"] for secret in outcome["secrets"]]

    @pytest.mark.parametrize("options", [{}, {"path": "/"}])
    def test_all(self, stored, options):
        assert self.paths(stored.run("dcos_secret_info", **options)) == ["kafka/tls", "kafka/tls/key", "top"]

    def test_folder(self, stored):
        assert self.paths(stored.run("dcos_secret_info", path="kafka")) == ["kafka/tls", "kafka/tls/key"]

    def test_both(self, stored):
        outcome = stored.run("dcos_secret_info", path="kafka/tls")
        assert self.paths(outcome) == ["kafka/tls", "kafka/tls/key"]
        assert outcome["secrets"][0] == {
            "path": "kafka/tls",
            "store": "default",
            "content_type": "application/json",
            "size": 8,
            "description": "a text",
            "labels": ["a"],
        }

    def test_nothing(self, stored):
        assert self.paths(stored.run("dcos_secret_info", path="kaf")) == []

    def test_seal(self, stored):
        """A playbook can wait for a store that is sealed, although nothing in it can be read."""
        usual = stored.run("dcos_secret_info", path="kafka", seal_status=True)
        assert self.paths(usual) == ["kafka/tls", "kafka/tls/key"]
        assert usual["seal_status"] == {"sealed": False, "threshold": 1, "shares": 1, "progress": 0}
        stored.api("PUT", "/secrets/v1/seal/default")
        sealed = stored.run("dcos_secret_info", path="kafka", seal_status=True)
        assert sealed["seal_status"]["sealed"] is True
        assert "secrets" not in sealed
        assert len(sealed.sent) == 1
        assert "seal_status" in stored.fail("dcos_secret_info", path="kafka")["msg"]

    def test_seal_of_what_is_no_store(self, stored):
        assert "404" in stored.fail("dcos_secret_info", store="nowhere", seal_status=True)["msg"]
        assert not stored.fail("dcos_secret_info", store="a/b", seal_status=True).sent

    def test_readable_but_not_listable(self, stored):
        for path in ("kafka/tls", "kafka"):
            stored.heal()
            stored.fault(status=403, method="GET", path=f"/secret/default/{path}$", nth=2)
            outcome = stored.attempt("dcos_secret_info", path=path)
            if path == "kafka/tls":
                assert self.paths(outcome) == ["kafka/tls"]
            else:
                assert "dcos:secrets:list:default:/kafka read" in outcome["msg"]

    def test_listable_but_not_readable(self, stored):
        stored.fault(status=403, method="GET", path="/secret/default/kafka/tls$", nth=1)
        assert self.paths(stored.run("dcos_secret_info", path="kafka/tls")) == ["kafka/tls/key"]


def test_where_there_are_no_groups():
    cluster = Cluster("--open-edition")
    try:
        cluster.iam("PUT", "/users/alice", {"password": "initial-password"})
        alice = {"auth_username": "alice", "auth_password": "initial-password"}
        assert cluster.run("dcos_user_info", uid="alice", **alice)["users"] == [
            {"uid": "alice", "description": "", "is_remote": False}
        ]
        for module, options in (("dcos_group_info", {}), ("dcos_acl_info", {"uid": "alice"})):
            assert "DC/OS Enterprise only" in cluster.attempt(module, **options, **alice)["msg"]
    finally:
        cluster.stop()

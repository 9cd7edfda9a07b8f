# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests each module sends, to the request, on an empty cluster and on a large one."""

from __future__ import annotations

import json

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys

RID = "dcos:mesos:master:framework:role:kafka-role"
OTHER = "dcos:secrets:default:/kafka/*"
USER = "/acs/api/v1/users/kafka"
SECRET = "/secrets/v1/secret/default/kafka"
CERTIFICATE = {"common_name": "kafka.example.com", "key_type": "ECDSA"}


@pytest.fixture(params=[0, 10_000], ids=["empty", "large"])
def sized(request, cluster):
    """Return the cluster, empty or with so many accounts and five times as many grants; each is a member of a group."""
    records = []
    for number in range(request.param):
        uid = f"service-{number}"
        records.append(["user", [uid], {"uid": uid, "public_key": "x" if number % 2 else None}])
        records.append(["member", ["brokers", uid], True])
        records += [
            ["grant", [f"dcos:adminrouter:service:{number % 1000}-{k}", "users", uid], ["full"]] for k in range(5)
        ]
    rids = {record[1][0] for record in records if record[0] == "grant"}
    acls = [["acl", [rid], {"rid": rid, "description": rid}] for rid in sorted(rids)]
    cluster.load([["group", ["brokers"], {"gid": "brokers", "description": ""}], *acls, *records])
    return cluster


def test_requests(sized, pems):
    """One story, so that the large cluster is loaded only once."""

    def sent(module, **options):
        return sized.run(module, **options).sent

    def unchanged(module, **options):
        outcome = sized.run(module, **options)
        assert outcome["changed"] is False
        return outcome.sent

    # account: 1, 2 with groups, 2 more for a new one
    account = {"uid": "kafka", "public_key": _keys.public_key_of(pems[0]), "description": "x"}
    made = sent("dcos_service_account", **account)
    assert made[-1] == f"PUT {USER}"
    assert len(made) == 3
    assert unchanged("dcos_service_account", **account) == [f"GET {USER}"]
    assert unchanged("dcos_service_account", **account, check=True) == [f"GET {USER}"]
    assert unchanged("dcos_service_account", **account, groups=[]) == [f"GET {USER}", f"GET {USER}/groups"]
    assert len(sent("dcos_service_account", **account, groups=["brokers"])) == 3
    assert len(unchanged("dcos_service_account", **account, groups=["brokers"])) == 2

    # permissions: 1, and at most 2 for each new one
    one = {"uid": "kafka", "rid": RID, "actions": ["create"]}
    assert sent("dcos_acl", **one) == [
        f"GET {USER}/permissions",
        f"PUT /acs/api/v1/acls/{RID}",
        f"PUT /acs/api/v1/acls/{RID}/users/kafka/create",
    ]
    for check in (False, True):
        assert unchanged("dcos_acl", **one, check=check) == [f"GET {USER}/permissions"]
        assert unchanged("dcos_acl", uid="kafka", permissions=[], check=check) == [f"GET {USER}/permissions"]
    exclusive = {"uid": "kafka", "permissions": [{"rid": RID, "actions": ["create"]}], "exclusive": True}
    assert unchanged("dcos_acl", **exclusive) == [f"GET {USER}/permissions"]
    assert len(sent("dcos_acl", **{**one, "actions": ["create", "read"]})) == 2
    assert unchanged("dcos_acl", gid="brokers", permissions=[]) == ["GET /acs/api/v1/groups/brokers/permissions"]
    assert unchanged("dcos_acl", rid=RID) == ["GET /acs/api/v1/acls"]
    assert unchanged("dcos_acl", uid="kafka", rid=OTHER, state="absent") == [f"GET {USER}/permissions"]

    # credential and secret: 1
    credential = {"uid": "kafka", "path": "kafka/sa"}
    assert sent("dcos_service_account_secret", **credential) == [f"GET {SECRET}/sa", f"PUT {SECRET}/sa"]
    assert unchanged("dcos_service_account_secret", **credential) == [f"GET {SECRET}/sa"]
    assert sent("dcos_secret", path="kafka/x", value="s3cret-value") == [f"GET {SECRET}/x", f"PUT {SECRET}/x"]
    assert unchanged("dcos_secret", path="kafka/x", value="s3cret-value") == [f"GET {SECRET}/x"]
    assert sent("dcos_secret", path="kafka/x", value="other-s3cret") == [f"GET {SECRET}/x", f"PATCH {SECRET}/x"]
    assert unchanged("dcos_secret", path="kafka/nothing", state="absent") == [f"GET {SECRET}/nothing"]

    # certificate: one for each named secret, and info
    info = "POST /ca/api/v2/info"
    pair = {**CERTIFICATE, "certificate_secret": "kafka/crt", "privatekey_secret": "kafka/key"}
    sent("dcos_ca_cert", **pair, chain_secret="kafka/ca")
    assert sorted(unchanged("dcos_ca_cert", **pair)) == [f"GET {SECRET}/crt", f"GET {SECRET}/key", info]
    assert len(unchanged("dcos_ca_cert", **pair, chain_secret="kafka/ca")) == 4

    # login: none with a token that lasts, one, and a read with secret_path
    login = "POST /acs/api/v1/auth/login"
    assert unchanged("dcos_login") == []
    password = {"auth_token": None, "auth_username": sized.username, "auth_password": sized.password}
    assert unchanged("dcos_login", **password) == [login]
    members = {"private_key": pems[0], "uid": "kafka"}
    sized.api("PUT", f"{SECRET}/proof", {"value": json.dumps(members)})
    assert unchanged("dcos_login", secret_path="kafka/proof") == [f"GET {SECRET}/proof", login]
    # the login that a password costs is the only thing that it adds
    assert unchanged("dcos_service_account", **account, **password) == [login, f"GET {USER}"]

    # deletion: the account, and its journal if there was one
    assert f"DELETE {USER}" in sent("dcos_service_account", uid="kafka", state="absent")
    assert len(unchanged("dcos_service_account", uid="kafka", state="absent")) == 2


def test_files_cost_info_only(cluster, tmp_path):
    wish = {**CERTIFICATE, "path": str(tmp_path / "crt"), "privatekey_path": str(tmp_path / "key")}
    cluster.run("dcos_ca_cert", **wish)
    assert cluster.run("dcos_ca_cert", **wish).sent == ["POST /ca/api/v2/info"]


def count(cluster, module, **options):
    """Return how many requests it sends."""
    return len(cluster.run(module, **options).sent)


def test_an_account_to_its_end(cluster, pems):
    public, other = (_keys.public_key_of(pem) for pem in pems[:2])
    account = {"uid": "kafka", "public_key": public, "description": "x"}
    cluster.iam("PUT", "/groups/brokers", {"description": ""})
    assert count(cluster, "dcos_service_account", **account) == 3
    assert count(cluster, "dcos_service_account", uid="kafka", description="y") == 2
    assert count(cluster, "dcos_service_account", uid="kafka", public_key=other) == 24
    assert count(cluster, "dcos_service_account", uid="kafka", groups=["brokers"]) == 3
    cluster.run("dcos_acl", uid="kafka", rid=RID, actions=["create", "read"])
    assert count(cluster, "dcos_service_account", uid="kafka", public_key=public) == 24 + 1 + 2
    assert count(cluster, "dcos_service_account", uid="kafka", state="absent") == 10


def test_an_acl_that_is_there_already(cluster, pems):
    cluster.run("dcos_service_account", uid="kafka", public_key=_keys.public_key_of(pems[0]))
    cluster.iam("PUT", f"/acls/{RID}", {"description": "Register"})
    one = {"uid": "kafka", "rid": RID, "actions": ["create"]}
    assert count(cluster, "dcos_acl", **one, check=True) == 2
    assert count(cluster, "dcos_acl", **one, description="Register") == 1 + 3
    assert count(cluster, "dcos_acl", **one, state="absent") == 2
    assert count(cluster, "dcos_acl", **one, description="Other") == 1 + 4
    assert count(cluster, "dcos_acl", uid="kafka", permissions=[], exclusive=True) == 2
    assert count(cluster, "dcos_acl", rid=RID, description="Again") == 2
    assert count(cluster, "dcos_acl", rid=RID, state="absent") == 3
    assert count(cluster, "dcos_acl", rid=RID) == 2
    assert count(cluster, "dcos_acl", rid=RID, state="absent", force=True) == 2


def test_information(cluster, pems):
    cluster.run("dcos_service_account", uid="kafka", public_key=_keys.public_key_of(pems[0]))
    cluster.run("dcos_secret", path="kafka/x", value="s3cret-value")
    for module, options, requests in (
        ("dcos_service_account_info", {}, 1),
        ("dcos_service_account_info", {"uid": "kafka"}, 2),
        ("dcos_user_info", {}, 1),
        ("dcos_user_info", {"uid": cluster.username}, 2),
        ("dcos_group_info", {}, 1),
        ("dcos_group_info", {"gid": "superusers"}, 3),
        ("dcos_acl_info", {}, 1),
        ("dcos_acl_info", {"uid": "kafka"}, 1),
        ("dcos_acl_info", {"gid": "superusers"}, 1),
        ("dcos_acl_info", {"rid": "dcos:superuser"}, 2),
        ("dcos_secret_info", {}, 1),
        ("dcos_secret_info", {"path": "kafka"}, 2),
        ("dcos_secret_info", {"path": "kafka", "seal_status": True}, 3),
        ("dcos_secret_info", {"path": "kafka/x"}, 2),
        ("dcos_ca_info", {}, 2),
    ):
        assert count(cluster, module, **options) == requests, (module, options)


def test_groups_and_users(cluster):
    group = {"gid": "brokers", "description": "Brokers"}
    assert count(cluster, "dcos_group", **group) == 2
    assert count(cluster, "dcos_group", **group) == 1
    assert count(cluster, "dcos_group", gid="brokers", members=[cluster.username]) == 4
    assert count(cluster, "dcos_group", gid="brokers", members=[cluster.username]) == 3
    user = {"uid": "jane", "user_password": "wonderland"}
    assert count(cluster, "dcos_user", **user) == 2
    assert count(cluster, "dcos_user", **user) == 2
    assert count(cluster, "dcos_user", **user, update_password="on_create") == 1
    assert count(cluster, "dcos_user", uid="jane", user_password="looking-glass") == 3
    assert count(cluster, "dcos_user", uid="jane", groups=["brokers"]) == 3
    assert count(cluster, "dcos_user", uid="jane", groups=["brokers"]) == 2
    assert count(cluster, "dcos_user", uid="jane", state="absent") == 3
    assert count(cluster, "dcos_group", gid="brokers", state="absent") == 2


def test_a_certificate_is_issued(cluster, tmp_path):
    files = {"path": str(tmp_path / "crt"), "privatekey_path": str(tmp_path / "key")}
    assert count(cluster, "dcos_ca_cert", **CERTIFICATE, **files) == 2
    assert count(cluster, "dcos_ca_cert", **CERTIFICATE, **files, key_source="ca", force=True) == 2
    assert count(cluster, "dcos_ca_cert", **CERTIFICATE, **files, key_source="ca", force=True, renew_key=True) == 3
    secrets = {f"{part}_secret": f"kafka/{part}" for part in ("certificate", "privatekey", "chain")}
    assert count(cluster, "dcos_ca_cert", **CERTIFICATE, **secrets) == 4 + 1 + 3 + 3

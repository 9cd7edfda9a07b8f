# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole identities as the module reads them of a cluster: what it says, what it asks, and what it keeps to itself."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _iam, _keys, _x509
from ansible_collections.dcos.security.plugins.module_utils._identity_certificates import certificates
from ansible_collections.dcos.security.plugins.module_utils._identity_facts import assemble
from ansible_collections.dcos.security.plugins.module_utils._identity_reading import Readings
from ansible_collections.dcos.security.plugins.plugin_utils._findings import findings

MODULE = "dcos_service_identity_info"
ROLE, SHARED = "dcos:mesos:master:framework:role:kafka-role", "dcos:secrets:default:/shared/*"
SECRETS = "/secrets/v1/secret/default"


def credential(uid, key, **members):
    """The value of a secret with a credential."""
    whole = {"uid": uid, "private_key": key, "scheme": "RS256", "login_endpoint": "https://x/acs/api/v1/auth/login"}
    return json.dumps({**whole, **members})


@pytest.fixture
def inherited(cluster, pems):
    """A cluster as somebody leaves it: one good identity, and one of each that is not."""
    for uid, key in (("kafka", 0), ("kafka-twin", 0), ("a__b", 1), ("bare", 1)):
        cluster.iam("PUT", f"/users/{uid}", {"description": uid.title(), "public_key": _keys.public_key_of(pems[key])})
    cluster.iam("PATCH", "/users/bare", {"description": f"Bare{_iam.PENDING}"})
    cluster.iam("PUT", "/users/alice", {"description": "Alice", "password": "initial-password"})
    for gid in ("queues", "retired", _iam.journal_gid("gone"), _iam.journal_gid("bare")):
        cluster.iam("PUT", f"/groups/{gid}", {"description": gid})
    cluster.iam("PUT", "/groups/queues/users/kafka")
    cluster.iam("PUT", "/groups/superusers/users/kafka-twin")
    cluster.iam("PUT", "/groups/queues/users/alice")
    for rid in (ROLE, SHARED, "dcos:unused"):
        cluster.iam("PUT", f"/acls/{rid.replace('/', '%252F')}", {"description": f"About {rid}"})
    cluster.iam("PUT", f"/acls/{ROLE}/users/kafka/create")
    cluster.iam("PUT", "/acls/dcos:superuser/users/a__b/full")
    cluster.iam("PUT", f"/acls/{SHARED.replace('/', '%252F')}/groups/queues/read")
    values = {
        "kafka/service-account": credential("kafka", pems[0]),
        "kafka/service-account-next": credential("kafka", pems[1]),
        "a/b/sa": credential("a__b", pems[0], login_endpoint="http://x/acs/api/v1/auth/login", schema="RS256"),
        "gone/service-account": credential("gone", pems[1]),
        "kafka/password": "hunter22",
        "text": '{"a": "text"}',
    }
    for path, value in values.items():
        cluster.api("PUT", f"{SECRETS}/{path}", {"value": value})
    for place, name in (("kafka", "node"), ("nobody", "web")):
        cluster.run(
            "dcos_ca_cert",
            common_name=f"{name}.{place}.example.com",
            certificate_secret=f"{place}/{name}-certificate",
            privatekey_secret=f"{place}/{name}-private-key",
            chain_secret=f"{place}/{name}-ca",
            key_type="ECDSA",
        )
    return cluster


def test_everything_about_one(inherited, pems):
    facts = inherited.run(MODULE)
    kafka = next(one for one in facts["identities"] if one["uid"] == "kafka")
    key = _keys.public_key_of(pems[0])
    (certificate,) = kafka.pop("certificates")
    assert kafka == {
        "uid": "kafka",
        "description": "Kafka",
        "is_service": True,
        "public_key": key,
        "fingerprint": _keys.fingerprint(key),
        "key_size": 2048,
        "groups": ["queues"],
        "permissions": [{"rid": ROLE, "actions": ["create"]}],
        "inherited": [{"rid": SHARED, "actions": ["read"], "gid": "queues"}],
        "superuser": "none",
        "credentials": [
            {
                "path": "kafka/service-account",
                "fingerprint": _keys.fingerprint(key),
                "key_size": 2048,
                "matches": True,
                "login_endpoint": "https://x/acs/api/v1/auth/login",
                "problems": [],
            }
        ],
        "unfinished": "rotation",
        "unread": [],
    }
    stored = inherited.api("GET", f"{SECRETS}/kafka/node-certificate")["value"]
    about = _x509.describe_certificate(stored)
    assert certificate == {
        "certificate_secret": "kafka/node-certificate",
        "privatekey_secret": "kafka/node-private-key",
        "chain_secret": "kafka/node-ca",
        "common_name": "node.kafka.example.com",
        "subject": {},
        "hosts": ["node.kafka.example.com"],
        "key_type": "ECDSA",
        "key_size": 256,
        "not_after": about["not_after"],
        "fingerprint": about["public_key_fingerprint"],
        "key_matches": True,
        "chain_matches": True,
        "signed_by_cluster": True,
        "unread": [],
    }


def test_everything_else(inherited):
    facts = inherited.run(MODULE)
    found = {one["uid"]: one for one in facts["identities"]}
    assert list(found) == ["a__b", "bare", "kafka", "kafka-twin"]
    assert {uid: one["superuser"] for uid, one in found.items()} == {
        "a__b": "direct", "bare": "none", "kafka": "none", "kafka-twin": "superusers",
    }  # fmt: skip
    assert found["bare"]["unfinished"] == "key_replacement" and found["bare"]["credentials"] == []
    assert found["a__b"]["credentials"][0]["problems"] == [
        "It says schema where it should say scheme, as the DC/OS UI wrote it."
    ]
    assert found["a__b"]["credentials"][0]["matches"] is False
    nobodys = facts["unattached"]
    assert [(one["uid"], one["path"]) for one in nobodys["credentials"]] == [("gone", "gone/service-account")]
    assert [one["certificate_secret"] for one in nobodys["certificates"]] == ["nobody/web-certificate"]
    assert nobodys["acls"] == ["dcos:unused"]
    assert nobodys["groups"] == ["retired"]
    assert nobodys["journals"] == [_iam.journal_gid("gone")]
    assert [group["gid"] for group in facts["groups"]] == ["queues", "retired", "superusers"]
    assert {"rid": ROLE, "description": f"About {ROLE}"} in facts["acls"]
    assert {one["uid"] for one in facts["native_accounts"]} >= {"dcos_marathon"}
    assert not facts["partial"] and not facts["unknown"]


def test_people_and_native_accounts_where_they_are_asked_for(inherited):
    facts = inherited.run(MODULE, people=True, native=True, secrets="none")
    found = {one["uid"]: one for one in facts["identities"]}
    assert found["alice"]["groups"] == ["queues"] and not found["alice"]["is_service"]
    assert found[inherited.username]["superuser"] == "superusers"
    assert "dcos_marathon" in found
    assert found["kafka"]["credentials"] is None and found["kafka"]["unread"] == ["credentials", "certificates"]
    assert not facts["partial"] and facts["unattached"]["credentials"] is None


@pytest.mark.parametrize("check", [False, True])
def test_what_is_asked(inherited, check):
    """The budget of the module's notes."""
    outcome = inherited.run(MODULE, check=check)
    assert outcome["changed"] is False and not outcome.writes
    sent = Counter(request.partition("/acs/api/v1")[2] or request for request in outcome.sent)
    assert max(sent.values()) == 1, sent
    accounts = len(inherited.iam("GET", "/users?type=service")["array"])
    groups, secrets = 3, 12
    doubtful = [request for request in sent if request.startswith("/acls/")]
    assert len(outcome.sent) == 5 + accounts + 3 * groups + secrets + len(doubtful)
    assert f"/acls/{ROLE}/permissions" not in doubtful and "/acls/dcos:unused/permissions" in doubtful


def test_some(inherited):
    outcome = inherited.run(MODULE, uid=["kafka", "bare", "nobody"], secrets="folders")
    assert [one["uid"] for one in outcome["identities"]] == ["bare", "kafka"]
    assert outcome["identities"] == [
        one for one in inherited.run(MODULE)["identities"] if one["uid"] in ("bare", "kafka")
    ]
    assert "There is no account 'nobody'" in outcome.warned
    assert "unattached" not in outcome
    # Two folders of six secrets in one of them, the CA, four requests an account, one for that which is none.
    assert len(outcome.sent) == 2 + 6 + 1 + 3 * 2 + 1, outcome.sent


def test_nothing_of_a_value_is_told(inherited, pems):
    outcome = inherited.run(MODULE)
    for secret in (*pems[:2], "hunter22"):
        for line in filter(None, secret.splitlines()):
            if not line.startswith("-----"):
                assert line not in outcome.stdout + outcome.stderr + outcome.log
    assert "PRIVATE KEY" not in outcome.stdout


class TestLimited:
    """A token that may not read everything."""

    ACCOUNT = "auditor"

    def facts(self, cluster, pems, *permissions, **options):
        cluster.iam("PUT", f"/users/{self.ACCOUNT}", {"public_key": _keys.public_key_of(pems[2])})
        rows = [dict(zip(("rid", "actions"), (rid, [action]))) for rid, action in permissions]
        if rows:
            cluster.run("dcos_acl", uid=self.ACCOUNT, permissions=rows)
        token = cluster.login(self.ACCOUNT, token=_keys.sign_login_token(self.ACCOUNT, pems[2], 300))
        return cluster.run(MODULE, auth_token=token, **options)

    def test_nothing(self, inherited, pems):
        facts = self.facts(inherited, pems)
        assert facts["partial"] and facts["identities"] == []
        assert {one["permission"] for one in facts["unknown"]} == {
            "dcos:adminrouter:acs full",
            "dcos:secrets:list:default:/ read",
        }
        assert set(facts["unattached"].values()) == {None}
        assert facts["groups"] is None and facts["acls"] is None

    def test_accounts_only(self, inherited, pems):
        facts = self.facts(inherited, pems, ("dcos:adminrouter:acs", "full"))
        kafka = next(one for one in facts["identities"] if one["uid"] == "kafka")
        assert kafka["credentials"] is None and kafka["certificates"] is None
        assert kafka["unread"] == ["credentials", "certificates"]
        assert facts["unattached"]["credentials"] is None and facts["unattached"]["acls"] == ["dcos:unused"]
        assert facts["unknown"] == [{"what": "the secrets below /", "permission": "dcos:secrets:list:default:/ read"}]

    def test_some_secrets(self, inherited, pems):
        facts = self.facts(
            inherited,
            pems,
            ("dcos:adminrouter:acs", "full"),
            ("dcos:secrets:list:default:/", "read"),
            ("dcos:secrets:default:/kafka/*", "read"),
        )
        kafka = next(one for one in facts["identities"] if one["uid"] == "kafka")
        assert [one["matches"] for one in kafka["credentials"]] == [True]
        assert [one["signed_by_cluster"] for one in kafka["certificates"]] == [True]
        a_b = next(one for one in facts["identities"] if one["uid"] == "a__b")
        assert a_b["credentials"] == [] and a_b["unread"] == ["credentials", "certificates"]
        assert kafka["unread"] == []
        said = {one["what"]: one["permission"] for one in facts["unknown"]}
        assert said["secret 'a/b/sa'"] == "dcos:secrets:default:/a/b/sa read"

    def test_some_accounts(self, inherited, pems):
        """They may be there all the same: nobody says that they are not."""
        facts = self.facts(inherited, pems, ("dcos:secrets:list:default:/", "read"), uid=["kafka", "nobody"])
        assert facts["partial"] and facts["identities"] == [] and "There is no account" not in facts.warned
        assert [one["permission"] for one in facts["unknown"]] == ["dcos:adminrouter:acs full"]

    def test_a_key_that_may_not_be_read(self, inherited, pems):
        """The certificate can be read, and its key and chain are not said to be missing."""
        facts = self.facts(
            inherited,
            pems,
            ("dcos:adminrouter:acs", "full"),
            ("dcos:secrets:list:default:/", "read"),
            ("dcos:secrets:default:/kafka/node-certificate", "read"),
        )
        kafka = next(one for one in facts["identities"] if one["uid"] == "kafka")
        (certificate,) = kafka["certificates"]
        assert certificate["unread"] == ["privatekey_secret", "chain_secret"]
        assert certificate["privatekey_secret"] is certificate["key_matches"] is certificate["chain_matches"] is None
        rules = {one["rule"] for one in findings(facts) if one["subject"].startswith("kafka/")}
        assert not rules & {"certificate-without-key", "certificate-key-mismatch", "chain-missing", "chain-mismatch"}


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"concurrency": 0}, "1 to 100, not 0"),
        ({"concurrency": 100_000}, "1 to 100, not 100000"),
        ({"uid": [""]}, "uid"),
        ({"store": "a/b"}, "store"),
    ],
)
def test_what_is_refused(cluster, options, word):
    outcome = cluster.fail(MODULE, **options)
    assert word in outcome["msg"] and outcome.sent == []


def test_other_troubles_are_errors(inherited):
    inherited.fault(status=503, path="/secrets/v1/secret/default/kafka/password", times=100)
    assert "kafka/password" in inherited.fail(MODULE)["msg"]


def test_a_cluster_without_acls_has_none_of_them():
    readings = Readings(users={}, groups={}, acls={}, ungranted=[], paths=[])
    assert assemble(readings, native=False, whole=True)["acls"] == []


def test_the_work_grows_with_the_secrets_and_not_with_their_square():
    """Counted in looks at all of them."""

    class Counting(dict):
        looks = 0

        def items(self):
            Counting.looks += 1
            return super().items()

    uids = [f"service-{number}" for number in range(200)]
    secrets = Counting(
        (f"{uid}/sa", {"kind": "credential", "uid": uid, "fingerprint": uid, "key_size": 2048, "login_endpoint": "",
                       "problems": []})
        for uid in uids
    )  # fmt: skip
    readings = Readings(users={uid: {"uid": uid, "description": ""} for uid in uids}, paths=[], secrets=secrets)
    facts = assemble(readings, native=False, whole=True)
    assert [one["credentials"][0]["path"] for one in facts["identities"]] == sorted(secrets)
    assert Counting.looks < 10


@pytest.mark.parametrize(("denied", "key"), [([], "kafka/other"), (["kafka/mine"], None)])
def test_the_only_key_of_a_folder_need_not_be_that_of_its_certificate(denied, key):
    """Where another secret may not be read, which may be the right one, nobody says that they do not match."""
    said = {"common_name": "x", "subject": {}, "hosts": [], "key_type": "RSA", "key_size": 2048, "not_after": ""}
    held = {"kind": "certificate", "pem": "", "fingerprint": "a", "key_fingerprint": None, **said}
    secrets = {"kafka/web": held, "kafka/other": {"kind": "key", "fingerprint": "b"}}
    (found,) = certificates(Readings(secrets=secrets, denied=denied))
    assert found["privatekey_secret"] == key
    assert found["key_matches"] is (False if key else None)
    assert found["unread"] == ([] if key else ["privatekey_secret", "chain_secret"])

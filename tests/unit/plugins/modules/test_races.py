# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several processes that want the same of one thing at the same time: no error, and one consistent result."""

from __future__ import annotations

import json

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys, _x509
from ansible_collections.dcos.security.tests.unit.plugins.cluster import at_once

PROCESSES = 4


@pytest.fixture(autouse=True)
def _slow(cluster):
    """Answer slowly enough for the others to get in between."""
    cluster.control("PATCH", "/settings", {"latency_ms": 3})


def converge(cluster, module, **wish):
    """Let several processes converge the same; the next run must find it done. Return what they printed."""
    outcomes = at_once(cluster, module, *[wish] * PROCESSES)
    again = cluster.run(module, **wish)
    assert again["changed"] is False, again
    return outcomes


def test_account(cluster, pems):
    public = _keys.public_key_of(pems[0])
    cluster.iam("PUT", "/groups/brokers", {"description": ""})
    wish = {"uid": "kafka", "public_key": public, "description": "The broker", "groups": ["brokers"]}
    made = converge(cluster, "dcos_service_account", **wish)
    assert {json.dumps(outcome["service_account"], sort_keys=True) for outcome in made} == {
        json.dumps({**made[0]["service_account"]}, sort_keys=True)
    }
    converge(cluster, "dcos_service_account", **{**wish, "description": "Another"})
    gone = converge(cluster, "dcos_service_account", uid="kafka", state="absent")
    assert sum(outcome["changed"] for outcome in gone) == 1


def test_credential(cluster):
    """All of them must return the public half of the one key that is stored."""
    made = converge(cluster, "dcos_service_account_secret", path="kafka/service-account", uid="kafka")
    stored = json.loads(cluster.secret("kafka/service-account")["value"])
    assert {outcome["public_key"] for outcome in made} == {_keys.public_key_of(stored["private_key"])}
    assert sum(outcome["changed"] for outcome in made) == 1
    converge(cluster, "dcos_service_account_secret", path="kafka/service-account", uid="kafka", state="absent")


def test_secret(cluster):
    made = converge(cluster, "dcos_secret", path="kafka/password", value="s3cret-value", description="x", labels=["y"])
    assert sum(outcome["changed"] for outcome in made) == 1
    converge(cluster, "dcos_secret", path="kafka/password", value="other-s3cret")
    gone = converge(cluster, "dcos_secret", path="kafka/password", state="absent")
    assert sum(outcome["changed"] for outcome in gone) == 1


def test_group(cluster):
    cluster.iam("PUT", "/users/jane", {"password": "wonderland"})
    converge(cluster, "dcos_group", gid="brokers", description="x", members=["jane"])
    gone = converge(cluster, "dcos_group", gid="brokers", state="absent")
    assert sum(outcome["changed"] for outcome in gone) == 1


def test_permissions(cluster):
    cluster.iam("PUT", "/users/kafka", {"password": "wonderland"})
    rids = [f"dcos:secrets:default:/kafka/{number}" for number in range(4)]
    permissions = [{"rid": rid, "actions": ["read", "update"], "description": "Its own"} for rid in rids]
    converge(cluster, "dcos_acl", uid="kafka", permissions=permissions, exclusive=True)
    assert cluster.account("kafka")["permissions"] == {rid: ["read", "update"] for rid in rids}
    assert {value["description"] for key, value in cluster.state().items() if key[0] == "acl" and key[1] in rids} == {
        "Its own"
    }
    converge(cluster, "dcos_acl", uid="kafka", permissions=permissions[:3], exclusive=True)
    converge(cluster, "dcos_acl", uid="kafka", permissions=[], exclusive=True)
    converge(cluster, "dcos_acl", permissions=[{"rid": rid, "description": "Ours"} for rid in rids])
    gone = converge(cluster, "dcos_acl", permissions=[{"rid": rid} for rid in rids], state="absent")
    assert sorted(rid for outcome in gone for rid in outcome["acls_deleted"]) == rids


@pytest.mark.parametrize("round_", range(2))
def test_certificate(cluster, round_):
    wish = {
        "common_name": "kafka.example.com",
        "key_type": "ECDSA",
        "certificate_secret": "kafka/certificate",
        "privatekey_secret": "kafka/key",
        "chain_secret": "kafka/chain",
    }

    def stored():
        return tuple(cluster.secret(f"kafka/{name}")["value"] for name in ("certificate", "key"))

    converge(cluster, "dcos_ca_cert", **wish)
    assert _x509.matches(*stored())
    at_once(cluster, "dcos_ca_cert", *[{**wish, "force": True, "renew_key": True}] * PROCESSES)
    assert _x509.matches(*stored())
    assert cluster.run("dcos_ca_cert", **wish)["changed"] is False
    converge(cluster, "dcos_ca_cert", **{**wish, "key_size": 384})
    assert _x509.matches(*stored())

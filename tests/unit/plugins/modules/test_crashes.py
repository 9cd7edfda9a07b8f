# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that die between two requests, and what the next run makes of it. Account keys: see test_rekey."""

from __future__ import annotations

import json
import signal

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys, _x509
from ansible_collections.dcos.security.tests.reliability.starts import CERTIFICATE
from ansible_collections.dcos.security.tests.unit.plugins.cluster import killed_after

CREDENTIAL = {"path": "kafka/service-account", "uid": "kafka"}


def pair(cluster):
    """Return the certificate and the key that a reader finds now; None for what is not there."""
    return tuple((cluster.secret(f"kafka/{name}") or {}).get("value") for name in ("certificate", "key"))


@pytest.mark.parametrize("wish", [{}, {"force": True}, {"force": True, "renew_key": True}, {"key_size": 384}], ids=str)
def test_certificate(cluster, wish):
    """Issued, renewed, renewed with another key: the next run brings it to an end, as if nothing had happened."""
    cluster.run("dcos_ca_cert", **CERTIFICATE)
    if not wish:
        cluster.reset()
    old, state = pair(cluster), cluster.control("GET", "/state").json()
    requests = len(cluster.run("dcos_ca_cert", **CERTIFICATE, **wish).sent)
    settled = {name: value for name, value in wish.items() if name == "key_size"}
    for number in range(1, requests):
        cluster.control("PUT", "/state", state)
        assert killed_after(cluster, number, "dcos_ca_cert", **CERTIFICATE, **wish) == signal.SIGKILL
        left = pair(cluster)
        if wish == {"force": True}:
            assert _x509.matches(*left), "a renewal must never show a pair that does not match"
        finished = cluster.run("dcos_ca_cert", **CERTIFICATE, **settled)
        assert _x509.matches(*pair(cluster))
        assert finished["changed"] == (left != pair(cluster) or "chain" in str(finished["reasons"]))
        if left[1]:
            assert pair(cluster)[1] == left[1] or left[1] == old[1], "the key that is there is kept"
        assert cluster.run("dcos_ca_cert", **CERTIFICATE, **settled)["changed"] is False
        assert _x509.is_signed_by(pair(cluster)[0], cluster.secret("kafka/chain")["value"])


@pytest.mark.parametrize("wish", [{}, {"rotate": True}], ids=str)
@pytest.mark.parametrize("stored", [None, "whole", "broken"])
def test_credential(cluster, pems, wish, stored):
    members = {"login_endpoint": "https://leader.mesos/x", "private_key": pems[0], "uid": "kafka"}
    if stored == "whole":
        members["scheme"] = "RS256"
    if stored:
        cluster.api("PUT", "/secrets/v1/secret/default/kafka/service-account", {"value": json.dumps(members)})
    state = cluster.control("GET", "/state").json()
    requests = len(cluster.run("dcos_service_account_secret", **CREDENTIAL, **wish).sent)
    for number in range(1, requests + 1):
        cluster.control("PUT", "/state", state)
        died = killed_after(cluster, number, "dcos_service_account_secret", **CREDENTIAL, **wish)
        assert died == (signal.SIGKILL if number < requests else 0)
        finished = cluster.run("dcos_service_account_secret", **CREDENTIAL)
        kept = json.loads(cluster.secret("kafka/service-account")["value"])
        assert finished["public_key"] == _keys.public_key_of(kept["private_key"])
        if stored and not wish:
            assert kept == {**members, "scheme": "RS256"}
        assert cluster.run("dcos_service_account_secret", **CREDENTIAL)["changed"] is False


def test_permissions(cluster, pems):
    rids = [f"dcos:secrets:default:/kafka/{number}" for number in range(3)]
    cluster.iam("PUT", "/users/kafka", {"public_key": _keys.public_key_of(pems[0])})
    cluster.iam("PUT", "/acls/dcos:adminrouter:service:kafka", {"description": ""})
    cluster.iam("PUT", "/acls/dcos:adminrouter:service:kafka/users/kafka/full")
    state = cluster.control("GET", "/state").json()
    wish = {
        "uid": "kafka",
        "permissions": [{"rid": rid, "actions": ["read"], "description": "Its own"} for rid in rids],
        "exclusive": True,
    }
    requests = len(cluster.run("dcos_acl", **wish).sent)
    whole = cluster.state()
    for number in range(1, requests):
        cluster.control("PUT", "/state", state)
        assert killed_after(cluster, number, "dcos_acl", **wish) == signal.SIGKILL
        assert cluster.run("dcos_acl", **wish)["changed"] is True
        assert cluster.state() == whole


def test_account_with_groups(cluster, pems):
    for gid in ("brokers", "readers"):
        cluster.iam("PUT", f"/groups/{gid}", {"description": gid})
    state = cluster.control("GET", "/state").json()
    wish = {"uid": "kafka", "public_key": _keys.public_key_of(pems[0]), "groups": ["brokers", "readers"]}
    requests = len(cluster.run("dcos_service_account", **wish).sent)
    whole = cluster.state()
    for number in range(1, requests):
        cluster.control("PUT", "/state", state)
        assert killed_after(cluster, number, "dcos_service_account", **wish) == signal.SIGKILL
        assert cluster.run("dcos_service_account", **wish)["changed"] is True
        assert cluster.state() == whole

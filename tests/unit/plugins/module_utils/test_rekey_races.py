# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several runs that replace the key of one account at the same time, in real threads. For all else see the explorer."""

from __future__ import annotations

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.plugins.module_utils._iam import journal_gid
from ansible_collections.dcos.security.tests.unit.plugins.cluster import at_once as cluster_at_once

MODULE = "dcos_service_account"
RIDS = [f"dcos:secrets:default:/kafka/{number}" for number in range(6)]
GRANTS = {rid: ["full"] for rid in RIDS}


@pytest.fixture
def public(pems):
    """Return the public halves of the shared keys."""
    return [_keys.public_key_of(pem) for pem in pems]


@pytest.fixture
def kafka(cluster, public):
    """Return the cluster with an account that has something to lose, and answers slow enough to get in between."""
    records = [["group", [gid], {"gid": gid, "description": gid}] for gid in ("brokers", "readers")]
    records += [["acl", [rid], {"rid": rid, "description": rid}] for rid in RIDS]
    records += [["grant", [rid, "users", "kafka"], ["full"]] for rid in RIDS]
    user = {"uid": "kafka", "description": "The broker", "public_key": public[0]}
    cluster.load([*records, ["member", ["brokers", "kafka"], True], ["user", ["kafka"], user]])
    cluster.control("PATCH", "/settings", {"latency_ms": 2})
    return cluster


def at_once(cluster, *wishes):
    """Run the module for the account 'kafka' with several sets of options at the same time."""
    return cluster_at_once(cluster, MODULE, *({"uid": "kafka", **wish} for wish in wishes))


def key_of_whole(cluster):
    """Return the public key of the account, which has all that it had, and no journal any more."""
    account = cluster.account("kafka")
    key = account.pop("public_key")
    assert account == {"description": "The broker", "groups": ["brokers"], "permissions": GRANTS}
    assert ("group", journal_gid("kafka")) not in cluster.state()
    return key


@pytest.mark.parametrize("wishes", [(1, 1), (1, 2), (1, 1, 2), (1, 2, 3), (1, 1, 1, 1)], ids=str)
@pytest.mark.parametrize("round_", range(2))
def test_replacements_at_the_same_time(kafka, public, wishes, round_):
    outcomes = at_once(kafka, *({"public_key": public[wish]} for wish in wishes))
    assert key_of_whole(kafka) in {public[wish] for wish in wishes}
    replaced = [outcome for outcome in outcomes if outcome["key_replaced"]]
    assert len(replaced) >= len(set(wishes))
    if len(set(wishes)) == 1:
        assert len(replaced) == 1, "who comes second finds the key as it shall be"


def test_who_only_looks_meanwhile_sees_the_account_whole(kafka, public):
    """Runs that want no other key find the account missing or half restored, and wait until it is not."""
    outcomes = at_once(kafka, {"public_key": public[1]}, *[{"description": "The broker"}] * 5)
    assert key_of_whole(kafka) == public[1]
    assert [outcome["changed"] for outcome in outcomes[1:]] == [False] * 5
    assert {outcome["service_account"]["description"] for outcome in outcomes} == {"The broker"}

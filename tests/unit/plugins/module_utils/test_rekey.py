# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key replacement that dies at any request, or goes wrong there, loses nothing; nor do several at once."""

from __future__ import annotations

import signal

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.plugins.module_utils._iam import journal_gid
from ansible_collections.dcos.security.tests.unit.plugins.cluster import killed_after

MODULE = "dcos_service_account"
pytestmark = pytest.mark.usefixtures("no_waiting")
# The requests of one replacement, by the test that counts them.
REQUESTS = 33
UID = "kafka.prod@example.com"
DESCRIPTION = 'The "broker" \\ of Zürich, {"v": 1}'
GROUPS = ["brokers", "readers", "superusers"]
PERMISSIONS = {
    "dcos:mesos:master:framework:role:slave_public/kafka-role": ["create", "read"],
    "dcos:secrets:default:/kafka/*": ["full"],
    "dcos:superuser": ["full"],
}


@pytest.fixture
def public(pems):
    """Return the public halves of the shared keys: the old one, the new one, and others."""
    return [_keys.public_key_of(pem) for pem in pems]


@pytest.fixture
def kafka(cluster, public):
    """Return the cluster with an account that has all that there is to lose."""
    records = [["group", [gid], {"gid": gid, "description": gid}] for gid in GROUPS if gid != "superusers"]
    records += [["acl", [rid], {"rid": rid, "description": "An ACL"}] for rid in PERMISSIONS if "super" not in rid]
    records += [["grant", [rid, "users", UID], actions] for rid, actions in PERMISSIONS.items()]
    records += [["member", [gid, UID], True] for gid in GROUPS]
    cluster.load([*records, ["user", [UID], {"uid": UID, "description": DESCRIPTION, "public_key": public[0]}]])
    return cluster


def whole(public_key):
    """Return the account as it must always be found in the end."""
    return {"description": DESCRIPTION, "public_key": public_key, "groups": GROUPS, "permissions": PERMISSIONS}


def journal(cluster):
    """Return the journal's text, or None."""
    group = cluster.state().get(("group", journal_gid(UID)))
    return group and group["description"]


def attempt(cluster, **options):
    """Run the module and return what it printed."""
    return dict(cluster.attempt(MODULE, uid=UID, **options))


def aftermath(cluster, public):
    """Run what may come next, each on the cluster as it is now, and check that nothing is lost by it."""
    state = cluster.control("GET", "/state").json()
    left = cluster.account(UID)
    untouched = left is not None and left["public_key"] == public[0]

    def now(**options):
        cluster.control("PUT", "/state", state)
        return attempt(cluster, **options)

    predicted = now(public_key=public[1], check=True)
    assert not predicted.get("failed"), predicted
    assert predicted["service_account"]["public_key"] == public[1]
    assert predicted["service_account"]["description"] == DESCRIPTION

    same = now(public_key=public[1])
    assert not same.get("failed"), same
    assert cluster.account(UID) == whole(public[1])
    assert same["changed"] == predicted["changed"]
    assert attempt(cluster, public_key=public[1])["changed"] is False
    if same["changed"]:
        assert journal(cluster) is None

    wishes = {"public_key": public[2], "description": "Another", "groups": GROUPS}
    predicted = now(**wishes, check=True)
    other = now(**wishes)
    assert not other.get("failed"), other
    for name in ("changed", "key_replaced", "restored", "service_account"):
        assert predicted[name] == other[name]
    assert cluster.account(UID) == {**whole(public[2]), "description": "Another"}
    assert journal(cluster) is None

    bare = now()
    assert not bare.get("failed"), bare
    assert cluster.account(UID) == whole(public[0] if untouched else public[1])

    strict = now(public_key=public[1], on_key_change="fail")
    assert bool(strict.get("failed")) == untouched
    assert cluster.account(UID) == whole(public[0] if untouched else public[1])

    gone = now(state="absent")
    assert not gone.get("failed"), gone
    assert gone["changed"] is True
    assert gone["key_replaced"] is False
    assert cluster.account(UID) is None
    assert journal(cluster) is None
    assert attempt(cluster, state="absent")["changed"] is False


def test_how_many_requests_a_replacement_takes(kafka, public):
    outcome = kafka.run(MODULE, uid=UID, public_key=public[1])
    assert len(outcome.sent) == REQUESTS
    assert kafka.account(UID) == whole(public[1])


@pytest.mark.parametrize("number", range(REQUESTS))
def test_killed_after_any_request(kafka, public, number):
    assert killed_after(kafka, number, MODULE, uid=UID, public_key=public[1]) == signal.SIGKILL
    aftermath(kafka, public)


FAULTS = {
    "lost": {"action": "reset", "when": "after"},
    "a page": {"action": "html", "status": 200},
    "garbage": {"action": "garbage", "when": "after"},
}


@pytest.mark.parametrize("number", range(1, REQUESTS + 1))
def test_gone_wrong_at_any_request(kafka, public, number):
    """Whatever the answer was, the run says so in one sentence, and the next run brings all to its end."""
    state = kafka.control("GET", "/state").json()
    for name, fault in FAULTS.items():
        kafka.control("PUT", "/state", state)
        kafka.fault(nth=number, **fault)
        outcome = attempt(kafka, public_key=public[1])
        kafka.heal()
        assert "Unexpected" not in outcome.get("msg", ""), (name, outcome)
        assert not attempt(kafka, public_key=public[1]).get("failed"), name
        assert kafka.account(UID) == whole(public[1]), name


@pytest.mark.parametrize("number", range(1, REQUESTS + 1))
def test_retries_get_over_an_answer_that_was_lost(kafka, public, number):
    kafka.fault("reset", nth=number, when="after")
    assert not attempt(kafka, public_key=public[1], retries=1).get("failed")
    assert kafka.account(UID) == whole(public[1])
    assert journal(kafka) is None

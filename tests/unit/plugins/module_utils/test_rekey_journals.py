# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Journals of key replacements as an earlier run, an earlier version or somebody else may have left them."""

from __future__ import annotations

import json

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _iam, _keys
from ansible_collections.dcos.security.plugins.module_utils._rekey_steps import RECORD
from ansible_collections.dcos.security.tests.unit.plugins.cluster import Cluster

MODULE = "dcos_service_account"
pytestmark = pytest.mark.usefixtures("no_waiting")
RID = "dcos:secrets:default:/kafka/*"
GID = _iam.journal_gid("kafka")


@pytest.fixture
def public(pems):
    """Return the public halves of the shared keys."""
    return [_keys.public_key_of(pem) for pem in pems]


@pytest.fixture
def leave(cluster, public):
    """Return a function that leaves a journal, and an account in some state of being replaced."""
    whole = {
        "v": 1,
        "uid": "kafka",
        "target_public_key": public[1],
        "description": "The broker",
        "permissions": [{"rid": RID, "actions": ["full", "read"]}],
        "groups": ["brokers"],
    }
    records = [["group", ["brokers"], {"gid": "brokers", "description": ""}]]
    records += [["acl", [RID], {"rid": RID, "description": ""}]]

    def put(journal, key=None, description="", lacking=None, **changes):
        record = {name: value for name, value in {**whole, **changes}.items() if name != lacking}
        text = journal if isinstance(journal, str) else json.dumps(record)
        left = [["group", [GID], {"gid": GID, "description": text}]] if journal is not None else []
        if key is not None:
            user = {"uid": "kafka", "description": description, "public_key": public[key]}
            left.append(["user", ["kafka"], user])
        cluster.load([*records, *left])

    return put


def restored(public_key, **changes):
    return {
        "description": "The broker",
        "public_key": public_key,
        "groups": ["brokers"],
        "permissions": {RID: ["full", "read"]},
        **changes,
    }


def assert_finished(cluster, expected):
    assert cluster.account("kafka") == expected
    assert ("group", GID) not in cluster.state()


@pytest.mark.parametrize("wish", [0, 1, 2, None])
def test_of_a_run_that_died_without_an_account(cluster, public, leave, wish):
    """Whatever is wanted now, the recorded key comes first, and nothing is lost."""
    leave({})
    done = cluster.run(MODULE, uid="kafka", **({} if wish is None else {"public_key": public[wish]}))
    assert_finished(cluster, restored(public[1 if wish is None else wish]))
    assert done["key_replaced"] is True
    assert done["restored"] == {"permissions": [{"rid": RID, "actions": ["full", "read"]}], "groups": ["brokers"]}


@pytest.mark.parametrize("key", [1, 2])
def test_of_a_run_that_died_with_a_pending_account(cluster, public, leave, key):
    """Another key than the recorded one is that of a run that was overtaken."""
    leave({}, key=key, description="The broker" + _iam.PENDING)
    predicted = cluster.run(MODULE, uid="kafka", check=True)
    assert predicted["service_account"]["public_key"] == public[1]
    cluster.run(MODULE, uid="kafka")
    assert_finished(cluster, restored(public[1]))


@pytest.mark.parametrize(
    "text", ["", "Ours", "{}", "[]", "null", '{"v": 2}', '{"v": 1, "uid": "other"}', '{"run": "x"}', "{"]
)
@pytest.mark.parametrize("key", [None, 0])
def test_that_is_none(cluster, public, leave, text, key):
    """A run that died between steps 1 and 3 had deleted nothing yet."""
    leave(text, key=key)
    cluster.run(MODULE, uid="kafka", public_key=public[1], description="New")
    assert_finished(cluster, {"description": "New", "public_key": public[1], "groups": [], "permissions": {}})


@pytest.mark.parametrize("member", RECORD)
@pytest.mark.parametrize("key", [None, 0])
def test_that_lacks_something(cluster, public, leave, member, key):
    """It could not give back all that a replacement takes, so that it is none."""
    leave({}, key=key, lacking=member)
    cluster.run(MODULE, uid="kafka", public_key=public[1], description="New")
    assert_finished(cluster, {"description": "New", "public_key": public[1], "groups": [], "permissions": {}})


def test_what_it_will_give_back_is_foretold(cluster, public, leave):
    leave({})
    options = {"uid": "kafka", "public_key": public[1]}
    predicted, done = cluster.run(MODULE, **options, check=True), cluster.run(MODULE, **options)
    given_back = {"permissions": [{"rid": RID, "actions": ["full", "read"]}], "groups": ["brokers"]}
    assert predicted["restored"] == done["restored"] == given_back
    assert predicted["key_replaced"] is done["key_replaced"] is True


def test_of_an_account_that_was_recorded_and_has_changed_since(cluster, public, leave):
    leave({}, key=0, description="Changed")
    cluster.iam("PUT", "/acls/dcos:superuser/users/kafka/full")
    cluster.run(MODULE, uid="kafka", public_key=public[1])
    assert_finished(
        cluster, restored(public[1], description="Changed", groups=[], permissions={"dcos:superuser": ["full"]})
    )


def test_what_was_deleted_meanwhile(cluster, public, leave):
    """An ACL is made again for its grant; a group is not, as its own grants are nobody's business here."""
    leave({}, groups=["brokers", "vanished"])
    cluster.iam("DELETE", f"/acls/{RID.replace('/', '%252F')}")
    cluster.run(MODULE, uid="kafka", public_key=public[1])
    assert_finished(cluster, restored(public[1]))


@pytest.mark.parametrize("key", [None, 0, 1])
@pytest.mark.parametrize("journal", ["", {}], ids=["empty", "whole"])
def test_absent_removes_it_too(cluster, leave, journal, key):
    leave(journal, key=key, description=_iam.PENDING if key == 1 else "")
    predicted = cluster.run(MODULE, uid="kafka", state="absent", check=True)
    done = cluster.run(MODULE, uid="kafka", state="absent")
    assert done["changed"] == predicted["changed"]
    assert_finished(cluster, None)
    assert cluster.run(MODULE, uid="kafka", state="absent")["changed"] is False


def test_a_mark_without_a_journal(cluster, public):
    """Only the last step is missing, whatever the next run is for."""
    cluster.iam("PUT", "/users/kafka", {"public_key": public[0], "description": "The broker" + _iam.PENDING})
    predicted = cluster.run(MODULE, uid="kafka", check=True)
    done = cluster.run(MODULE, uid="kafka")
    assert done["changed"] is predicted["changed"] is True
    assert done["key_replaced"] is False
    assert_finished(cluster, {"description": "The broker", "public_key": public[0], "groups": [], "permissions": {}})
    assert cluster.run(MODULE, uid="kafka")["changed"] is False


def test_a_description_that_ends_like_the_mark_is_refused(cluster, public):
    outcome = cluster.fail(MODULE, uid="kafka", public_key=public[0], description="Mine" + _iam.PENDING)
    assert "mark" in outcome["msg"]


@pytest.mark.parametrize("restore", [False, True])
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("key", [1, 2])
def test_an_account_that_was_made_anew_meanwhile(cluster, public, leave, version, key, restore):
    """It is given nothing of its predecessor's unless the user says so, and the user is told what that was."""
    leave({}, key=key, v=version, description="Another", public_key=public[0] if version == 2 else None)
    done = cluster.run(MODULE, uid="kafka", public_key=public[3], restore_from_journal=restore)
    left = {} if restore else {"groups": [], "permissions": {}}
    assert_finished(cluster, restored(public[3], **{"description": "Another", **left}))
    assert RID in done.warned or restore
    assert GID in done.warned


def test_of_a_deletion_that_died_after_the_account_was_gone(cluster, public, leave):
    """The account is not made again, nor are its grants given to the next of its name."""
    leave({}, v=2, public_key=public[0], absent=True)
    cluster.run(MODULE, uid="kafka", public_key=public[1])
    assert_finished(cluster, {"description": "", "public_key": public[1], "groups": [], "permissions": {}})


def test_a_cluster_that_cuts_the_journal_off(cluster, public, leave, monkeypatch):
    """What it keeps is compared before anything is deleted."""
    leave(None, key=0)
    update = _iam.update_group
    monkeypatch.setattr(_iam, "update_group", lambda client, gid, text, **how: update(client, gid, text[:100], **how))
    outcome = cluster.attempt(MODULE, uid="kafka", public_key=public[1])
    assert "Nothing was deleted" in outcome["msg"]
    assert cluster.account("kafka")["public_key"] == public[0]


def test_many_permissions(cluster, public):
    rids = [f"dcos:secrets:default:/kafka/{number}" for number in range(500)]
    records = [["acl", [rid], {"rid": rid, "description": ""}] for rid in rids]
    records += [["grant", [rid, "users", "kafka"], ["read", "update"]] for rid in rids]
    cluster.load([*records, ["user", ["kafka"], {"uid": "kafka", "public_key": public[0]}]])
    cluster.run(MODULE, uid="kafka", public_key=public[1])
    assert cluster.account("kafka")["permissions"] == {rid: ["read", "update"] for rid in rids}


def test_open_edition(public):
    """It has neither groups nor grants, so there is no journal, and only the description is to be kept."""
    cluster = Cluster("--open-edition", "--no-tls")
    try:
        cluster.iam("PUT", "/users/jane", {"password": "wonderland"})
        cluster.connection["auth_token"] = cluster.login("jane", password="wonderland")
        cluster.iam("PUT", "/users/kafka", {"public_key": public[0], "description": "The broker"})
        for check in (True, False):
            done = cluster.run(MODULE, uid="kafka", public_key=public[1], check=check)
            assert done["key_replaced"] is True
        user = cluster.iam("GET", "/users/kafka")
        assert (user["public_key"], user["description"]) == (public[1], "The broker")
        assert cluster.run(MODULE, uid="kafka", public_key=public[1])["changed"] is False
        assert cluster.run(MODULE, uid="kafka", state="absent")["changed"] is True
    finally:
        cluster.stop()

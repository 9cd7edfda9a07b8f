# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts: lifecycle, keys in every spelling, memberships, and what is refused."""

from __future__ import annotations

import hashlib
import textwrap

import pytest
from cryptography.hazmat.primitives import serialization

from ansible_collections.dcos.security.plugins.module_utils import _keys

MODULE = "dcos_service_account"
RID = "dcos:mesos:master:framework:role:kafka-role"


@pytest.fixture
def public(pems):
    """Return the public halves of the shared keys."""
    return [_keys.public_key_of(pem) for pem in pems]


@pytest.fixture
def kafka(cluster, public):
    """Return a function that runs the module for the account 'kafka'; the account is there, with all it can have."""
    for gid in ("brokers", "readers"):
        cluster.iam("PUT", f"/groups/{gid}", {"description": gid})
    cluster.iam("PUT", "/users/kafka", {"description": "The broker", "public_key": public[0]})
    cluster.iam("PUT", "/groups/brokers/users/kafka")
    cluster.iam("PUT", f"/acls/{RID}", {"description": "Register"})
    cluster.iam("PUT", f"/acls/{RID}/users/kafka/create")
    cluster.iam("PUT", f"/acls/{RID}/users/kafka/read")

    def run(method="run", **options):
        return getattr(cluster, method)(MODULE, uid="kafka", **options)

    return run


def pkcs1(pem):
    key = serialization.load_pem_public_key(pem.encode())
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()


def test_life_of_an_account(cluster, pems, public):
    cluster.iam("PUT", "/groups/brokers", {"description": ""})
    made = cluster.converge(MODULE, uid="kafka", description="The broker", public_key=public[0], groups=["brokers"])
    assert made["service_account"] == {
        "uid": "kafka",
        "description": "The broker",
        "public_key": public[0],
        "fingerprint": _keys.fingerprint(public[0]),
        "groups": ["brokers"],
    }
    assert made["key_replaced"] is False
    assert made["restored"] == {"permissions": [], "groups": []}
    assert made["diff"]["before"] == {}
    assert made["diff"]["after"]["public_key"] == _keys.fingerprint(public[0])
    assert cluster.login("kafka", token=_keys.sign_login_token("kafka", pems[0]))

    described = cluster.converge(MODULE, uid="kafka", description="Another broker", public_key=public[0])
    assert described["diff"]["before"]["description"] == "The broker"
    assert described["diff"]["after"]["description"] == "Another broker"
    assert described.writes == ["PATCH /acs/api/v1/users/kafka"]
    assert "groups" not in described["service_account"]

    gone = cluster.converge(MODULE, uid="kafka", state="absent")
    assert "service_account" not in gone
    assert gone["diff"]["after"] == {}
    assert cluster.account("kafka") is None


def test_what_is_not_given_stays(kafka, cluster):
    before = cluster.account("kafka")
    for options in ({}, {"groups": []}, {"groups": ["brokers"]}):
        assert kafka(**options)["changed"] is False
    assert cluster.account("kafka") == before
    assert kafka("converge", description="")["service_account"]["description"] == ""


def test_a_new_account_without_description_has_none(cluster, public):
    assert cluster.converge(MODULE, uid="bare", public_key=public[0])["service_account"]["description"] == ""
    assert cluster.account("bare")["description"] == ""


@pytest.mark.parametrize("spelling", ["pkcs1", "crlf", "indented", "one line", "no newline", "literal", "wrapped"])
@pytest.mark.parametrize("side", ["given", "stored"])
def test_another_spelling_of_the_key_is_no_change(cluster, public, tmp_path, spelling, side):
    other = {
        "pkcs1": pkcs1(public[0]),
        "crlf": public[0].replace("\n", "\r\n"),
        "indented": textwrap.indent(public[0], "    "),
        "one line": public[0].replace("\n", " "),
        "no newline": public[0].rstrip("\n"),
        "literal": public[0].replace("\n", "\\n"),
        "wrapped": f"My key:\n{public[0]}\n# the end",
    }[spelling]
    if side == "stored":
        # Only SPKI is stored by the IAM; the record is put there behind its back.
        cluster.load([["user", ["kafka"], {"uid": "kafka", "public_key": other}]])
        given = public[0]
    else:
        cluster.iam("PUT", "/users/kafka", {"public_key": public[0]})
        given = other
    path = tmp_path / "key.pem"
    path.write_text(given, encoding="utf-8", newline="")
    assert cluster.run(MODULE, uid="kafka", public_key=given)["changed"] is False
    assert cluster.run(MODULE, uid="kafka", public_key_path=str(path))["changed"] is False


def test_replacing_the_key_gives_everything_back(kafka, cluster, pems, public):
    whole = cluster.account("kafka")
    done = kafka("converge", public_key=public[1])
    assert done["key_replaced"] is True
    assert done["restored"] == {"permissions": [{"rid": RID, "actions": ["create", "read"]}], "groups": ["brokers"]}
    assert done["service_account"]["description"] == "The broker"
    assert cluster.account("kafka") == {**whole, "public_key": public[1]}
    assert not [key for key in cluster.state() if "rekey" in str(key)]
    assert cluster.login("kafka", token=_keys.sign_login_token("kafka", pems[1]))
    assert done["diff"]["before"]["public_key"] == _keys.fingerprint(public[0])
    assert done["diff"]["after"]["public_key"] == _keys.fingerprint(public[1])


def test_check_mode_foretells_what_a_new_key_gives_back(kafka, public):
    told = kafka(public_key=public[1], check=True)
    done = kafka(public_key=public[1])
    for name in ("key_replaced", "restored", "service_account", "diff"):
        assert told[name] == done[name]


def test_key_description_and_groups_change_at_once(kafka, cluster, public):
    kafka("converge", public_key=public[1], description="New", groups=["readers"], exclusive_groups=True)
    account = cluster.account("kafka")
    assert account["public_key"] == public[1]
    assert account["description"] == "New"
    assert account["groups"] == ["readers"]
    assert account["permissions"] == {RID: ["create", "read"]}


def test_order_of_the_key_replacement(kafka, public):
    """The order that makes it safe, as the design gives it."""
    sent = kafka(public_key=public[1]).sent
    user = "/acs/api/v1/users/kafka"
    journal = f"/acs/api/v1/groups/dcos-security-rekey-{hashlib.sha256(b'kafka').hexdigest()[:32]}"
    begin = sent.index(f"PUT {journal}")
    reads = [f"GET {user}", f"GET {user}/groups", f"GET {user}/permissions"]
    record, compare, delete, create = (
        sent.index(request, begin)
        for request in (f"PATCH {journal}", f"GET {journal}", f"DELETE {user}", f"PUT {user}")
    )
    mark, drop, finish = (
        sent.index(f"PATCH {user}"),
        sent.index(f"DELETE {journal}"),
        sent.index(f"PATCH {user}", create),
    )
    assert set(sent[begin + 1 : record]) == set(reads)
    assert mark < begin < record < compare < delete < create < drop < finish
    assert sorted(sent[delete - 4 : delete]) == sorted([*reads, f"GET {journal}"]), "all is read again"
    assert sent[create - 1] == sent[drop - 1] == f"GET {journal}", "the journal is looked at right before"
    assert {request for request in sent[create + 1 : drop] if not request.startswith("GET ")} == {
        f"PUT {journal}/users/kafka",
        "PUT /acs/api/v1/groups/brokers/users/kafka",
        *(f"PUT /acs/api/v1/acls/{RID}/users/kafka/{action}" for action in ("create", "read")),
    }
    assert sent[drop:] == [f"DELETE {journal}", f"GET {journal}", f"GET {user}", f"PATCH {user}"]


def test_on_key_change_fail(kafka, public):
    told = kafka("fail", public_key=public[1], on_key_change="fail")["msg"]
    assert _keys.fingerprint(public[0]) in told
    assert "on_key_change: replace" in told
    assert kafka("fail", public_key=public[1], on_key_change="fail", check=True)["msg"] == told
    assert kafka(public_key=public[0], on_key_change="fail")["changed"] is False


def test_groups_add_up_unless_exclusive(kafka, cluster):
    assert kafka("converge", groups=["readers"])["service_account"]["groups"] == ["brokers", "readers"]
    assert kafka("converge", groups=["readers"], exclusive_groups=True)["service_account"]["groups"] == ["readers"]
    assert kafka("converge", groups=[], exclusive_groups=True)["service_account"]["groups"] == []
    assert cluster.account("kafka")["groups"] == []


def test_groups_must_exist(cluster, public):
    outcome = cluster.attempt(MODULE, uid="kafka", public_key=public[0], groups=["nobody"])
    assert "group 'nobody'" in outcome["msg"]
    assert outcome["failure"]["code"] == "ERR_UNKNOWN_GROUP_ID"


def test_without_a_key_nothing_can_be_made(cluster):
    assert "public_key" in cluster.fail(MODULE, uid="kafka")["msg"]
    assert "public_key" in cluster.fail(MODULE, uid="kafka", check=True)["msg"]


def test_a_person_is_no_service_account(cluster, public):
    cluster.iam("PUT", "/users/jane", {"password": "wonderland"})
    for options in ({"public_key": public[0]}, {"state": "absent"}, {}):
        assert "is a user, not a service account" in cluster.fail(MODULE, uid="jane", **options)["msg"]


# --- what is refused


@pytest.mark.parametrize("uid", ["", ".", "..", "a/b", "a b", "anonymous", "x" * 97, "a\n", "ä", "%2e"])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_unusable_uids_are_refused_before_anything_is_sent(cluster, public, uid, state):
    key = {"public_key": public[0]} if state == "present" else {}
    outcome = cluster.fail(MODULE, uid=uid, state=state, **key)
    assert "uid" in outcome["msg"]
    assert not outcome.sent


@pytest.mark.parametrize("gid", ["", ".", "..", "a/b", "a b"])
def test_unusable_gids_are_refused_before_anything_is_sent(cluster, public, gid):
    outcome = cluster.fail(MODULE, uid="kafka", public_key=public[0], groups=[gid])
    assert "gid" in outcome["msg"]
    assert not outcome.sent


@pytest.mark.parametrize("check", [False, True])
def test_native_accounts_are_left_alone(cluster, public, check):
    for options in ({"public_key": public[1]}, {"state": "absent"}):
        told = cluster.fail(MODULE, uid="dcos_marathon", check=check, **options)["msg"]
        assert "allow_native" in told
        assert "dcos_marathon" in told
    assert cluster.run(MODULE, uid="dcos_marathon", description="Ours")["changed"] is True


def test_native_accounts_may_be_allowed(cluster, public):
    cluster.converge(MODULE, uid="dcos_marathon", public_key=public[1], allow_native=True)
    cluster.converge(MODULE, uid="dcos_marathon", state="absent", allow_native=True)


@pytest.mark.parametrize("check", [False, True])
def test_who_is_logged_in_is_left_alone(cluster, pems, public, check):
    cluster.iam("PUT", "/users/robot", {"public_key": public[0]})
    cluster.iam("PUT", "/groups/superusers/users/robot")
    for options in ({"public_key": public[1]}, {"state": "absent"}):
        for login in (
            {"auth_token": cluster.login("robot", token=_keys.sign_login_token("robot", pems[0]))},
            {"auth_token": None, "auth_username": "robot", "auth_private_key": pems[0]},
        ):
            told = cluster.fail(MODULE, uid="robot", check=check, **options, **login)["msg"]
            assert "logged in" in told


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    "options", [{"key": 1}, {"state": "absent"}, {"groups": [], "exclusive_groups": True}], ids=str
)
def test_the_last_superuser_is_left_alone(cluster, public, check, options):
    """Somebody else is logged in who may administer accounts without being a superuser."""
    rid = "dcos:adminrouter:acs"
    cluster.iam("PUT", "/users/clerk", {"password": "wonderland"})
    cluster.iam("PUT", f"/acls/{rid}/users/clerk/full")
    cluster.iam("PUT", "/users/root", {"public_key": public[0]})
    cluster.iam("PUT", "/groups/superusers/users/root")
    cluster.iam("DELETE", f"/groups/superusers/users/{cluster.username}")
    options = dict(options)
    if "key" in options:
        options = {"public_key": public[options.pop("key")]}
    token = cluster.login("clerk", password="wonderland")
    before = cluster.state()
    outcome = cluster.attempt(MODULE, uid="root", check=check, auth_token=token, **options)
    assert "last member of the group superusers" in outcome["msg"]
    assert cluster.state() == before


def test_a_superuser_that_is_not_the_last_may_go(cluster, public):
    cluster.iam("PUT", "/users/root", {"public_key": public[0]})
    cluster.iam("PUT", "/groups/superusers/users/root")
    cluster.converge(MODULE, uid="root", public_key=public[1])
    assert cluster.account("root")["groups"] == ["superusers"]
    cluster.converge(MODULE, uid="root", state="absent")


@pytest.mark.parametrize(
    ("pem", "word"),
    [
        ("", "is empty"),
        ("ssh-rsa AAAAB3NzaC1yc2E= me", "OpenSSH"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "damaged"),
        ("no key", "not PEM"),
    ],
)
def test_unusable_keys(cluster, pem, word):
    assert word in cluster.fail(MODULE, uid="kafka", public_key=pem)["msg"]


def test_a_private_key_is_not_handed_out(cluster, pems, tmp_path):
    path = tmp_path / "key.pem"
    path.write_text(pems[0], encoding="utf-8")
    outcome = cluster.fail(MODULE, uid="kafka", public_key_path=str(path))
    assert "private key" in outcome["msg"]
    assert pems[0].splitlines()[1] not in outcome.stdout


def test_check_mode_on_an_empty_cluster(cluster, tmp_path):
    """The file that an earlier task would have made is predicted, with a warning and a valid key."""
    path = str(tmp_path / "public.pem")
    told = cluster.run(MODULE, uid="kafka", public_key_path=path, check=True)
    assert told["changed"] is True
    assert path in told.warned
    assert _keys.key_size(told["service_account"]["public_key"]) == 2048
    assert "cannot be read" in cluster.fail(MODULE, uid="kafka", public_key_path=path)["msg"]

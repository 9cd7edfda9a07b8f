# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of service accounts: made, kept, repaired, rotated, and never somebody else's."""

from __future__ import annotations

import json
import textwrap

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ansible_collections.dcos.security.plugins.module_utils import _keys

MODULE = "dcos_service_account_secret"
PATH = "kafka/service-account"
ENDPOINT = "https://leader.mesos/acs/api/v1/auth/login"
HTTP_ENDPOINT = "http://leader.mesos/acs/api/v1/auth/login"


@pytest.fixture
def store(cluster):
    """Return a function that puts a credential, or any text, into the store."""

    def put(value, path=PATH):
        text = json.dumps(value) if isinstance(value, dict) else value
        cluster.api("PUT", f"/secrets/v1/secret/default/{path}", {"value": text})

    return put


def credential(pem, **changes):
    """Return a credential as the CLI writes it, with changes; None takes a member out."""
    members = {"login_endpoint": ENDPOINT, "private_key": pem, "scheme": "RS256", "uid": "kafka", **changes}
    return {name: value for name, value in members.items() if value is not None}


def pkcs1(pem):
    key = serialization.load_pem_private_key(pem.encode(), None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


def stored(cluster, path=PATH):
    return json.loads(cluster.secret(path)["value"])


def unseen(cluster, outcome, *paths):
    """Check that no line of a stored private key is in what the module said."""
    for path in paths or (PATH,):
        for line in stored(cluster, path)["private_key"].splitlines()[1:-1]:
            assert line not in outcome.stdout + outcome.stderr + outcome.log


def test_generated_into_the_store(cluster):
    made = cluster.converge(MODULE, path=PATH, uid="kafka")
    kept = stored(cluster)
    assert kept == credential(kept["private_key"])
    assert _keys.is_pkcs8(kept["private_key"])
    assert made["public_key"] == _keys.public_key_of(kept["private_key"])
    assert made["fingerprint"] == _keys.fingerprint(made["public_key"])
    assert (made["uid"], made["login_endpoint"]) == ("kafka", ENDPOINT)
    assert made["secret"] == {"path": PATH, "store": "default"}
    assert made["diff"]["after"]["private_key"] == "(set)"
    unseen(cluster, made)

    again = cluster.run(MODULE, path=f"/{PATH}", uid="kafka")
    assert (again["changed"], again["public_key"]) == (False, made["public_key"])
    unseen(cluster, again)

    gone = cluster.converge(MODULE, path=PATH, uid="kafka", state="absent")
    assert gone["secret"] == {"path": PATH, "store": "default"}
    assert cluster.secret(PATH) is None


def test_the_account_can_be_made_from_it(cluster):
    made = cluster.run(MODULE, path=PATH, uid="kafka")
    cluster.run("dcos_service_account", uid="kafka", public_key=made["public_key"])
    proof = cluster.run("dcos_login", secret_path=PATH)
    assert proof["uid"] == "kafka"
    assert cluster.request("GET", "/acs/api/v1/users", headers={"Authorization": f"token={proof['token']}"}).status_code
    unseen(cluster, proof)


@pytest.mark.parametrize("size", [3072, 4096])
def test_size(cluster, size):
    assert _keys.key_size(cluster.run(MODULE, path=PATH, uid="kafka", size=size)["public_key"]) == size
    assert cluster.run(MODULE, path=PATH, uid="kafka", size=2048)["changed"] is False, "the key is kept"


def test_check_mode_makes_a_key_and_throws_it_away(cluster):
    first, second = (cluster.run(MODULE, path=PATH, uid="kafka", check=True)["public_key"] for _run in range(2))
    assert first != second
    assert _keys.key_size(first) == 2048


def test_given_keys(cluster, pems, tmp_path):
    """In any spelling; stored as PKCS#8."""
    for option in (pems[0], pkcs1(pems[0]), pems[0].replace("\n", "\r\n"), textwrap.indent(pems[0], "  ")):
        made = cluster.run(MODULE, path=PATH, uid="kafka", private_key=option)
        assert stored(cluster)["private_key"] == pems[0]
        unseen(cluster, made)
    path = tmp_path / "private.pem"
    path.write_text(pkcs1(pems[0]), encoding="utf-8")
    assert cluster.run(MODULE, path=PATH, uid="kafka", private_key_path=str(path))["changed"] is False
    path.write_text(pems[1], encoding="utf-8")
    changed = cluster.converge(MODULE, path=PATH, uid="kafka", private_key_path=str(path))
    assert changed["diff"]["before"]["private_key"] == "(set)"
    assert changed["diff"]["after"]["private_key"] == "(changed)"
    assert changed["public_key"] == _keys.public_key_of(pems[1])
    assert stored(cluster)["private_key"] == pems[1]
    unseen(cluster, changed)


@pytest.mark.parametrize(
    "written",
    [
        lambda pem: credential(pkcs1(pem)),
        lambda pem: credential(pem, scheme=None, schema="RS256"),
        lambda pem: credential(pem, scheme=None),
        lambda pem: credential(pkcs1(pem), scheme=None, schema="RS256"),
        lambda pem: credential(textwrap.indent(pem, "  ")),
        lambda pem: credential(pem, scheme="HS256"),
        lambda pem: credential(pem, login_endpoint=None),
    ],
    ids=["PKCS#1", "schema", "no scheme", "both", "indented", "another scheme", "no endpoint"],
)
def test_repaired_without_changing_the_key(cluster, store, pems, written):
    store({**written(pems[0]), "note": "by hand"})
    repaired = cluster.converge(MODULE, path=PATH, uid="kafka")
    assert stored(cluster) == {**credential(pems[0]), "note": "by hand"}
    assert repaired["public_key"] == _keys.public_key_of(pems[0])
    unseen(cluster, repaired)


def test_members_that_are_not_ours_are_not_shown(cluster, store, pems):
    store({**credential(pkcs1(pems[0])), "secret": "s3cret-of-old-times"})
    repaired = cluster.run(MODULE, path=PATH, uid="kafka")
    assert repaired["changed"] is True
    assert "s3cret-of-old-times" not in repaired.stdout
    assert "s3cret-of-old-times" not in cluster.run(MODULE, path=PATH, state="absent").stdout


def test_a_credential_that_is_a_file_is_read(cluster, pems):
    data = json.dumps(credential(pems[0])).encode()
    headers = {"Authorization": f"token={cluster.token}", "Content-Type": "application/octet-stream"}
    cluster.request("PUT", f"/secrets/v1/secret/default/{PATH}", data=data, headers=headers)
    kept = cluster.run(MODULE, path=PATH, uid="kafka")
    assert kept["changed"] is False
    assert kept["public_key"] == _keys.public_key_of(pems[0])


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("more", [{}, {"rotate": True}], ids=["", "rotate"])
def test_the_credential_of_another_account_is_refused(cluster, store, pems, check, state, more):
    store(credential(pems[0], uid="cassandra"))
    outcome = cluster.fail(MODULE, path=PATH, uid="kafka", state=state, check=check, **more)
    assert "'cassandra'" in outcome["msg"]
    assert "'kafka'" in outcome["msg"]
    assert pems[0].splitlines()[1] not in outcome.stdout


@pytest.mark.parametrize(
    "value", ["", "s3cret-password", "{}", '{"uid": "kafka"}', "[1]", '{"uid": 5, "private_key": 6}']
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_what_is_no_credential_is_refused(cluster, store, value, state):
    store(value)
    outcome = cluster.fail(MODULE, path=PATH, uid="kafka", state=state)
    assert "not a service account credential" in outcome["msg"]
    assert "s3cret-password" not in outcome.stdout


def test_a_credential_with_a_broken_key_is_refused(cluster, store):
    store(credential("-----BEGIN PRIVATE KEY-----\nc3VwZXJzZWNyZXQ=\n-----END PRIVATE KEY-----\n"))
    outcome = cluster.fail(MODULE, path=PATH, uid="kafka")
    assert "damaged" in outcome["msg"]
    assert "c3VwZXJzZWNyZXQ" not in outcome.stdout


def test_absent_without_a_uid_deletes_any_credential(cluster, store, pems):
    store(credential(pems[0], uid="cassandra"))
    assert cluster.converge(MODULE, path=PATH, state="absent")["diff"]["before"]["private_key"] == "(set)"


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("uid", ["", ".", "a/b"])
def test_unusable_uids(cluster, store, pems, state, uid):
    store(credential(pems[0]))
    outcome = cluster.fail(MODULE, path=PATH, uid=uid, state=state)
    assert "uid" in outcome["msg"]
    assert not outcome.sent


# --- the login endpoint


def test_a_stored_endpoint_is_left_alone(cluster, store, pems):
    store(credential(pems[0], login_endpoint=HTTP_ENDPOINT))
    assert cluster.run(MODULE, path=PATH, uid="kafka")["login_endpoint"] == HTTP_ENDPOINT
    assert stored(cluster)["login_endpoint"] == HTTP_ENDPOINT
    other = "http://master.mesos/acs/api/v1/auth/login"
    assert cluster.converge(MODULE, path=PATH, uid="kafka", login_endpoint=other)["login_endpoint"] == other


def test_strict_insists_on_https(cluster, store, pems):
    store(credential(pems[0], login_endpoint=HTTP_ENDPOINT))
    assert cluster.converge(MODULE, path=PATH, uid="kafka", strict=True)["login_endpoint"] == ENDPOINT
    assert stored(cluster) == credential(pems[0])
    told = cluster.fail(MODULE, path=PATH, uid="kafka", strict=True, login_endpoint=HTTP_ENDPOINT)
    assert "https://" in told["msg"]
    assert not told.sent
    kept = "https://master.mesos:8443/acs/api/v1/auth/login"
    cluster.run(MODULE, path=PATH, uid="kafka", login_endpoint=kept)
    assert cluster.run(MODULE, path=PATH, uid="kafka", strict=True)["changed"] is False
    assert stored(cluster)["login_endpoint"] == kept


# --- rotation


@pytest.mark.parametrize("damage", ["another kind", "cut"])
def test_a_key_that_is_of_no_use_is_replaced_if_asked(cluster, store, pems, damage):
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    lines = pems[0].splitlines()
    store(credential(other.decode() if damage == "another kind" else "\n".join([lines[0], lines[1], lines[-1]]) + "\n"))
    before = stored(cluster)
    assert cluster.fail(MODULE, path=PATH, uid="kafka")["msg"]
    assert stored(cluster) == before
    for wish in ({"rotate": True}, {"private_key": pems[1]}):
        assert cluster.run(MODULE, path=PATH, uid="kafka", check=True, **wish)["changed"] is True
        assert cluster.run(MODULE, path=PATH, uid="kafka", **wish)["changed"] is True
        cluster.api("PATCH", f"/secrets/v1/secret/default/{PATH}", {"value": json.dumps(before)})


def test_metadata_that_others_set_stay(cluster, pems):
    metadata = {"author": "kafka", "description": "Brokers", "labels": ["a", "b"]}
    body = {"value": json.dumps(credential(pems[0])), **metadata}
    cluster.api("PUT", f"/secrets/v1/secret/default/{PATH}", body)
    cluster.run(MODULE, path=PATH, uid="kafka", rotate=True)
    assert stored(cluster)["private_key"] != pems[0]
    assert cluster.secret(PATH)["metadata"] == metadata


def test_rotate_always_makes_a_key(cluster):
    keys = set()
    for _run in range(3):
        outcome = cluster.run(MODULE, path=PATH, uid="kafka", rotate=True, login_endpoint=HTTP_ENDPOINT)
        assert outcome["changed"] is True
        assert outcome["public_key"] == _keys.public_key_of(stored(cluster)["private_key"])
        assert outcome["login_endpoint"] == HTTP_ENDPOINT
        unseen(cluster, outcome)
        keys.add(outcome["public_key"])
    assert len(keys) == 3
    predicted = cluster.run(MODULE, path=PATH, uid="kafka", rotate=True, check=True)
    assert predicted["changed"] is True
    assert predicted["public_key"] not in keys


def test_from_path(cluster, store, pems):
    store(credential(pems[0]))
    store(credential(pems[1], login_endpoint=HTTP_ENDPOINT), f"{PATH}-next")
    copied = cluster.converge(MODULE, path=PATH, uid="kafka", from_path=f"{PATH}-next")
    assert stored(cluster) == credential(pems[1])
    assert copied["public_key"] == _keys.public_key_of(pems[1])
    unseen(cluster, copied)


def test_from_path_wants_the_same_account(cluster, store, pems):
    store(credential(pems[1], uid="cassandra"), "cassandra/next")
    told = cluster.fail(MODULE, path=PATH, uid="kafka", from_path="cassandra/next")["msg"]
    assert "'cassandra'" in told
    assert "'kafka'" in told


def test_from_path_that_is_not_there(cluster):
    assert f"'{PATH}-next'" in cluster.fail(MODULE, path=PATH, uid="kafka", from_path=f"{PATH}-next")["msg"]
    told = cluster.run(MODULE, path=PATH, uid="kafka", from_path=f"{PATH}-next", check=True)
    assert f"{PATH}-next" in told.warned
    assert told["changed"] is True
    assert _keys.key_size(told["public_key"]) == 2048


def test_check_mode_on_an_empty_cluster(cluster, tmp_path):
    path = str(tmp_path / "private.pem")
    told = cluster.run(MODULE, path=PATH, uid="kafka", private_key_path=path, check=True)
    assert path in told.warned
    assert told["changed"] is True
    assert "cannot be read" in cluster.fail(MODULE, path=PATH, uid="kafka", private_key_path=path)["msg"]


def test_one_source_of_the_key(cluster, pems):
    outcome = cluster.fail(MODULE, path=PATH, uid="kafka", private_key=pems[0], rotate=True)
    assert "mutually exclusive" in outcome["msg"]
    assert "uid" in cluster.fail(MODULE, path=PATH)["msg"]


@pytest.mark.parametrize("path", ["", "/", "a.b", "a b", "a/", "a//b", "../x", "ä", "a%2Fb"])
def test_unusable_paths(cluster, path):
    outcome = cluster.fail(MODULE, path=path, uid="kafka")
    assert "path" in outcome["msg"]
    assert not outcome.sent


def test_a_key_that_is_only_an_example_is_told(cluster):
    options = {"path": "kafka/sa", "uid": "kafka"}
    assert cluster.run("dcos_service_account_secret", check=True, **options)["predicted"] is True
    made = cluster.run("dcos_service_account_secret", **options)
    assert made["predicted"] is False
    kept = cluster.run("dcos_service_account_secret", check=True, **options)
    assert (kept["predicted"], kept["fingerprint"]) == (False, made["fingerprint"])
    assert cluster.run("dcos_service_account_secret", check=True, rotate=True, **options)["predicted"] is True

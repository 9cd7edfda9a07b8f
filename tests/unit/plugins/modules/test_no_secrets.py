# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No module shows a secret, in whatever spelling, whether it succeeds, predicts or fails, at the highest verbosity."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.tests.unit.plugins.calls import call_module

# What ansible-core shows and logs is not the same in all of its versions.
pytestmark = pytest.mark.every_core

VALUE = 'canary of the "value" \\ 100% Zürich'
OLD = "canary-of-the-old-value"
PASSWORD = "canary+of/the password"
RID = "dcos:mesos:master:framework:role:kafka-role"
SHORT = [
    "a",
    "e",
    "st",
    "sec",
    "path",
    "true",
    "false",
    "null",
    "url",
    "1",
    "0",
    '"',
    "\\",
    "'",
    "{",
    ":",
    "admin",
    "users",
]


@pytest.fixture
def clerk(cluster):
    """Return a user that may do anything, and whose password is a canary."""
    cluster.iam("PUT", "/users/clerk", {"password": PASSWORD})
    cluster.iam("PUT", "/groups/superusers/users/clerk")
    return {"auth_token": None, "auth_username": "clerk", "auth_password": PASSWORD}


@pytest.fixture
def canaries(cluster, pems):
    """Return every secret of these tests, and the lines of keys."""
    credential = json.dumps({"uid": "kafka", "private_key": pems[1], "scheme": "RS256"})
    cluster.api("PUT", "/secrets/v1/secret/default/kafka/sa", {"value": credential})
    cluster.api("PUT", "/secrets/v1/secret/default/kafka/old", {"value": OLD})
    cluster.iam("PUT", "/users/kafka", {"public_key": _keys.public_key_of(pems[1])})
    lines = [line for pem in pems for line in pem.splitlines()[1:-1]]
    return [VALUE, OLD, PASSWORD, cluster.token, credential, *lines]


def tasks(pems, tmp_path):
    """Return (module, options) of tasks that read, make, change and delete what is secret."""
    key = tmp_path / "key.pem"
    key.write_text(pems[3], encoding="utf-8")
    files = {"path": str(tmp_path / "crt.pem"), "privatekey_path": str(tmp_path / "crt.key")}
    secrets = {"certificate_secret": "kafka/crt", "privatekey_secret": "kafka/key", "chain_secret": "kafka/ca"}
    sa = {"uid": "kafka", "path": "kafka/sa"}
    return [
        ("dcos_secret", {"path": "kafka/new", "value": VALUE, "description": "x"}),
        ("dcos_secret", {"path": "kafka/old", "value": VALUE}),
        ("dcos_secret", {"path": "kafka/old", "value_base64": base64.b64encode(VALUE.encode()).decode()}),
        ("dcos_secret", {"path": "kafka/old", "state": "absent"}),
        ("dcos_service_account_secret", sa),
        ("dcos_service_account_secret", {**sa, "private_key": pems[2]}),
        ("dcos_service_account_secret", {**sa, "private_key_path": str(key)}),
        ("dcos_service_account_secret", {**sa, "rotate": True}),
        ("dcos_service_account_secret", {**sa, "path": "kafka/next", "from_path": "kafka/sa"}),
        ("dcos_service_account_secret", {**sa, "path": "kafka/next", "state": "absent"}),
        ("dcos_service_account", {"uid": "kafka", "public_key": _keys.public_key_of(pems[2])}),
        ("dcos_acl", {"uid": "kafka", "rid": RID, "actions": ["create"]}),
        ("dcos_ca_cert", {"common_name": "kafka.example.com", **secrets}),
        ("dcos_ca_cert", {"common_name": "kafka.example.com", **secrets, "force": True, "renew_key": True}),
        ("dcos_ca_cert", {"common_name": "kafka.example.com", "key_source": "ca", **files}),
    ]


def spellings(secret):
    yield from (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], quote(secret, safe=""))
    yield base64.b64encode(secret.encode()).decode().rstrip("=")


def private_lines(cluster):
    """Return the lines of all private keys that are in the store by now."""
    values = [value["value"] for key, value in cluster.state().items() if key[0] == "secret"]
    keys = [json.loads(value)["private_key"] if value.startswith("{") else value for value in values]
    return [line for key in keys if "PRIVATE KEY" in key for line in key.splitlines()[1:-1]]


def assert_hidden(outcome, canaries, shown=()):
    text = outcome.stdout + outcome.stderr + outcome.log
    for canary in set(canaries) - set(shown):
        assert not any(spelling in text for spelling in spellings(canary)), (canary, outcome)


@pytest.mark.parametrize(
    "fault",
    [
        None,
        {"action": "status", "status": 500},
        {"action": "status", "status": 500, "nth": 2},
        {"action": "status", "status": 403, "nth": 3},
        {"action": "garbage", "when": "after", "nth": 2},
        {"action": "reset", "nth": 3},
    ],
    ids=str,
)
@pytest.mark.parametrize("check", [False, True], ids=["", "check"])
def test_every_module(cluster, pems, tmp_path, clerk, canaries, fault, check):
    for module, options in tasks(pems, tmp_path):
        if fault:
            cluster.fault(**fault)
        outcome = cluster.attempt(module, check=check, verbosity=5, **clerk, **options)
        cluster.heal()
        assert_hidden(outcome, [*canaries, *private_lines(cluster)])
        if not fault:
            assert not outcome.get("failed"), outcome
    if not check and not fault:
        with open(tmp_path / "crt.key", encoding="utf-8") as stream:
            assert not any(line in outcome.stdout for line in stream.read().splitlines()[1:-1])


def test_logins(cluster, pems, clerk, canaries, tmp_path):
    """A login shows the token that it returns, and nothing else; one that fails shows nothing."""
    credential = json.dumps({"uid": "kafka", "private_key": pems[0]})
    file = tmp_path / "credential"
    file.write_text(credential, encoding="utf-8")
    nobody = {"auth_token": None}
    for options in (
        clerk,
        {},
        {"secret_path": "kafka/sa"},
        {**nobody, "auth_credential": credential},
        {**nobody, "auth_credential": f"file://{file}"},
        {**nobody, "auth_credential": "canary " + VALUE},
        {**nobody, "auth_username": "kafka", "auth_private_key": pems[0]},
        {**nobody, "auth_username": "kafka", "auth_private_key": pems[0][:500]},
        {**nobody, "auth_username": "kafka", "auth_password": PASSWORD + "!"},
        {"auth_token": VALUE, "min_validity": 0},
        {"auth_token": "x.y.z" + OLD, "auth_username": "kafka", "auth_password": PASSWORD},
        {"url": f"https://clerk:{quote(PASSWORD, safe='')}@127.0.0.1:1", **clerk},
    ):
        outcome = cluster.attempt("dcos_login", verbosity=5, **options)
        shown = [canary for canary in canaries if canary in outcome.get("token", "")]
        assert_hidden(outcome, canaries, shown=shown)
        assert bool(shown) <= bool(outcome.get("reused"))


@pytest.mark.parametrize("name", ["dcos_secret", "dcos_service_account_secret", "dcos_login"])
def test_options_that_are_refused(cluster, canaries, clerk, pems, name):
    """Before run() is called."""
    for wrong in ({"state": VALUE}, {"no_such_option": "x"}, {"retries": "many"}, {"auth_method": "guess"}):
        secret = {"dcos_secret": {"path": "a", "value": VALUE}}.get(
            name, {"path": "a", "uid": "a", "private_key": pems[0]}
        )
        secret = {} if name == "dcos_login" else secret
        outcome = cluster.attempt(name, verbosity=5, **{**clerk, **secret, **wrong})
        assert outcome["failed"] is True
        assert_hidden(outcome, canaries, shown=[] if name == "dcos_secret" else [VALUE])


@pytest.mark.parametrize("check", [False, True], ids=["", "check"])
@pytest.mark.parametrize(
    ("module", "option"),
    [
        ("dcos_service_account", "public_key"),
        ("dcos_service_account", "public_key_path"),
        ("dcos_service_account_secret", "private_key_path"),
        ("dcos_ca_cert", "csr_path"),
        ("dcos_ca_cert", "csr_content"),
    ],
)
def test_private_keys_in_the_wrong_option(cluster, pems, module, option, check):
    more = {"certificate_secret": "kafka/crt"} if module == "dcos_ca_cert" else {"uid": "kafka"}
    more |= {"path": "kafka/other"} if module == "dcos_service_account_secret" else {}
    outcome = cluster.attempt(module, check=check, verbosity=5, **more, **{option: pems[0]})
    assert_hidden(outcome, pems[0].splitlines()[1:-1])


@pytest.mark.parametrize("short", SHORT)
def test_short_secrets_tear_no_holes(cluster, short):
    """As a substring, "a" is everywhere: results do without it, and in messages it is masked as a word."""
    plain = cluster.run("dcos_secret", path="kafka/admin", value="something-else", check=True)
    outcome = cluster.run("dcos_secret", path="kafka/admin", value=short, check=True)
    same = {**plain, "secret": {**plain["secret"], "size": len(short)}}
    assert outcome == same
    outcome = cluster.run("dcos_secret", path="kafka/admin", value=short)
    assert "*" not in json.dumps({name: value for name, value in outcome.items() if name != "invocation"})
    assert cluster.secret("kafka/admin")["value"] == short

    for options in (
        {"auth_token": None, "auth_username": "admin", "auth_password": short},
        {"auth_token": short},
    ):
        outcome = cluster.attempt("dcos_secret", path="kafka/admin", state="absent", **options)
        assert outcome["failed"] is True
        assert short not in re.findall(r"\w+", outcome["msg"])
        assert outcome["invocation"]["module_args"]["path"] == "kafka/admin"
        assert outcome["invocation"]["module_args"].get("auth_password") != short


@pytest.mark.parametrize("short", SHORT)
def test_short_secrets_and_options_that_are_refused(cluster, short):
    outcome = cluster.attempt("dcos_secret", path="kafka/admin", value=short, state="maybe")
    assert outcome["failed"] is True
    assert outcome["msg"] == "value of state must be one of: present, absent, got: maybe"
    assert outcome["invocation"]["module_args"]["value"] != short


def test_facts_come_back_intact(cluster):
    """A password that is a part of a rid: masked in the rid, it would be granted so by who hands the fact on."""
    rid = "dcos:adminrouter:service:marathon"
    cluster.iam("PUT", "/users/marathon", {"password": "marathon"})
    cluster.iam("PUT", f"/acls/{rid}/users/marathon/full")
    outcome = call_module(
        "dcos_acl_info",
        {"uid": "marathon", **cluster.connection, "auth_username": "admin", "auth_password": "marathon"},
        check_mode=False,
        diff=True,
        verbosity=0,
    )
    assert [(each["rid"], each["actions"]) for each in outcome["permissions"]] == [(rid, ["full"])]
    assert "marathon" not in json.dumps(outcome.get("invocation", {}))

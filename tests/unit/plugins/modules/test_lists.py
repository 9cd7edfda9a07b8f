# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of what a module otherwise does one of: the same as a loop over single tasks, but for the time."""

from __future__ import annotations

import pytest

from ansible_collections.dcos.security.tests.unit.plugins.lists import (
    KINDS,
    PROOFS,
    credential,
)


def stripped(result):
    """Return what a single task and an entry have in common."""
    return {name: value for name, value in result.items() if name not in ("invocation", "diff", "item", "failed")}


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_predicted_done_repeated_and_removed(cluster, pems, kind):
    kind.prepare(cluster, pems)
    wish = {kind.option: kind.entries(pems)}
    before = cluster.state()
    predicted = cluster.run(kind.module, check=True, **wish)
    assert [result["changed"] for result in predicted["results"]] == [True] * 3
    assert cluster.state() == before
    done = cluster.run(kind.module, **wish)
    assert done["changed"] is True
    assert [(result["changed"], result["failed"]) for result in done["results"]] == [(True, False)] * 3
    assert (len(done["diff"]), done["failures"]) == (3, [])
    assert len({result["item"] for result in done["results"]}) == 3
    after = cluster.state()
    for check in (False, True):
        again = cluster.run(kind.module, check=check, **wish)
        assert (again["changed"], again.writes) == (False, [])
        assert all(diff["before"] == diff["after"] for diff in again["diff"])
        assert cluster.state() == after
    if kind.module == "dcos_ca_cert":
        return
    gone = cluster.run(kind.module, state="absent", **wish)
    assert [result["changed"] for result in gone["results"]] == [True] * 3
    assert set(cluster.state()) == set(before) | {key for key in cluster.state() if key[0] == "acl"}
    assert cluster.run(kind.module, state="absent", **wish)["changed"] is False


@pytest.mark.parametrize("kind", [*KINDS, PROOFS], ids=repr)
def test_same_as_single_tasks(cluster, pems, kind):
    """The same results and requests, new and unchanged, and the same state where no random key is part of it."""
    outcomes = {}
    for many in (True, False):
        cluster.reset()
        kind.prepare(cluster, pems)
        runs = []
        for _run in range(2):
            if many:
                outcome = cluster.run(kind.module, **{kind.option: kind.entries(pems)})
                runs.append(([stripped(result) for result in outcome["results"]], sorted(outcome.sent)))
            else:
                singles = [cluster.run(kind.module, **entry) for entry in kind.entries(pems)]
                runs.append(([stripped(s) for s in singles], sorted(request for s in singles for request in s.sent)))
        outcomes[many] = runs, cluster.state()
    (listed, state), (looped, same_state) = outcomes[True], outcomes[False]
    if kind.module == "dcos_login":
        assert all("token" not in result for results, _sent in listed for result in results)
        looped = [([{**result} for result in results], sent) for results, sent in looped]
        for results, _sent in looped:
            for result in results:
                del result["token"]
        for results, _sent in (*listed, *looped):
            for result in results:
                del result["expires_at"]
    if kind.module == "dcos_ca_cert":
        assert [sent for _results, sent in listed] == [sent for _results, sent in looped]
        assert [[result["reasons"] for result in results] for results, _sent in listed] == [
            [["absent"]] * 3, [[]] * 3,
        ]  # fmt: skip
        assert set(state) == set(same_state)
        return
    assert listed == looped
    assert timeless(state) == timeless(same_state)


def timeless(state):
    """Return a state without what differs from one run to the next: salts of passwords, and times."""
    return {
        key: {name: field for name, field in value.items() if name not in ("password", "password_hash", "created")}
        if isinstance(value, dict)
        else value
        for key, value in state.items()
        if key[0] not in ("certificate", "serial")
    }


@pytest.mark.parametrize("kind", [*KINDS, PROOFS], ids=repr)
def test_an_empty_list_is_no_request(cluster, kind):
    outcome = cluster.attempt(kind.module, **{kind.option: []})
    assert (outcome["changed"], outcome["failed"], outcome["results"], outcome["failures"]) == (False, False, [], [])
    assert outcome.sent == []


@pytest.mark.parametrize("kind", [*KINDS, PROOFS], ids=repr)
@pytest.mark.parametrize("nothing", [None, "", "text", {"a": 1}])
def test_what_is_no_list_is_not_taken_for_a_single_task(cluster, kind, nothing):
    outcome = cluster.fail(kind.module, **{kind.option: nothing})
    assert f"{kind.option} must be a list" in outcome["msg"]
    assert outcome.sent == []


@pytest.mark.parametrize("kind", [*KINDS, PROOFS], ids=repr)
def test_wrong_entries_are_all_named_before_anything_is_sent(cluster, pems, kind):
    good, twice, *_rest = kind.entries(pems)
    entries = [good, twice, {**twice}, {}, "canary-in-text", None, {**good, "stat": "canary-misspelt"}, {"url": "x"}]
    outcome = cluster.fail(kind.module, **{kind.option: entries})
    assert outcome.sent == []
    for number in range(2, 8):
        assert f"{kind.option}[{number}]" in outcome["msg"]
    assert f"is in the list already, as {kind.option}[1]" in outcome["msg"]
    assert "unsupported options: stat" in outcome["msg"]
    assert "canary" not in outcome.stdout + outcome.stderr + outcome.log


@pytest.mark.parametrize(
    "module, option, entry, beside, complaint",
    [
        ("dcos_secret", "secrets", {"path": "a b", "value": "x"}, {}, "holds a space"),
        ("dcos_secret", "secrets", {"path": "a", "value": "x"}, {"path": "b"}, "path does not go with secrets"),
        ("dcos_secret", "secrets", {"path": "a"}, {"value": "x"}, "value does not go with secrets"),
        ("dcos_secret", "secrets", {"path": "a", "value": None}, {}, "value"),
        ("dcos_secret", "secrets", {"path": None, "value": "x"}, {}, "secrets[0].path is required, but null"),
        ("dcos_secret", "secrets", {"path": "a", "value": "x", "value_base64": "eA=="}, {}, "mutually exclusive"),
        ("dcos_service_account", "accounts", {"uid": "a"}, {"name": "b"}, "uid does not go with accounts"),
        ("dcos_service_account", "accounts", {"uid": "a b"}, {}, "holds a space"),
        ("dcos_service_account", "accounts", {"uid": "a", "public_key": "x"}, {}, "key"),
        ("dcos_service_account", "accounts", {"uid": "a", "exclusive_groups": True}, {}, "groups"),
        ("dcos_service_account_secret", "credentials", {"path": "a"}, {}, "uid"),
        (
            "dcos_service_account_secret",
            "credentials",
            {"path": "a", "uid": "a", "login_endpoint": "http://x"},
            {"strict": True},
            "strict",
        ),
        ("dcos_acl", "subjects", {"uid": None, "rid": "dcos:x", "state": "absent"}, {}, "uid is empty"),
        ("dcos_acl", "subjects", {"uid": "a", "rid": "dcos:x y", "actions": ["read"]}, {}, "space"),
        ("dcos_acl", "subjects", {"uid": "a", "gid": "b", "rid": "dcos:x"}, {}, "mutually exclusive"),
        ("dcos_ca_cert", "certificates", {"certificate_secret": "a", "privatekey_secret": "b"}, {}, "common_name"),
        ("dcos_ca_cert", "certificates", {"common_name": "a", "path": "/a", "privatekey_path": "/a"}, {}, "twice"),
        ("dcos_group", "groups", {"gid": "a/b"}, {}, "slash"),
        ("dcos_user", "users", {"uid": "a", "user_password": "1234"}, {}, "five characters"),
        ("dcos_login", "proofs", {"store": "default"}, {}, "secret_path is missing"),
        ("dcos_secret", "secrets", {"path": "a", "value": "x"}, {"concurrency": 1_000_000}, "concurrency"),
    ],
)
def test_refused_before_anything_is_sent(cluster, module, option, entry, beside, complaint):
    outcome = cluster.fail(module, **{option: [entry]}, **beside)
    assert complaint in outcome["msg"]
    assert outcome.sent == []


@pytest.mark.parametrize(
    "module, option, entries",
    [
        ("dcos_secret", "secrets", [{"path": "/a", "value": "x"}, {"path": "a", "value_base64": "eA=="}]),
        ("dcos_service_account", "accounts", [{"uid": "a"}, {"name": "a"}]),
        (
            "dcos_service_account_secret",
            "credentials",
            [{"path": "a", "uid": "a"}, {"path": "b", "uid": "a", "from_path": "a"}],
        ),
        (
            "dcos_acl",
            "subjects",
            [{"uid": "a", "rid": rid, "actions": ["read"]} for rid in ("dcos:x", "dcos:y")],
        ),
        ("dcos_acl", "subjects", [{"rid": "dcos:x"}, {"permissions": [{"rid": "dcos:y"}, {"rid": "dcos:x"}]}]),
        (
            "dcos_ca_cert",
            "certificates",
            [
                {"common_name": "a", "certificate_secret": "a", "privatekey_secret": "b"},
                {"common_name": "b", "certificate_secret": "c", "privatekey_secret": "/a"},
            ],
        ),
        (
            "dcos_ca_cert",
            "certificates",
            [
                {"common_name": "a", "path": "/tmp/a", "privatekey_path": "/tmp/b"},
                {"common_name": "b", "path": "/tmp/c", "privatekey_path": "/tmp/x/../a"},
            ],
        ),
        ("dcos_login", "proofs", [{"secret_path": "a"}, {"secret_path": "/a"}]),
    ],
)
def test_one_thing_twice_is_refused(cluster, module, option, entries):
    outcome = cluster.fail(module, **{option: entries})
    assert f"is in the list already, as {option}[0]" in outcome["msg"]
    assert outcome.sent == []


def test_one_path_in_two_stores_is_two_things(cluster):
    entries = [{"path": "a", "value": "x", "store": store} for store in ("default", "other")]
    assert "is in the list already" not in cluster.attempt("dcos_secret", secrets=entries).get("msg", "")


def test_what_is_given_beside_the_list_is_a_default(cluster):
    entries = [{"path": "a/1", "value": "1234567"}, {"path": "a/2", "value": "7654321", "labels": ["own"]}]
    cluster.run("dcos_secret", secrets=entries, labels=["of all"], description="Of all")
    assert cluster.secret("a/1")["metadata"]["labels"] == ["of all"]
    assert cluster.secret("a/2")["metadata"]["labels"] == ["own"]
    assert cluster.secret("a/2")["metadata"]["description"] == "Of all"


def test_defaults_of_the_spec_are_not_given(cluster, pems):
    """``rotate`` and ``from_path`` exclude each other; that ``rotate`` is false by itself is no clash."""
    credential(cluster, "alpha", pems)
    cluster.run(
        "dcos_service_account_secret", credentials=[{"path": "b", "uid": "alpha", "from_path": "alpha/account"}]
    )

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of which some entries fail, and what the entries of a list share."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _client, _http, _task
from ansible_collections.dcos.security.tests.unit.plugins.lists import KINDS, NAMES, RID, SECRETS, account


@pytest.mark.parametrize("how", ["fail", "continue"])
def test_what_fails_leaves_the_others_done(cluster, pems, how):
    names = [f"svc-{number}" for number in range(12)]
    for name in names[:3] + names[4:]:
        account(cluster, name, pems)
    wish = {"subjects": KINDS[3].entries(pems, names), "on_failure": how}
    outcome = cluster.attempt("dcos_acl", **wish)
    assert bool(outcome["failed"]) == (how == "fail")
    assert outcome["changed"] is True
    assert [result["item"] for result in outcome["results"]] == names
    assert [result["failed"] for result in outcome["results"]] == [name == "svc-3" for name in names]
    assert [failure["item"] for failure in outcome["failures"]] == ["svc-3"]
    assert "There is no user 'svc-3'" in outcome["failures"][0]["msg"]
    assert outcome["results"][3]["msg"] == outcome["failures"][0]["msg"]
    if how == "fail":
        assert "1 of 12 subjects failed, the rest is done: svc-3: There is no user" in outcome["msg"]
    for name in names[:3] + names[4:]:
        assert cluster.account(name)["permissions"] == {RID.format(name): ["create", "read"]}


def test_all_that_failed_are_named(cluster):
    names = [f"missing-{number}" for number in range(20)]
    outcome = cluster.attempt("dcos_login", proofs=[{"secret_path": name} for name in names])
    assert outcome["failed"] is True
    assert all(name in outcome["msg"] for name in names)


def test_a_request_to_blame_is_told(cluster):
    cluster.fault(status=500, path="/secrets/v1/secret/default/beta/password", method="PUT")
    outcome = cluster.attempt("dcos_secret", secrets=SECRETS.entries([]))
    assert outcome["failure"]["status"] == 500
    assert [failure["failure"]["status"] for failure in outcome["failures"]] == [500]
    assert outcome["results"][1]["failure"] == outcome["failure"]
    cluster.heal()
    again = cluster.run("dcos_secret", secrets=SECRETS.entries([]))
    assert [result["changed"] for result in again["results"]] == [False, True, False]


def test_a_bug_in_one_entry_is_its_failure(cluster, monkeypatch):
    read = _client.Client.get

    def broken(self, path, *arguments, **more):
        if "beta" in path:
            raise SystemExit("s3cret-of-beta")
        return read(self, path, *arguments, **more)

    monkeypatch.setattr(_client.Client, "get", broken)
    outcome = cluster.attempt("dcos_secret", secrets=SECRETS.entries([]))
    assert [result["failed"] for result in outcome["results"]] == [False, True, False]
    assert "Unexpected SystemExit: ********" in outcome["msg"]
    assert sorted(key[2] for key in cluster.state() if key[0] == "secret") == ["alpha/password", "gamma/password"]


def test_one_login_for_all(cluster):
    connection = {"auth_token": None, "auth_username": cluster.username, "auth_password": cluster.password}
    sent = cluster.run("dcos_secret", secrets=SECRETS.entries([]), **connection).sent
    assert sent[0] == "POST /acs/api/v1/auth/login"
    assert sum("login" in request for request in sent) == 1
    outcome = cluster.attempt(
        "dcos_secret", secrets=SECRETS.entries([]), **{**connection, "auth_password": "wrong one"}
    )
    assert outcome["failed"] is True
    assert outcome.sent == ["POST /acs/api/v1/auth/login"]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_concurrency_bounds_the_requests_of_the_task(cluster, pems, monkeypatch, concurrency):
    """Not those of an entry: each has ten permissions to grant."""
    for name in NAMES:
        account(cluster, name, pems)
    send, lock, now, most = _http.Transport._send, threading.Lock(), 0, 0

    def counting(self, *arguments, **more):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        try:
            return send(self, *arguments, **more)
        finally:
            with lock:
                now -= 1

    monkeypatch.setattr(_http.Transport, "_send", counting)
    rights = [{"rid": f"dcos:secrets:default:/x/{number}", "actions": ["read"]} for number in range(10)]
    subjects = [{"uid": name, "permissions": rights} for name in NAMES]
    cluster.run("dcos_acl", subjects=subjects, concurrency=concurrency)
    assert most <= concurrency
    assert all(len(cluster.account(name)["permissions"]) == 10 for name in NAMES)


def test_progress(cluster, monkeypatch):
    shown, clock = [], [0.0]
    monkeypatch.setattr(_task, "display", shown.append)
    monkeypatch.setattr(_task.time, "monotonic", lambda: clock[0])
    entries = SECRETS.entries([], [f"svc-{number}" for number in range(30)])
    assert cluster.run("dcos_secret", secrets=entries)["changed"] is True
    assert shown == [], "nothing on short tasks"
    send = _http.Transport._send

    def slow(self, *arguments, **more):
        clock[0] += 1.0
        return send(self, *arguments, **more)

    monkeypatch.setattr(_http.Transport, "_send", slow)
    cluster.run("dcos_secret", secrets=entries, concurrency=1)
    assert shown == [f"{done} of 30 secrets" for done in (5, 10, 15, 20, 25)]


def test_warnings_are_said_once_and_in_order(cluster):
    entries = [{"secret_path": f"{name}/account"} for name in NAMES]
    outcome = cluster.run("dcos_login", proofs=entries, check=True)
    assert [outcome.warned.index(f"'{name}/account'") for name in NAMES] == sorted(
        outcome.warned.index(f"'{name}/account'") for name in NAMES
    )
    assert all(outcome.warned.count(f"There is no secret '{name}/account' yet") == 1 for name in NAMES)


def test_the_last_superusers_are_not_deleted_by_one_list(cluster, pems):
    """Each for itself is not the last one."""
    for name in ("alpha", "beta"):
        account(cluster, name, pems)
        cluster.iam("PUT", f"/groups/superusers/users/{name}")
    cluster.iam("PUT", f"/acls/dcos:superuser/users/{cluster.username}/full")
    cluster.iam("DELETE", f"/groups/superusers/users/{cluster.username}")
    cluster.control("PATCH", "/settings", {"latency_ms": 3})
    for check in (True, False):
        outcome = cluster.attempt(
            "dcos_service_account", accounts=[{"uid": "alpha"}, {"uid": "beta"}], state="absent", check=check
        )
        assert sorted(result["failed"] for result in outcome["results"]) == [False, True]
        assert "the last member of the group superusers" in outcome["msg"]
    assert sum(key[:2] == ("member", "superusers") for key in cluster.state()) == 1

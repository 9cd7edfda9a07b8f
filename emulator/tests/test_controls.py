# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test controls: journal, faults, state, clock, settings."""

from __future__ import annotations

import http.client
import json
import signal
import time

import pytest
from emulator_process import Answer, Running

USERS = "/acs/api/v1/users"


DEFAULTS = {"latency_ms": 0.0, "token_lifetime": 432000, "permission_cache_seconds": 0.0}


@pytest.fixture(scope="module")
def started(start_emulator) -> Running:
    """One emulator for this module."""
    return start_emulator("--port", "0", "--no-tls")


@pytest.fixture
def fresh(started: Running) -> Running:
    """That emulator without rules, with an empty journal and the settings that it started with."""
    started.send_json("PATCH", "/_emulator/settings", DEFAULTS)
    started.send_json("PUT", "/_emulator/clock", {"offset": 0})
    started.send("DELETE", "/_emulator/faults")
    started.token()
    started.send("DELETE", "/_emulator/journal")
    return started


def add_fault(emulator: Running, **rule: object) -> int:
    answer = emulator.send_json("POST", "/_emulator/faults", rule)
    assert answer.status == 201, answer.body
    return answer.json()["id"]


def journal(emulator: Running) -> list[dict]:
    return emulator.send("GET", "/_emulator/journal").json()["entries"]


def get_users(emulator: Running) -> Answer:
    return emulator.call("GET", USERS)


def breaks(emulator: Running, method: str, path: str, data: object = None) -> None:
    """The connection ends without a complete response."""
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        emulator.call(method, path, data)


def test_journal(fresh: Running) -> None:
    fresh.login("bootstrapuser", password="deleteme")
    fresh.call("PUT", f"{USERS}/a%40b?x=%20y", {"password": "geheim"})
    fresh.send("GET", USERS)
    login, create, denied = journal(fresh)
    assert (login["method"], login["path"], login["status"], login["uid"]) == (
        "POST",
        "/acs/api/v1/auth/login",
        200,
        None,
    )
    assert create | {"n": 2, "method": "PUT", "path": f"{USERS}/a%40b", "query": "x=%20y"} == create
    assert (create["status"], create["uid"], create["fault"]) == (201, "bootstrapuser", None)
    assert login["time"] <= create["time"] <= denied["time"] <= time.time()
    assert (denied["status"], denied["uid"]) == (401, None)
    assert fresh.send("GET", "/_emulator/journal/summary").json() == {
        "total": 3,
        "by_method": {"POST": 1, "PUT": 1, "GET": 1},
        "by_request": {"POST /acs/api/v1/auth/login": 1, f"PUT {USERS}/a%40b": 1, f"GET {USERS}": 1},
    }
    assert fresh.send("DELETE", "/_emulator/journal").status == 204
    assert journal(fresh) == []
    get_users(fresh)
    assert [entry["n"] for entry in journal(fresh)] == [1]


def test_status_faults_hit_the_chosen_requests(fresh: Running) -> None:
    add_fault(fresh, method="GET", path="^/acs/api/v1/users$", nth=2, times=2, status=503, retry_after=7)
    assert [get_users(fresh).status for _round in range(5)] == [200, 503, 503, 200, 200]
    add_fault(fresh, path="users", status=429, times=None, retry_after="Wed, 21 Oct 2026 07:28:00 GMT")
    answer = get_users(fresh)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "Wed, 21 Oct 2026 07:28:00 GMT")
    assert answer.headers["Content-Type"] == "text/html"
    assert fresh.call("GET", "/acs/api/v1/groups").status == 200
    assert fresh.send("DELETE", "/_emulator/faults").status == 204
    assert get_users(fresh).status == 200
    assert [entry["fault"] for entry in journal(fresh)].count("status") == 3


@pytest.mark.parametrize("action", ["reset", "status", "html", "garbage"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_before_and_after_processing(fresh: Running, action: str, when: str) -> None:
    user = f"{USERS}/{action}-{when}"
    add_fault(fresh, action=action, when=when, method="PUT")
    if action == "reset":
        breaks(fresh, "PUT", user, {"password": "geheim"})
    else:
        answer = fresh.call("PUT", user, {"password": "geheim"})
        with pytest.raises(ValueError):
            answer.json()
    assert fresh.call("GET", user).status == (200 if when == "after" else 400)


@pytest.mark.parametrize("tls", [True, False])
def test_broken_connections(start_emulator, tls: bool) -> None:
    emulator = start_emulator("--port", "0", *([] if tls else ["--no-tls"]))
    emulator.token()
    add_fault(emulator, action="reset", path="users")
    breaks(emulator, "GET", USERS)
    add_fault(emulator, action="truncate", path="users")
    with pytest.raises(http.client.IncompleteRead) as failure:
        get_users(emulator)
    assert 0 < len(failure.value.partial) < len(get_users(emulator).body)


def test_garbage_claims_to_be_json(fresh: Running) -> None:
    add_fault(fresh, action="garbage")
    answer = get_users(fresh)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode()


def test_killing_the_process(start_emulator) -> None:
    for when in ("before", "after"):
        emulator = start_emulator("--port", "0", "--no-tls")
        emulator.token()
        add_fault(emulator, action="kill", when=when, nth=2)
        assert get_users(emulator).status == 200
        breaks(emulator, "GET", USERS)
        assert emulator.process.wait() == -signal.SIGKILL


def test_rules_can_be_looked_at_and_removed(fresh: Running) -> None:
    fresh.token()
    rule = add_fault(fresh, status=500, nth=2)
    get_users(fresh)
    found = fresh.send("GET", f"/_emulator/faults/{rule}").json()
    assert (found["matched"], found["hit"]) == (1, 0)
    assert fresh.send("GET", "/_emulator/faults").json()["rules"] == [found]
    assert fresh.send("DELETE", f"/_emulator/faults/{rule}").status == 204
    assert fresh.send("GET", f"/_emulator/faults/{rule}").status == 404
    assert get_users(fresh).status == 200


@pytest.mark.parametrize(
    "rule",
    [{"action": "explode"}, {"path": "("}, {"when": "later"}, {"status": 99}, {"nth": "x"}, {"colour": "red"},
     {"times": True}, {"delay_ms": "1"}, {"delay_ms": -1}, {"nth": 0}, [], "x", {"delay_ms": float("nan")},
     {"delay_ms": float("inf")}, {"delay_ms": 1e300}, {"retry_after": "1\r\nX: y"}, {"retry_after": "\u2026"},
     {"path": "(" * 20_000}, {"path": "a{99999999999}"}],
    ids=lambda rule: repr(rule)[:40],
)  # fmt: skip
def test_rules_that_are_wrong(cluster: Running, rule: object) -> None:
    answer = cluster.send_json("POST", "/_emulator/faults", rule)
    assert answer.status == 400
    assert answer.json()["error"]
    assert cluster.send("GET", "/_emulator/faults").json()["rules"] == []


def test_state_moves_between_emulators(start_emulator) -> None:
    first, second = (start_emulator("--port", "0", "--no-tls") for _round in range(2))
    first.iam("PUT", "users/mover", {"password": "geheim", "description": "ü"})
    first.iam("PUT", "groups/g", {"description": ""})
    first.iam("PUT", "groups/g/users/mover")
    first.iam("PUT", "acls/dcos:a:%252Fb", {"description": ""})
    first.iam("PUT", "acls/dcos:a:%252Fb/groups/g/read")
    first.call("PUT", "/secrets/v1/secret/default/a/b", {"value": "x", "description": "d"})
    state = first.send("GET", "/_emulator/state").json()
    assert second.send_json("PUT", "/_emulator/state", state).status == 204
    token = first.token()
    for path in (
        "/acs/api/v1/users",
        "/acs/api/v1/users/mover/permissions",
        "/secrets/v1/secret/default/a/b",
        "/secrets/v1/secret/default/?list=true",
        "/metadata",
    ):
        assert second.call("GET", path, token=token).body == first.call("GET", path).body
    # The CA stays the one whose root signed the certificate that the running server shows.
    assert first.send("GET", "/ca/dcos-ca.crt").body != second.send("GET", "/ca/dcos-ca.crt").body


@pytest.mark.parametrize(
    "state",
    [{}, {"records": [["user", ["x"], {"colour": "red"}]]}, {"records": [["planet", ["x"], {}]]}, {"records": 1},
     {"records": []}, {"records": [["user"]]}, {"records": [["user", [], {}]]}, {"records": [["user", "u", {}]]},
     {"records": [["user", [1], {}]]}, {"records": [[["user"], ["x"], {}]]}],
    ids=repr,
)  # fmt: skip
def test_a_state_that_is_none_changes_nothing(fresh: Running, state: object) -> None:
    before = fresh.send("GET", "/_emulator/state").body
    answer = fresh.send_json("PUT", "/_emulator/state", state)
    assert answer.status == 400
    assert fresh.send("GET", "/_emulator/state").body == before
    assert get_users(fresh).status == 200


def test_half_a_surrogate_pair(fresh: Running) -> None:
    """JSON can say it and UTF-8 cannot; a program that reads the controls must get it all the same."""
    state = fresh.send("GET", "/_emulator/state").json()
    group = ["group", ["half"], {"gid": "half", "description": "\ud800", "provider_type": "internal"}]
    assert fresh.send_json("PUT", "/_emulator/state", {"records": [*state["records"], group]}).status == 204
    assert group in fresh.send("GET", "/_emulator/state").json()["records"]
    assert fresh.send_json("PUT", "/_emulator/state", state).status == 204
    rule = add_fault(fresh, method="\udfff")
    assert fresh.send("GET", f"/_emulator/faults/{rule}").json()["method"] == "\udfff"


def test_settings(fresh: Running) -> None:
    found = fresh.send("GET", "/_emulator/settings").json()
    assert found == DEFAULTS
    for wrong in ({"port": 1}, {"latency_ms": "x"}, {"latency_ms": -1}, {"token_lifetime": None},
                  {"latency_ms": float("nan")}, {"token_lifetime": float("inf")}, {"latency_ms": 1e300}):  # fmt: skip
        assert fresh.send_json("PATCH", "/_emulator/settings", wrong).status == 400
    assert fresh.send("GET", "/_emulator/settings").json() == found


def test_permission_cache(fresh: Running) -> None:
    fresh.iam("PUT", "users/late", {"password": "geheim"})
    fresh.iam("PUT", "acls/dcos:adminrouter:acs", {"description": ""})
    late = fresh.login("late", password="geheim")

    def status() -> int:
        return fresh.call("GET", USERS, token=late).status

    fresh.send_json("PATCH", "/_emulator/settings", {"permission_cache_seconds": 5})
    assert status() == 403
    fresh.iam("PUT", "acls/dcos:adminrouter:acs/users/late/full")
    assert status() == 403
    fresh.send_json("PUT", "/_emulator/clock", {"offset": 6})
    assert status() == 200
    fresh.iam("DELETE", "acls/dcos:adminrouter:acs/users/late")
    assert status() == 200
    fresh.send_json("PATCH", "/_emulator/settings", {"permission_cache_seconds": 0})
    assert status() == 403


def test_controls_are_off_where_others_could_reach_them(start_emulator) -> None:
    options = ("--port", "0", "--no-tls", "--host", "0.0.0.0")
    remote = start_emulator(*options)
    for method, path in (("GET", "state"), ("POST", "faults"), ("GET", "journal"), ("GET", "openapi.json")):
        answer = remote.send(method, f"/_emulator/{path}")
        assert answer.status == 403
        assert "--allow-remote-controls" in answer.json()["error"]
    assert get_users(remote).status == 200
    allowed = start_emulator(*options, "--allow-remote-controls")
    assert allowed.send("GET", "/_emulator/journal").status == 200


def test_wrong_use(cluster: Running) -> None:
    for method, path, status in (
        ("GET", "/_emulator/nothing", 404),
        ("POST", "/_emulator/journal", 405),
        ("GET", "/_emulatorx", 404),
    ):
        assert cluster.send(method, path).status == status
    is_json = {"Content-Type": "application/json"}
    for body in (b"{", b"\xff", b'{"a":' * 100_000, b"[" * 100_000, b'{"offset": 1' + b"0" * 5000 + b"}"):
        assert cluster.send("PUT", "/_emulator/clock", is_json, body).status == 400
    for offset in ("x", None, True, float("nan"), float("-inf"), 1e300, 1e10):
        assert cluster.send_json("PUT", "/_emulator/clock", {"offset": offset}).status == 400
    assert cluster.send("POST", "/_emulator/faults", is_json, b" " * (1024 * 1024 + 1)).status == 413
    assert json.loads(cluster.send("GET", "/_emulator/openapi.json").body)["openapi"].startswith("3.")


@pytest.mark.parametrize("action", ["html", "garbage"])
def test_a_wrong_body_where_none_is_possible(fresh: Running, action: str) -> None:
    add_fault(fresh, action=action, status=204)
    answer = get_users(fresh)
    assert (answer.status, answer.body) == (204, b"")

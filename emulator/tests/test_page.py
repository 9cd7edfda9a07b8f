# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page for people at ``/``: what is sent. What is seen is in test_page_in_a_browser.py."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from emulator_process import Running
from observed_keys import SPKI

from dcos_emulator.overview import SHOWN

OVERVIEW = "/_emulator/overview"


def overview(emulator: Running, revision: str = "") -> dict[str, Any]:
    return emulator.send("GET", f"{OVERVIEW}?revision={revision}").json()


def test_it_is_complete_in_itself(fresh: Running, open_edition: Running) -> None:
    for emulator in (fresh, open_edition):
        answer = emulator.send("GET", "/")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        text = answer.body.decode()
        assert re.findall(r"""(?:src|href)\s*=\s*["']?(?!data:,)[^"'>]+""", text) == []
        assert "//" not in re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)  # no address of anything else
        assert "<title>DC/OS emulator</title>" in text
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert "unsafe" not in str(policy)
        head = emulator.send("HEAD", "/")
        assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", answer.headers["Content-Length"])


def test_looking_at_it_changes_nothing_that_a_test_counts(fresh: Running) -> None:
    fresh.send_json("POST", "/_emulator/faults", {"times": 1})
    for target in ("/", OVERVIEW, "/"):
        assert fresh.send("GET", target).status == 200
    assert fresh.send("GET", "/_emulator/journal").json() == {"entries": []}
    assert fresh.send("GET", "/_emulator/faults").json()["rules"][0]["matched"] == 0


def test_where_others_could_reach_it(start_emulator: Callable[..., Running]) -> None:
    remote = start_emulator("--port", "0", "--no-tls", "--host", "0.0.0.0")
    assert remote.send("GET", "/").status == 200  # it holds nothing of the cluster
    assert remote.send("GET", OVERVIEW).status == 403


def strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for item in data.values() if isinstance(data, dict) else data:
            yield from strings(item)


SECRET_MEMBERS = ("password_hash", "public_key", "value", "unseal_key")


def test_it_tells_no_secret(fresh: Running) -> None:
    """Of everything in the state, only what is meant to be seen: names, descriptions, certificates."""
    binary = {"Content-Type": "application/octet-stream"}
    fresh.iam("PUT", "users/svc", {"public_key": SPKI, "description": "d"})
    fresh.iam("PUT", "users/alice", {"password": "very-secret-password"})
    fresh.call("PUT", "/secrets/v1/secret/default/a", {"value": "very-secret-value", "author": "author of it"})
    fresh.call("PUT", "/secrets/v1/secret/default/b", headers=binary, body=b"very secret bytes")
    fresh.call("GET", "/acs/api/v1/users?token=very-secret-query")
    fresh.send_json("POST", "/acs/api/v1/auth/login", {"uid": "alice", "password": "very-secret-password"})
    key = fresh.call("POST", "/ca/api/v2/newcert", {"request": {"CN": "web", "key": {"algo": "ecdsa", "size": 256}}})
    secret = {"bootstrapuser's token": fresh.token(), "key": key.json()["result"]["private_key"]}
    for kind, name, value in fresh.send("GET", "/_emulator/state").json()["records"]:
        if kind == "meta" and name != ["cluster_id"]:
            secret |= {f"{name} {index}": text for index, text in enumerate(strings(value))}
        elif isinstance(value, dict):
            secret |= {f"{kind} {name} {member}": value[member] for member in SECRET_MEMBERS if value.get(member)}
    shown = fresh.send("GET", OVERVIEW).body.decode()
    assert len(secret) >= 9
    assert [name for name, text in secret.items() if json.dumps(text)[1:-1] in shown] == []
    assert "very-secret" not in shown
    assert "PRIVATE" not in shown
    members = {name for kind in json.loads(shown)["content"].values() for item in kind for name in item}
    assert members == {
        "uid", "kind", "description", "groups", "superuser", "gid", "members", "rid", "grants", "store", "path",
        "binary", "subject", "names", "not_after", "serial", "root",
    }  # fmt: skip


def test_what_it_shows(fresh: Running) -> None:
    fresh.iam("PUT", "users/svc", {"public_key": SPKI, "description": "d"})
    fresh.iam("PUT", "groups/g", {"description": "e"})
    fresh.iam("PUT", "groups/g/users/svc")
    fresh.iam("PUT", "acls/dcos:superuser/groups/g/full")
    fresh.call("PUT", "/secrets/v1/secret/default/a/b", {"value": "v"})
    request = {"CN": "web", "hosts": ["web.example.com", "192.0.2.1"], "key": {"algo": "ecdsa", "size": 256}}
    assert fresh.call("POST", "/ca/api/v2/newcert", {"request": request}).status == 200
    found = overview(fresh)
    account = {"uid": "svc", "kind": "service account", "description": "d", "groups": ["g"], "superuser": True}
    assert account in found["content"]["accounts"]
    assert {"gid": "g", "description": "e", "members": ["svc"]} in found["content"]["groups"]
    assert found["content"]["secrets"] == [{"store": "default", "path": "a/b", "binary": False}]
    [superuser] = [item for item in found["content"]["permissions"] if item["rid"] == "dcos:superuser"]
    assert {"subject": "group g", "actions": ["full"]} in superuser["grants"]
    issued, root = found["content"]["certificates"]
    assert (issued["subject"], issued["names"]) == ("CN=web", ["web.example.com", "192.0.2.1"])
    assert root["root"]
    assert "DC/OS Root CA" in root["subject"]
    assert found["journal"]["entries"][0]["path"] == "/ca/api/v2/newcert"
    assert found["journal"]["total"] == 7


def test_what_has_not_changed_is_not_sent_again(fresh: Running) -> None:
    fresh.token()
    first = overview(fresh)
    again = overview(fresh, first["revision"])
    assert "content" not in again
    assert again["revision"] == first["revision"]
    fresh.iam("GET", "users")
    assert "content" not in overview(fresh, first["revision"])
    fresh.iam("PUT", "groups/g", {"description": ""})
    changed = overview(fresh, first["revision"])
    assert len(changed["content"]["groups"]) == len(first["content"]["groups"]) + 1


@pytest.mark.parametrize("more", [0, 3])
def test_of_many_it_shows_some_and_counts_all(fresh: Running, more: int) -> None:
    state = fresh.send("GET", "/_emulator/state").json()["records"]
    secrets = [["secret", ["default", f"s{number}"], {"value": "v"}] for number in range(SHOWN + more)]
    fresh.send_json("PUT", "/_emulator/state", {"records": state + secrets})
    found = overview(fresh)
    assert (len(found["content"]["secrets"]), found["totals"]["secrets"]) == (SHOWN, SHOWN + more)

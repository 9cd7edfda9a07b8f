# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets service: forms of values, paths, listing, permissions, sizes, seal state."""

from __future__ import annotations

import json
from itertools import count

import pytest
from emulator_process import Answer, Running
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SECRET = "/secrets/v1/secret/default"
BINARY = {"Content-Type": "application/octet-stream"}

_numbers = count(1)


@pytest.fixture
def folder() -> str:
    """A folder that no other test uses."""
    return f"folder{next(_numbers)}"


@pytest.fixture(scope="module")
def reader(cluster: Running) -> str:
    """The token of a user without any permission."""
    assert cluster.iam("PUT", "users/reader", {"password": "geheim"}).status == 201
    return cluster.login("reader", password="geheim")


def refused(answer: Answer, status: int) -> None:
    """A refusal of the service: JSON with a title and a description (portworx/dcos-secrets, error.go), and no code."""
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/json"
    assert set(answer.json()) == {"title", "description"}


def listed(cluster: Running, path: str) -> list[str]:
    answer = cluster.call("GET", f"{SECRET}/{path}?list=true")
    assert answer.status == 200
    return answer.json()["array"]


def test_text_secrets(cluster: Running, folder: str) -> None:
    path = f"{SECRET}/{folder}/text"
    refused(cluster.call("GET", path), 404)
    refused(cluster.call("PATCH", path, {"value": "x"}), 404)
    refused(cluster.call("DELETE", path), 404)
    created = cluster.call("PUT", path, {"value": "first\n"})
    assert (created.status, created.body) == (201, b"")
    refused(cluster.call("PUT", path, {"value": "second"}), 409)
    found = cluster.call("GET", path)
    assert found.status == 200
    assert found.headers["Content-Type"] == "application/json"
    assert found.json() == {"value": "first\n"}
    changed = cluster.call("PATCH", path, {"value": "second"})
    assert (changed.status, changed.body) == (204, b"")
    assert cluster.call("GET", path).json() == {"value": "second"}
    assert cluster.call("DELETE", path).status == 204
    refused(cluster.call("GET", path), 404)


def test_metadata_come_back_as_they_were_sent(cluster: Running, folder: str) -> None:
    path = f"{SECRET}/{folder}/described"
    data = {
        "value": "v",
        "author": "kafka",
        "description": "d",
        "labels": ["a", "b"],
        "created": "2026-01-01T00:00:00Z",
    }
    extra = {"path": "ignored", "store_id": "ignored"}
    assert cluster.call("PUT", path, data | extra).status == 201
    assert cluster.call("GET", path).json() == data
    assert cluster.call("PATCH", path, {"value": "w", "author": "", "labels": []}).status == 204
    assert cluster.call("GET", path).json() == {"value": "w"}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b'{"value": 1}', b'{"value": "x", "labels": "y"}', b'{"value": "\\ud800"}',
     b'{"value": "x", "labels": [1]}', b'{"value": "x", "author": 1}', b"\xff"],
    ids=repr,
)  # fmt: skip
def test_bodies_that_are_no_secret(cluster: Running, folder: str, body: bytes) -> None:
    path = f"{SECRET}/{folder}/bad"
    refused(cluster.call("PUT", path, headers={"Content-Type": "application/json"}, body=body), 400)
    assert listed(cluster, folder) == []


def test_binary_secrets(cluster: Running, folder: str) -> None:
    path, content = f"{SECRET}/{folder}/binary", bytes(range(256))
    assert cluster.call("PUT", path, headers=BINARY, body=content).status == 201
    found = cluster.call("GET", path, headers={"Accept": "*/*"})
    assert (found.headers["Content-Type"], found.body) == ("application/octet-stream", content)
    refused(cluster.call("GET", path, headers={"Accept": "application/json"}), 400)
    assert cluster.call("PATCH", path, {"value": "now text"}).status == 204
    assert cluster.call("GET", path, headers={"Accept": "application/json"}).json() == {"value": "now text"}
    assert cluster.call("PATCH", path, headers=BINARY, body=b"").status == 204
    assert cluster.call("GET", path).body == b""


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/x-www-form-urlencoded", None])
def test_other_content_types(cluster: Running, folder: str, content_type: str | None) -> None:
    answer = cluster.call("PUT", f"{SECRET}/{folder}/x", headers={"Content-Type": content_type}, body=b"{}")
    refused(answer, 400)


def test_content_types_with_parameters(cluster: Running, folder: str) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    body = json.dumps({"value": "Schlüssel ☃"}, ensure_ascii=False).encode()
    assert cluster.call("PUT", f"{SECRET}/{folder}/x", headers=headers, body=body).status == 201
    assert cluster.call("GET", f"{SECRET}/{folder}/x").json() == {"value": "Schlüssel ☃"}


@pytest.mark.parametrize("name", ["with.dot", "with%20space", "at@", "ü", "%C3%BC", "a%00", "a:b", "*", "a+b", "%252F"])
def test_illegal_characters_are_no_route(cluster: Running, folder: str, name: str) -> None:
    assert cluster.call("PUT", f"{SECRET}/{folder}/{name}", {"value": "x"}).status in (404, 400)
    assert listed(cluster, folder) == []


def test_slashes_in_paths(cluster: Running, folder: str) -> None:
    assert cluster.call("PUT", f"{SECRET}/{folder}%2Fa%2Fb", {"value": "x"}).status == 201
    assert cluster.call("GET", f"{SECRET}/{folder}/a/b").json() == {"value": "x"}
    assert cluster.call("GET", f"{SECRET}//{folder}//a/b/").json() == {"value": "x"}
    refused(cluster.call("PUT", f"{SECRET}/%2F{folder}/a/b", {"value": "x"}), 409)
    refused(cluster.call("PUT", f"{SECRET}/", {"value": "x"}), 404)


def test_listing(fresh: Running) -> None:
    for path in ("key1", "folder/key3", "folder/key2", "folder/sub", "folder/sub/key4"):
        assert fresh.call("PUT", f"{SECRET}/{path}", {"value": path}).status == 201
    below_folder = ["key2", "key3", "sub", "sub/key4"]
    assert listed(fresh, "") == [*(f"folder/{name}" for name in below_folder), "key1"]
    assert fresh.call("GET", f"{SECRET}?list=true").json()["array"] == listed(fresh, "")
    assert listed(fresh, "folder") == listed(fresh, "folder/") == below_folder
    assert listed(fresh, "folder/sub") == ["key4"]
    for path in ("folder/key2", "fold", "missing"):
        assert listed(fresh, path) == []
    refused(fresh.call("GET", f"{SECRET}/folder"), 404)
    refused(fresh.call("DELETE", f"{SECRET}/folder"), 404)
    assert fresh.call("GET", f"{SECRET}/folder/sub").json() == {"value": "folder/sub"}
    assert fresh.call("DELETE", f"{SECRET}/folder/sub").status == 204
    assert listed(fresh, "folder") == ["key2", "key3", "sub/key4"]
    refused(fresh.call("GET", f"{SECRET}/folder?list=yes"), 404)


def test_sizes(cluster: Running, folder: str) -> None:
    megabyte, kilobyte = 1024 * 1024, 1024
    text = f"{SECRET}/{folder}/text"
    refused(cluster.call("PUT", text, {"value": "x" * (megabyte - kilobyte + 1)}), 413)
    assert cluster.call("PUT", text, {"value": "x" * (megabyte - kilobyte)}).status == 201
    assert len(cluster.call("GET", text).json()["value"]) == megabyte - kilobyte
    binary = f"{SECRET}/{folder}/binary"
    refused(cluster.call("PUT", binary, headers=BINARY, body=b"x" * (megabyte - kilobyte + 1)), 413)
    assert cluster.call("PUT", binary, headers=BINARY, body=b"x" * (megabyte - kilobyte)).status == 201


def test_a_client_recognises_a_secret_that_exists(cluster: Running, folder: str) -> None:
    """portworx/dcos-secrets, secret.go: create-or-update looks for "already exists" in the description."""
    cluster.call("PUT", f"{SECRET}/{folder}/a", {"value": "x"})
    answer = cluster.call("PUT", f"{SECRET}/{folder}/a", {"value": "y"})
    refused(answer, 409)
    assert "already exists" in answer.json()["description"]


GRANTS = [
    ("dcos:secrets:default:/{folder}/a/b", True),
    ("dcos:secrets:default:/{folder}/a/*", True),
    ("dcos:secrets:default:/{folder}/*", True),
    ("dcos:secrets:default:/*", True),
    ("dcos:secrets:default:/{folder}/a", True),
    ("dcos:secrets:default:/", True),
    ("dcos:secrets:default:/{folder}/a/b/*", False),
    ("dcos:secrets:default:/{folder}/a/bc", False),
    ("dcos:secrets:default:/{folder}/ab", False),
    ("dcos:secrets:list:default:/{folder}", False),
    ("dcos:adminrouter:secrets", False),
    ("dcos:superuser", True),
]


@pytest.mark.parametrize(("rid", "covers"), GRANTS, ids=str)
def test_which_rids_cover_a_secret(cluster: Running, reader: str, folder: str, rid: str, covers: bool) -> None:
    path = f"{SECRET}/{folder}/a/b"
    cluster.call("PUT", path, {"value": "x"})
    refused(cluster.call("GET", path, token=reader), 403)
    acl = "acls/" + rid.format(folder=folder).replace("/", "%252F")
    cluster.iam("PUT", acl, {"description": ""})
    cluster.iam("PUT", f"{acl}/users/reader/read")
    assert (cluster.call("GET", path, token=reader).status == 200) == covers
    if rid != "dcos:superuser":
        refused(cluster.call("DELETE", path, token=reader), 403)
        cluster.iam("PUT", f"{acl}/users/reader/full")
        assert (cluster.call("DELETE", path, token=reader).status == 204) == covers
    cluster.iam("DELETE", f"{acl}/users/reader")


@pytest.mark.parametrize(
    ("method", "action", "status"),
    [("GET", "read", 200), ("PUT", "create", 409), ("PATCH", "update", 204), ("DELETE", "delete", 204)],
)
def test_each_method_needs_its_action(
    cluster: Running, reader: str, folder: str, method: str, action: str, status: int
) -> None:
    path, acl = f"{SECRET}/{folder}/a", f"acls/dcos:secrets:default:%252F{folder}%252Fa"
    data = {"value": "x"} if method in ("PUT", "PATCH") else None
    cluster.call("PUT", path, {"value": "x"})
    cluster.iam("PUT", acl, {"description": ""})
    for other in {"read", "create", "update", "delete"} - {action}:
        cluster.iam("PUT", f"{acl}/users/reader/{other}")
    refused(cluster.call(method, path, data, token=reader), 403)
    cluster.iam("DELETE", f"{acl}/users/reader")
    cluster.iam("PUT", f"{acl}/users/reader/{action}")
    assert cluster.call(method, path, data, token=reader).status == status


def test_who_may_not_read_does_not_learn_what_is_there(cluster: Running, reader: str, folder: str) -> None:
    refused(cluster.call("GET", f"{SECRET}/{folder}/missing", token=reader), 403)
    refused(cluster.call("DELETE", f"{SECRET}/{folder}/missing", token=reader), 403)
    refused(cluster.call("GET", "/secrets/v1/secret/other/x", token=reader), 403)
    refused(cluster.call("GET", "/secrets/v1/secret/other/x"), 404)


def test_listing_needs_a_right_of_its_own(cluster: Running, reader: str, folder: str) -> None:
    cluster.call("PUT", f"{SECRET}/{folder}/a/b", {"value": "x"})
    path = f"{SECRET}/{folder}/a?list=true"
    refused(cluster.call("GET", path, token=reader), 403)
    for rid, status in (
        (f"dcos:secrets:default:%252F{folder}%252F*", 403),
        (f"dcos:secrets:list:default:%252F{folder}", 200),
    ):
        cluster.iam("PUT", f"acls/{rid}", {"description": ""})
        cluster.iam("PUT", f"acls/{rid}/users/reader/read")
        assert cluster.call("GET", path, token=reader).status == status
        cluster.iam("DELETE", f"acls/{rid}/users/reader")


def test_seal_state(fresh: Running) -> None:
    store = "/secrets/v1"
    fresh.call("PUT", f"{SECRET}/a", {"value": "x"})
    assert fresh.call("GET", f"{store}/seal-status/default").json() == {
        "sealed": False, "threshold": 1, "shares": 1, "progress": 0,
    }  # fmt: skip
    (backend,) = fresh.call("GET", f"{store}/store").json()["array"]
    assert backend == fresh.call("GET", f"{store}/store/default").json()
    # `dcos security cluster secret-store show` of the documentation prints these.
    assert backend == {
        "name": "default",
        "addr": "http://127.0.0.1:8200",
        "description": "DC/OS Default Secret Store Backend",
        "driver": "vault",
        "initialized": True,
        "sealed": False,
    }
    initialization = fresh.call("GET", f"{store}/init/default").json()
    assert initialization["initialized"] is True
    assert fresh.call("PUT", f"{store}/seal/default").status == 204
    for method, data in (("GET", None), ("PUT", {"value": "y"}), ("PATCH", {"value": "y"}), ("DELETE", None)):
        refused(fresh.call(method, f"{SECRET}/a", data), 503)
    refused(fresh.call("GET", f"{SECRET}?list=true"), 503)
    assert fresh.call("GET", f"{store}/store/default").json()["sealed"] is True
    assert fresh.call("PUT", f"{store}/unseal/default", {"key": "wrong"}).status == 500
    refused(fresh.call("GET", f"{SECRET}/a"), 503)
    unsealed = fresh.call("PUT", f"{store}/unseal/default", {"key": initialization["keys"][0]})
    assert unsealed.json()["sealed"] is False
    assert fresh.call("GET", f"{SECRET}/a").json() == {"value": "x"}
    fresh.call("PUT", f"{store}/seal/default")
    assert fresh.call("PUT", f"{store}/auto-unseal/default").json()["sealed"] is False


def test_stores_are_for_superusers(cluster: Running, reader: str) -> None:
    for path in ("store", "store/default", "seal-status/default", "init/default"):
        refused(cluster.call("GET", f"/secrets/v1/{path}", token=reader), 403)
    refused(cluster.call("PUT", "/secrets/v1/seal/default", token=reader), 403)
    refused(cluster.call("GET", "/secrets/v1/store/other"), 404)
    refused(cluster.call("PUT", "/secrets/v1/store/default", {"driver": "vault"}), 409)
    refused(cluster.call("PUT", "/secrets/v1/store/other", {"driver": "vault"}), 404)
    refused(cluster.call("PUT", "/secrets/v1/init/default", {"shares": 1}), 400)
    assert cluster.call("GET", "/secrets/v1/ping", token=reader).body == b"pong"
    assert cluster.call("GET", "/secrets/v1/ping/backends/all").body == b"pong"
    refused(cluster.call("GET", "/secrets/v1/ping/backends/other"), 404)


def test_deleting_the_store_and_making_it_again(fresh: Running) -> None:
    fresh.call("PUT", f"{SECRET}/a", {"value": "x"})
    assert fresh.call("DELETE", "/secrets/v1/store/default").status == 204
    refused(fresh.call("GET", f"{SECRET}/a"), 404)
    assert fresh.call("PUT", "/secrets/v1/store/default", {"driver": "vault"}).status == 201
    refused(fresh.call("GET", f"{SECRET}/a"), 404)
    assert listed(fresh, "") == []


def test_leases_and_wrong_methods(cluster: Running, folder: str) -> None:
    cluster.call("PUT", f"{SECRET}/{folder}/a", {"value": "x"})
    assert cluster.call("PUT", f"/secrets/v1/revoke/default/{folder}/a").status == 204
    assert cluster.call("PUT", f"/secrets/v1/renew/default/{folder}/a", {"duration": "1h"}).status == 204
    refused(cluster.call("PUT", f"/secrets/v1/renew/default/{folder}/a", {"duration": 1}), 400)
    refused(cluster.call("POST", f"{SECRET}/{folder}/a", {"value": "x"}), 405)
    refused(cluster.call("GET", "/secrets/v1/nothing"), 404)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_comes_back_exactly(cluster: Running, value: str) -> None:
    path = f"{SECRET}/text{next(_numbers)}"
    assert cluster.call("PUT", path, {"value": value}).status == 201
    assert cluster.call("GET", path).json() == {"value": value}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40))
def test_any_bytes_come_back_exactly(cluster: Running, value: bytes) -> None:
    path = f"{SECRET}/bytes{next(_numbers)}"
    assert cluster.call("PUT", path, headers=BINARY, body=value).status == 201
    assert cluster.call("GET", path).body == value

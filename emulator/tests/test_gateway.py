# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Admin Router: who gets through, by which path, and what those who do not are told."""

from __future__ import annotations

import http.client
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from emulator_process import Answer, Running
from observed_keys import KEY, OTHER_KEY, SPKI
from observed_login import NOW, signed

USERS = "/acs/api/v1/users"


def is_page(answer: Answer, status: int) -> None:
    assert answer.status == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"<h1>" in answer.body


def unauthenticated(answer: Answer) -> None:
    is_page(answer, 401)
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert answer.headers["WWW-Authenticate"] == "acsjwt"


def forbidden(answer: Answer) -> None:
    is_page(answer, 403)
    assert "WWW-Authenticate" not in answer.headers


@pytest.fixture(scope="module")
def nobody(cluster: Running) -> str:
    """The token of a user without any permission."""
    assert cluster.iam("PUT", "users/nobody", {"password": "geheim"}).status == 201
    return cluster.login("nobody", password="geheim")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "foo"},
        {"Authorization": "token="},
        {"Authorization": "token=X"},
        {"Authorization": "Bearer X"},
        {"Authorization": "token=a.b.c"},
        {"Authorization": "token=é"},
        {"Cookie": "dcos-acs-auth-cookie="},
        {"Cookie": "dcos-acs-auth-cookie=X"},
        {"Cookie": "=;;,"},
    ],
    ids=repr,
)
@pytest.mark.parametrize("path", [USERS, "/secrets/v1/secret/default/x", "/ca/api/v2/sign", "/metadata"])
def test_without_a_token(cluster: Running, path: str, headers: dict[str, str]) -> None:
    unauthenticated(cluster.send("GET", path, headers))


def test_forms_of_the_token(cluster: Running) -> None:
    token = cluster.token()
    cookie = f"dcos-acs-auth-cookie={token}"
    assert cluster.send("GET", USERS, {"Authorization": f"token={token}"}).status == 200
    assert cluster.send("GET", USERS, {"Authorization": f"Bearer {token}"}).status == 200
    assert cluster.send("GET", USERS, {"Authorization": f"something token={token}"}).status == 200
    assert cluster.send("GET", USERS, {"Cookie": f'{{"a":1}}; a b=c; {cookie}; c=d'}).status == 200
    # A header, however bad, keeps the cookie from being looked at.
    unauthenticated(cluster.send("GET", USERS, {"Authorization": "foo", "Cookie": cookie}))
    unauthenticated(cluster.send("GET", USERS, {"Authorization": f"token={token}x"}))


def test_tokens_of_others(cluster: Running) -> None:
    for key in (KEY, OTHER_KEY):
        token = signed({"uid": cluster.ready["username"], "exp": NOW + 600}, key)
        unauthenticated(cluster.call("GET", USERS, token=token))


def test_the_jwks_verifies_the_tokens(cluster: Running) -> None:
    jwks = jwt.PyJWKSet.from_dict(cluster.send("GET", "/acs/api/v1/auth/jwks").json())
    claims = jwt.decode(cluster.token(), jwks.keys[0].key, algorithms=["RS256"])
    assert set(claims) == {"uid", "exp"}
    assert jwt.get_unverified_header(cluster.token()) == {"typ": "JWT", "alg": "RS256"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/acs/api/v1/auth/jwks", 200),
        ("GET", "/acs/api/v1/auth/providers", 200),
        ("GET", "/acs/api/v1/auth/logout", 200),
        ("GET", "/acs/api/v1/auth/oidc/providers", 200),
        ("GET", "/acs/api/v1/auth/oidc/providers/", 200),
        ("GET", "/acs/api/v1/auth/saml/providers", 200),
        ("GET", "/ca/dcos-ca.crt", 200),
        ("GET", "/ca/dcos-ca.der", 404),
        ("GET", "/ca/cacerts.jks", 404),
        ("GET", "/dcos-metadata/dcos-version.json", 200),
        ("GET", "/dcos-metadata/ui-config.json", 200),
        ("HEAD", "/", 200),
        ("POST", "/", 405),
        ("GET", "/secrets/v1", 301),
        ("GET", "/mesos", 301),
        ("GET", "/service/marathon", 301),
        ("GET", "/acs/api/v1x", 401),
        ("GET", "/acs", 404),
        ("GET", "/acs/api", 404),
        ("GET", "/acs/api/v2/users", 404),
        ("GET", "/nothing/here", 404),
        ("GET", "/acs/api/v1/auth/login/", 401),
        ("GET", "/acs/api/v1/auth/oidc/providers/x", 401),
        ("HEAD", "/pkgpanda/active.buildinfo.full.json", 401),
        ("GET", "/mesos/state-summary", 401),
        ("GET", "/service/marathon/v2/apps", 401),
        ("GET", "/acs/api/v1/%00", 400),
        ("GET", "/../x", 400),
    ],
)
def test_paths_without_a_token(cluster: Running, method: str, path: str, status: int) -> None:
    assert cluster.send(method, path).status == status


def test_folders_without_their_slash(cluster: Running) -> None:
    answer = cluster.send("GET", "/mesos?a=b")
    assert answer.headers["Location"] == "https://localhost/mesos/?a=b"


def test_the_ca_bundle(cluster: Running) -> None:
    answer = cluster.send("GET", "/ca/dcos-ca.crt")
    assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
    with open(cluster.ready["ca_path"], "rb") as file:
        assert answer.body == file.read()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/metadata", 200),
        ("/mesos/state-summary", 200),
        ("/dcos-metadata/bootstrap-config.json", 200),
        ("/pkgpanda/active.buildinfo.full.json", 200),
        ("/mesos_dns/v1/hosts/master.mesos", 200),
        ("/system/health/v1/nodes", 200),
        ("/system/health/v1", 404),
        ("/service/marathon/v2/apps", 404),
        ("/service/nothing/here", 404),
        ("/mesos/", 404),
        ("/acs/api/v1/internal/policyquery?rid=a&uid=b&action=c", 404),
        ("/acs/api/v1/nothing", 404),
        ("/acs/api/v1", 404),
    ],
)
def test_paths_as_superuser(cluster: Running, path: str, status: int) -> None:
    assert cluster.call("GET", path).status == status


def test_what_the_cli_asks_for(cluster: Running) -> None:
    metadata = cluster.call("GET", "/metadata").json()
    assert set(metadata) == {"PUBLIC_IPV4", "CLUSTER_ID"}
    assert "cluster" in cluster.call("GET", "/mesos/state-summary").json()
    assert cluster.send("GET", "/dcos-metadata/dcos-version.json").json()["version"]
    assert cluster.call("GET", "/dcos-metadata/bootstrap-config.json").json()["security"] == "strict"
    unauthenticated_head = cluster.send("HEAD", "/pkgpanda/active.buildinfo.full.json")
    assert unauthenticated_head.headers["WWW-Authenticate"] == "acsjwt"


GUARDED = [
    ("GET", USERS, "dcos:adminrouter:acs"),
    ("POST", "/ca/api/v2/newkey", "dcos:adminrouter:ops:ca:rw"),
    ("POST", "/ca/api/v2/newcert", "dcos:adminrouter:ops:ca:rw"),
    ("POST", "/ca/api/v2/sign", "dcos:adminrouter:ops:ca:rw"),
    ("POST", "/ca/api/v2/bundle", "dcos:adminrouter:ops:ca:ro"),
    ("GET", "/mesos/state-summary", "dcos:adminrouter:ops:mesos"),
    ("GET", "/service/marathon/v2/apps", "dcos:adminrouter:service:marathon"),
    ("GET", "/package/search", "dcos:adminrouter:package"),
]


@pytest.mark.parametrize(("method", "path", "rid"), GUARDED, ids=lambda value: str(value).rpartition("/")[2])
def test_exactly_the_right_grant_opens_a_path(cluster: Running, nobody: str, method: str, path: str, rid: str) -> None:
    unauthenticated(cluster.send(method, path))
    forbidden(cluster.call(method, path, token=nobody))
    parent = rid.rpartition(":")[0]
    for other, action in ((rid, "read"), (parent, "full")):
        cluster.iam("PUT", f"acls/{other}", {"description": ""})
        assert cluster.iam("PUT", f"acls/{other}/users/nobody/{action}").status == 204
        forbidden(cluster.call(method, path, token=nobody))
        cluster.iam("DELETE", f"acls/{other}/users/nobody")
    assert cluster.iam("PUT", f"acls/{rid}/users/nobody/full").status == 204
    assert cluster.call(method, path, token=nobody).status not in (401, 403)
    cluster.iam("DELETE", f"acls/{rid}/users/nobody")
    forbidden(cluster.call(method, path, token=nobody))


def test_grants_through_groups_and_superuser(cluster: Running, nobody: str) -> None:
    cluster.iam("PUT", "groups/operators", {"description": ""})
    cluster.iam("PUT", "acls/dcos:adminrouter:acs", {"description": ""})
    cluster.iam("PUT", "acls/dcos:adminrouter:acs/groups/operators/full")
    forbidden(cluster.call("GET", USERS, token=nobody))
    cluster.iam("PUT", "groups/operators/users/nobody")
    assert cluster.call("GET", USERS, token=nobody).status == 200
    cluster.iam("DELETE", "groups/operators")
    forbidden(cluster.call("GET", USERS, token=nobody))
    cluster.iam("PUT", "acls/dcos:superuser/users/nobody/read")
    assert cluster.call("GET", USERS, token=nobody).status == 200
    cluster.iam("DELETE", "acls/dcos:superuser/users/nobody")


def test_everybody_reads_their_own_permissions(cluster: Running, nobody: str) -> None:
    own = f"{USERS}/nobody/permissions"
    assert cluster.call("GET", own, token=nobody).status == 200
    forbidden(cluster.call("PUT", own, token=nobody))
    forbidden(cluster.call("GET", f"{USERS}/bootstrapuser/permissions", token=nobody))
    # nginx reads the path after .. is resolved and must not be led to compare with another user's name.
    forbidden(cluster.call("GET", f"{USERS}/nobody/permissions/../../bootstrapuser/permissions", token=nobody))
    forbidden(cluster.call("GET", f"{USERS}/nobody", token=nobody))


def test_routing_goes_by_the_raw_path(cluster: Running) -> None:
    def status(path: str) -> int:
        return cluster.call("GET", path).status

    assert status(f"{USERS}/bootstrapuser") == 200
    assert status(f"{USERS}/bootstrapuser/") == 200
    assert status(f"{USERS}/bootstrap%75ser") == 200
    assert status(f"{USERS}/bootstrapuser//") == 404
    assert status("/acs/api/v1//users") == 404
    assert status("//acs/api/v1/users") == 200
    assert status(f"{USERS}%2Fbootstrapuser") == 200
    # nginx folds this to /acs/api/v1/, which is the IAM's all the same; the IAM sees the uid "..".
    assert cluster.call("GET", f"{USERS}/..").code == "ERR_UNKNOWN_USER_ID"
    assert cluster.call("GET", f"{USERS}/.").code == "ERR_UNKNOWN_USER_ID"


def test_ca_operations_that_are_not_routed(cluster: Running) -> None:
    for operation in ("certificates", "certinfo", "init_ca", "scan", "authsign", ""):
        is_page(cluster.call("POST", f"/ca/api/v2/{operation}", {}), 404)
    assert cluster.call("GET", "/ca/api/v2/sign").status == 405
    assert cluster.send_json("POST", "/ca/api/v2/info", {}).status == 200


def test_chunked_bodies_pass_the_gateway(cluster: Running) -> None:
    body = b'{"password": "geheim"}'
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked", "Content-Length": None}
    assert cluster.call("PUT", f"{USERS}/chunked", headers=headers, body=chunked).status == 201


def test_connections_are_kept(fresh: Running) -> None:
    host, port = fresh.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port))
    headers = {"Authorization": f"token={fresh.token()}"}
    sockets = set()
    for _round in range(3):
        connection.request("GET", USERS, headers=headers)
        assert connection.getresponse().read()
        sockets.add(connection.sock)
    assert len(sockets) == 1
    connection.close()


def test_of_concurrent_creations_one_wins(fresh: Running) -> None:
    data = {"public_key": SPKI}
    fresh.token()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: fresh.iam("PUT", "users/contested", data), range(64)))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 63


def test_tokens_expire(start_emulator) -> None:
    emulator = start_emulator("--port", "0", "--no-tls", "--token-lifetime", "60")
    assert emulator.call("GET", USERS).status == 200
    emulator.send_json("PUT", "/_emulator/clock", {"offset": 61})
    unauthenticated(emulator.call("GET", USERS))
    later = emulator.login("bootstrapuser", password="deleteme")
    assert emulator.call("GET", USERS, token=later).status == 200
    emulator.send_json("PUT", "/_emulator/clock", {"offset": 0})
    assert emulator.call("GET", USERS).status == 200

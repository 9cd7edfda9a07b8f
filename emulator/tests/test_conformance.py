# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation of the emulator answers as its own description and the published Swagger say."""

from __future__ import annotations

import pytest
from conformance import SWAGGER_DIR, Conformance
from emulator_process import Running
from observed_keys import SPKI

IAM = "/acs/api/v1"
SECRETS = "/secrets/v1"
CA = "/ca/api/v2"
ACL = f"{IAM}/acls/dcos:a:%252Fb"
KEY = {"algo": "ecdsa", "size": 256}


def every_operation(emulator: Running) -> None:
    """Succeeds at least once with each operation."""

    def call(method: str, path: str, data: object = None, **options: object) -> dict:
        answer = emulator.call(method, path, data, **options)
        assert 200 <= answer.status < 300, (method, path, answer.status, answer.body)
        return answer.json() if answer.body[:1] == b"{" else {}

    def get(*paths: str) -> None:
        for path in paths:
            call("GET", path)

    get(*(f"{IAM}/auth/{name}" for name in ("logout", "jwks", "providers", "oidc/providers", "saml/providers")))
    call("PUT", f"{IAM}/users/alice", {"password": "geheim"})
    call("PUT", f"{IAM}/users/svc", {"public_key": SPKI, "description": "d"})
    call("PATCH", f"{IAM}/users/alice", {"description": "Alice"})
    call("POST", f"{IAM}/auth/login", {"uid": "alice", "password": "geheim"})
    call("PUT", f"{IAM}/groups/g", {"description": "d"})
    call("PATCH", f"{IAM}/groups/g", {"description": "e"})
    for uid in ("alice", "svc"):
        call("PUT", f"{IAM}/groups/g/users/{uid}")
    call("PUT", ACL, {"description": "d"})
    call("PATCH", ACL, {"description": "e"})
    for subject in ("users/svc", "groups/g"):
        for action in ("read", "create"):
            call("PUT", f"{ACL}/{subject}/{action}")
        get(f"{ACL}/{subject}", f"{ACL}/{subject}/read")
    get(f"{IAM}/uiconfig", f"{IAM}/users", f"{IAM}/users?type=service", f"{IAM}/users/alice", f"{IAM}/users/svc")
    get(f"{IAM}/users/svc/groups", f"{IAM}/users/svc/permissions", f"{IAM}/groups", f"{IAM}/groups/g")
    get(f"{IAM}/groups/g/users", f"{IAM}/groups/g/users?type=service", f"{IAM}/groups/g/permissions")
    get(f"{IAM}/acls", ACL, f"{ACL}/permissions")
    for subject in ("users/svc", "groups/g"):
        call("DELETE", f"{ACL}/{subject}/read")
        call("DELETE", f"{ACL}/{subject}")
    call("DELETE", f"{IAM}/groups/g/users/svc")
    for path in (ACL, f"{IAM}/groups/g", f"{IAM}/users/svc"):
        call("DELETE", path)

    secret = f"{SECRETS}/secret/default/a/b"
    metadata = {"author": "a", "description": "d", "labels": ["x"], "created": "2026-01-01T00:00:00Z"}
    call("PUT", secret, {"value": "v", **metadata})
    get(secret, f"{SECRETS}/secret/default/?list=true")
    call("PATCH", secret, {"value": "w"})
    call("PUT", f"{SECRETS}/revoke/default/a/b")
    call("PUT", f"{SECRETS}/renew/default/a/b", {"duration": "1h"})
    call("DELETE", secret)
    get(f"{SECRETS}/store", f"{SECRETS}/store/default", f"{SECRETS}/seal-status/default")
    get(f"{SECRETS}/ping", f"{SECRETS}/ping/backends/default", f"{SECRETS}/ping/backends/all")
    key = call("GET", f"{SECRETS}/init/default")["keys"][0]
    for path in ("unseal", "auto-unseal"):
        call("PUT", f"{SECRETS}/seal/default")
        call("PUT", f"{SECRETS}/{path}/default", {"key": key})
    call("DELETE", f"{SECRETS}/store/default")
    call("PUT", f"{SECRETS}/store/default", {"driver": "vault"})

    request = {"CN": "x", "hosts": ["x.example.com"], "names": [{"O": "o"}], "key": KEY}
    call("POST", f"{CA}/info", {})
    csr = call("POST", f"{CA}/newkey", request)["result"]["certificate_request"]
    call("POST", f"{CA}/newcert", {"request": request})
    certificate = call("POST", f"{CA}/sign", {"certificate_request": csr})["result"]["certificate"]
    call("POST", f"{CA}/bundle", {"certificate": certificate})
    get("/ca/dcos-ca.crt")


def test_every_operation(fresh: Running) -> None:
    conformance = Conformance()
    fresh.observers.append(conformance.check)
    every_operation(fresh)
    described = {(verb, template) for _name, verb, template, _operation in conformance.own.operations}
    # A store that exists is initialised, so that initialising one never succeeds.
    assert described - conformance.own.seen == {("PUT", "/secrets/v1/init/{store}")}
    assert conformance.validated >= 35


@pytest.mark.skipif(not SWAGGER_DIR, reason="DCOS_SWAGGER_DIR does not name the directory of the published Swagger")
def test_the_published_operations(fresh: Running) -> None:
    conformance = Conformance()
    fresh.observers.append(conformance.check)
    every_operation(fresh)
    absent = set()
    for description in conformance.published:
        described = {(verb, template) for _name, verb, template, _operation in description.operations}
        absent |= {template for _verb, template in described - description.seen}
    # Identity providers and directories are not emulated, and Admin Router does not route /certificates.
    absent = {path for path in absent if not any(name in path for name in ("/oidc/", "/saml/", "/ldap/"))}
    assert absent == {"/secrets/v1/init/{store}", "/ca/api/v2/certificates", f"{IAM}/auth/login"}
    # (GET of /auth/login starts a single sign-on flow.)

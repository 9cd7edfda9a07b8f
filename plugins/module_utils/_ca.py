# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's certificate authority, one function a request. ``POST /ca/api/v2/…``, ``GET /ca/dcos-ca.crt``.

It is a fork of cfssl: answers come in an envelope {success, result, errors, messages}, and errors as JSON under the
content type text/plain.

This file is private to the collection.
"""

from __future__ import annotations

from ansible_collections.dcos.security.plugins.module_utils._client import CA, Client
from ansible_collections.dcos.security.plugins.module_utils._errors import HttpError


def _call(client: Client, operation: str, body: dict, doing: str, accept=(), secrets=()):
    path = f"{CA}/{operation}"
    answer = client.post(path, doing, accept=accept, secrets=secrets, body=body)
    envelope = answer.json
    if answer.status in accept or answer.code in accept:
        return None
    if (
        not isinstance(envelope, dict)
        or not envelope.get("success")
        or not isinstance(envelope.get("result"), (dict, list))
    ):
        raise HttpError(
            doing, "POST", path, answer.status, answer.code, answer.said or "the answer is not that of a CA"
        )
    return envelope["result"]


def _profile(name):
    return {"profile": name} if name else {}


def info(client: Client, profile=None) -> dict:
    """POST info: {certificate (PEM of the signing CA), usages, expiry ("87600h")}; unknown profiles are the default."""
    return _call(client, "info", _profile(profile), "read the certificate of the CA")


def sign(client: Client, request: str, profile, name: str) -> str:
    """POST sign: the certificate (PEM, the leaf alone) for a CSR. Needs dcos:adminrouter:ops:ca:rw full."""
    body = {"certificate_request": request, **_profile(profile)}
    return _call(client, "sign", body, f"have the certificate for '{name}' signed")["certificate"]


def newkey(client: Client, common_name: str, hosts: list, subject: dict, key_type: str, key_size: int) -> dict:
    """POST newkey: {private_key (PEM, PKCS#1 or SEC1), certificate_request}, made by the CA."""
    body = {
        "CN": common_name,
        "hosts": hosts,
        "names": [subject] if subject else [],
        "key": {"algo": key_type.lower(), "size": key_size},
    }
    return _call(client, "newkey", body, f"have the CA make a key for '{common_name}'")


def bundle(client: Client, certificate: str):
    """POST bundle: {bundle (leaf and intermediates), root}, PEM; None where this CA or this user cannot have it."""
    return _call(
        client, "bundle", {"certificate": certificate}, "read the chain of a certificate", accept=(403, 404, 1220)
    )


def certificates(client: Client, query: dict):
    """POST certificates: what was issued, as a list of descriptions; None where it is not routed (1.11 on)."""
    return _call(client, "certificates", query, "list the issued certificates", accept=(404,))


def trusted_roots(client: Client) -> str:
    """GET /ca/dcos-ca.crt: the root certificates that clients are to trust, as PEM; one or several."""
    return client.get("/ca/dcos-ca.crt", "read the root certificate of the cluster").content.decode("ascii", "replace")

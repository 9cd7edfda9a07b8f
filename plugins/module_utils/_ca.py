# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's certificate authority, one function a request. ``POST /ca/api/v2/…``, ``GET /ca/dcos-ca.crt``.

It is a fork of cfssl: answers come in an envelope {success, result, errors, messages}, and errors as JSON under the
content type text/plain.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _shapes
from ansible_collections.dcos.security.plugins.module_utils._client import Client, shaped
from ansible_collections.dcos.security.plugins.module_utils._errors import HttpError
from ansible_collections.dcos.security.plugins.module_utils._hints import CA


def _call(
    client: Client,
    operation: str,
    body: dict[str, Any],
    doing: str,
    shape: Any,
    accept: tuple[int, ...] = (),
    once: bool = False,
) -> Any:
    path = f"{CA}/{operation}"
    answer = client.post(path, doing, accept=accept, body=body, once=once)
    if answer.status in accept or answer.code in accept:
        return None
    envelope = answer.json
    if isinstance(envelope, dict) and not envelope.get("success") and (answer.code or answer.words):
        raise HttpError(doing, "POST", path, answer.status, answer.code, answer.words)
    return shaped(answer, shape, doing, "POST", path, "result")


def _profile(name: str | None) -> dict[str, str]:
    return {"profile": name} if name else {}


def info(client: Client, profile: str | None = None) -> dict[str, Any]:
    """POST info: {certificate (PEM of the signing CA), usages, expiry ("87600h")}; unknown profiles are the default."""
    doing = "read the certificate of the CA"
    signing: dict[str, Any] = _call(client, "info", _profile(profile), doing, _shapes.CA_INFO)
    return signing


def sign(client: Client, request: str, profile: str | None, name: str) -> str:
    """POST sign: the certificate (PEM, the leaf alone) for a CSR. Needs dcos:adminrouter:ops:ca:rw full."""
    body = {"certificate_request": request, **_profile(profile)}
    # Sent twice, it would issue two.
    doing = f"have the certificate for '{name}' signed"
    certificate: str = _call(client, "sign", body, doing, _shapes.CERTIFICATE, once=True)["certificate"]
    return certificate


def newkey(
    client: Client, common_name: str, hosts: list[str], subject: Mapping[str, str], key_type: str, key_size: int
) -> dict[str, str]:
    """POST newkey: {private_key (PEM, PKCS#1 or SEC1), certificate_request}, made by the CA."""
    body = {
        "CN": common_name,
        "hosts": hosts,
        "names": [subject] if subject else [],
        "key": {"algo": key_type.lower(), "size": key_size},
    }
    doing = f"have the CA make a key for '{common_name}'"
    key: dict[str, str] = _call(client, "newkey", body, doing, _shapes.KEY)
    return key


def bundle(client: Client, certificate: str) -> dict[str, str] | None:
    """POST bundle: {bundle (leaf and intermediates), root}, PEM; None where this CA or this user cannot have it."""
    doing = "read the chain of a certificate"
    body = {"certificate": certificate}
    chain: dict[str, str] | None = _call(client, "bundle", body, doing, _shapes.BUNDLE, accept=(403, 404, 1220))
    return chain


def certificates(client: Client, query: dict[str, Any]) -> list[dict[str, Any]] | None:
    """POST certificates: what was issued, as a list of descriptions; None where it is not routed (1.11 on)."""
    doing = "list the issued certificates"
    listed: list[dict[str, Any]] | None = _call(
        client, "certificates", query, doing, _shapes.CERTIFICATES, accept=(404,)
    )
    return listed


def trusted_roots(client: Client) -> str:
    """GET /ca/dcos-ca.crt: the root certificates that clients are to trust, as PEM; one or several."""
    return client.get("/ca/dcos-ca.crt", "read the root certificate of the cluster").content.decode("ascii", "replace")

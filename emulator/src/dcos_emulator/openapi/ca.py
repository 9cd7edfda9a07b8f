# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Certificate Authority's operations that Admin Router lets through (Swagger document of the CA API)."""

from __future__ import annotations

from typing import Any

from .build import BOOLEAN, HTML, INTEGER, JSON, TEXT, Operation, Schema, record, ref

PREFIX = "/ca/api/v2"

NAME = record(optional=dict.fromkeys(("C", "ST", "L", "O", "OU"), TEXT), closed=False)
KEY = record(optional={"algo": TEXT, "size": INTEGER}, closed=False)
TEXTS: Schema = {"type": "array", "items": TEXT}
MESSAGES: Schema = {"type": "array", "items": record("message", code=INTEGER)}


def _envelope(result: Schema) -> Schema:
    return record(success=BOOLEAN, result=result, errors=MESSAGES, messages=MESSAGES)


SCHEMAS: dict[str, Schema] = {
    "CaError": _envelope({"nullable": True, "type": "object"}),
    "CaAnswer": _envelope({"type": "object"}),
    "InfoRequest": record(optional={"profile": TEXT, "label": TEXT}, closed=False),
    "NewKeyRequest": record(
        optional={"CN": TEXT, "hosts": TEXTS, "names": {"type": "array", "items": NAME}, "key": KEY}, closed=False
    ),
    "NewCertRequest": record(request=ref("NewKeyRequest"), optional={"profile": TEXT, "bundle": BOOLEAN}, closed=False),
    "SignRequest": record(
        "certificate_request", optional={"profile": TEXT, "hosts": TEXTS, "hostname": TEXT}, closed=False
    ),
    "BundleRequest": record("certificate", closed=False),
}


def _operation(name: str, summary: str, request: str, **options: Any) -> Operation:
    # Errors are JSON that claims to be plain text: Go's http.Error writes them.
    error = {"text/plain": TEXT}
    return Operation(
        "POST",
        f"{PREFIX}/{name}",
        summary,
        {200: {JSON: ref("CaAnswer")}},
        # 502: hosts that are not ASCII crash cfssl, and Admin Router answers for it.
        {400: error, 500: error, 502: {HTML: TEXT}},
        body={JSON: ref(request)},
        **options,
    )


OPERATIONS = (
    _operation("info", "The CA's certificate and a signing profile", "InfoRequest", public=True),
    _operation("newkey", "A new key with a certificate signing request", "NewKeyRequest"),
    _operation("newcert", "A new key with a signed certificate", "NewCertRequest"),
    _operation("sign", "Sign a certificate signing request", "SignRequest"),
    _operation("bundle", "The chain of a certificate", "BundleRequest"),
    Operation(
        "GET",
        "/ca/dcos-ca.crt",
        "The certificates that clients are to trust",
        {200: {"application/x-x509-ca-cert": TEXT}},
        public=True,
    ),
)

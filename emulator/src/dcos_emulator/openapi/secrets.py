# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets service's operations (Swagger document of the Secrets API)."""

from __future__ import annotations

from typing import Any

from .build import BOOLEAN, INTEGER, JSON, TEXT, Operation, Schema, array, record, ref

PREFIX = "/secrets/v1"

BYTES: Schema = {"type": "string", "format": "binary"}
TEXTS: Schema = {"type": "array", "items": TEXT}

SCHEMAS: dict[str, Schema] = {
    "SecretsError": record("title", "description"),
    "Secret": record("value", optional={"author": TEXT, "created": TEXT, "description": TEXT, "labels": TEXTS}),
    "Backend": record("name", "addr", "description", "driver", initialized=BOOLEAN, sealed=BOOLEAN),
    "BackendCreate": record(optional={"driver": TEXT, "description": TEXT}, closed=False),
    "Initialization": record(initialized=BOOLEAN, keys=TEXTS, pgp_fingerprints=TEXTS),
    "InitializationRequest": record(optional={"shares": INTEGER, "threshold": INTEGER, "pgp_keys": TEXTS}),
    "SealStatus": record(sealed=BOOLEAN, threshold=INTEGER, shares=INTEGER, progress=INTEGER),
    "Key": record("key"),
    "Duration": record("duration"),
}

ERROR: dict[str, Schema] = {JSON: ref("SecretsError")}
ERRORS: dict[int, Any] = dict.fromkeys((400, 403, 404, 503), ERROR)
SENT_SECRET: dict[str, Schema] = {JSON: ref("Secret"), "application/octet-stream": BYTES}
SECRET = "/secret/{store}/{path}"


def _operation(
    method: str, path: str, summary: str, status: int, schema: Schema | None = None, **options: Any
) -> Operation:
    errors = {**ERRORS, **options.pop("more_errors", {})}
    content = {JSON: schema} if schema else options.pop("content", None)
    return Operation(method, PREFIX + path, summary, {status: content}, errors, guarded=False, **options)


PONG: dict[str, Schema] = {"text/plain": TEXT}

OPERATIONS = (
    _operation(
        "GET",
        SECRET,
        "Read a secret, or list the secrets below a path",
        200,
        content={
            JSON: {"anyOf": [ref("Secret"), array(TEXT)]},
            "application/octet-stream": BYTES,
        },
        query={"list": TEXT},
    ),
    _operation("PUT", SECRET, "Create a secret", 201, body=SENT_SECRET, more_errors={409: ERROR, 413: ERROR}),
    _operation("PATCH", SECRET, "Change a secret", 204, body=SENT_SECRET, more_errors={413: ERROR}),
    _operation("DELETE", SECRET, "Delete a secret", 204),
    _operation("PUT", "/revoke/{store}/{path}", "Revoke a secret's lease", 204),
    _operation("PUT", "/renew/{store}/{path}", "Renew a secret's lease", 204, body={JSON: ref("Duration")}),
    _operation("GET", "/store", "List secret stores", 200, array(ref("Backend"))),
    _operation("GET", "/store/{store}", "Read a secret store", 200, ref("Backend")),
    _operation(
        "PUT",
        "/store/{store}",
        "Create a secret store",
        201,
        body={JSON: ref("BackendCreate")},
        more_errors={409: ERROR},
    ),
    _operation("DELETE", "/store/{store}", "Delete a secret store", 204),
    _operation("GET", "/init/{store}", "Whether a store is initialised", 200, ref("Initialization")),
    _operation(
        "PUT",
        "/init/{store}",
        "Initialise a store",
        200,
        ref("Initialization"),
        body={JSON: ref("InitializationRequest")},
    ),
    _operation("GET", "/seal-status/{store}", "Whether a store is sealed", 200, ref("SealStatus")),
    _operation("PUT", "/seal/{store}", "Seal a store", 204),
    _operation(
        "PUT",
        "/unseal/{store}",
        "Unseal a store",
        200,
        ref("SealStatus"),
        body={JSON: ref("Key")},
        more_errors={500: ERROR},
    ),
    _operation(
        "PUT",
        "/auto-unseal/{store}",
        "Unseal a store",
        200,
        ref("SealStatus"),
        body={JSON: ref("Key")},
        more_errors={500: ERROR},
    ),
    _operation("GET", "/ping", "Whether the service runs", 200, content=PONG),
    _operation("GET", "/ping/backends/{store}", "Whether a store answers", 200, content=PONG),
)

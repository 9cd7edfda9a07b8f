# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building blocks of the OpenAPI document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
INTEGER: Schema = {"type": "integer"}
HTML = "text/html"
JSON = "application/json"


def ref(name: str) -> Schema:
    """A reference to a schema of this document."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(*required: str, optional: dict[str, Schema] | None = None, closed: bool = True, **typed: Schema) -> Schema:
    """An object: ``required`` names strings, ``typed`` other required members."""
    properties = {**dict.fromkeys(required, TEXT), **typed, **(optional or {})}
    names = [*required, *typed]
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": not closed}
    return {**schema, "required": names} if names else schema


def array(items: Schema) -> Schema:
    """A list, wrapped as this API wraps lists."""
    return record(array={"type": "array", "items": items})


SCHEMAS: dict[str, Schema] = {
    "IamError": record("title", "description", optional={"code": TEXT}),
}

# Parameters of paths that are more than any text.
PATH_PARAMETERS: dict[str, Schema] = {
    "uid": {"type": "string", "pattern": "^[a-zA-Z0-9_@.-]{1,96}$", "example": "kafka"},
    "gid": {"type": "string", "pattern": "^[a-zA-Z0-9_@.-]{1,96}$", "example": "superusers"},
    "rid": {"type": "string", "minLength": 1, "maxLength": 512, "example": "dcos:superuser"},
    "action": {"type": "string", "enum": ["create", "read", "update", "delete", "full"]},
    "store": {"type": "string", "enum": ["default"]},
    "path": {"type": "string", "pattern": "^[A-Za-z0-9_/-]+$", "example": "kafka/service-account"},
}


@dataclass(frozen=True)
class Operation:
    """One method of one path. ``success`` and ``errors`` map statuses to content by media type (None: no body)."""

    method: str
    path: str
    summary: str
    success: dict[int, dict[str, Schema] | None]
    errors: dict[int, dict[str, Schema] | None] = field(default_factory=dict)
    body: dict[str, Schema] | None = None
    query: dict[str, Schema] = field(default_factory=dict)
    public: bool = False
    guarded: bool = True  # the gateway may answer 403


def path_item(operation: Operation, *, secured: bool) -> dict[str, Any]:
    """The operation as a member of the document's path item."""
    responses = {**operation.success, **operation.errors}
    if secured and not operation.public:
        responses[401] = {**(responses.get(401) or {}), HTML: TEXT}
        if operation.guarded:
            responses[403] = {HTML: TEXT}
    if secured:
        # nginx' own answers to paths with encoded NULs or too many dots.
        responses[400] = {**(responses.get(400) or {}), HTML: TEXT}
        responses[404] = {**(responses.get(404) or {}), HTML: TEXT}
    described: dict[str, Any] = {
        "summary": operation.summary,
        "responses": {str(status): _response(content) for status, content in sorted(responses.items())},
    }
    names = re.findall(r"{(\w+)}", operation.path)
    parameters = [_parameter(name, "path", PATH_PARAMETERS[name]) for name in names]
    parameters += [_parameter(name, "query", schema) for name, schema in operation.query.items()]
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
    if operation.public:
        described["security"] = []
    return {operation.method.lower(): described}


def _parameter(name: str, place: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _content(content: dict[str, Schema]) -> dict[str, Any]:
    return {media: {"schema": schema} for media, schema in content.items()}


def _response(content: dict[str, Schema] | None) -> dict[str, Any]:
    described: dict[str, Any] = {"description": "With a body." if content else "Without a body."}
    return {**described, "content": _content(content)} if content else described

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON schemas of the IAM's request bodies (the Swagger document of the IAM API, ``definitions``)."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft4Validator, ValidationError

from .http import bad_request


def _object(*names: str, required: tuple[str, ...] = (), closed: bool = True) -> Draft4Validator:
    schema: dict[str, Any] = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    if required:
        schema["required"] = list(required)
    if closed:
        schema["additionalProperties"] = False
    return Draft4Validator(schema)


LOGIN = _object("uid", "password", "token", closed=False)
USER_CREATE = _object(
    "description", "password", "public_key", "provider_type", "provider_id", "cluster_url", "creator_uid"
)
USER_UPDATE = _object("description", "password")
GROUP_CREATE = _object("description", "provider_type", required=("description",))
DESCRIPTION = _object("description", required=("description",))


def validated(validator: Draft4Validator, data: Any) -> dict[str, Any]:
    """``data`` if it is valid; otherwise 400 without a code."""
    if data is None:
        bad_request("Request has bad Content-Type or lacks JSON data")
    try:
        validator.validate(data)
    except ValidationError as error:
        bad_request(f"Unexpected JSON input. Hint: {error.message}")
    return data

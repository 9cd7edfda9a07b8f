# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON schemas of the IAM's request bodies (the Swagger document of the IAM API, ``definitions``)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from .http import bad_request

if TYPE_CHECKING:
    from jsonschema import Draft4Validator


class Body:
    """A JSON object with members that are strings; only ``required`` ones must be there."""

    def __init__(self, *names: str, required: tuple[str, ...] = (), closed: bool = True) -> None:
        self._schema: dict[str, Any] = {
            "type": "object",
            "properties": {name: {"type": "string"} for name in names},
            "additionalProperties": not closed,
        }
        if required:
            self._schema["required"] = list(required)

    @cached_property
    def _validator(self) -> Draft4Validator:
        # Loading the library is a tenth of the emulator's start, so that it waits for the first body.
        from jsonschema import Draft4Validator

        return Draft4Validator(self._schema)

    def validated(self, data: Any) -> dict[str, Any]:
        """``data`` if it is such an object; otherwise 400 without a code, with the words of the first error."""
        if data is None:
            bad_request("Request has bad Content-Type or lacks JSON data")
        if error := next(self._validator.iter_errors(data), None):
            bad_request(f"Unexpected JSON input. Hint: {error.message}")
        valid: dict[str, Any] = data
        return valid


LOGIN = Body("uid", "password", "token", closed=False)
USER_CREATE = Body(
    "description", "password", "public_key", "provider_type", "provider_id", "cluster_url", "creator_uid"
)
USER_UPDATE = Body("description", "password")
GROUP_CREATE = Body("description", "provider_type", required=("description",))
DESCRIPTION = Body("description", required=("description",))

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of the secrets service."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from .. import unconfirmed


class SecretsError(Exception):
    """An error response: JSON with a title and a description, without a code."""

    def __init__(self, status: int, description: str, allow: str | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.allow = allow


def not_routed() -> SecretsError:
    """The error of a path that no operation has."""
    return SecretsError(404, unconfirmed.secrets_text("not routed"))


def answer(data: Any, status: int = 200) -> Response:
    """JSON with a content type that names no charset."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
    return Response(body, status, {"Content-Type": "application/json"})


def error_response(error: SecretsError) -> Response:
    """The response for an error."""
    response = answer(unconfirmed.secrets_error_body(error.status, error.description), error.status)
    if error.allow:
        response.headers["Allow"] = error.allow
    return response


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a request body; 400 for anything else."""
    try:
        data = json.loads(body.decode("utf-8"))
        json.dumps(data, ensure_ascii=False).encode("utf-8")  # JSON can spell lone surrogates, which are no text
    except (ValueError, RecursionError) as error:
        raise SecretsError(400, unconfirmed.secrets_text("no JSON", reason=error)) from error
    if not isinstance(data, dict):
        raise SecretsError(400, unconfirmed.secrets_text("no JSON", reason="expected an object"))
    return data

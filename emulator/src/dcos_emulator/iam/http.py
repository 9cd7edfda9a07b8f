# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and responses of the IAM: body decoding before routing, pretty-printed answers, one-line errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from xml.sax.saxutils import escape

import orjson
from starlette.responses import Response

from ..call import Call
from .accept import JSON, accepts_json, error_representation

MEDIA_TYPE = "application/json; charset=utf-8"
METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})

REASONS = {
    400: "400 Bad Request",
    401: "401 Unauthorized",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    406: "406 Not Acceptable",
    409: "409 Conflict",
    415: "415 Unsupported Media Type",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a handler is given beside the parameters of its path: ``data`` is the JSON body, None if there is none."""

    call: Call
    data: Any


class IamError(Exception):
    """An error response. Without a description the body is empty; without a code the body has no member ``code``."""

    def __init__(
        self,
        status: int,
        description: str | None = None,
        code: str | None = None,
        *,
        title: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(description or REASONS[status])
        self.status = status
        self.description = description
        self.code = code
        self.title = title or REASONS[status]
        self.headers = dict(headers or {})

    def members(self) -> dict[str, str]:
        """The members of the body, in the order in which the IAM writes them."""
        members = {"title": self.title, "description": self.description or ""}
        return {**members, "code": self.code} if self.code else members


def bad_request(description: str) -> NoReturn:
    """Refuse the form of a request: 400 without a code."""
    raise IamError(400, description, title="Bad Request")


def stored_text(text: str) -> str:
    """``text`` as a database takes it; raises UnicodeEncodeError for the lone surrogates that JSON can spell."""
    text.encode("utf-8")
    return text


def answer(data: Any, status: int = 200) -> Response:
    """JSON as the IAM prints it; lists are wrapped."""
    if isinstance(data, list):
        data = {"array": data}
    # The standard library indents in Python, which took most of the time of an answer with 1,000 grants.
    body = orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return Response(body, status, media_type=MEDIA_TYPE)


def empty(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """An answer without a body; 204 has no content type either."""
    return Response(b"", status, headers, media_type=None if status == 204 else MEDIA_TYPE)


def error_response(error: IamError, accept: str | None) -> Response:
    """The response that describes ``error`` to a client with this Accept header."""
    if error.description is None:
        return empty(error.status, error.headers)
    headers = error.headers | {"Vary": "Accept"}
    media = error_representation(accept)
    if media is None:
        return empty(error.status, headers)
    if media == JSON:
        body = json.dumps(error.members(), ensure_ascii=False)
    else:
        members = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in error.members().items())
        body = f'<?xml version="1.0" encoding="UTF-8"?><error>{members}</error>'
    return Response(body.encode(), error.status, headers | {"Content-Type": f"{media}; charset=UTF-8"})


def server_error() -> Response:
    """What the IAM's server sends when a handler crashed: HTML, and the connection is closed."""
    body = (
        "<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n  <body>\n"
        "    <h1><p>Internal Server Error</p></h1>\n    \n  </body>\n</html>\n"
    )
    return Response(body, 500, {"Connection": "close", "Content-Type": "text/html"})


def decode_request(call: Call) -> Any:
    """What the IAM does before it looks at the path; returns the JSON body, None if there is none to read.

    Raises IamError: 406, 400 without a code for a body that is no JSON, 415 for other media types.
    """
    if not accepts_json(call.headers.get("accept")):
        raise IamError(
            406, "The user agent must support application/json responses.", title="Media type not acceptable"
        )
    if not call.content_length or call.method not in ("PATCH", "POST", "PUT"):
        return None
    content_type = call.headers.get("content-type")
    if content_type is None:
        bad_request("Missing Content-Type header.")
    if not call.body:
        bad_request("Expected non-empty request body.")
    media = content_type.split(";", 1)[0].strip().lower()
    if media == "application/x-www-form-urlencoded":
        return None
    if media != JSON:
        raise IamError(415, "Unexpected or undefined Content-Type", title="Unsupported media type")
    try:
        return json.loads(call.body.decode("utf-8"))
    except UnicodeDecodeError as error:
        bad_request(f"Cannot decode JSON body using UTF-8. Reason: {error.reason}")
    except (ValueError, RecursionError) as error:
        bad_request(f"Cannot decode JSON body: {error}")

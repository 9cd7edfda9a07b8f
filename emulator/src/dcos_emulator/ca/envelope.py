# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The envelope that cfssl puts around every result and error."""

from __future__ import annotations

import json
from http import HTTPStatus

from .contract import CaAnswer

# Go's encoder keeps JSON safe to embed in HTML and JavaScript.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


class CaError(Exception):
    """An error answer: HTTP status, cfssl's code (category times 1000 plus reason, or the status) and message."""

    def __init__(self, code: int, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = int(status)


def bad_request(message: str) -> CaError:
    """The error of a request that is wrong as such."""
    return CaError(HTTPStatus.BAD_REQUEST, message)


def success(result: object, messages: list[dict[str, object]] | None = None) -> CaAnswer:
    """``{"success": true, "result": …, "errors": [], "messages": […]}`` as application/json."""
    return CaAnswer(HTTPStatus.OK, "application/json", _encode(True, result, [], messages or []))


def failure(error: CaError) -> CaAnswer:
    """The same with ``result`` null, sent as plain text because Go's http.Error does."""
    errors = [{"code": int(error.code), "message": error.message}]
    return plain_text(error.status, _encode(False, None, errors, []))


def plain_text(status: int, body: bytes) -> CaAnswer:
    """An answer of Go's http.Error."""
    return CaAnswer(status, "text/plain; charset=utf-8", body, {"X-Content-Type-Options": "nosniff"})


def _encode(
    succeeded: bool, result: object, errors: list[dict[str, object]], messages: list[dict[str, object]]
) -> bytes:
    envelope = {"success": succeeded, "result": result, "errors": errors, "messages": messages}
    text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
    return (text.translate(_ESCAPES) + "\n").encode()

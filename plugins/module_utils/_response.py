# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer of the cluster, and what it says where it is an error.

This file is private to the collection.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

MOST_VALUES = 4_000_000  # of an answer: about what 64 MB of permissions hold
LONGEST_CODE = 100
LONGEST_NUMBER = 300  # digits
HALF_CHARACTER = b"\\ud"  # the escape of a surrogate, which may stand without its other half


class Response:
    """An answer: ``status``, ``content_type`` (without parameters), ``content`` (bytes), ``headers``.

    ``repeated`` says that an earlier try of the request may have been processed: its answer was lost or was a 5xx.
    ``effort`` says how many tries it took and how long, where it was not one.
    """

    repeated = False
    effort = ""

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes):
        self.status = status
        self.headers = headers
        self.content = content
        self._parsed: list[Any] = []
        self.content_type = headers.get("Content-Type", "").split(";")[0].strip().lower()

    @property
    def json(self) -> Any:
        """The parsed body whatever its content type (the CA sends JSON as text/plain), or None if it is not JSON."""
        if not self._parsed:
            self._parsed = [parsed(self.content)]
        return self._parsed[0]

    @property
    def code(self) -> str | int | None:
        """The IAM's error code (``ERR_…``), the CA's error number, or None; many answers carry neither."""
        code = self._error.get("code")
        if isinstance(code, str):
            return code if 0 < len(code) <= LONGEST_CODE else None
        return code if isinstance(code, int) and not isinstance(code, bool) else None

    @property
    def words(self) -> str:
        """The server's own words about an error as they came, or an empty string. HTML pages say nothing of use."""
        if self.json is None:
            return self.content.decode("utf-8", "replace") if self.content_type == "text/plain" else ""
        # The IAM and the secrets service have a description and a title, the CA and Admin Router a message.
        words = (self._error.get(name) for name in ("description", "message", "title"))
        return next((each for each in words if each and isinstance(each, str)), "")

    @property
    def _error(self) -> dict[str, Any]:
        """The object that tells of the error: the body, or the first of cfssl's ``errors``."""
        body = self.json
        if not isinstance(body, dict):
            return {}
        errors = body.get("errors")
        if isinstance(errors, list) and errors and isinstance(errors[0], dict):
            return errors[0]
        return body


def parsed(content: bytes) -> Any:
    """Return what JSON holds, or None where it is none as the standard has it: UTF-8, whole characters, finite numbers.

    What would take many times the memory that it came in is none either.
    """
    if content.count(b",") + content.count(b"[") + content.count(b"{") > MOST_VALUES:
        return None
    try:
        found = json.loads(
            content.decode("utf-8-sig"), parse_constant=_refused, parse_int=_integer, parse_float=_finite
        )
        if HALF_CHARACTER in content.lower():
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return found


def _refused(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError("an integer that nobody needs")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("an infinite number")
    return number

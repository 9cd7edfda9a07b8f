# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP request, as every layer of the emulator sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers

Scope = dict[str, Any]


@dataclass(slots=True)
class Call:
    """``raw_path`` and ``query`` are as they came, undecoded; ``uid`` is set by the gateway's authentication.

    ``body`` is read only once the head has been found to deserve it; it is empty until then.

    ``content_length`` is the length that was declared, None if there was none: the IAM reads no body without it.
    """

    method: str
    raw_path: str
    query: str
    headers: Headers
    body: bytes
    content_length: int | None
    client: tuple[str, int]
    scheme: str = "https"
    http_version: str = "1.1"
    uid: str | None = None

    @property
    def request_uri(self) -> str:
        """Path and query as in the request line."""
        return f"{self.raw_path}?{self.query}" if self.query else self.raw_path

    def query_parameters(self) -> dict[str, str | list[str]]:
        """The query as the IAM's framework parses it.

        Blank values are dropped, commas separate values, and more than one value makes a list.
        """
        parameters: dict[str, str | list[str]] = {}
        for pair in self.query.split("&"):
            name, _separator, text = pair.partition("=")
            if not name or not text:
                continue
            found = [decode(value, plus=True) for value in text.split(",") if value]
            name = decode(name, plus=True)
            if earlier := parameters.get(name):
                found = (earlier if isinstance(earlier, list) else [earlier]) + found
            if found:
                parameters[name] = found if len(found) > 1 else found[0]
        return parameters


def decode(text: str, *, plus: bool = False) -> str:
    """Percent-decode once; bytes that are not UTF-8 become replacement characters, as on the cluster."""
    return unquote_to_bytes((text.replace("+", " ") if plus else text).encode("latin-1")).decode("utf-8", "replace")


def call_from_scope(scope: Scope) -> Call:
    """Build the call of an ASGI HTTP scope, without a body."""
    headers = Headers(raw=scope["headers"])
    declared = headers.get("content-length")
    host, port = scope.get("client") or ("127.0.0.1", 0)
    return Call(
        method=scope["method"],
        raw_path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        body=b"",
        content_length=int(declared) if declared and declared.isdecimal() else None,
        client=(host, port),
        scheme=scope.get("scheme", "http"),
        http_version=scope.get("http_version", "1.1"),
    )

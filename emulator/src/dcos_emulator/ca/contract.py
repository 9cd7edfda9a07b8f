# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gateway and a Certificate Authority backend say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol


class CaAnswer(NamedTuple):
    """An HTTP response of the CA; ``content_type`` None means that the response has no such header."""

    status: int
    content_type: str | None
    body: bytes
    headers: Mapping[str, str] = MappingProxyType({})


# What Admin Router answers when the CA closes the connection without an answer.
BAD_GATEWAY = CaAnswer(
    502,
    "text/html",
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n",
)


class CaBackend(Protocol):
    """A Certificate Authority behind the gateway."""

    async def start(self) -> None:
        """Make the backend ready to answer; raises CaUnavailable when it cannot be."""

    async def stop(self) -> None:
        """Release what :meth:`start` took; harmless when it never ran or ran twice."""

    async def call(self, method: str, operation: str, headers: Mapping[str, str], body: bytes) -> CaAnswer:
        """Answer ``{method} /ca/api/v2/{operation}``; authorisation is the gateway's, which comes first."""

    def ca_bundle_pem(self) -> str:
        """The body of ``GET /ca/dcos-ca.crt``: PEM of the certificates that clients are to trust."""


class CaUnavailable(Exception):
    """The backend cannot serve; the message tells the user what to do about it."""

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the body of a request, no further than it may be long."""

from __future__ import annotations

from starlette.requests import Request


class TooLarge(Exception):
    """The body is longer than allowed; the rest of it is not read."""


async def read(request: Request, limit: int) -> bytes:
    """The whole body. Raises TooLarge as soon as it is known, and ClientDisconnect."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge
    return bytes(body)

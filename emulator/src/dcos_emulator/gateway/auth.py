# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Admin Router looks for the token of a request."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

COOKIE = "dcos-acs-auth-cookie"

# Searched for, not matched: whatever follows, trailing spaces included, belongs to the token.
_TOKEN = re.compile(r"token=(.+)")
_BEARER = re.compile(r"Bearer (.+)")


def token_of(headers: Headers) -> str | None:
    """The token of the Authorization header; only without that header the one of the cookie."""
    authorization = headers.get("authorization")
    if authorization is not None:
        found = _TOKEN.search(authorization) or _BEARER.search(authorization)
        return found.group(1) if found else None
    return cookie_parser(headers.get("cookie", "")).get(COOKIE)

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTML that Admin Router answers with where a JSON API would send JSON."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

TITLES = {
    301: "301 Moved Permanently",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Not Allowed",
    413: "413 Request Entity Too Large",
}

_EXPLANATIONS = {
    401: "Authentication is required to access this resource.",
    403: "You are not authorized to access this resource.",
}


def page(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """An HTML page: Admin Router's own for 401 and 403, nginx' for the others."""
    title = TITLES[status]
    if explanation := _EXPLANATIONS.get(status):
        content_type = "text/html; charset=UTF-8"
        body = (
            f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
            f"<body><h1>{title}</h1><p>{explanation}</p></body>\n</html>\n"
        )
    else:
        content_type = "text/html"
        body = (
            f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
            "<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n"
        )
    return Response(body, status, {**(headers or {}), "Content-Type": content_type})


def unauthenticated() -> Response:
    """401 as Enterprise sends it; the CLI learns from the header which login to use."""
    return page(401, {"WWW-Authenticate": "acsjwt"})

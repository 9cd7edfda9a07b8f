# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Observed rows 175 to 206: bodies, content types, Accept."""

from __future__ import annotations

from observed_rows import EMPTY, NO_CODE, Row, get, put_raw

VALID = b'{"password": "geheim"}'


def _typed(number: int, content_type: str | None, status: int, code: str | None = None) -> Row:
    """A valid JSON body under another content type."""
    return put_raw(number, f"type{number}", VALID, status, code, headers={"Content-Type": content_type})


def _accepting(number: int, accept: str | None, status: int, code: str) -> Row:
    return get(number, "users/unknown", status, code, headers={"Accept": accept})


BODY_ROWS = [
    put_raw(175, "x", b'{"password": ', 400, NO_CODE),
    put_raw(176, "x", b"password=geheim", 400, NO_CODE),
    put_raw(177, "x", b"{'password': 'geheim'}", 400, NO_CODE),
    put_raw(178, "x", VALID + b" x", 400, NO_CODE),
    put_raw(179, "x", b'{"password": "\xff"}', 400, NO_CODE),
    put_raw(180, "x", b"\xef\xbb\xbf" + VALID, 400, NO_CODE),
    put_raw(181, "x", b'{"password": "geheim", "description": NaN}', 400, NO_CODE),
    _typed(182, "text/plain", 415, NO_CODE),
    _typed(183, "application/x-www-form-urlencoded", 400, NO_CODE),
    _typed(184, "application/json; charset=utf-8", 201),
    _typed(185, "APPLICATION/JSON", 201),
    _typed(186, "application/vnd.api+json", 415, NO_CODE),
    _typed(187, "application/json;", 201),
    _typed(188, "", 415, NO_CODE),
    _typed(189, None, 400, NO_CODE),
    put_raw(190, "x", None, 400, NO_CODE, headers={}),
    put_raw(191, "x", b"", 400, NO_CODE),
    put_raw(
        192,
        "x",
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(VALID), VALID),
        400,
        NO_CODE,
        headers={"Content-Type": "application/json", "Content-Length": None, "Transfer-Encoding": "chunked"},
    ),
    put_raw(193, "x", VALID, 400, EMPTY, headers={"Content-Type": "application/json", "Content-Length": "twenty"}),
    Row(194, "PUT", "nowhere", 400, NO_CODE, body=b"{", headers={"Content-Type": "application/json"}),
    Row(195, "POST", "users", 400, NO_CODE, body=b"{", headers={"Content-Type": "application/json"}),
    Row(196, "DELETE", "users/unknown", 400, "ERR_UNKNOWN_USER_ID", data={"a": "b"}),
    Row(197, "GET", "users", 200, body=b"text", headers={"Content-Type": "text/plain"}),
    _accepting(198, "text/html", 406, EMPTY),
    _accepting(199, "application/xml", 406, EMPTY),
    _accepting(200, "text/xml", 406, EMPTY),
    _accepting(201, "application/json", 400, "ERR_UNKNOWN_USER_ID"),
    _accepting(202, "application/*", 400, "ERR_UNKNOWN_USER_ID"),
    _accepting(203, "text/html, */*;q=0.1", 400, "ERR_UNKNOWN_USER_ID"),
    _accepting(204, "text/html,application/xhtml+xml", 406, EMPTY),
    _accepting(205, None, 400, "ERR_UNKNOWN_USER_ID"),
    _accepting(206, "", 400, "ERR_UNKNOWN_USER_ID"),
]

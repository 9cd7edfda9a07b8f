# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers for tests: strategies of what the API sends, and what a peer may make of it that lies."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils import _shapes

OTHERS: list[Any] = [None, True, 0, -1, 1.5, 10**30, "", "x", [], {}, [1], {"x": 1}, [[]], "\u0000", "a/b", "x" * 5000]
# The shape of each answer, by the request.
ROUTES = [
    (r"GET /acs/api/v1/users", _shapes.USERS),
    (r"GET /acs/api/v1/users/[^/]+", _shapes.USER),
    (r"GET /acs/api/v1/users/[^/]+/groups", _shapes.GROUPS_OF_USER),
    (r"GET /acs/api/v1/users/[^/]+/permissions", _shapes.USER_PERMISSIONS),
    (r"GET /acs/api/v1/groups", _shapes.GROUPS),
    (r"GET /acs/api/v1/groups/[^/]+", _shapes.GROUP),
    (r"GET /acs/api/v1/groups/[^/]+/users", _shapes.MEMBERS),
    (r"GET /acs/api/v1/groups/[^/]+/permissions", _shapes.GROUP_PERMISSIONS),
    (r"GET /acs/api/v1/acls", _shapes.ACLS),
    (r"GET /acs/api/v1/acls/[^/]+", _shapes.ACL),
    (r"GET /acs/api/v1/acls/[^/]+/permissions", _shapes.HOLDERS),
    (r"POST /acs/api/v1/auth/login", _shapes.TOKEN),
    (r"LIST /secrets/v1/secret/.*", _shapes.SECRET_NAMES),
    (r"GET /secrets/v1/secret/.*", _shapes.SECRET),
    (r"POST /ca/api/v2/info", {"result": _shapes.CA_INFO}),
    (r"POST /ca/api/v2/sign", {"result": _shapes.CERTIFICATE}),
    (r"POST /ca/api/v2/newkey", {"result": _shapes.KEY}),
    (r"POST /ca/api/v2/bundle", {"result": _shapes.BUNDLE}),
    (r"POST /ca/api/v2/certificates", {"result": _shapes.CERTIFICATES}),
]
ERRORS = st.fixed_dictionaries(
    {},
    optional={
        "code": st.sampled_from(["ERR_UNKNOWN_USER_ID", "ERR_UNKNOWN_GROUP_ID", "ERR_UNKNOWN_RESOURCE_ID", *OTHERS]),
        "title": st.text() | st.sampled_from(OTHERS),
        "description": st.text() | st.sampled_from(OTHERS),
        "message": st.text() | st.sampled_from(OTHERS),
        "errors": st.sampled_from([*OTHERS, [{"code": 1220, "message": "x"}], [{"code": {}, "message": []}]]),
    },
)
STATUSES = st.sampled_from([200, 201, 204, 206, 299, 300, 302, 400, 401, 403, 404, 405, 409, 413, 429, 500, 502, 503])
TYPES = st.sampled_from(
    ["application/json", "application/json; charset=utf-8", "text/plain", "text/html", "application/octet-stream", ""]
)


def examples(shape: Any) -> st.SearchStrategy[Any]:
    """Return a strategy of values that have a shape."""
    if isinstance(shape, list):
        return st.lists(examples(shape[0]), max_size=3)
    if isinstance(shape, dict):
        needed = {name: examples(each) for name, each in shape.items() if not name.endswith("?")}
        optional = {name[:-1]: st.none() | examples(each) for name, each in shape.items() if name.endswith("?")}
        return st.fixed_dictionaries(needed, optional=optional)
    plain = {str: st.text(), bool: st.booleans(), int: st.integers()}
    return {**plain, dict: st.dictionaries(st.text(), st.integers(), max_size=2)}[shape]


def places(value: Any, where: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the keys that lead to each value within a value, itself included."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [where, *(place for key, each in inner for place in places(each, (*where, key)))]


def replaced(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    """Return a copy with the value at a place replaced."""
    if not place:
        return new
    value = copy.deepcopy(value)
    inner = value
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = new
    return value


def answer(draw: Any, method: str, path: str, listing: bool) -> tuple[int, str, bytes]:
    """Draw an answer to a request, (status, content type, body): as it should be, nearly so, or anything at all."""
    kind = draw(st.sampled_from(["good", "good", "good", "other", "other", "error", "bytes"]))
    request = f"{'LIST' if listing else method} {path}"
    shape = next((shape for route, shape in ROUTES if re.fullmatch(route, request)), None)
    if kind == "bytes":
        return draw(STATUSES), draw(TYPES), draw(st.binary(max_size=200))
    if kind == "error":
        return draw(STATUSES), draw(TYPES), json.dumps(draw(ERRORS)).encode()
    if shape is None:
        return draw(st.sampled_from([200, 201, 204])), "", b""
    value = draw(examples(shape))
    if "/ca/" in path:
        value = {"success": True, "errors": [], "messages": [], **value}
    if kind == "other":
        value = replaced(value, draw(st.sampled_from(places(value))), draw(st.sampled_from(OTHERS)))
    return 200, "application/json", json.dumps(value).encode()

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Observed rows 1 to 153: discovery, creation, uids, listing."""

from __future__ import annotations

from observed_keys import PUBLIC_KEY_ROWS, SPKI
from observed_rows import EMPTY, NO_CODE, Row, get, has, lists, put

SERVICE = {"public_key": SPKI, "description": "a service"}
PERSON = {"password": "geheim", "description": "a person"}
LEGACY_UID = "legacy@example.com"


def _jwks(answer) -> None:
    (key,) = answer.json()["keys"]
    assert set(key) == {"kid", "kty", "n", "e", "alg", "use"}


def _providers(answer) -> None:
    assert set(answer.json()) == {"dcos-users", "dcos-services", "dcos-oidc-auth0"}


def _first_user(expected: bool):
    def check(answer) -> None:
        assert answer.json()["clusterConfiguration"]["firstUser"] is expected

    return check


def _utf8(answer) -> None:
    assert "Schlüssel ☃".encode() in answer.body


def _allow(*methods: str):
    def check(answer) -> None:
        assert answer.headers["Allow"] == ", ".join(methods)

    return check


DISCOVERY = [
    get(1, "users", check=lists(others=False)),
    get(2, "users?type=service", check=lists(others=False)),
    get(3, "auth/jwks", check=_jwks),
    get(4, "auth/providers", check=_providers),
    get(5, "uiconfig", check=_first_user(True)),
    Row(6, "HEAD", "internal/openapispec.yaml", 405, EMPTY, check=_allow("GET", "OPTIONS")),
]

CREATION = [
    put(7, "svc", SERVICE),
    get(
        8,
        "users/svc",
        check=has(
            uid="svc",
            url="/acs/api/v1/users/svc",
            is_remote=False,
            is_service=True,
            provider_type="internal",
            provider_id="",
            **SERVICE,
        ),
    ),
    put(9, "svc", SERVICE, 409, "ERR_USER_EXISTS"),
    put(10, "svc", {"public_key": "no key"}, 400, "ERR_INVALID_PUBLIC_KEY"),
    put(11, "svc", PERSON, 409, "ERR_USER_EXISTS"),
    put(12, "alice", PERSON),
    get(13, "users/alice", check=has(description="a person", is_service=False, public_key=None)),
    put(14, "nodescription", {"password": "geheim"}),
    get(15, "users/nodescription", check=has(description="")),
    put(16, "x", {"password": "geheim", "public_key": SPKI}, 400, "ERR_INVALID_DATA"),
    put(17, "x", {"description": "d"}, 400, "ERR_INVALID_DATA"),
    put(18, "x", {}, 400, "ERR_INVALID_DATA"),
    put(19, LEGACY_UID, {}),
    get(
        20,
        f"users/{LEGACY_UID}",
        check=has(provider_type="oidc", provider_id="https://dcos.auth0.com/", is_remote=True, is_service=False),
    ),
    put(21, "x", {"password": ""}, 400, "ERR_INVALID_DATA"),
    put(22, "x", {"public_key": ""}, 400, "ERR_INVALID_DATA"),
    put(23, "x", {"public_key": "", "password": "geheim"}, 400, "ERR_INVALID_DATA"),
    put(24, "x", {"password": "four"}, 400, "ERR_INVALID_DATA"),
    put(25, "umlauts", {"password": "äöüß€"}),
    put(26, "x", {"password": "geheim", "colour": "red"}, 400, NO_CODE),
    put(27, "x", {"password": "geheim", "colour": "red", "size": "big"}, 400, NO_CODE),
    put(28, "x", {"password": "geheim", "uid": "x"}, 400, NO_CODE),
    put(29, "x", {"password": "geheim", "description": 1}, 400, NO_CODE),
    put(30, "x", {"password": "geheim", "description": None}, 400, NO_CODE),
    put(31, "x", {"password": None}, 400, NO_CODE),
    put(32, "x", {"public_key": 1}, 400, NO_CODE),
    put(33, "x", [], 400, NO_CODE),
    put(34, "x", "text", 400, NO_CODE),
    Row(35, "PUT", "users/x", 400, NO_CODE, body=b"null", headers={"Content-Type": "application/json"}),
    Row(
        36,
        "PUT",
        "users/twice",
        201,
        body=b'{"password": "geheim", "description": "first", "description": "last"}',
        headers={"Content-Type": "application/json"},
    ),
    get(37, "users/twice", check=has(description="last")),
    put(38, "internal", {"password": "geheim", "provider_type": "internal"}),
    put(39, "x", {"password": "geheim", "provider_type": "bad"}, 400, "ERR_INVALID_DATA"),
    put(40, "x", {"password": "geheim", "provider_type": ""}, 400, "ERR_INVALID_DATA"),
    put(41, "x", {"provider_type": "oidc"}, 400, "ERR_INVALID_DATA"),
    put(42, "oidc", {"provider_type": "oidc", "provider_id": "https://idp"}),
    get(43, "users/oidc", check=has(is_remote=True, provider_type="oidc", provider_id="https://idp")),
    put(44, "x", {"provider_type": "oidc", "provider_id": "https://idp", "public_key": SPKI}, 400, "ERR_INVALID_DATA"),
    put(45, "ldap", {"provider_type": "ldap"}),
    put(46, "x", {"password": "geheim", "provider_id": "https://idp"}, 400, "ERR_INVALID_DATA"),
    put(47, "unicode", {"password": "geheim", "description": "Schlüssel ☃"}),
    get(48, "users/unicode", check=_utf8),
]


def _uid_rows() -> list[Row]:
    """Rows 89 to 141: uids as they stand in the path; those that are created are read back by the next row."""
    rows = []
    created = {
        89: "a" * 96, 93: "Anonymous", 95: ".", 97: "..", 99: "-", 101: "_", 103: "@", 105: "a@b.c",
        112: "p%65rcent", 114: "newline%0A", 129: "UPPER", 131: "-dash",
    }  # fmt: skip
    for number, uid in created.items():
        rows += [put(number, uid, PERSON), get(number + 1, f"users/{uid}", check=has(description="a person"))]
    refused = {
        91: "a" * 97, 92: "anonymous", 109: "a%252Fb", 110: "a%20b", 111: "a+b", 116: "a%0Ab", 117: "a%00b",
        118: "%C3%BC", 119: "%FF", 120: "%EF%BC%91", 122: "a!b", 123: "a:b", 124: "a~b", 125: "a;b", 126: "a,b",
        127: "a\\b", 136: "a%23b",
    }  # fmt: skip
    rows += [put(number, uid, PERSON, 400, "ERR_INVALID_USER_ID") for number, uid in refused.items()]
    rows += [
        put(107, "a/b", PERSON, 404, EMPTY),
        put(108, "a%2Fb", PERSON, 404, EMPTY),
        # Servers of this kind may answer a request line that is not ASCII themselves: only the status is looked at.
        put(121, "ü", PERSON, 400, ""),
        put(128, "", PERSON, 405, EMPTY, check=_allow("GET", "OPTIONS")),
        put(133, "/double", PERSON, 404, EMPTY),
        put(134, "query?a=b", PERSON),
        get(135, "users/query", check=has(uid="query")),
        get(137, "users/" + "a" * 97, 400, "ERR_UNKNOWN_USER_ID"),
        get(138, "users/a!b", 400, "ERR_UNKNOWN_USER_ID"),
        Row(139, "DELETE", "users/a!b", 400, "ERR_UNKNOWN_USER_ID"),
        put(140, "Case1", PERSON),
        put(141, "case1", PERSON),
    ]
    return sorted(rows, key=lambda row: row.number)


_SERVICES = lists("svc", "key51")
_PEOPLE = lists("alice", LEGACY_UID, "oidc")

LISTING = [
    get(142, "users", check=_PEOPLE),
    get(143, "users?type=service", check=_SERVICES),
    get(144, "users?type=", check=_PEOPLE),
    get(145, "users?type=foo", check=_PEOPLE),
    get(146, "users?type=Service", check=_PEOPLE),
    get(147, "users?type=services", check=_PEOPLE),
    get(148, "users?type=service&type=service", check=_PEOPLE),
    get(149, "users?type=service,service", check=_PEOPLE),
    get(150, "users?TYPE=service", check=_PEOPLE),
    get(151, "users?type=%73ervice", check=_SERVICES),
    get(152, "users/unknown", 400, "ERR_UNKNOWN_USER_ID"),
    get(153, "uiconfig", check=_first_user(False)),
]

USER_ROWS = DISCOVERY + CREATION + PUBLIC_KEY_ROWS + _uid_rows() + LISTING

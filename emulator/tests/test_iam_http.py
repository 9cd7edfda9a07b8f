# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the IAM reads and prints JSON: as Python's json module does, answers indented by two spaces a level."""

from __future__ import annotations

import json
from typing import Any

import pytest
from emulator_process import Running
from hypothesis import given
from hypothesis import strategies as st

from dcos_emulator.iam.http import answer

# No lone surrogates: the IAM cannot store them.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@given(st.dictionaries(TEXT, JSON) | st.lists(JSON))
def test_answers_are_indented_by_two_spaces(data: Any) -> None:
    wrapped = {"array": data} if isinstance(data, list) else data
    assert answer(data).body.decode() == json.dumps(wrapped, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize(
    ("uid", "body", "status", "code"),
    [
        ("halves", {"\ud800": "x"}, 400, None),
        ("halves", {"password": "\ud800"}, 400, "ERR_INVALID_DATA"),
        ("halves", {"public_key": "\ud800"}, 400, "ERR_INVALID_PUBLIC_KEY"),
        ("no!uid", {"password": "geheim", "description": "\ud800"}, 400, "ERR_INVALID_USER_ID"),
    ],
)
def test_half_a_surrogate_pair_is_validated_like_any_text(
    open_edition: Running, uid: str, body: dict[str, str], status: int, code: str | None
) -> None:
    """bouncer/app/wsgiapp.py hands on whatever json.loads makes of a body that is UTF-8."""
    answer = open_edition.send_json("PUT", f"/acs/api/v1/users/{uid}", body)
    assert (answer.status, answer.code) == (status, code), answer.body


@pytest.mark.parametrize(
    "body",
    [{"password": "geheim", "description": "\udc00"}, {"password": "\ud800\ud800\ud800\ud800\ud800"}],
    ids=["description", "password"],
)
def test_half_a_surrogate_pair_cannot_be_stored(open_edition: Running, body: dict[str, str]) -> None:
    answer = open_edition.send_json("PUT", "/acs/api/v1/users/halves", body)
    assert (answer.status, answer.headers["Content-Type"]) == (500, "text/html")
    assert open_edition.send("GET", "/acs/api/v1/users/halves").code == "ERR_UNKNOWN_USER_ID"


def test_half_a_surrogate_pair_is_a_wrong_password(cluster: Running) -> None:
    login = {"uid": cluster.ready["username"], "password": "\ud800"}
    assert cluster.send_json("POST", "/acs/api/v1/auth/login", login).code == "ERR_INVALID_CREDENTIALS"


def test_the_info_cookie_is_quoted_only_where_it_has_to_be(cluster: Running) -> None:
    """As Python's http.cookies does it: the padding of Base64 needs quotes."""
    for description, quoted in (("", False), ("x", True), ("xx", True)):
        uid = f"cookie{len(description)}"
        assert cluster.iam("PUT", f"users/{uid}", {"password": "geheim", "description": description}).status == 201
        answer = cluster.send_json("POST", "/acs/api/v1/auth/login", {"uid": uid, "password": "geheim"})
        _auth, info = answer.headers.get_all("Set-Cookie") or []
        value = info.partition("=")[2].partition(";")[0]
        assert (value.startswith('"') and value.endswith('"')) == quoted, value

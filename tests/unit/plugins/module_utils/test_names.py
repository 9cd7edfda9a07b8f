# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that become part of a path: what is refused, and why."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils import _names as names
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError


@pytest.mark.parametrize("uid", ["a", "kafka-principal", "x@y.example", "A_1", "...", "a" * 96, "dcos_marathon"])
def test_uids_that_the_iam_takes(uid):
    names.check_uid(uid)


@pytest.mark.parametrize(
    ("uid", "said"),
    [
        ("", "is empty"),
        (" ", "is empty"),
        (".", "parent path"),
        ("..", "parent path"),
        ("anonymous", "reserved"),
        ("a" * 97, "longer than 96"),
        ("a b", "a space"),
        ("a\n", "a line break"),
        ("a/b", "a slash"),
        ("\u00fcser", "'\u00fc'"),
        ("a\x00b", "x00"),
        ("a+b", "'\\+'"),
    ],
)
def test_uids_that_it_does_not_take(uid, said):
    with pytest.raises(InputError, match=said):
        names.check_uid(uid)


@given(uid=st.text() | st.text(alphabet="ab.@-_/ \n", max_size=5))
def test_a_checked_uid_is_one_path_segment_of_its_own(uid):
    try:
        names.check_uid(uid)
    except InputError:
        return
    assert re.match(r"[a-zA-Z0-9-_@\.]+$", uid)
    assert uid.strip("/") == uid and uid not in (".", "..", "anonymous") and len(uid) <= 96


@pytest.mark.parametrize("gid", ["superusers", "a.b", "Team A".replace(" ", "_"), "dcos-security-rekey-00ff", "x+y"])
def test_gids(gid):
    names.check_gid(gid)


@pytest.mark.parametrize("gid", ["", ".", "..", "a b", "a/b", "a\\b", "a\n", "a\x7f", "\u2003"])
def test_impossible_gids(gid):
    with pytest.raises(InputError, match="gid"):
        names.check_gid(gid)


@pytest.mark.parametrize(
    ("path", "normal"), [("a", "a"), ("/a/b_c-D9", "a/b_c-D9"), ("a/__dcos_base64__x", "a/__dcos_base64__x")]
)
def test_secret_paths(path, normal):
    assert names.check_secret_path(path) == normal


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "is empty"),
        ("/", "is empty"),
        ("a/", "empty component"),
        ("a//b", "empty component"),
        ("//a", "empty component"),
        ("a.b", "holds '\\.'"),
        ("a@b", "holds '@'"),
        ("a b", "a space"),
        ("..", "holds '\\.'"),
        ("a\n", "a line break"),
    ],
)
def test_impossible_secret_paths(path, said):
    with pytest.raises(InputError, match=said):
        names.check_secret_path(path)


@given(path=st.text() | st.text(alphabet="a/_-. \n"))
def test_a_checked_secret_path_is_its_own_normal_form(path):
    try:
        normal = names.check_secret_path(path)
    except InputError:
        return
    assert normal in (path, path[1:])
    assert names.check_secret_path(normal) == normal
    assert re.fullmatch("[A-Za-z0-9-/_]+", normal) and all(normal.split("/"))

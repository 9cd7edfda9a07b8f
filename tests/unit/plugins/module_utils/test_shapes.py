# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes of answers: what they let pass, what they refuse and how, and that they are those of the API."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils import _acl, _iam, _shapes
from ansible_collections.dcos.security.plugins.module_utils._errors import HttpError
from ansible_collections.dcos.security.plugins.module_utils._response import parsed
from ansible_collections.dcos.security.plugins.module_utils._shapes import misfit
from ansible_collections.dcos.security.tests.unit.plugins.answers import OTHERS, examples, places, replaced
from ansible_collections.dcos.security.tests.unit.plugins.peer import Answer

SHAPES = {name: shape for name, shape in vars(_shapes).items() if name.isupper() and name != "NAMES"}


def fits(value, shape):
    """Tell the same as misfit() does, from another definition: whether the strategy could have made it."""
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(each, shape[0]) for each in value)
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(
            (name[:-1] not in value or value[name[:-1]] is None or fits(value[name[:-1]], each))
            if name.endswith("?")
            else name in value and fits(value[name], each)
            for name, each in shape.items()
        )
    return type(value) is shape  # pylint: disable=unidiomatic-typecheck


@pytest.mark.parametrize("name", SHAPES)
@given(data=st.data())
def test_what_fits_passes_and_what_does_not_is_named(name, data):
    shape = SHAPES[name]
    value = data.draw(examples(shape))
    assert misfit(value, shape) == ""
    place = data.draw(st.sampled_from(places(value)))
    changed = replaced(value, place, data.draw(st.sampled_from(OTHERS)))
    said = misfit(changed, shape)
    assert (said == "") == fits(changed, shape)
    if said and place:
        assert said.startswith(str(place[0]) if isinstance(place[0], str) else f"[{place[0]}]")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"direct": {}, "groups": []}, "direct is an object, not a list"),
        ({"direct": []}, "groups is missing"),
        ({"direct": None, "groups": []}, "direct is null, not a list"),
        ({"direct": [{"rid": 1, "actions": []}], "groups": []}, "direct[0].rid is a number, not text"),
        ({"direct": [{"rid": "a", "actions": [{}]}], "groups": []}, "direct[0].actions[0].name is missing"),
        ([], "it is a list, not an object"),
    ],
)
def test_the_member_is_named(value, said):
    assert misfit(value, _shapes.USER_PERMISSIONS) == said


def test_an_object_is_no_empty_list_of_permissions(client_of):
    """A key replacement would take it for "no permissions", and make the account again without any."""
    _peer, client = client_of(Answer(200, {"direct": {}, "groups": []}), auth_token="T")
    with pytest.raises(HttpError) as caught:
        _acl.read_permissions(client, _acl.Subject("user", "kafka"))
    said = "200 OK: the answer (application/json) is not what DC/OS sends: direct is an object, not a list. "
    assert f"GET /acs/api/v1/users/kafka/permissions: {said}" in str(caught.value)


def test_half_a_user_is_none(client_of):
    _peer, client = client_of(Answer(200, {"uid": "kafka"}), auth_token="T")
    with pytest.raises(HttpError, match="description is missing"):
        _iam.read_user(client, "kafka")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"NaN",
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b"9" * 5000,
        b"[" * 100_000,
        b'{"a": "\\ud800"}',
        b'{"a": "\xed\xa0\x80"}',
        b"[" + b"[]," * 5_000_000 + b"[]]",
        b'{"a": 1} x',
    ],
    ids=lambda content: content[:12].decode("latin-1"),
)
def test_what_is_no_json(content):
    assert parsed(content) is None


@pytest.mark.parametrize(
    ("content", "value"),
    [(b'{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}), (b"\xef\xbb\xbf[1]", [1]), (b'"\\\\ud800"', "\\ud800")],
)
def test_what_is_json(content, value):
    assert parsed(content) == value

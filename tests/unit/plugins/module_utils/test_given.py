# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user wrote: null is not given, and nothing is stored in Python's spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._given import checked, shortened, texts

SPEC = {
    "uid": {"type": "str", "required": True, "aliases": ["name"]},
    "gid": {},
    "password": {"type": "str", "no_log": True},
    "auth_password": {"type": "str", "no_log": True},
    "force": {"type": "bool", "default": False},
    "value": {"type": "raw"},
    "groups": {"type": "list", "elements": "str"},
    "subject": {"type": "dict", "options": {"C": {"type": "str"}, "O": {"type": "str", "required": True}}},
    "permissions": {
        "type": "list",
        "elements": "dict",
        "options": {
            "rid": {"required": True},
            "actions": {"type": "list", "elements": "str"},
            "force": {"type": "bool"},
        },
    },
}
WORDS = st.sampled_from(["a", "b c", ""])
ENTRIES = st.fixed_dictionaries(
    {"rid": WORDS}, optional={"actions": st.none() | st.lists(WORDS), "force": st.none() | st.booleans()}
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "uid": WORDS,
        "gid": st.none() | WORDS,
        "password": st.none() | WORDS,
        "force": st.none() | st.booleans(),
        "value": st.none() | st.booleans() | st.lists(st.none()),
        "groups": st.none() | WORDS | st.lists(WORDS),
        "subject": st.none() | st.fixed_dictionaries({"O": WORDS}, optional={"C": st.none() | WORDS}),
        "permissions": st.none() | st.lists(ENTRIES),
        "unknown": st.none() | WORDS,
    },
)


def without_nulls(value):
    """The same without members that are null."""
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@given(OPTIONS)
def test_null_is_not_given_at_any_depth(options):
    known = {name: value for name, value in options.items() if name not in ("unknown", "value")}
    kept = checked(SPEC, options)
    assert {name: value for name, value in kept.items() if name in known} == without_nulls(known)
    assert {name: kept.get(name) for name in ("unknown", "value")} == {
        name: options.get(name) for name in ("unknown", "value")
    }
    assert checked(SPEC, kept) == kept


def test_the_options_that_were_given_are_not_changed():
    options = {"uid": "x", "gid": None, "permissions": [{"rid": "r", "actions": None}]}
    checked(SPEC, options)
    assert options == {"uid": "x", "gid": None, "permissions": [{"rid": "r", "actions": None}]}


@pytest.mark.parametrize(
    ("options", "label"),
    [
        ({"uid": None}, "uid"),
        ({"name": None}, "name"),
        ({"permissions": [{"rid": "r"}, {"rid": None}]}, r"permissions\[1\].rid"),
        ({"subject": {"O": None}}, "subject.O"),
        ({"groups": ["a", None]}, r"groups\[1\]"),
        ({"permissions": [None]}, r"permissions\[0\]"),
        ({"permissions": [{"rid": "r", "actions": [None]}]}, r"permissions\[0\].actions\[0\]"),
    ],
)
def test_null_where_a_value_is_needed(options, label):
    with pytest.raises(InputError, match=f"^{label} is (null|required, but null): "):
        checked(SPEC, options)


class TestSubjects:
    """Options that say what a task is about."""

    @pytest.mark.parametrize("empty", [None, "", " \n"])
    @pytest.mark.parametrize("name", ["uid", "name", "gid"])
    def test_alone(self, name, empty):
        spec = {**SPEC, "uid": {"aliases": ["name"]}}
        with pytest.raises(InputError, match=f"^{name} is empty: .*or one of uid, gid"):
            checked(spec, {name: empty, "force": True}, [("uid", "gid")])

    @pytest.mark.parametrize("empty", [None, ""])
    def test_all_of_them(self, empty):
        with pytest.raises(InputError, match=r"^accounts\[3\].gid is empty"):
            checked(SPEC, {"gid": empty, "uid": empty}, [("uid", "gid")], within="accounts[3].")

    @pytest.mark.parametrize("empty", [None, ""])
    def test_beside_another_one(self, empty):
        assert checked(SPEC, {"gid": empty, "uid": "x"}, [("uid", "gid")]) == {"uid": "x"}

    def test_not_written(self):
        assert checked(SPEC, {"force": True}, [("gid", "password")]) == {"force": True}


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"gid": True}, "boolean"),
        ({"gid": 1.10}, "number"),
        ({"gid": {"a": 1}}, "dictionary"),
        ({"gid": ["a"]}, "list"),
        ({"password": 83}, "number"),
        ({"groups": True}, "boolean"),
        ({"groups": ["a", False]}, "boolean"),
        ({"groups": [{"a": 1}]}, "dictionary"),
        ({"subject": {"O": True}}, "boolean"),
        ({"permissions": [{"rid": ["r"]}]}, "list"),
    ],
)
def test_what_python_spells_in_its_own_way(options, kind):
    with pytest.raises(InputError, match=f"must be a text, not a {kind}"):
        checked(SPEC, options)


def test_numbers_that_read_like_themselves():
    options = {"uid": 1001, "auth_password": 12345678, "groups": [7], "value": True, "force": "yes"}
    assert checked(SPEC, options) == options


@pytest.mark.parametrize(
    "masked",
    [
        "********",
        "dcos:adminrouter:service:********",
        "postgres://app:********@db",
        "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
        '{"key": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}',
    ],
)
@pytest.mark.parametrize("shape", ["{}", "[{}]", "[{{'rid': {}}}]", "{{'a': {}}}", "{{{}: 1}}"])
def test_masked_output(masked, shape):
    with pytest.raises(InputError, match="^value holds masked output"):
        checked(SPEC, {"value": eval(shape.format(repr(masked)))})


@pytest.mark.parametrize("text", ["*******", "*********", "*" * 80, "* * * * * * * *", "VALUE_SPECIFIED"])
def test_other_asterisks(text):
    assert checked(SPEC, {"value": text}) == {"value": text}


def test_a_very_long_value_is_not_repeated_whole():
    long = "x" * 100_000
    options = {"gid": long, "groups": ["short", long + "y"], "uid": "u" * 96}
    text = f"'{long}' and '{long}y' and 'short' and '{'u' * 96}'"
    assert shortened(text, options) == (
        f"'{'x' * 60}… (100000 characters)' and '{'x' * 60}… (100001 characters)' and 'short' and '{'u' * 96}'"
    )


def test_texts():
    assert list(texts({"a": ["b", ("c", 1, None)], "d": {"e": True}})) == ["a", "b", "c", "d", "e"]

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions: what is refused, what is advised, and how rids travel."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils import _names as names
from ansible_collections.dcos.security.plugins.module_utils import _permission_reference as reference
from ansible_collections.dcos.security.plugins.module_utils import _permissions as permissions
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

rids = st.from_regex(r"dcos:[A-Za-z0-9_\-./*@][A-Za-z0-9_\-./*@:]{0,80}", fullmatch=True)
grants = st.lists(
    st.fixed_dictionaries({"rid": st.sampled_from(["dcos:b", "dcos:a", "dcos:c"])})
    .map(dict)
    .flatmap(
        lambda grant: st.lists(st.sampled_from(permissions.ACTIONS)).map(lambda actions: {**grant, "actions": actions})
    )
)


# --- actions


@pytest.mark.parametrize("action", permissions.ACTIONS)
def test_actions(action):
    permissions.check_action(action)


@pytest.mark.parametrize(
    ("action", "meant"),
    [("READ", "read"), ("write", "update"), ("fulll", "full"), (" full", "full"), ("*", "full"), ("list", "read")],
)
def test_hints_for_actions(action, meant):
    with pytest.raises(InputError, match=f"Did you mean '{meant}'"):
        permissions.check_action(action)


@pytest.mark.parametrize("action", ["", "zzz"])
def test_actions_without_a_hint(action):
    with pytest.raises(InputError, match="There is no action '[z]*'\\. The actions are create, read"):
        permissions.check_action(action)


# --- rids


@pytest.mark.parametrize(
    "rid",
    [
        "dcos:superuser",
        "dcos:secrets:default:/kafka/*",
        "dcos:mesos:master:framework:role:slave_public/kafka-role",
        "dcos:mesos:master:framework:role:*",
        "dcos:mesos:master:framework:role:slave_public:",
        "dcos:adminrouter:service:x@y",
        "dcos:anything",
        "dcos:" + "x" * 507,
    ],
)
def test_rids_that_the_iam_takes(rid):
    permissions.check_rid(rid)


@pytest.mark.parametrize(
    ("rid", "said"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("dcos", "does not begin with 'dcos:'"),
        ("dcos:", "nothing behind"),
        ("dcos::x", "nothing behind"),
        ("foo", "does not begin with 'dcos:'\\.$"),
        ("mesos:master:task:user:root", "Did you mean 'dcos:mesos:master:task:user:root'"),
        ("dcos.mesos.master.task.user.root", "Did you mean 'dcos:mesos:master:task:user:root'"),
        ("dcos.superuser", "Did you mean 'dcos:superuser'"),
        ("DCOS:Superuser", "Did you mean 'dcos:superuser'"),
        ("superuser", "Did you mean 'dcos:superuser'"),
        ("/dcos:superuser", "Did you mean 'dcos:superuser'"),
        (" dcos:superuser\n", "Did you mean 'dcos:superuser'"),
        ("dcos:mesos:master: task:user:root", "a space.*Did you mean 'dcos:mesos:master:task:user:root'"),
        ("dcos:secrets:default:%252Fkafka", "encoded slash.*Did you mean 'dcos:secrets:default:/kafka'"),
        ("dcos:secrets:default:%2fkafka", "encoded slash.*Did you mean 'dcos:secrets:default:/kafka'"),
        ("dcos:a,b", "holds ','"),
        ("dcos:\u00fc", "holds '\u00fc'"),
        ("dcos:" + "x" * 508, "longer than 512"),
    ],
)
def test_rids_that_cannot_be(rid, said):
    with pytest.raises(InputError, match=said):
        permissions.check_rid(rid)


@given(rid=st.text() | st.text(alphabet="dcos:superuser/.% *").map("dcos:".__add__))
def test_any_rid_is_taken_or_refused_and_a_hint_can_be_taken(rid):
    try:
        permissions.check_rid(rid)
    except InputError as error:
        if hint := re.search("Did you mean '(.*)'", str(error)):
            permissions.check_rid(hint[1])
        return
    assert re.fullmatch(r"dcos:[A-Za-z0-9_\-.:/*@%]+", rid)


@given(rid=rids)
def test_the_path_of_a_rid_is_decoded_twice_into_the_rid(rid):
    path = names.rid_path(rid)
    assert "/" not in path
    assert unquote(unquote(path)) == rid
    assert path.count("%252F") == rid.count("/") and path.count("%") == rid.count("/")


@given(rid=st.text(min_size=1))
def test_the_path_of_any_text_is_one_url_segment(rid):
    assert re.fullmatch(r"[A-Za-z0-9_.~:*@%-]+", names.rid_path(rid))


def test_path_of_a_rid():
    assert names.rid_path("dcos:x:/a/*@b c%") == "dcos:x:%252Fa%252F*@b%20c%25"


# --- advice


def example_of(rule):
    """Return a rid that the rule documents."""
    tail = {reference.PATH: ":/x/y", reference.JOB: ":x.y", reference.SERVICE: ":x/y", reference.ANYTHING: ":x"}
    return rule.rid.replace("<instance>", "mom") + tail.get(rule.tail, "")


@pytest.mark.parametrize("rule", reference.RULES, ids=lambda rule: rule.rid)
def test_no_advice_on_what_is_documented(rule):
    assert permissions.advice(example_of(rule), [*rule.actions, "full"]) == []
    permissions.check_rid(example_of(rule))
    for action in set(permissions.ACTIONS) - set(rule.actions) - {"full"}:
        (warning,) = permissions.advice(example_of(rule), ["full", action])
        assert warning.endswith(f"not {action}; it is used as it is.")


@pytest.mark.parametrize("rule", reference.RULES, ids=lambda rule: rule.rid)
def test_a_misspelt_letter_is_found_out(rule):
    rid = example_of(rule)
    if rule.rid == "dcos:cluster:linker:*":
        return  # one letter of which is another documented rid
    longest = max((part for part in rule.rid.split(":") if not part.startswith("<")), key=len)
    misspelt = rid.replace(longest, longest[:-1] + "q", 1)
    (warning,) = permissions.advice(misspelt, ["full"])
    assert f"Did you mean '{rid}'" in warning or f"Did you mean '{rid.replace(':mom:', ':marathon:')}'" in warning


@pytest.mark.parametrize(
    ("rid", "meant"),
    [
        ("dcos:mesos:framework:role:kafka-role", "dcos:mesos:master:framework:role:kafka-role"),
        ("dcos:service:adminrouter:kafka", "dcos:adminrouter:service:kafka"),
        ("dcos:adminrouter:ca:rw", "dcos:adminrouter:ops:ca:rw"),
        ("dcos:adminrouter:ops:acs", "dcos:adminrouter:acs"),
        ("dcos:adminrouter:service:/dev/web", "dcos:adminrouter:service:dev/web"),
        ("dcos:secrets:/kafka", "dcos:secrets:default:/kafka"),
        ("dcos:secrets:default:kafka/tls", "dcos:secrets:default:/kafka/tls"),
        ("dcos:secrets:default/kafka", "dcos:secrets:default:/kafka"),
        ("dcos:service:marathon:services:/dev", "dcos:service:marathon:marathon:services:/dev"),
        ("dcos:service:marathon:marathon:services:dev", "dcos:service:marathon:marathon:services:/dev"),
        ("dcos:service:metronome:metronome:jobs:/dev/batch", "dcos:service:metronome:metronome:jobs:dev.batch"),
        ("dcos:superuser:full", "dcos:superuser"),
    ],
)
def test_near_misses(rid, meant):
    (warning,) = permissions.advice(rid, ["full"])
    assert warning.endswith(f"Did you mean '{meant}'?")
    assert permissions.advice(meant, ["full"]) == []


@pytest.mark.parametrize(
    "rid", ["dcos:my:own:thing", "dcos:adminrouter:ops", "dcos:adminrouter:service", "dcos:adminrouter:*"]
)
def test_unknown_rids_without_a_hint(rid):
    (warning,) = permissions.advice(rid, ["full"])
    assert "Did you mean" not in warning


@pytest.mark.parametrize(
    ("rid", "action"),
    [
        ("dcos:mesos", "read"),
        ("dcos:mesos:master:reservation", "delete"),
        ("dcos:mesos:master:framework:role:*:", "create"),
        ("dcos:mesos:*", "update"),
        ("dcos:service:marathon", "read"),
        ("dcos:secrets:default:/", "create"),
    ],
)
def test_a_shorter_rid_covers_the_longer(rid, action):
    assert permissions.advice(rid, [action, "full"]) == []


@given(rid=rids | st.text(), actions=st.lists(st.sampled_from(permissions.ACTIONS)))
def test_advice_never_fails_and_its_hints_are_documented(rid, actions):
    for warning in permissions.advice(rid, actions):
        if hint := re.search("Did you mean '(.*)'", warning, re.DOTALL):
            assert permissions.advice(hint[1], ["full"]) == []


# --- sets


def test_merge_keeps_the_order_and_joins_the_actions():
    merged = permissions.merge(
        [
            {"rid": "dcos:b", "actions": ["read"]},
            {"rid": "dcos:a", "actions": None},
            {"rid": "dcos:b", "actions": ["full"]},
        ]
    )
    assert list(merged.items()) == [("dcos:b", {"read", "full"}), ("dcos:a", set())]


@given(wanted=grants)
def test_pairs_and_groups_are_inverse(wanted):
    pairs = permissions.pairs(wanted)
    grouped = permissions.group_by_rid(pairs)
    assert permissions.pairs(grouped) == pairs
    assert [entry["rid"] for entry in grouped] == sorted({rid for rid, _action in pairs})
    assert all(entry["actions"] == [a for a in permissions.ACTIONS if a in entry["actions"]] for entry in grouped)

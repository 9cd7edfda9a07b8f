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
from ansible_collections.dcos.security.tests.unit.plugins.module_utils.documented_rids import DOCUMENTED

rids = st.from_regex(r"dcos:[A-Za-z0-9_\-./*@][A-Za-z0-9_\-./*@:]{0,80}", fullmatch=True)
pairs = st.sets(st.tuples(st.sampled_from(["dcos:b", "dcos:a", "dcos:c"]), st.sampled_from(permissions.ACTIONS)))


# --- actions


@pytest.mark.parametrize("action", permissions.ACTIONS)
def test_actions(action):
    permissions.check_action(action)


@pytest.mark.parametrize(
    ("action", "meant"),
    [("READ", "read"), ("updat", "update"), ("fulll", "full"), (" full", "full"), ("*", "full"), ("list", "read")],
)
def test_hints_for_actions(action, meant):
    with pytest.raises(InputError, match=f"Did you mean '{meant}'"):
        permissions.check_action(action)


@pytest.mark.parametrize("action", ["", "zzz", "execute", "write", "put", "undelete", "recreate", "manage", "x" * 5000])
def test_actions_without_a_hint(action):
    """What may be several actions, or is one of none of DC/OS's, is not guessed at."""
    with pytest.raises(InputError, match="There is no action '[a-z]*…?'\\. The actions are create, read") as raised:
        permissions.check_action(action)
    assert len(str(raised.value)) < 300


@given(action=st.text())
def test_a_proposed_action_is_spelt_alike_or_another_word_for_it(action):
    try:
        permissions.check_action(action)
    except InputError as error:
        if hint := re.search("Did you mean '(.*)'", str(error)):
            word = action.strip().lower()
            assert word in permissions._OTHER_WORDS or word[0] == hint[1][0]


@pytest.mark.parametrize(
    ("given_", "split"),
    [
        (["read, update"], ["read", "update"]),
        (["read", " update"], ["read", "update"]),
        (["read,update", "full"], ["read", "update", "full"]),
        ([], []),
        (None, []),
    ],
)
def test_actions_as_the_ui_writes_them_are_split(given_, split):
    assert permissions.split_actions(given_) == split


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
        ("uperuser", "does not begin with 'dcos:'\\.$"),
        ("/dcos:superuser", "Did you mean 'dcos:superuser'"),
        (" dcos:superuser\n", "Did you mean 'dcos:superuser'"),
        ("dcos:mesos:master: task:user:root", "a space.*Did you mean 'dcos:mesos:master:task:user:root'"),
        ("dcos:secrets:default:%252Fkafka", "encoded slash.*Did you mean 'dcos:secrets:default:/kafka'"),
        ("dcos:secrets:default:%2fkafka", "encoded slash.*Did you mean 'dcos:secrets:default:/kafka'"),
        ("dcos:a,b", "holds ','"),
        ("dcos:\u00fc", "holds '\u00fc'"),
        ("dcos:" + "x" * 508, "longer than 512"),
        ("dcos:secrets:default:/storage/\\*", "leave it out\\.$"),
        (
            "dcos:mesos:master:framework:role:x create",
            "actions: rid 'dcos:mes.*role:x', actions .create.\\.",
        ),
        ("dcos:secrets:default:/a read,update", "Put the action into actions: .*, actions .read, update.\\."),
        ("dcos:mesos:master:framework:role:<role>", "Replace the placeholder <role> with"),
        ("dcos:mesos:master:framework:role[:<role>]", "Replace the placeholder <role> with"),
        ("dcos:mesos:master:framework:role:{{ role }}", "Replace the placeholder {{ role }} with"),
        ("dcos:mesos:master:framework:role:{role}", "Replace the placeholder {role} with"),
        ("dcos:mesos:master:framework:role:${ROLE}", "Replace the placeholder {ROLE} with"),
        ("dcos:mesos:master:framework:role:$ROLE", "Replace the placeholder .ROLE with"),
        ("dcos:mesos:master:framework:role:kafka role", "holds a space\\.$"),
        ("dcos:mesos:master:framework:role:kafka,hdfs", "holds ','\\.$"),
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


EXAMPLES = {reference.PATH: ":/x/y", reference.SECRET: ":/x/y", reference.SERVICE: ":x/y", reference.ANYTHING: ":x"}


def example_of(rule):
    """Return a rid that the rule documents."""
    return rule.rid.replace("<instance>", "mom") + EXAMPLES.get(rule.tail, "")


@pytest.mark.parametrize(("page", "rid", "actions"), DOCUMENTED)
def test_what_the_documentation_writes_is_taken_without_a_word(page, rid, actions):
    permissions.check_rid(rid)
    assert permissions.advice(rid, actions) == [], page


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
    longest = max((part for part in rule.rid.split(":") if not part.startswith("<")), key=len)
    if rule.rid in ("dcos:superuser", "dcos:cluster:linker:*") or len(longest) < 4:
        return  # nobody is led to a superuser's rights; letters fewer than that are like many others
    misspelt = rid.replace(longest, longest[:-1] + "q", 1)
    (warning,) = permissions.advice(misspelt, ["full"])
    assert f"'{rid}'" in warning


def one_mend_away(rid):
    """Every spelling of a documented rid with one part left out, doubled, misspelt, or swapped with the next."""
    parts = rid.split(":")
    for number, part in enumerate(parts[1:], 1):
        yield [*parts[:number], *parts[number + 1 :]]
        yield [*parts[:number], part, *parts[number:]]
        yield [*parts[:number], "ops", *parts[number:]]
        yield [*parts[:number], part[:-1], *parts[number + 1 :]]
        yield [*parts[:number], f"{part}s", *parts[number + 1 :]]
        yield [*parts[:number], *reversed(parts[number : number + 2]), *parts[number + 2 :]]


@pytest.mark.parametrize("rid", sorted({rid for _page, rid, _actions in DOCUMENTED}))
def test_a_proposal_is_what_was_meant(rid):
    """Whatever is one slip away from a documented rid: a single proposal is that rid, or else there is none."""
    for parts in one_mend_away(rid):
        for warning in permissions.advice(":".join(parts), ["full"]):
            if hint := re.search("Did you mean '(.*)'", warning):
                assert hint[1] == rid or one_slip(hint[1], ":".join(parts))


def one_slip(rid, slip):
    """Tell whether ``slip`` is one mend away from ``rid``, another documented one."""
    return rid in KNOWN and any(":".join(parts) == slip for parts in one_mend_away(rid))


KNOWN = {example_of(rule) for rule in reference.RULES} | {rid for _page, rid, _actions in DOCUMENTED}


@pytest.mark.parametrize(
    ("rid", "meant"),
    [
        ("dcos:service:adminrouter:kafka", "dcos:adminrouter:service:kafka"),
        ("dcos:adminrouter:ca:rw", "dcos:adminrouter:ops:ca:rw"),
        ("dcos:adminrouter:ops:acs", "dcos:adminrouter:acs"),
        ("dcos:adminrouter:ops:system-log", "dcos:adminrouter:ops:system-logs"),
        ("dcos:secrets:/kafka", "dcos:secrets:default:/kafka"),
        ("dcos:secrets:default:kafka/tls", "dcos:secrets:default:/kafka/tls"),
        ("dcos:secrets:default/kafka", "dcos:secrets:default:/kafka"),
        ("dcos:service:marathon:services:/dev", "dcos:service:marathon:marathon:services:/dev"),
        ("dcos:service:marathon:marathon:services:dev", "dcos:service:marathon:marathon:services:/dev"),
        ("dcos:mesos:master:framework:Role:x", "dcos:mesos:master:framework:role:x"),
        ("dcos:mesos:master:volumes:role:x", "dcos:mesos:master:volume:role:x"),
    ],
)
def test_near_misses(rid, meant):
    (warning,) = permissions.advice(rid, ["full"])
    assert warning.endswith(f"Did you mean '{meant}'?")
    assert permissions.advice(meant, ["full"]) == []


@pytest.mark.parametrize(
    ("rid", "nearest"),
    [
        (
            "dcos:mesos:framework:role:x",
            ["dcos:mesos:agent:framework:role:x", "dcos:mesos:master:framework:role:x"],
        ),
        ("dcos:mesos:task:app_id:/x", ["dcos:mesos:agent:task:app_id:/x", "dcos:mesos:master:task:app_id:/x"]),
    ],
)
def test_where_several_are_near_none_is_proposed(rid, nearest):
    (warning,) = permissions.advice(rid, ["create"])
    assert warning.endswith(f"The nearest ones are {' and '.join(map(repr, nearest))}.")


@pytest.mark.parametrize(
    "rid",
    [
        "dcos:my:own:thing",
        "dcos:adminrouter:ops",
        "dcos:adminrouter:service",
        "dcos:adminrouter:superuser",
        "dcos:ops:superuser",
        "dcos:superuse",
        "dcos:mesos:agent:quota:role:x",
        "dcos:mesos:master:sandbox:app_id",
    ],
)
def test_unknown_rids_without_a_hint(rid):
    (warning,) = permissions.advice(rid, ["full"])
    assert warning.endswith("it is used as it is.")


@pytest.mark.parametrize(
    ("rid", "said"),
    [
        ("dcos:superuser:full", "on 'dcos:superuser' itself"),
        ("dcos:superuser:", "on 'dcos:superuser' itself"),
        ("dcos:superuser/*", "on 'dcos:superuser' itself"),
        ("dcos:adminrouter:*", "give each rid in full"),
        ("dcos:adminrouter:ops:*", "give each rid in full"),
        ("dcos:adminrouter:acs:", "give each rid in full"),
        ("dcos:adminrouter:service:*", "give each rid in full"),
        ("dcos:adminrouter:service:", "give each rid in full"),
        ("dcos:adminrouter:service:dev/*", "give each rid in full"),
        ("dcos:adminrouter:service:/dev/web", "'dcos:adminrouter:service:dev/web'"),
        ("dcos:adminrouter:package/describe", "asks for 'dcos:adminrouter:package', whatever the path"),
        ("dcos:adminrouter:acs/users", "asks for 'dcos:adminrouter:acs', whatever the path"),
        ("dcos:adminrouter:ops:mesos:/state", "asks for 'dcos:adminrouter:ops:mesos', whatever the path"),
    ],
)
def test_rids_that_can_never_match(rid, said):
    """Admin Router has no hierarchy (permissions-inheritance-disclaimer of the documentation)."""
    (warning,) = permissions.advice(rid, ["full"])
    assert said in warning
    assert "has no effect there" in warning


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


@given(wanted=pairs)
def test_pairs_are_grouped_by_rid_and_none_is_lost(wanted):
    grouped = permissions.group_by_rid(wanted)
    assert {(entry["rid"], action) for entry in grouped for action in entry["actions"]} == wanted
    assert [entry["rid"] for entry in grouped] == sorted({rid for rid, _action in wanted})
    assert all(entry["actions"] == [a for a in permissions.ACTIONS if a in entry["actions"]] for entry in grouped)

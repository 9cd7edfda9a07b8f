# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be sent so that somebody has what is wanted: compared with trying out all that could be sent."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils._acl_objects import AclObjects, AclWish
from ansible_collections.dcos.security.plugins.module_utils._grants import Permission, Wish, permission_changes

RIDS = ("dcos:a", "dcos:b")
ACTIONS = ("read", "full")
PAIRS = tuple(itertools.product(RIDS, ACTIONS))
TEXTS = st.sampled_from((None, "", "ours", "theirs"))

sets_of_pairs = st.frozensets(st.sampled_from(PAIRS))
wishes = st.dictionaries(st.sampled_from(RIDS), st.tuples(st.frozensets(st.sampled_from(ACTIONS)), TEXTS))


def held(pairs, description="theirs"):
    """Return pairs as read() does."""
    rids = {rid for rid, _action in pairs}
    return {rid: Permission(rid, frozenset(action for of, action in pairs if of == rid), description) for rid in rids}


def permissions(wish):
    return tuple(Permission(rid, actions, text) for rid, (actions, text) in wish.items())


def satisfied(pairs, before, wish, present, exclusive):
    """The documentation of the options, word by word."""
    wanted = {(rid, action) for rid, (actions, _text) in wish.items() for action in actions}
    if present:
        return wanted == pairs if exclusive else pairs == before | wanted
    gone = wanted | {pair for pair in before if pair[0] in wish and not wish[pair[0]][0]}
    return pairs == before - gone


@given(sets_of_pairs, wishes, st.booleans(), st.booleans())
def test_it_is_the_smallest_change_that_fulfils_the_wish(before, wish, present, exclusive):
    exclusive = exclusive and present
    changes = permission_changes(held(before), Wish(permissions(wish), present, exclusive))
    grants = {(entry.rid, action) for entry in changes.grants for action in entry.actions}
    after = (before | grants) - set(changes.revocations)
    # All sets of pairs there can be: just one fulfils the wish.
    outcomes = [
        set(pairs)
        for size in range(len(PAIRS) + 1)
        for pairs in itertools.combinations(PAIRS, size)
        if satisfied(set(pairs), before, wish, present, exclusive)
    ]
    assert outcomes == [after]
    # Nothing is sent that changes nothing.
    assert not grants & before
    assert set(changes.revocations) <= before
    assert len(changes.revocations) == len(set(changes.revocations))
    assert permission_changes(held(after), Wish(permissions(wish), present, exclusive))._replace(grants=()) == ((), ())


@given(sets_of_pairs, wishes)
def test_descriptions_are_set_where_given_and_different(before, wish):
    changes = permission_changes(held(before), Wish(permissions(wish)))
    described = {entry.rid: entry.description for entry in changes.grants if entry.description is not None}
    assert described == {
        rid: text
        for rid, (_actions, text) in wish.items()
        if text is not None and (text != "theirs" or rid not in {of for of, _action in before})
    }


@given(
    st.dictionaries(st.sampled_from(RIDS), st.sampled_from(("", "ours", "theirs"))),
    st.dictionaries(st.sampled_from(RIDS), TEXTS),
    st.booleans(),
)
def test_acl_objects(before, wanted, present):
    acls = AclObjects(None, RIDS, 1, lambda *_told: None, force=False)
    plan = acls.decide(before, AclWish(wanted, present))
    expected = dict(before)
    for rid, text in wanted.items():
        if not present:
            expected.pop(rid, None)
        elif text is not None:
            expected[rid] = text
        else:
            expected.setdefault(rid, rid)
    assert (plan is None) == (expected == before)
    if plan:
        assert acls.predict(plan) == expected
        assert acls.decide(expected, AclWish(wanted, present)) is None

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the entries are: one task with a list and a loop over single tasks do the same and tell the same."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils import _keys

UIDS = ("alpha", "beta", "gamma", "delta")
GIDS = ("brokers", "databases")
RIDS = ("dcos:adminrouter:package", "dcos:secrets:default:/x/*", "dcos:mesos:master:framework:role:x-role")
STATE = st.sampled_from(["present", "present", "present", "absent"])


def some(strategy):
    """Given, or left out."""
    return st.one_of(st.none(), strategy)


def entry(**members):
    """An entry with those of its options that are given."""
    return st.fixed_dictionaries(members).map(
        lambda options: {name: value for name, value in options.items() if value is not None}
    )


def entries(name, names, **members):
    """A list of at most one entry a name."""
    return st.lists(
        entry(**{name: st.sampled_from(names)}, **members), max_size=len(names), unique_by=lambda one: one[name]
    )


SECRETS = entries(
    "path",
    ("a", "a/b", "c", "d-e/f"),
    state=STATE,
    value=st.sampled_from(["", "x", "s3cret-value", "ünïcode\n"]),
    labels=some(st.sampled_from([[], ["one"], ["one", "two"]])),
    description=some(st.sampled_from(["", "Some secret"])),
    update=some(st.sampled_from(["always", "on_create"])),
)
SUBJECTS = st.lists(
    st.tuples(
        st.one_of(*[st.just({"uid": uid}) for uid in (*UIDS[:3], "unknown")], *[st.just({"gid": gid}) for gid in GIDS]),
        entry(
            permissions=st.lists(
                entry(
                    rid=st.sampled_from(RIDS),
                    actions=st.lists(st.sampled_from(["create", "read", "full"]), min_size=1, unique=True),
                ),
                max_size=3,
                unique_by=lambda one: one["rid"],
            ),
            state=STATE,
            exclusive=some(st.booleans()),
        ),
    ).map(lambda pair: {**pair[0], **pair[1]}),
    max_size=5,
    unique_by=lambda one: (one.get("uid"), one.get("gid")),
).map(
    # What is refused for its options alone fails a whole list, and one task of a loop.
    lambda found: [{**one, "exclusive": False} if one["state"] == "absent" else one for one in found]
)
ACCOUNTS = entries(
    "uid",
    UIDS,
    state=STATE,
    public_key=some(st.sampled_from([0, 0, 0, 1])),
    description=some(st.sampled_from(["", "The service"])),
    groups=some(st.lists(st.sampled_from((*GIDS, "unknown")), unique=True)),
    on_key_change=some(st.sampled_from(["replace", "fail"])),
)
GROUPS = entries(
    "gid",
    (*GIDS, "others"),
    state=STATE,
    description=some(st.sampled_from(["", "Those who"])),
    members=st.lists(st.sampled_from((*UIDS, "unknown")), unique=True),
    exclusive_members=some(st.booleans()),
)
KINDS = {
    "dcos_secret": ("secrets", SECRETS),
    "dcos_acl": ("subjects", SUBJECTS),
    "dcos_service_account": ("accounts", ACCOUNTS),
    "dcos_group": ("groups", GROUPS),
}


def told(result):
    """What a task and an entry tell alike. Of two subjects that need an ACL, either may be the one to create it."""
    left_out = ("invocation", "diff", "item", "failed", "warnings", "failures", "acls_created")
    return bool(result.get("failed")), {name: value for name, value in result.items() if name not in left_out}


def prepared(cluster, pems, module, present):
    """Bring the cluster to where both ways start from."""
    cluster.reset()
    for gid in GIDS:
        cluster.iam("PUT", f"/groups/{gid}", {"description": ""})
    for uid in UIDS[:3]:
        cluster.iam("PUT", f"/users/{uid}", {"public_key": _keys.public_key_of(pems[0]), "description": ""})
    for wish in present:
        cluster.attempt(module, **wish)


@pytest.mark.parametrize("module", KINDS)
@settings(max_examples=10, phases=(Phase.explicit, Phase.generate, Phase.explain))
@given(data=st.data())
def test_list_and_loop(cluster, pems, module, data):
    option, strategy = KINDS[module]
    public = [_keys.public_key_of(pem) for pem in pems]

    def wishes(name):
        drawn = data.draw(strategy, label=name)
        return [
            {**one, "public_key": public[one["public_key"]]} if isinstance(one.get("public_key"), int) else one
            for one in drawn
        ]

    present, wished = wishes("present"), wishes("wished")
    concurrency = data.draw(st.sampled_from([1, 8]), label="concurrency")

    prepared(cluster, pems, module, present)
    looped = [cluster.attempt(module, **wish) for wish in wished]
    state = cluster.state()

    prepared(cluster, pems, module, present)
    predicted = cluster.attempt(module, check=True, concurrency=concurrency, on_failure="continue", **{option: wished})
    listed = cluster.attempt(module, concurrency=concurrency, on_failure="continue", **{option: wished})
    assert list(map(told, listed["results"])) == list(map(told, looped))
    assert cluster.state() == state
    assert len(listed.sent) == sum(len(outcome.sent) for outcome in looped)
    assert listed["changed"] == any(outcome["changed"] for outcome in looped)
    assert [failure["item"] for failure in listed["failures"]] == [
        result["item"] for result in listed["results"] if result["failed"]
    ]
    for foretold, result in zip(predicted["results"], listed["results"]):
        assert foretold["failed"] or result["failed"] or foretold["changed"] == result["changed"]

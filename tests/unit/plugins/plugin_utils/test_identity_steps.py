# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the role service_identity, whichever of them fail: who goes on, who drops out, and what is said.

The tasks are played: each entry of a step comes out as told, and what the next one is given follows.
"""

from __future__ import annotations

from typing import Any, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.plugin_utils import _identities
from ansible_collections.dcos.security.plugins.plugin_utils._identity_report import failures, leftovers, report
from ansible_collections.dcos.security.plugins.plugin_utils._identity_steps import (
    ABSENT,
    AFTER_ROTATION,
    PRESENT,
    ROTATION,
    Run,
)

SUPERUSER = [{"rid": "dcos:superuser", "actions": ["full"]}]
ORDER = {
    "present": ("look", "seen", "rights", "foreseen", "known", *PRESENT[3:]),
    "absent": ("found", "stored", "rights", *ABSENT[2:], "left"),
    "rotation": ("looked", "listed", "current", "rights", *ROTATION[2:], *AFTER_ROTATION),
}


def plan(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The identities of a list."""
    variables = {"service_identities": entries}
    return _identities.plan(variables, variables.get)


def whose(entry: dict[str, Any]) -> str:
    """The uid that an entry belongs to; everything of an identity begins with it here."""
    text = (
        entry.get("uid")
        or entry.get("path")
        or entry.get("secret_path")
        or entry.get("certificate_secret")
        or entry["gid"]
    )
    return str(text).split("/", maxsplit=1)[0].replace("-rights", "")


class Play:
    """A cluster that answers as told.

    Args:
        wrong: {(step, uid)} that fail; ``abort``: a step whose task fails as a whole.
        granted: permissions of the user who is logged in, a superuser unless they are given.
        altering: {(step, uid)} that change something; {rid} that Marathon's account is granted are in ``granting``.
        fresh: uids of which there is nothing yet; ``rekeyed``: those whose account has another key.
    """

    def __init__(
        self,
        wrong: set[tuple[str, str]],
        fresh: set[str] | None = None,
        abort: str = "",
        granted: list[dict[str, Any]] | None = None,
        altering: set[tuple[str, str]] | None = None,
        granting: set[str] | None = None,
    ) -> None:
        self.altering, self.granting = altering or set(), granting or set()
        self.wrong, self.fresh, self.abort = wrong, fresh or set(), abort
        self.granted = SUPERUSER if granted is None else granted
        self.sent: list[tuple[str, str]] = []

    def step(self, run: Run, step: str) -> dict[str, Any]:
        """The result of the task of a step."""
        entries = run.entries(step)
        if step == "known":
            return {"groups": [{"gid": "brokers"}]}
        if step == "rights":
            return {"permissions": self.granted, "inherited": []}
        if step in ("listed", "left"):
            secrets = [
                {"path": path, "store": "default"}
                for identity in run.identities
                for path in (identity["path"], f"{identity['prefix']}other")
            ]
            return {"results": [{"secrets": secrets} for _entry in entries]}
        self.sent += [(step, whose(entry)) for entry in entries]
        if step == self.abort:
            return {"failed": True, "msg": "No cluster."}
        return {"results": [self.one(step, whose(entry)) for entry in entries]}

    def one(self, step: str, uid: str) -> dict[str, Any]:
        """The result of one entry."""
        if (step, uid) in self.wrong:
            return {"failed": True, "changed": False, "msg": f"{step} failed.", "failure": {"status": 500}}
        result: dict[str, Any] = {
            "failed": False,
            "changed": False,
            "permissions": [],
            "not_after": "2030-01-01T00:00:00Z",
        }
        if uid in self.fresh and step in ("look", "seen"):
            return result
        if step == "foreseen":
            result["reasons"] = ["absent"] if uid in self.fresh else []
        result["changed"] = (step in ("found", "stored") and uid not in self.fresh) or (step, uid) in self.altering
        if uid.startswith("dcos_"):
            result["granted"] = [{"rid": rid, "actions": ["create"]} for rid in self.granting]
            result["changed"] = bool(self.granting)
        key = {"fingerprint": f"key of {uid}", "public_key": f"PEM of {uid}"}
        return {**result, **key, "service_account": {"uid": uid, **key}}


def played(
    entries: list[dict[str, Any]], play: Play, rotation: bool = False, check_mode: bool = False
) -> tuple[Run, Play]:
    """Play all steps of all chains, as the files of tasks do."""
    identities = plan(entries)
    done: dict[str, Any] = {}
    chains = ["rotation"] if rotation else ["absent", "present"]
    for step in (step for chain in chains for step in ORDER[chain]):
        run = Run(identities, done, check_mode, rotation)
        if step in AFTER_ROTATION or step in ("kept", "restored", "cleared") or not aborted(play, done):
            done[step] = play.step(run, step)
    return Run(identities, done, check_mode, rotation), play


def aborted(play: Play, done: dict[str, Any]) -> bool:
    """Whether the play has ended by a task that failed as a whole."""
    return play.abort in done


ENTRY: Callable[[str], dict[str, Any]] = lambda uid: {  # noqa: E731
    "uid": uid,
    "groups": ["brokers"],
    "permissions_group": f"{uid}-rights",
    "certificates": [{"name": "tls", "common_name": f"{uid}.example.com"}],
}


def test_nothing_is_asked_twice_of_what_is_as_it_shall_be() -> None:
    run, play = played([ENTRY("a"), ENTRY("b")], Play(set()))
    steps = ("look", "seen", "subjects", "certificates", "proofs")
    # The subject is the group here, whose name begins with the uid.
    assert play.sent == [(step, uid) for step in steps for uid in ("a", "b")]
    assert failures(run) == ""
    assert [one["fingerprint"] for one in report(run)] == ["key of a", "key of b"]


def test_all_is_made_of_what_is_not_there() -> None:
    run, play = played([ENTRY("a"), ENTRY("b")], Play(set(), fresh={"b"}))
    made = [(step, uid) for step, uid in play.sent if step in ("groups", "credentials", "accounts")]
    assert made == [("groups", "b"), ("credentials", "b"), ("accounts", "b")]
    assert report(run)[1]["certificates"] == [{"name": "tls", "not_after": "2030-01-01T00:00:00Z"}]


def test_a_rotated_key_is_given_to_the_account() -> None:
    _run, play = played([{"uid": "a", "rotate": True}], Play(set()))
    assert [step for step, _uid in play.sent] == ["look", "seen", "credentials", "accounts", "subjects", "proofs"]


def test_a_group_that_does_not_exist_is_found_before_anything_is_written() -> None:
    run, play = played([{"uid": "a", "groups": ["brokers", "nope"]}, {"uid": "b"}], Play(set(), fresh={"a", "b"}))
    assert [step for step, uid in play.sent if uid == "a"] == ["look", "seen"]
    assert "There is no group 'nope'" in failures(run)
    assert failures(run).startswith("1 of 2 identities failed. a: ")


@given(st.sets(st.tuples(st.sampled_from(PRESENT), st.sampled_from("abc"))), st.sets(st.sampled_from("abc")))
def test_whoever_fails_drops_out_alone(wrong: set[tuple[str, str]], fresh: set[str]) -> None:
    run, play = played([ENTRY(uid) for uid in "abc"], Play(wrong, fresh))
    for number, uid in enumerate("abc"):
        due = [step for step in PRESENT if uid in fresh or step not in ("groups", "credentials", "accounts")]
        due.remove("foreseen")  # a superuser is refused nothing
        first = next((step for step in due if (step, uid) in wrong), None)
        # All up to the step that failed, and nothing behind it.
        sent = [step for step, whose_ in play.sent if whose_ == uid]
        assert sent == (due if first is None else due[: due.index(first) + 1])
        one = report(run)[number]
        assert one.get("failed", False) == (first is not None)
        assert one.get("msg") == (f"{first} failed." if first else None)
        assert (f"{uid}: " in failures(run)) == (first is not None)


@given(st.sets(st.tuples(st.sampled_from(ROTATION), st.sampled_from("abc"))))
def test_each_rotation_ends_with_the_new_key_or_the_old_one(wrong: set[tuple[str, str]]) -> None:
    run, play = played([{"uid": uid} for uid in "abc"], Play(wrong), rotation=True)
    for number, uid in enumerate("abc"):
        first = next((step for step in ROTATION if (step, uid) in wrong), None)
        sent = [step for step, whose_ in play.sent if whose_ == uid]
        one = report(run)[number]
        if first is None:
            assert sent == [*ROTATION, "cleared"]
            assert "failed" not in one
        elif first in ("rekeyed", "proven", "switched"):
            assert sent == [*ROTATION[: ROTATION.index(first) + 1], "kept", "restored", "cleared"]
            assert f"The key of '{uid}' was not rotated, the account has the one that lies at" in one["msg"]
        else:
            # Nothing was given to the account yet.
            assert sent == [*ROTATION[: ROTATION.index(first) + 1]]
            assert one["msg"] == f"{first} failed."


@pytest.mark.parametrize("step", ["kept", "restored"])
def test_what_could_not_be_taken_back_is_said(step: str) -> None:
    run, play = played([{"uid": "a"}, {"uid": "b"}], Play({("proven", "a"), (step, "a")}), rotation=True)
    assert "Nor could that be taken back" in report(run)[0]["msg"]
    # The new credential stays where it is, for the next run.
    assert ("cleared", "a") not in play.sent
    assert ("cleared", "b") in play.sent


@pytest.mark.parametrize("step", ["rekeyed", "proven", "switched"])
def test_a_task_that_fails_as_a_whole_has_failed_for_all(step: str) -> None:
    run, play = played([{"uid": "a"}, {"uid": "b"}], Play(set(), abort=step), rotation=True)
    assert [one["failed"] for one in report(run)] == [True, True]
    assert [sent for sent in play.sent if sent[0] == "restored"] == [("restored", "a"), ("restored", "b")]


def test_a_run_that_ends_early_has_finished_nobody() -> None:
    run, _play = played([{"uid": "a"}], Play(set(), abort="subjects"))
    assert report(run)[0]["msg"] == "No cluster."
    identities = plan([{"uid": "a"}, {"uid": "b", "state": "absent"}])
    assert [one["msg"] for one in report(Run(identities, {}, False, False))] == [
        "It was not finished, see the error above."
    ] * 2


def test_check_mode_proves_only_what_would_not_change() -> None:
    _run, play = played([{"uid": "a"}, {"uid": "b"}], Play(set(), fresh={"b"}), check_mode=True)
    assert [uid for step, uid in play.sent if step == "proofs"] == ["a"]


@pytest.mark.parametrize(
    ("check_mode", "outcomes"),
    [
        (True, ["would change: permissions", "unchanged", "would be removed: account, credential", "unknown: look"]),
        (False, ["changed: permissions", "unchanged", "removed: account, credential", "failed: look"]),
    ],
)
def test_what_became_of_each_is_said_in_words(check_mode: bool, outcomes: list[str]) -> None:
    entries = [ENTRY("a"), ENTRY("b"), {"uid": "c", "state": "absent"}, ENTRY("d")]
    altering = {("subjects", "a"), ("gone_accounts", "c"), ("gone_credentials", "c")}
    run, _play = played(entries, Play({("look", "d")}, altering=altering), check_mode=check_mode)
    broken = plan([{"uid": "e", "permissions": [{"rid": "dcos:no space", "actions": ["read"]}]}])
    assert (
        "holds a space" in report(Run(broken, {"subjects": {"results": []}}, check_mode, rotation=False))[0]["outcome"]
    )
    told = report(run)
    assert [one["outcome"].replace(" failed.", "") for one in told] == outcomes
    assert [one["changes"] for one in told] == [["permissions"], [], ["account", "credential"], []]


def test_what_marathon_is_granted_is_a_change_of_those_who_need_it() -> None:
    """It is granted at once what all of them need."""
    entries = [{"uid": uid, "task_users": [uid]} for uid in ("a", "b", "c")]
    run, _play = played(entries, Play(set(), granting={"dcos:mesos:master:task:user:b"}))
    assert [one["changes"] for one in report(run)] == [[], ["permissions"], []]


def test_a_rotation_changes_the_key() -> None:
    run, _play = played([ENTRY("a")], Play(set(), altering={("rekeyed", "a"), ("switched", "a")}), rotation=True)
    assert report(run)[0]["outcome"] == "changed: key, credential"


def test_what_a_removal_leaves_is_named() -> None:
    entries: list[dict[str, Any]] = [
        {"uid": "a", "state": "absent", "task_users": ["root"]},
        {"uid": "b", "state": "absent"},
    ]
    run, play = played(entries, Play({("gone_accounts", "b")}))
    assert report(run)[0] == {
        "uid": "a", "state": "absent", "changes": [], "outcome": "unchanged", "left": ["a/other"],
    }  # fmt: skip
    warnings = leftovers(run)
    assert "these secrets of its folder are still there: a/other" in warnings[0]
    assert "dcos_marathon keeps the permission create on dcos:mesos:master:task:user:root" in warnings[1]
    assert len(warnings) == 2
    assert ("gone_credentials", "b") not in play.sent


def test_what_marathon_needs_for_several_is_one_entry() -> None:
    entries = [{"uid": uid, "task_users": users} for uid, users in (("a", ["root"]), ("b", ["root", "nobody"]))]
    identities = plan(entries)
    done: dict[str, Any] = {step: Play(set()).step(Run(identities, {}, False, False), step) for step in ("look",)}
    done["seen"] = Play(set()).step(Run(identities, done, False, False), "seen")
    run = Run(identities, done, False, False)
    rids = [row["rid"] for row in run.entries("subjects")[2]["permissions"]]
    assert rids == ["dcos:mesos:master:task:user:root", "dcos:mesos:master:task:user:nobody"]
    failed = {"failed": True, "changed": False, "msg": "No such user."}
    fine = {"failed": False, "changed": False, "permissions": []}
    done["subjects"] = {"results": [fine, fine, failed]}
    assert "2 of 2 identities failed" in failures(Run(identities, done, False, False))


FOLDER = {"rid": "dcos:secrets:default:/a/*", "actions": ["create", "read", "update", "delete"]}
SIGNS = {"rid": "dcos:adminrouter:ops:ca:rw", "actions": ["full"]}


def but(row: dict[str, Any], action: str) -> dict[str, Any]:
    """A permission without one of its actions."""
    return {**row, "actions": [kept for kept in row["actions"] if kept != action]}


@pytest.mark.parametrize(
    ("state", "granted", "missing"),
    [
        ("present", [FOLDER], "dcos:adminrouter:ops:ca:rw full,"),
        ("present", [SIGNS, but(FOLDER, "create")], "dcos:secrets:default:/a/service-account create and"),
        ("absent", [SIGNS, but(FOLDER, "delete")], "dcos:secrets:default:/a/service-account delete and"),
        ("rotated", [SIGNS, but(FOLDER, "update")], "dcos:secrets:default:/a/service-account update,"),
        ("rotated", [SIGNS, but(FOLDER, "delete")], "dcos:secrets:default:/a/service-account-next delete,"),
    ],
)
def test_what_is_certain_to_be_refused_is_not_begun(state: str, granted: list[dict[str, Any]], missing: str) -> None:
    """Nothing is written, and what is missing is named; with it all goes well."""
    entries = [{**ENTRY("a"), "state": "absent" if state == "absent" else "present"}]
    fresh = {"a"} if state == "present" else set()
    looks = {"look", "seen", "foreseen", "found", "stored", "looked", "current"}
    for rights, fine in ((granted, False), ([SIGNS, FOLDER], True)):
        run, play = played(entries, Play(set(), fresh, granted=rights), rotation=state == "rotated")
        assert ({step for step, _uid in play.sent} <= looks) == (not fine)
        assert (f"the token's user needs {missing}" in failures(run)) == (not fine)
        assert (failures(run) == "") == fine


def test_who_signs_nothing_need_not_be_allowed_to() -> None:
    """The certificates are as they shall be, and only the account changes."""
    play = Play(set(), granted=[FOLDER])
    run, play = played([{**ENTRY("a"), "rotate": True}], play)
    assert ("foreseen", "a") in play.sent
    assert failures(run) == ""


def test_whoever_has_no_permissions_to_read_finds_out_later() -> None:
    identities = plan([ENTRY("a")])
    done: dict[str, Any] = {"look": {"results": [{"changed": False}]}, "seen": {"results": [{"changed": False}]}}
    done["rights"] = {"failed": True, "msg": "No such path."}
    run = Run(identities, done, False, False)
    assert run.entries("rights") == []
    assert len(run.entries("groups")) == 1

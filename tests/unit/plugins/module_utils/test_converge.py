# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One way from what is to what is wanted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils import _converge
from ansible_collections.dcos.security.plugins.module_utils._converge import (
    Entity,
    converge,
    report,
)
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, RefusedError


class Task:
    """What converge() wants of a task."""

    def __init__(self, check_mode=False, diff_mode=True):
        self.check_mode, self.diff_mode = check_mode, diff_mode
        self.result: dict = {"changed": False}
        self.warnings: list = []

    def warn(self, text):
        """Remember a warning."""
        self.warnings.append(text)


class Thing(Entity):
    """An entity kept in memory. ``done`` is what was done to it; ``races`` are thoughts of somebody who is faster."""

    label = "thing 'x'"
    secret_fields = ("secret",)
    set_fields = ("members",)

    def __init__(self, fields=None, exclusive=False, races=()):
        self.fields, self.exclusive = fields, exclusive
        self.done: list = []
        self.checked: list = []
        self._races = list(races)

    def read(self):
        return self.fields and dict(self.fields)

    def _lost(self):
        if not self._races:
            return False
        self.fields = self._races.pop(0)
        return True

    def create(self, desired):
        if self._lost():
            return False
        self.done.append(("create", dict(desired)))
        self.fields = dict(desired)
        return True

    def update(self, before, changes):
        if self._lost():
            return False
        self.done.append(("update", dict(changes)))
        self.fields = self.merged(before, changes)
        return True

    def delete(self, before):
        self.done.append(("delete", dict(before)))
        self.fields = None

    def check(self, before, changes):
        self.checked.append((before, changes))


BEFORE = {"description": "old", "secret": "hunter22"}

# present fields, wanted fields, what is done, fields afterwards
CASES = {
    "create": (None, {"description": "new"}, [("create", {"description": "new"})], {"description": "new"}),
    "keep": (BEFORE, {"description": "old"}, [], BEFORE),
    "ask nothing": (BEFORE, {}, [], BEFORE),
    "update": (BEFORE, {"description": "new"}, [("update", {"description": "new"})], {**BEFORE, "description": "new"}),
    "add a field": (BEFORE, {"size": 1}, [("update", {"size": 1})], {**BEFORE, "size": 1}),
    "empty a field": (BEFORE, {"description": ""}, [("update", {"description": ""})], {**BEFORE, "description": ""}),
    "delete": (BEFORE, None, [("delete", BEFORE)], None),
    "delete nothing": (None, None, [], None),
}


@pytest.mark.parametrize(("before", "wanted", "done", "after"), CASES.values(), ids=CASES)
class TestCases:
    """Each case, done and predicted."""

    def test_done(self, before, wanted, done, after):
        task, thing = Task(), Thing(before)
        assert converge(task, thing, wanted) == (bool(done), before, after)
        assert thing.done == done
        assert thing.fields == after
        assert task.result["changed"] is bool(done)

    def test_predicted(self, before, wanted, done, after):
        task, thing = Task(check_mode=True), Thing(before)
        assert converge(task, thing, wanted) == (bool(done), before, after)
        assert thing.done == []
        assert thing.fields == before
        assert task.result["changed"] is bool(done)

    def test_again(self, before, wanted, done, after):
        thing = Thing(before)
        converge(Task(), thing, wanted)
        thing.done.clear()
        assert converge(Task(), thing, wanted).changed is False
        assert thing.done == []

    def test_asked_beforehand_in_either_mode(self, before, wanted, done, after):
        asked = [(before, wanted if wanted is None or before is None else done[0][1])] if done else []
        for check_mode in (False, True):
            thing = Thing(before)
            converge(Task(check_mode), thing, wanted)
            assert thing.checked == asked

    def test_wanted_may_depend_on_what_is_there(self, before, wanted, done, after):
        if wanted is not None:
            seen = []
            thing = Thing(before)
            converge(Task(), thing, lambda present: seen.append(present) or wanted)
            assert seen == [before]
            assert thing.done == done


def test_a_refusal_stops_everything():
    class Guarded(Thing):
        def check(self, before, changes):
            raise RefusedError("no")

    for before, wanted in ((None, {"a": 1}), (BEFORE, {"a": 1}), (BEFORE, None)):
        for check_mode in (False, True):
            thing = Guarded(before)
            with pytest.raises(RefusedError):
                converge(Task(check_mode), thing, wanted)
            assert thing.done == []


class TestSets:
    """Lists whose order means nothing."""

    @pytest.mark.parametrize(
        ("present", "wanted", "exclusive", "changed", "after"),
        [
            (["a", "b"], ["b"], False, False, ["a", "b"]),
            (["a"], ["c", "b"], False, True, ["a", "b", "c"]),
            (["a", "b"], ["b", "a"], True, False, ["a", "b"]),
            (["a", "b"], ["b"], True, True, ["b"]),
            (["a"], ["b"], True, True, ["b"]),
            (["a"], [], False, False, ["a"]),
            (["a"], [], True, True, []),
            (["a"], ["a", "a"], True, False, ["a"]),
            ([], [], True, False, []),
        ],
    )
    @pytest.mark.parametrize("check_mode", [False, True])
    def test_table(self, present, wanted, exclusive, changed, after, check_mode):
        thing = Thing({"members": present}, exclusive)
        assert converge(Task(check_mode), thing, {"members": wanted}) == (
            changed,
            {"members": present},
            {"members": after},
        )

    def test_a_new_thing_has_them_sorted_and_once(self):
        assert converge(Task(), Thing(), {"members": ["b", "a", "b"]}).after == {"members": ["a", "b"]}

    @given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")), st.booleans())
    def test_prediction_and_second_run(self, present, wanted, exclusive):
        predicted = converge(Task(check_mode=True), Thing({"members": present}, exclusive), {"members": wanted})
        thing = Thing({"members": present}, exclusive)
        done = converge(Task(), thing, {"members": wanted})
        assert predicted == done
        assert set(done.after["members"]) == (set(wanted) if exclusive else {*present, *wanted})
        assert converge(Task(), thing, {"members": wanted}).changed is False


class TestRaces:
    """Somebody else is faster."""

    def test_created_meanwhile_as_wanted(self):
        thing = Thing(None, races=[{"description": "new"}])
        assert converge(Task(), thing, {"description": "new"}).changed is False
        assert thing.done == []

    def test_created_meanwhile_otherwise(self):
        thing = Thing(None, races=[{"description": "theirs"}])
        assert converge(Task(), thing, {"description": "new"}) == (
            True,
            {"description": "theirs"},
            {"description": "new"},
        )
        assert thing.done == [("update", {"description": "new"})]

    def test_deleted_meanwhile(self):
        thing = Thing(BEFORE, races=[None])
        assert converge(Task(), thing, {"description": "new"}) == (True, None, {"description": "new"})

    def test_for_ever(self):
        thing = Thing(None, races=[None] * _converge.ATTEMPTS)
        with pytest.raises(DcosError, match="Could not converge thing 'x': something else keeps changing it"):
            converge(Task(), thing, {"description": "new"})
        assert thing.done == []

    @pytest.mark.parametrize("attempts", [1, 2, 5])
    def test_how_often_it_is_tried(self, attempts):
        """After the last try it is looked at once more, as somebody else may have succeeded."""

        class Busy(Thing):
            def __init__(self, **more):
                super().__init__(**more)
                self.attempts, self.tried, self.again = attempts, 0, []

            def decide(self, before, desired, again=False):
                self.again.append(again)
                return super().decide(before, desired, again)

            def create(self, desired):
                self.tried += 1
                return super().create(desired)

        late = Busy(races=[None] * (attempts - 1) + [{"a": 1}])
        assert converge(Task(), late, {"a": 1}).changed is False
        never = Busy(races=[None] * 9)
        with pytest.raises(DcosError):
            converge(Task(), never, {"a": 1})
        for thing in (late, never):
            assert thing.tried == attempts
            assert thing.again == [False] + [True] * attempts

    def test_what_is_wanted_is_asked_anew(self):
        seen = []
        thing = Thing(None, races=[BEFORE])
        converge(Task(), thing, lambda present: seen.append(present) or {"description": "new"})
        assert seen == [None, BEFORE]


class TestDiff:
    """What is shown, and what is not."""

    def test_secrets(self):
        task = Task()
        converge(task, Thing(BEFORE), {"secret": "hunter23"})
        assert task.result["diff"] == {
            "before_header": "thing 'x'",
            "after_header": "thing 'x'",
            "before": {"description": "old", "secret": "(set)"},
            "after": {"description": "old", "secret": "(changed)"},
        }

    @pytest.mark.parametrize(("before", "wanted"), [(None, BEFORE), (BEFORE, None), (BEFORE, {"secret": "hunter23"})])
    @pytest.mark.parametrize("check_mode", [False, True])
    def test_no_secret_is_in_the_result(self, before, wanted, check_mode):
        task = Task(check_mode)
        converge(task, Thing(before), wanted)
        assert "hunter2" not in str(task.result)

    def test_absence_is_empty(self):
        task = Task()
        converge(task, Thing(BEFORE), None)
        assert task.result["diff"]["after"] == {}
        converge(task, Thing(None), {"a": 1})
        assert task.result["diff"]["before"] == {}

    def test_only_where_asked_for(self):
        task = Task(diff_mode=False)
        converge(task, Thing(BEFORE), None)
        assert "diff" not in task.result

    def test_another_view(self):
        class Short(Thing):
            def shown(self, fields):
                return {"size": len(fields["secret"]), "secret": fields["secret"]}

        task = Task()
        converge(task, Short(BEFORE), {"secret": "hunter234"})
        assert task.result["diff"]["before"] == {"size": 8, "secret": "(set)"}
        assert task.result["diff"]["after"] == {"size": 9, "secret": "(changed)"}

    def test_report(self):
        task = Task()
        report(task, "it", True, None, {"a": 1})
        assert task.result == {
            "changed": True,
            "diff": {"before_header": "it", "after_header": "it", "before": {}, "after": {"a": 1}},
        }

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of what became of a request, and of what a cluster does not tell."""

from __future__ import annotations

import pytest

from ansible_collections.dcos.security.plugins.module_utils._converge import Fate, converge, fate_of, fate_of_all
from ansible_collections.dcos.security.tests.unit.plugins.module_utils.test_converge import Task, Thing


class TestFates:
    """What is made of what became of a request."""

    class Answer:
        """What fate_of() wants of a response."""

        def __init__(self, repeated):
            self.repeated = repeated

    class Doomed(Thing):
        """A thing that each request about has one fate, and that is there as wanted when it is read again."""

        def __init__(self, fate, fields, afterwards):
            super().__init__(fields)
            self.fate, self.afterwards = fate, afterwards

        def _meet(self):
            self.fields = self.afterwards
            return self.fate

        def create(self, desired):
            return self._meet()

        def update(self, before, changes):
            return self._meet()

        def delete(self, before):
            return self._meet()

    @pytest.mark.parametrize(
        ("repeated", "done", "expected"),
        [
            (False, True, Fate.DONE),
            (True, True, Fate.DONE),
            (False, False, Fate.BEATEN),
            (True, False, Fate.UNSURE),
        ],
    )
    def test_of_one_request(self, repeated, done, expected):
        assert fate_of(self.Answer(repeated), done) is expected
        assert bool(expected) is (expected is Fate.DONE)

    @pytest.mark.parametrize(
        ("fates", "expected"),
        [
            ([], Fate.BEATEN),
            ([Fate.BEATEN], Fate.BEATEN),
            ([Fate.BEATEN, Fate.UNSURE], Fate.UNSURE),
            ([Fate.UNSURE, Fate.DONE, Fate.BEATEN], Fate.DONE),
        ],
    )
    def test_of_several(self, fates, expected):
        assert fate_of_all(iter(fates)) is expected

    @pytest.mark.parametrize(("before", "wanted"), [(None, {"a": 1}), ({"a": 0}, {"a": 1}), ({"a": 0}, None)])
    @pytest.mark.parametrize(
        ("fate", "changed"),
        [(Fate.DONE, True), (True, True), (Fate.UNSURE, True), (Fate.BEATEN, False), (False, False)],
    )
    def test_changed_tells_what_this_run_did_or_may_have_done(self, before, wanted, fate, changed):
        outcome = converge(Task(), self.Doomed(fate, before, wanted), wanted)
        assert outcome.changed is changed
        assert outcome.after == wanted
        assert outcome.before == (before if changed else wanted)


class TestSilentFields:
    """What a cluster keeps to itself."""

    class Account(Thing):
        silent_fields = ("password",)

    def test_is_no_reason_for_a_change(self):
        thing = self.Account({"name": "Ada"})
        assert converge(Task(), thing, {"name": "Ada", "password": "x"}).changed is False
        assert thing.done == []

    def test_is_sent_along_with_every_change(self):
        thing = self.Account({"name": "Ada"})
        assert converge(Task(), thing, {"name": "Eve", "password": "x"}).changed is True
        assert thing.done == [("update", {"name": "Eve", "password": "x"})]

    @pytest.mark.parametrize(("present", "changed"), [("x", False), ("y", True), ("", True)])
    def test_is_compared_where_it_is_told(self, present, changed):
        thing = self.Account({"password": present})
        assert converge(Task(), thing, {"password": "x"}).changed is changed

    def test_an_absent_field_of_another_kind_is_a_reason(self):
        assert converge(Task(), self.Account({"name": None}), {"name": "Ada"}).changed is True

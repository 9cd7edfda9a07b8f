# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one account must have and must not have, by what was reported of it."""

from __future__ import annotations

from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _iam
from ansible_collections.dcos.security.tests.unit.plugins.explorer.explore import Broken
from ansible_collections.dcos.security.tests.unit.plugins.explorer.model import KEY, Model

Item = tuple[str, ...]

UID = "kafka"
GID = _iam.journal_gid(UID)
IAM = "/acs/api/v1"
USER = f"{IAM}/users/{UID}"
JOURNAL = f"{IAM}/groups/{GID}"
MARK = " [rekey pending]"
DESCRIPTION = "The broker"
RIDS = ("dcos:a", "dcos:b", "dcos:c")

# Public keys; what compares real ones is not what is tested here, and takes its time.
KEYS = [f"key {number}" for number in range(4)]
RUNS = ("A", "B", "C", "last")


class Ledger:
    """What the account must have and must not have, by what was reported of grants and memberships.

    An item is ("grant", rid, action) or ("group", gid). What somebody else changes while the key is being replaced is
    taken out of it exactly where the module's notes say that it cannot be kept (see WINDOW).
    """

    def __init__(self, model: Model, absent_runs: set[str]) -> None:
        self._model, self._absent = model, absent_runs
        self.must = self._items()
        self.must_not: set[Item] = set()
        # Per run that has written nothing since: what others have changed since it read grants, or memberships.
        self._unread: dict[str, dict[str, set[Item]]] = {}
        self._replacing = False
        self.keys_seen: list[tuple[str, bool] | None] = []
        self.applied: dict[str, set[str]] = {}
        self._note_key()

    def state(self) -> Any:
        """Return it as a value that can be hashed."""
        unread = tuple(
            (run, kind, frozenset(items))
            for run, kinds in sorted(self._unread.items())
            for kind, items in kinds.items()
        )
        applied = tuple((run, frozenset(what)) for run, what in sorted(self.applied.items()))
        return frozenset(self.must), frozenset(self.must_not), unread, self._replacing, applied, tuple(self.keys_seen)

    def _items(self) -> set[Item]:
        grants: set[Item] = {("grant", *grant) for grant in self._model.granted_to(UID)}
        return grants | {("group", gid) for gid in self._model.groups_of(UID) if gid != GID}

    def _note_key(self) -> None:
        user = self._model.users.get(UID)
        now = (user[KEY], user["description"].endswith(MARK)) if user else None
        if not self.keys_seen or self.keys_seen[-1] != now:
            self.keys_seen.append(now)

    def observe(self, run: str, method: str, path: str, _body: Any, status: int) -> None:
        """Take down what a request has done."""
        self._note_key()
        if method == "GET":
            kind = {f"{USER}/permissions": "grant", f"{USER}/groups": "group"}.get(path)
            if kind:
                self._unread.setdefault(run, {})[kind] = set()
            return
        unread = self._unread.pop(run, {})
        if status >= 300:
            return
        if path in (USER, JOURNAL) or _item(path):
            self.applied.setdefault(run, set()).add(f"{method} account" if path == USER else method)
        if (method, path) == ("DELETE", USER):
            self._deleted(run, unread)
        elif (method, path) == ("DELETE", JOURNAL):
            self._replacing = False
            if run in self._absent:
                self._deleted(run, {})
        elif item := _item(path):
            self._changed(run, method, item)

    def _deleted(self, run: str, unread: dict[str, set[Item]]) -> None:
        if run in self._absent:
            self.must_not |= self.must
            self.must.clear()
            return
        self._replacing = True
        for items in unread.values():
            self.must -= items
            self.must_not -= items

    def _changed(self, run: str, method: str, item: Item) -> None:
        if run in RUNS:
            return
        for kinds in self._unread.values():
            if item[0] in kinds:
                kinds[item[0]].add(item)
        if method == "PUT":
            self.must.add(item)
            self.must_not.discard(item)
        else:
            self.must.discard(item)
            if self._replacing:
                self.must_not.discard(item)
            else:
                self.must_not.add(item)

    def check(self) -> int:
        """Raise Broken unless the account has what it must have; return how many things were looked at."""
        present = self._items()
        if missing := self.must - present:
            raise Broken(f"lost: {sorted(missing)}")
        if back := self.must_not & present:
            raise Broken(f"back: {sorted(back)}")
        return len(self.must) + len(self.must_not)


def _item(path: str) -> Item | None:
    parts = path[len(IAM) + 1 :].split("/")
    if len(parts) == 5 and parts[0] == "acls" and parts[3] == UID:
        return "grant", parts[1], parts[4]
    if len(parts) == 4 and parts[0] == "groups" and parts[3] == UID and parts[1] != GID:
        return "group", parts[1]
    return None

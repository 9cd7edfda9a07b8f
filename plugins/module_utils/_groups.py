# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups as an entity: a gid with a description and members, which are people and service accounts alike.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Callable

from ansible_collections.dcos.security.plugins.module_utils import _iam
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._converge import Entity, Fate, Plan, fate_of_all
from ansible_collections.dcos.security.plugins.module_utils._errors import RefusedError
from ansible_collections.dcos.security.plugins.module_utils._parallel import CONCURRENCY, together


class Group(Entity):
    """Fields: ``description``, and ``members`` (uids) where they are managed.

    Args:
        tell: is told in a sentence what the user should know.
        members: manage members, so that they are read; ``exclusive_members``: also remove all others.
        progress: is told how far it is, as ``Task.progress`` is.
    """

    set_fields = ("members",)

    def __init__(
        self,
        client: Client,
        gid: str,
        *,
        tell: Callable[[str], None] = lambda sentence: None,
        members: bool = False,
        exclusive_members: bool = False,
        progress: Callable[[int, int, str], None] = lambda done, total, what: None,
    ) -> None:
        self.label = f"group '{gid}'"
        self.exclusive = exclusive_members
        self._client = client
        self._gid = gid
        self._tell = tell
        self._members = members
        self._progress = progress

    def read(self) -> dict[str, Any] | None:
        """One GET; two more for the members, as the API lists people and service accounts apart."""
        group = _iam.read_group(self._client, self._gid)
        if group is None:
            return None
        members = {"members": _iam.read_all_members(self._client, self._gid)} if self._members else {}
        return {"description": group["description"], **members}

    def look_ahead(self, plan: Plan) -> None:
        """Tell which accounts are to be members that do not exist; one GET each."""
        wanted, present = ((fields or {}).get("members") or () for fields in (plan.changes, plan.before))
        for uid, user, error in together(self._read_user, sorted(set(wanted) - set(present)), CONCURRENCY):
            if error:
                raise error
            if user is None:
                self._tell(f"There is no account '{uid}' yet; check mode assumes that an earlier task creates it.")

    def _read_user(self, uid: str) -> dict[str, Any] | None:
        return _iam.read_user(self._client, uid)

    def check(self, before: dict[str, Any] | None, changes: dict[str, Any] | None) -> None:
        """Refuse to delete the group superusers, or to leave it without members."""
        if self._gid != _iam.SUPERUSERS or before is None:
            return
        if changes is None:
            raise RefusedError("Refused to delete the group superusers: nobody could administer the cluster any more.")
        if not self.merged(before, changes).get("members", True):
            raise RefusedError(
                "Refused to remove the last member of the group superusers: nobody could administer the cluster any "
                "more."
            )

    def create(self, desired: dict[str, Any]) -> Fate | None:
        """PUT the group, whose description the IAM requires, then its members."""
        fate = _iam.create_group(self._client, self._gid, desired.get("description", ""))
        if fate:
            self._each(_iam.join_group, desired.get("members", ()))
        return fate

    def update(self, before: dict[str, Any], changes: dict[str, Any]) -> Fate:
        """PATCH the description, add and then remove members."""
        fates = []
        if "description" in changes:
            if not _iam.update_group(self._client, self._gid, changes["description"]):
                return Fate.BEATEN
            fates.append(Fate.DONE)
        if "members" in changes:
            present, wanted = set(before["members"]), set(changes["members"])
            fates += self._each(_iam.join_group, wanted - present)
            if self.exclusive:
                fates += self._each(_iam.leave_group, present - wanted)
        return fate_of_all(fates)

    def delete(self, before: dict[str, Any]) -> Fate:
        """DELETE the group. Its members stay, its permissions go."""
        return _iam.delete_group(self._client, self._gid)

    def _each(self, call: Callable[[Client, str, str], Fate], uids: Iterable[str]) -> list[Fate]:
        todo = sorted(set(uids))
        outcomes = together(
            lambda uid: call(self._client, self._gid, uid),
            todo,
            CONCURRENCY,
            lambda done: self._progress(done, len(todo), f"members of {self.label}"),
        )
        for _uid, _fate, error in outcomes:
            if error:
                raise error
        return [fate for _uid, fate, _error in outcomes]

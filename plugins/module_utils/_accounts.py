# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people and service accounts have in common: memberships, and protection from harm.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, Callable

from ansible_collections.dcos.security.plugins.module_utils import _iam
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._converge import Entity, Fate, Plan
from ansible_collections.dcos.security.plugins.module_utils._errors import RefusedError
from ansible_collections.dcos.security.plugins.module_utils._names import check_uid


def describe_accounts(client: Client, uid: str | None, services: bool, fields: Iterable[str]) -> list[dict[str, Any]]:
    """Return people, or service accounts, as a list of {uid, and each of ``fields`` of the User object}, sorted by uid.

    All of them if ``uid`` is None; else none or the one, with its ``groups`` where the cluster has groups.
    """
    if uid is None:
        users = _iam.read_users(client, services)
    else:
        check_uid(uid)
        user = _iam.read_user(client, uid)
        users = [user] if user and bool(user.get("is_service")) == services else []
    found = [{"uid": user["uid"], **{field: user.get(field) for field in fields}} for user in users]
    groups = _iam.read_groups_of(client, uid, accept=(404,)) if uid is not None and found else None
    if groups is not None:
        found[0]["groups"] = groups
    return sorted(found, key=itemgetter("uid"))


class Account(Entity):
    """A user or a service account.

    Args:
        tell: is told in a sentence what the user should know.
        groups: manage memberships, so that they are read; ``exclusive_groups``: also leave all other groups.
    """

    set_fields = ("groups",)

    def __init__(
        self, client: Client, uid: str, *, tell: Callable[[str], None], groups: bool, exclusive_groups: bool
    ) -> None:
        self.exclusive = exclusive_groups
        self._client = client
        self._uid = uid
        self._tell = tell
        self._groups = groups

    def look_ahead(self, plan: Plan) -> None:
        """Tell which groups are to be joined that do not exist; one GET each."""
        wanted, present = ((fields or {}).get("groups") or () for fields in (plan.changes, plan.before))
        for gid in sorted(set(wanted) - set(present)):
            if _iam.read_group(self._client, gid) is None:
                self._tell(f"There is no group '{gid}' yet; check mode assumes that an earlier task creates it.")

    def _memberships(self) -> dict[str, list[str]]:
        """Return {"groups": gids} where memberships are managed, else {}."""
        return {"groups": _iam.read_groups_of(self._client, self._uid) or []} if self._groups else {}

    def _move(self, present: Iterable[str], wanted: Iterable[str]) -> list[Fate]:
        """Join the groups that are wanted and, if they are exclusive, leave the others; return what became of each."""
        fates = [_iam.join_group(self._client, gid, self._uid) for gid in sorted(set(wanted) - set(present))]
        if self.exclusive:
            fates += [_iam.leave_group(self._client, gid, self._uid) for gid in sorted(set(present) - set(wanted))]
        return fates

    def _guard(self, doing: str) -> None:
        """Refuse to delete or recreate the account that is logged in, and the last superuser."""
        if self._uid == self._client.uid:
            raise RefusedError(
                f"Refused to {doing} '{self._uid}': it is the account that is logged in. Log in as another one."
            )
        # Open DC/OS has no groups (404), and so no superusers.
        if _iam.SUPERUSERS in (_iam.read_groups_of(self._client, self._uid, accept=(404,)) or []):
            self._guard_superusers(doing)

    def _guard_memberships(self, before: dict[str, Any], changes: dict[str, Any]) -> None:
        """Refuse to leave the group superusers without members."""
        leaves = set(before["groups"]) - set(changes["groups"]) if self.exclusive and "groups" in changes else set()
        if _iam.SUPERUSERS in leaves:
            self._guard_superusers("remove from its groups")

    def _guard_superusers(self, doing: str) -> None:
        if _iam.is_last_superuser(self._client, self._uid):
            raise RefusedError(
                f"Refused to {doing} '{self._uid}': it is the last member of the group superusers. Add another one."
            )

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups as an entity: a gid with a description and members, which are people and service accounts alike.

This file is private to the collection.
"""

from __future__ import annotations

from ansible_collections.dcos.security.plugins.module_utils import _iam
from ansible_collections.dcos.security.plugins.module_utils._client import Client, together
from ansible_collections.dcos.security.plugins.module_utils._converge import Entity
from ansible_collections.dcos.security.plugins.module_utils._errors import RefusedError

CONCURRENCY = 8


class Group(Entity):
    """Fields: ``description``, and ``members`` (uids) where they are managed.

    Args:
        members: manage members, so that they are read; ``exclusive_members``: also remove all others.
    """

    set_fields = ("members",)

    def __init__(self, client: Client, gid: str, members=False, exclusive_members=False):
        self.label = f"group '{gid}'"
        self.exclusive = exclusive_members
        self._client = client
        self._gid = gid
        self._members = members

    def read(self):
        """One GET; two more for the members, as the API lists people and service accounts apart."""
        group = _iam.read_group(self._client, self._gid)
        if group is None:
            return None
        members = {"members": _iam.read_all_members(self._client, self._gid)} if self._members else {}
        return {"description": group["description"], **members}

    def check(self, before, changes):
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

    def create(self, desired):
        """PUT the group, whose description the IAM requires, then its members."""
        if _iam.create_group(self._client, self._gid, desired.get("description", "")) == 409:
            return False
        self._each(_iam.join_group, desired.get("members", ()))
        return True

    def update(self, before, changes):
        """PATCH the description, add and then remove members."""
        if "description" in changes and not _iam.update_group(self._client, self._gid, changes["description"]):
            return False
        if "members" in changes:
            present, wanted = set(before["members"]), set(changes["members"])
            self._each(_iam.join_group, wanted - present)
            if self.exclusive:
                self._each(_iam.leave_group, present - wanted)
        return True

    def delete(self, before):
        """DELETE the group. Its members stay, its permissions go."""
        _iam.delete_group(self._client, self._gid)

    def _each(self, call, uids):
        outcomes = together(lambda uid: call(self._client, self._gid, uid), sorted(set(uids)), CONCURRENCY)
        for _uid, _result, error in outcomes:
            if error:
                raise error

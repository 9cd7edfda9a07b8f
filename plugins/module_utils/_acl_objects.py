# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many ACL objects at once, whoever has permissions on them.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils import _acl
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._converge import Applied, Fate, Plan
from ansible_collections.dcos.security.plugins.module_utils._errors import RefusedError
from ansible_collections.dcos.security.plugins.module_utils._grants import Many
from ansible_collections.dcos.security.plugins.module_utils._names import SUPERUSER
from ansible_collections.dcos.security.plugins.module_utils._parallel import together

# How many names an error lists before it only counts.
NAMED = 5


class AclWish(NamedTuple):
    """ACL objects that shall exist, as {rid: description, None if any will do}, or with ``present=False`` not."""

    acls: dict[str, str | None]
    present: bool = True


class AclChanges(NamedTuple):
    """Requests that bring ACL objects to an AclWish; the first two are {rid: description}.

    None as the description of one to create stands for its rid, unless somebody else is faster and gives another one.
    """

    create: dict[str, str | None]
    describe: dict[str, str]
    delete: tuple[str, ...]


class AclObjects(Many):
    """ACL objects by themselves, whoever has permissions on them; read() returns {rid: description}.

    What this run did: ``created`` and ``deleted``, lists of rids.

    Args:
        rids: those that the wish will be about.
        force: also delete what somebody has a permission on.
    """

    label = "ACLs"

    def __init__(
        self,
        client: Client,
        rids: Iterable[str],
        concurrency: int,
        progress: Callable[[int, int, str], None],
        force: bool,
    ):
        super().__init__(client, concurrency, progress)
        self.created: list[str] = []
        self.deleted: list[str] = []
        self._described: list[str] = []
        self._rids = frozenset(rids)
        self._force = force

    def read(self) -> dict[str, str]:
        """One GET /acls, however many there are."""
        return {rid: text for rid, text in sorted(_acl.read_acls(self._client).items()) if rid in self._rids}

    def decide(self, before: Mapping[str, str], desired: AclWish, again: bool = False) -> Plan | None:
        """What is not there is created, what is described otherwise than asked for is described anew."""
        if not desired.present:
            changes = AclChanges({}, {}, tuple(rid for rid in sorted(desired.acls) if rid in before))
        else:
            changes = AclChanges(
                {rid: text for rid, text in desired.acls.items() if rid not in before},
                {
                    rid: text
                    for rid, text in desired.acls.items()
                    if text not in (None, before.get(rid)) and rid in before
                },
                (),
            )
        return Plan(before, changes) if any(changes) else None

    def check(self, before: Mapping[str, str], changes: AclChanges) -> None:
        """Refuse to delete what somebody has a permission on, unless forced; one request for each that would go."""
        refuse_deletion(changes.delete)
        if self._force:
            return
        held: list[str] = []
        looks = together(lambda rid: _acl.list_holders(self._client, rid), changes.delete, self._concurrency)
        for rid, holders, error in looks:
            if error:
                raise error
            if holders["users"] or holders["groups"]:
                held.append(f"'{rid}', on which {_who(holders)}")
        if held:
            more = f" And {len(held) - NAMED} more." if len(held) > NAMED else ""
            raise RefusedError(
                f"Refused to delete the ACL {'; '.join(held[:NAMED])}.{more} They would lose them: revoke these first, "
                "give uid or gid if only one of them was meant, or set force: true."
            )

    def predict(self, plan: Plan) -> dict[str, str]:
        """Return what there would be."""
        create, describe, delete = plan.changes
        self.created, self.deleted, self._described = list(create), list(delete), list(describe)
        return self._after(plan)

    def apply(self, plan: Plan) -> Applied:
        """Create, describe and delete."""
        create, describe, delete = plan.changes
        self._each(self._create, create.items(), lambda item: item[0], "ACLs")
        self._each(self._describe, describe.items(), lambda item: item[0], "ACLs")
        self._each(self._delete, delete, str, "ACLs")
        changed = bool(self.created or self.deleted or self._described)
        return Applied(changed, self._after(plan), again=not changed and self.failure is None)

    def _after(self, plan: Plan) -> dict[str, str]:
        wanted = {**plan.changes.create, **plan.changes.describe}
        texts = {rid: rid if text is None else text for rid, text in wanted.items()}
        after = {**plan.before, **{rid: texts[rid] for rid in (*self.created, *self._described)}}
        return {rid: text for rid, text in sorted(after.items()) if rid not in self.deleted}

    def _create(self, item: tuple[str, str | None]) -> None:
        rid, text = item
        fate = _acl.create_acl(self._client, rid, rid if text is None else text)
        if fate is not Fate.BEATEN:
            self.created.append(rid)
        if not fate and text is not None and _acl.read_acl(self._client, rid) != text:
            self._describe((rid, text))

    def _describe(self, item: tuple[str, str]) -> None:
        _acl.describe_acl(self._client, *item)
        self._described.append(item[0])

    def _delete(self, rid: str) -> None:
        if _acl.delete_acl(self._client, rid) is not Fate.BEATEN:
            self.deleted.append(rid)


def refuse_deletion(rids: Iterable[str]) -> None:
    """Raise RefusedError where the ACL of superusers is among those that shall be deleted."""
    if SUPERUSER in rids:
        raise RefusedError("Refused to delete the ACL 'dcos:superuser': nobody could administer the cluster any more.")


def _who(holders: Mapping[str, list[dict[str, Any]]]) -> str:
    """Say who has permissions: "2 users and 1 group have permissions (kafka, jane, brokers)"."""
    users, groups = ([holder[name] for holder in holders[kind]] for kind, name in (("users", "uid"), ("groups", "gid")))
    counts = [
        f"{len(names)} {kind if len(names) == 1 else kind + 's'}"
        for kind, names in (("user", users), ("group", groups))
        if names
    ]
    verb = "has" if len(users) + len(groups) == 1 else "have"
    names = [*users, *groups]
    more = ", …" if len(names) > NAMED else ""
    return f"{' and '.join(counts)} {verb} permissions ({', '.join(names[:NAMED])}{more})"

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many permissions of one subject at once.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils import _acl
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._converge import Applied, Convergent, Fate, Plan
from ansible_collections.dcos.security.plugins.module_utils._errors import (
    BulkError,
    DcosError,
    InputError,
    RefusedError,
)
from ansible_collections.dcos.security.plugins.module_utils._iam import SUPERUSERS
from ansible_collections.dcos.security.plugins.module_utils._names import SUPERUSER
from ansible_collections.dcos.security.plugins.module_utils._parallel import together


class Permission(NamedTuple):
    """What is asked of one rid: actions (with ``state: absent``, none means all), and its ACL's description if given.

    Also what a subject has on a rid, as read() returns it.
    """

    rid: str
    actions: frozenset[str]
    description: str | None = None


class Wish(NamedTuple):
    """What a subject shall have, or with ``present=False`` no longer have; ``exclusive``: and nothing else."""

    permissions: tuple[Permission, ...]
    present: bool = True
    exclusive: bool = False


class Changes(NamedTuple):
    """Requests that bring a subject to a Wish: first ``grants``, of missing actions, then ``revocations``.

    A grant's ``description`` is None where it is right, or not asked for.
    """

    grants: tuple[Permission, ...]
    revocations: tuple[tuple[str, str], ...]


class Many(Convergent):
    """What works through a list, ``concurrency`` requests at a time: what fails does not keep the rest from being done.

    ``failure`` is what to raise once the result tells what was done, or None.

    Args:
        progress: is told how far it is, as ``Task.progress`` is.
    """

    def __init__(self, client: Client, concurrency: int, progress: Callable[[int, int, str], None]):
        self._client = client
        self._concurrency = concurrency
        self._progress = progress
        self.failure: DcosError | None = None

    def _each(self, job: Callable[[Any], Any], items: Iterable[Any], name: Callable[[Any], str], what: str) -> None:
        """Call ``job`` with each item, unless something has failed before."""
        if self.failure:
            return
        todo = list(items)
        outcomes = together(job, todo, self._concurrency, lambda done: self._progress(done, len(todo), what))
        failures = [(item, error) for item, _result, error in outcomes if error is not None]
        if failures:
            told = [{"item": name(item), "msg": str(error), **error.as_result()} for item, error in failures]
            self.failure = BulkError(what, len(todo), told) if len(todo) > 1 else failures[0][1]


class SubjectPermissions(Many):
    """The direct permissions of one subject, brought to a Wish; read() returns them as {rid: Permission}.

    What this run did: ``granted`` and ``revoked``, sets of (rid, action), and ``created``, the ACLs that were made.

    Args:
        unknown_as_empty: a subject that does not exist has no permissions, instead of being an error; ``unknown`` then
            tells.
    """

    def __init__(
        self,
        client: Client,
        subject: _acl.Subject,
        concurrency: int,
        progress: Callable[[int, int, str], None],
        unknown_as_empty: bool,
    ):
        super().__init__(client, concurrency, progress)
        self.label = f"permissions of {subject}"
        self.unknown = False
        self.granted: set[tuple[str, str]] = set()
        self.revoked: set[tuple[str, str]] = set()
        self.created: list[str] = []
        self._described: list[str] = []
        self._subject = subject
        self._unknown_as_empty = unknown_as_empty

    def read(self) -> dict[str, Permission]:
        """Read all of them with one request. Raises InputError for an unknown subject."""
        present = _acl.read_permissions(self._client, self._subject)
        self.unknown = present is None
        if present is None:
            if not self._unknown_as_empty:
                maker = "dcos_group" if self._subject.kind == "group" else "dcos_service_account or dcos_user"
                raise InputError(f"There is no {self._subject}: create it first ({maker}).")
            return {}
        return {
            rid: Permission(rid, frozenset(entry["actions"]), entry["description"]) for rid, entry in present.items()
        }

    def decide(self, before: Mapping[str, Permission], desired: Wish, again: bool = False) -> Plan | None:
        """Compare by (rid, action); what is there is not asked for again."""
        changes = permission_changes(before, desired)
        return Plan(before, changes) if changes.grants or changes.revocations else None

    def check(self, before: Mapping[str, Permission], changes: Changes) -> None:
        """Refuse a revocation that would do harm, before anything is sent."""
        if (SUPERUSER, "full") in changes.revocations and self._subject == _acl.Subject("group", SUPERUSERS):
            raise RefusedError(
                "Refused to revoke 'full' on 'dcos:superuser' from the group superusers: nobody could administer "
                "the cluster any more."
            )

    def predict(self, plan: Plan) -> dict[str, Permission]:
        """Return what would be there; one request for each rid on which the subject has nothing yet."""

        def look(entry: Permission) -> None:
            if entry.rid not in plan.before and _acl.read_acl(self._client, entry.rid) is None:
                self.created.append(entry.rid)

        self._each(look, plan.changes.grants, lambda entry: entry.rid, "permissions")
        self.granted |= _pairs(plan.changes.grants)
        self.revoked |= set(plan.changes.revocations)
        return _after(plan.before, self.granted, self.revoked)

    def apply(self, plan: Plan) -> Applied:
        """Grant, and then revoke unless a grant failed."""
        self._each(
            lambda entry: self._grant(entry, entry.rid in plan.before),
            plan.changes.grants,
            lambda entry: entry.rid,
            "permissions",
        )
        self._each(self._revoke, plan.changes.revocations, " ".join, "revocations")
        changed = bool(self.granted or self.revoked or self.created or self._described)
        # If nothing was left to be done, others have done it.
        return Applied(
            changed, _after(plan.before, self.granted, self.revoked), again=not changed and self.failure is None
        )

    def shown(self, fields: Mapping[str, Permission]) -> dict[str, str]:
        """One line a rid."""
        return {rid: ", ".join(sorted(entry.actions)) for rid, entry in sorted(fields.items()) if entry.actions}

    def _grant(self, entry: Permission, known: bool) -> None:
        exists = known or not self._create_acl(entry)
        # An ACL that is new to the subject may have any description.
        wished = entry.description
        if exists and wished is not None and (known or _acl.read_acl(self._client, entry.rid) != wished):
            _acl.describe_acl(self._client, entry.rid, wished)
            self._described.append(entry.rid)
        for action in sorted(entry.actions):
            if _acl.grant(self._client, self._subject, entry.rid, action) is not Fate.BEATEN:
                self.granted.add((entry.rid, action))

    def _create_acl(self, entry: Permission) -> bool:
        """Create the ACL; False if it is somebody else's, and may have another description."""
        fate = _acl.create_acl(self._client, entry.rid, entry.rid if entry.description is None else entry.description)
        if fate is not Fate.BEATEN:
            self.created.append(entry.rid)
        return bool(fate)

    def _revoke(self, pair: tuple[str, str]) -> None:
        if _acl.revoke(self._client, self._subject, *pair) is not Fate.BEATEN:
            self.revoked.add(pair)


def permission_changes(before: Mapping[str, Permission], wish: Wish) -> Changes:
    """Return what has to be granted and revoked so that a subject with ``before`` ({rid: Permission}) has its Wish."""
    present, asked = _pairs(before.values()), _pairs(wish.permissions)
    if not wish.present:
        whole = {entry.rid for entry in wish.permissions if not entry.actions}
        return Changes((), tuple(sorted(pair for pair in present if pair in asked or pair[0] in whole)))
    grants = []
    for entry in wish.permissions:
        known = before.get(entry.rid, Permission(entry.rid, frozenset()))
        missing = Permission(
            entry.rid,
            entry.actions - known.actions,
            None if entry.description == known.description else entry.description,
        )
        if missing.actions or missing.description is not None:
            grants.append(missing)
    return Changes(tuple(grants), tuple(sorted(present - asked)) if wish.exclusive else ())


def by_rid(pairs: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return (rid, action) pairs as [{rid, actions}], sorted."""
    found: dict[str, list[str]] = {}
    for rid, action in sorted(pairs):
        found.setdefault(rid, []).append(action)
    return [{"rid": rid, "actions": actions} for rid, actions in found.items()]


def _pairs(permissions: Iterable[Permission]) -> set[tuple[str, str]]:
    return {(entry.rid, action) for entry in permissions for action in entry.actions}


def _after(
    before: Mapping[str, Permission], granted: set[tuple[str, str]], revoked: set[tuple[str, str]]
) -> dict[str, Permission]:
    pairs = (_pairs(before.values()) | granted) - revoked
    return {entry["rid"]: Permission(entry["rid"], frozenset(entry["actions"])) for entry in by_rid(pairs)}

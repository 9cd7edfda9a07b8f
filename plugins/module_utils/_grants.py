# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bringing the grants of one subject, or the ACL objects themselves, to what is wanted: few requests, many at a time.

This file is private to the collection.
"""

from __future__ import annotations

from typing import NamedTuple

from ansible_collections.dcos.security.plugins.module_utils import _acl
from ansible_collections.dcos.security.plugins.module_utils._client import Client, together
from ansible_collections.dcos.security.plugins.module_utils._converge import report
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, InputError, RefusedError
from ansible_collections.dcos.security.plugins.module_utils._iam import SUPERUSERS
from ansible_collections.dcos.security.plugins.module_utils._names import check_gid, check_uid
from ansible_collections.dcos.security.plugins.module_utils._permissions import advice, check_action, check_rid

SUPERUSER_RID = "dcos:superuser"


class Wanted(NamedTuple):
    """What is asked of one rid: a set of actions (empty: none named) and the ACL's description, if given."""

    rid: str
    actions: frozenset
    description: str | None


class BulkError(DcosError):
    """Some items of a list failed; the others are done."""

    def __init__(self, what: str, total: int, failures: list):
        self._failures = failures
        texts = "; ".join(f"{item}: {error}" for item, error in failures[:5])
        more = f" (and {len(failures) - 5} more, see failures)" if len(failures) > 5 else ""
        super().__init__(f"{len(failures)} of {total} {what} failed, the rest is done: {texts}{more}")

    def as_result(self):
        """Return ``failures``: [{item, msg, failure}], and ``failure`` of the first of them."""
        items = [{"item": item, "msg": str(error), **error.as_result()} for item, error in self._failures]
        return {**self._failures[0][1].as_result(), "failures": items}


def subject_of(params: dict) -> _acl.Subject | None:
    """Return the subject that the options of dcos_acl name, or None. Raises InputError for a malformed name."""
    # An empty name is no missing one: a template that came out empty must not lead to everybody's permissions.
    if params["uid"] is not None:
        check_uid(params["uid"])
        return _acl.Subject("user", params["uid"])
    if params["gid"] is not None:
        check_gid(params["gid"])
        return _acl.Subject("group", params["gid"])
    if params["exclusive"] or params["actions"] or any(entry["actions"] for entry in params["permissions"] or ()):
        raise InputError(
            f"{'exclusive' if params['exclusive'] else 'actions'} says what a subject may do: also give uid or gid."
        )
    return None


def wanted_of(task, needs_actions: bool) -> list:
    """Return what the options of dcos_acl ask for, a Wanted for each rid: entries of the same rid are added up.

    Warns of what is probably a mistake; raises InputError for what certainly is one.
    """
    params = task.params
    entries = params["permissions"]
    if entries is None:
        entries = [{name: params[name] for name in ("rid", "actions", "description")}]
    wanted: dict = {}
    for entry in entries:
        rid, actions = entry["rid"], entry["actions"] or []
        check_rid(rid)
        for action in actions:
            check_action(action)
        if needs_actions and not actions:
            raise InputError(f"Nothing to grant on '{rid}': give actions, of create, read, update, delete and full.")
        for text in advice(rid, actions):
            task.warn(text)
        known = wanted.get(rid, Wanted(rid, frozenset(), None))
        wanted[rid] = Wanted(
            rid,
            known.actions | set(actions),
            known.description if entry["description"] is None else entry["description"],
        )
    return list(wanted.values())


class Grants:
    """The direct grants of one subject.

    ``before`` and ``after`` are {rid: set of actions}; ``created`` lists the ACLs that had to be made.
    """

    def __init__(self, task, client: Client, subject: _acl.Subject, concurrency: int):
        self._task = task
        self._client = client
        self._subject = subject
        self._concurrency = concurrency
        self._present: dict = {}
        self.before: dict = {}
        self.after: dict = {}
        self.created: list = []
        self._described = False

    def read(self, tolerate_unknown: bool) -> None:
        """Read all direct grants with one request. An unknown subject has none in check mode, or where tolerated.

        Raises InputError for an unknown subject before anything is changed for it.
        """
        present = _acl.read_permissions(self._client, self._subject)
        if present is None:
            if not (tolerate_unknown or self._task.check_mode):
                maker = "dcos_group" if self._subject.kind == "group" else "dcos_service_account or dcos_user"
                raise InputError(f"There is no {self._subject}: create it first ({maker}).")
            if not tolerate_unknown:
                self._task.warn(f"There is no {self._subject} yet; check mode assumes that an earlier task creates it.")
            present = {}
        self._present = present
        self.before = {rid: set(entry["actions"]) for rid, entry in present.items()}
        self.after = {rid: set(actions) for rid, actions in self.before.items()}

    def grant(self, wanted: list, exclusive: bool = False) -> None:
        """Grant what is missing, create the ACLs that this needs, and set descriptions that were given.

        With ``exclusive``, then revoke all else, unless a grant failed.
        """
        surplus = self._all_pairs() - _pairs(wanted) if exclusive else set()
        self._guard(surplus)
        todo = [
            entry for entry in wanted if entry.actions - self.before.get(entry.rid, set()) or self._misdescribed(entry)
        ]
        self._each(self._grant_one, todo, lambda entry: entry.rid, "permissions")
        self._each(self._revoke_one, sorted(surplus), " ".join, "revocations")

    def revoke(self, wanted: list) -> None:
        """Revoke what is named and granted; of a rid without actions, all."""
        whole = {entry.rid for entry in wanted if not entry.actions}
        granted = self._all_pairs()
        surplus = {pair for pair in granted if pair[0] in whole} | (granted & _pairs(wanted))
        self._guard(surplus)
        self._each(self._revoke_one, sorted(surplus), " ".join, "revocations")

    def finish(self) -> None:
        """Put changed, diff, granted, revoked, acls_created and permissions into the task's result."""
        before, after = _listed(self.before), _listed(self.after)
        changed = before != after or bool(self.created) or self._described
        report(
            self._task,
            f"permissions of {self._subject}",
            changed,
            *({entry["rid"]: ", ".join(entry["actions"]) for entry in listed} for listed in (before, after)),
        )
        self._task.result.update(
            granted=_listed(_minus(self.after, self.before)),
            revoked=_listed(_minus(self.before, self.after)),
            acls_created=sorted(self.created),
            acls_deleted=[],
            permissions=after,
        )

    def _all_pairs(self):
        return {(rid, action) for rid, actions in self.before.items() for action in actions}

    def _guard(self, surplus):
        """Refuse a revocation that would do harm, before anything is sent."""
        if (SUPERUSER_RID, "full") in surplus and self._subject == _acl.Subject("group", SUPERUSERS):
            raise RefusedError(
                "Refused to revoke 'full' on 'dcos:superuser' from the group superusers: nobody could administer "
                "the cluster any more."
            )

    def _misdescribed(self, entry):
        known = self._present.get(entry.rid)
        return entry.description is not None and (known is None or known["description"] != entry.description)

    def _grant_one(self, entry):
        known = entry.rid in self._present
        if not known and self._ensure_acl(entry):
            self.created.append(entry.rid)
        elif self._misdescribed(entry) and (known or _acl.read_acl(self._client, entry.rid) != entry.description):
            self._described = True
            if not self._task.check_mode:
                _acl.describe_acl(self._client, entry.rid, entry.description)
        for action in sorted(entry.actions - self.before.get(entry.rid, set())):
            if not self._task.check_mode:
                _acl.grant(self._client, self._subject, entry.rid, action)
            self.after.setdefault(entry.rid, set()).add(action)

    def _ensure_acl(self, entry):
        """Create the ACL; True if it is (or in check mode would be) new."""
        if self._task.check_mode:
            return _acl.read_acl(self._client, entry.rid) is None
        return _acl.create_acl(self._client, entry.rid, entry.rid if entry.description is None else entry.description)

    def _revoke_one(self, pair):
        if not self._task.check_mode:
            _acl.revoke(self._client, self._subject, *pair)
        self.after[pair[0]].discard(pair[1])

    def _each(self, job, todo, name, what):
        failures = [(name(item), error) for item, _result, error in together(job, todo, self._concurrency) if error]
        if failures:
            self.finish()
            raise BulkError(what, len(todo), failures) if len(todo) > 1 else failures[0][1]


def converge_acls(task, client: Client, wanted: list, present: bool, concurrency: int) -> None:
    """Create, describe or delete ACL objects, whoever has grants on them. One GET /acls tells what is there."""
    if not present and any(entry.rid == SUPERUSER_RID for entry in wanted):
        raise RefusedError("Refused to delete the ACL 'dcos:superuser': nobody could administer the cluster any more.")
    before = _acl.read_acls(client)
    after = dict(before)

    def ensure(entry):
        given = entry.description is not None
        description = entry.description if given else entry.rid
        if not task.check_mode:
            exists = entry.rid in before or not _acl.create_acl(client, entry.rid, description)
            if exists and given:
                _acl.describe_acl(client, entry.rid, description)
        after[entry.rid] = description

    def remove(entry):
        if not task.check_mode:
            _acl.delete_acl(client, entry.rid)
        del after[entry.rid]

    if present:
        todo = [
            entry for entry in wanted if entry.rid not in before or entry.description not in (None, before[entry.rid])
        ]
    else:
        todo = [entry for entry in wanted if entry.rid in before]
    failures = [
        (entry.rid, error)
        for entry, _result, error in together(ensure if present else remove, todo, concurrency)
        if error
    ]
    rids = {entry.rid for entry in wanted}
    report(
        task,
        "ACLs",
        before != after,
        *({rid: acls[rid] for rid in sorted(rids & set(acls))} for acls in (before, after)),
    )
    task.result.update(
        granted=[],
        revoked=[],
        acls_created=sorted(set(after) - set(before)),
        acls_deleted=sorted(set(before) - set(after)),
        permissions=[],
    )
    if failures:
        raise BulkError("ACLs", len(todo), failures) if len(todo) > 1 else failures[0][1]


def _pairs(wanted):
    return {(entry.rid, action) for entry in wanted for action in entry.actions}


def _listed(grants):
    return [{"rid": rid, "actions": sorted(actions)} for rid, actions in sorted(grants.items()) if actions]


def _minus(one, other):
    return {rid: actions - other.get(rid, set()) for rid, actions in one.items()}

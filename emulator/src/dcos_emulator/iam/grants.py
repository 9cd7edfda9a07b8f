# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grants: ``/acls/{rid}/users/{uid}…``, ``/acls/{rid}/groups/{gid}…`` and the permissions of users and groups."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from .. import unconfirmed
from ..store import Store
from . import acls, errors, groups, urls, users
from .http import Request, answer, empty

ACTIONS = frozenset({"create", "read", "update", "delete", "full"})


class Grants:
    """The handlers for one kind of subject: ``users`` or ``groups``."""

    def __init__(self, store: Store, kind: str) -> None:
        self._store = store
        self._kind = kind

    def _check(self, rid: str, subject: str, action: str | None = None) -> None:
        """Raise for an invalid action, an unknown ACL and an unknown subject, in that order."""
        for check in unconfirmed.grant_check_order():
            if check == "action" and action is not None and action not in ACTIONS:
                errors.invalid_action(action)
            elif check == "rid":
                acls.existing(self._store, rid)
            elif check == "subject":
                (users.existing if self._kind == "users" else groups.existing)(self._store, subject)

    def actions(self, request: Request, rid: str, subject: str) -> Response:
        """GET /acls/{rid}/{kind}/{subject}"""
        self._check(rid, subject)
        granted = self._store.actions(rid, (self._kind, subject))
        if not granted:
            errors.not_in_acl(rid, self._kind, subject)
        return answer([{"name": name, "url": urls.grant(rid, self._kind, subject, name)} for name in granted])

    def is_allowed(self, request: Request, rid: str, subject: str, action: str) -> Response:
        """GET /acls/{rid}/{kind}/{subject}/{action}"""
        self._check(rid, subject, action)
        return answer({"allowed": action in self._store.actions(rid, (self._kind, subject))})

    def grant(self, request: Request, rid: str, subject: str, action: str) -> Response:
        """PUT /acls/{rid}/{kind}/{subject}/{action}; the ACL must exist."""
        self._check(rid, subject, action)
        granted = self._store.actions(rid, (self._kind, subject))
        if action in granted and unconfirmed.duplicate_grant_conflicts(self._kind):
            errors.permission_exists(rid, self._kind, subject, action)
        self._store.set_actions(rid, (self._kind, subject), {**granted, action: None})
        return empty(204)

    def revoke(self, request: Request, rid: str, subject: str, action: str) -> Response:
        """DELETE /acls/{rid}/{kind}/{subject}/{action}"""
        self._check(rid, subject, action)
        granted = self._store.actions(rid, (self._kind, subject))
        if action not in granted:
            if unconfirmed.absent_grant_names_action(granted):
                errors.action_not_stored(rid, self._kind, subject, action)
            errors.not_in_acl(rid, self._kind, subject)
        if unconfirmed.grant_is_protected(rid, self._kind, subject, (action,)):
            errors.is_superuser_group()
        self._store.set_actions(rid, (self._kind, subject), {name: None for name in granted if name != action})
        return empty(204)

    def revoke_all(self, request: Request, rid: str, subject: str) -> Response:
        """DELETE /acls/{rid}/{kind}/{subject}"""
        self._check(rid, subject)
        granted = self._store.actions(rid, (self._kind, subject))
        if not granted:
            errors.not_in_acl(rid, self._kind, subject)
        if unconfirmed.grant_is_protected(rid, self._kind, subject, granted):
            errors.is_superuser_group()
        self._store.set_actions(rid, (self._kind, subject), {})
        return empty(204)


class Permissions:
    """The handlers for what a user or a group may do."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _granted(self, kind: str, subject: str) -> list[dict[str, Any]]:
        return [
            {
                "rid": rid,
                "description": self._store.acls[rid].description,
                "aclurl": urls.acl(rid),
                "actions": [{"name": name, "url": urls.grant(rid, kind, subject, name)} for name in actions],
            }
            for rid, actions in self._store.grants_of.get((kind, subject), {}).items()
        ]

    def of_user(self, request: Request, uid: str) -> Response:
        """GET /users/{uid}/permissions: direct ones and those inherited from groups."""
        users.existing(self._store, uid)
        inherited = [
            {**permission, "gid": gid, "membershipurl": urls.membership(gid, uid)}
            for gid in self._store.groups_of.get(uid, ())
            for permission in self._granted("groups", gid)
        ]
        return answer({"direct": self._granted("users", uid), "groups": inherited})

    def of_group(self, request: Request, gid: str) -> Response:
        """GET /groups/{gid}/permissions"""
        groups.existing(self._store, gid)
        return answer(self._granted("groups", gid))

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grants: ``/acls/{rid}/users/{uid}…``, ``/acls/{rid}/groups/{gid}…`` and the permissions of users and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from .. import unconfirmed
from ..call import Call
from . import acls, errors, groups, urls, users
from .http import answer, empty

if TYPE_CHECKING:
    from .service import Iam

ACTIONS = frozenset({"create", "read", "update", "delete", "full"})


class Grants:
    """The handlers for one kind of subject: ``users`` or ``groups``."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def _checked(self, iam: Iam, rid: str, subject: str, action: str | None = None) -> str:
        """The rid, decoded; raises for an invalid action, an unknown ACL and an unknown subject, in that order."""
        rid = acls.rid_from_path(rid)
        for check in unconfirmed.grant_check_order():
            if check == "action" and action is not None and action not in ACTIONS:
                errors.invalid_action(action)
            elif check == "rid":
                acls.existing(iam, rid)
            elif check == "subject":
                (users.existing if self.kind == "users" else groups.existing)(iam, subject)
        return rid

    def actions(self, iam: Iam, call: Call, rid: str, subject: str) -> Response:
        """GET /acls/{rid}/{kind}/{subject}"""
        rid = self._checked(iam, rid, subject)
        granted = iam.store.actions(rid, (self.kind, subject))
        if not granted:
            errors.not_in_acl(rid, self.kind, subject)
        return answer([{"name": name, "url": urls.grant(rid, self.kind, subject, name)} for name in granted])

    def is_allowed(self, iam: Iam, call: Call, rid: str, subject: str, action: str) -> Response:
        """GET /acls/{rid}/{kind}/{subject}/{action}"""
        rid = self._checked(iam, rid, subject, action)
        return answer({"allowed": action in iam.store.actions(rid, (self.kind, subject))})

    def grant(self, iam: Iam, call: Call, rid: str, subject: str, action: str) -> Response:
        """PUT /acls/{rid}/{kind}/{subject}/{action}; the ACL must exist."""
        rid = self._checked(iam, rid, subject, action)
        granted = iam.store.actions(rid, (self.kind, subject))
        if action in granted and unconfirmed.duplicate_grant_conflicts(self.kind):
            errors.permission_exists(rid, self.kind, subject, action)
        iam.store.set_actions(rid, (self.kind, subject), {**granted, action: None})
        return empty(204)

    def revoke(self, iam: Iam, call: Call, rid: str, subject: str, action: str) -> Response:
        """DELETE /acls/{rid}/{kind}/{subject}/{action}"""
        rid = self._checked(iam, rid, subject, action)
        granted = iam.store.actions(rid, (self.kind, subject))
        if action not in granted:
            if unconfirmed.absent_grant_names_action(granted):
                errors.action_not_stored(rid, self.kind, subject, action)
            errors.not_in_acl(rid, self.kind, subject)
        if unconfirmed.grant_is_protected(rid, self.kind, subject, (action,)):
            errors.is_superuser_group()
        iam.store.set_actions(rid, (self.kind, subject), {name: None for name in granted if name != action})
        return empty(204)

    def revoke_all(self, iam: Iam, call: Call, rid: str, subject: str) -> Response:
        """DELETE /acls/{rid}/{kind}/{subject}"""
        rid = self._checked(iam, rid, subject)
        granted = iam.store.actions(rid, (self.kind, subject))
        if not granted:
            errors.not_in_acl(rid, self.kind, subject)
        if unconfirmed.grant_is_protected(rid, self.kind, subject, granted):
            errors.is_superuser_group()
        iam.store.set_actions(rid, (self.kind, subject), {})
        return empty(204)


def _permissions(iam: Iam, kind: str, subject: str) -> list[dict[str, Any]]:
    return [
        {
            "rid": rid,
            "description": iam.store.acls[rid].description,
            "aclurl": urls.acl(rid),
            "actions": [{"name": name, "url": urls.grant(rid, kind, subject, name)} for name in actions],
        }
        for rid, actions in iam.store.grants_of.get((kind, subject), {}).items()
    ]


def get_user_permissions(iam: Iam, call: Call, uid: str) -> Response:
    """GET /users/{uid}/permissions: direct ones and those inherited from groups."""
    users.existing(iam, uid)
    inherited = [
        {**permission, "gid": gid, "membershipurl": urls.membership(gid, uid)}
        for gid in iam.store.groups_of.get(uid, ())
        for permission in _permissions(iam, "groups", gid)
    ]
    return answer({"direct": _permissions(iam, "users", uid), "groups": inherited})


def get_group_permissions(iam: Iam, call: Call, gid: str) -> Response:
    """GET /groups/{gid}/permissions"""
    groups.existing(iam, gid)
    return answer(_permissions(iam, "groups", gid))

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/groups``: groups and memberships (DC/OS Enterprise)."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from .. import unconfirmed
from ..records import SUPERUSERS, Group
from ..store import Store
from . import errors, schema, urls, users
from .http import Request, answer, empty, stored_text


def group_object(group: Group) -> dict[str, Any]:
    """The API's Group."""
    return {
        "gid": group.gid,
        "description": group.description,
        "url": urls.group(group.gid),
        "provider_type": group.provider_type,
    }


def existing(store: Store, gid: str) -> Group:
    """The group; ERR_UNKNOWN_GROUP_ID if there is none."""
    if (group := store.groups.get(gid)) is None:
        errors.unknown_group(gid)
    return group


class Groups:
    """The handlers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get_all(self, request: Request) -> Response:
        """GET /groups"""
        return answer([group_object(group) for group in self._store.groups.values()])

    def get(self, request: Request, gid: str) -> Response:
        """GET /groups/{gid}"""
        return answer(group_object(existing(self._store, gid)))

    def put(self, request: Request, gid: str) -> Response:
        """PUT /groups/{gid}"""
        body = schema.GROUP_CREATE.validated(request.data)
        provider_type = body.get("provider_type", "internal")
        if provider_type not in users.PROVIDER_TYPES:
            errors.invalid_data(f"Invalid provider_type: {provider_type}")
        if not unconfirmed.is_valid_gid(gid, users.is_valid_id):
            errors.invalid_group_id(gid)
        if gid in self._store.groups:
            errors.group_exists(gid)
        self._store.put_group(Group(gid, stored_text(body["description"]), provider_type))
        return empty(201)

    def patch(self, request: Request, gid: str) -> Response:
        """PATCH /groups/{gid}"""
        body = schema.DESCRIPTION.validated(request.data)
        group = existing(self._store, gid)
        self._store.put_group(Group(gid, stored_text(body["description"]), group.provider_type))
        return empty(204)

    def delete(self, request: Request, gid: str) -> Response:
        """DELETE /groups/{gid}: its grants and memberships go with it."""
        existing(self._store, gid)
        if unconfirmed.group_is_protected(gid):
            errors.is_superuser_group()
        self._store.delete_group(gid)
        return empty(204)

    def get_members(self, request: Request, gid: str) -> Response:
        """GET /groups/{gid}/users: regular users, or with ``?type=service`` service accounts."""
        existing(self._store, gid)
        services = users.wants_services(request.call)
        members = [self._store.users[uid] for uid in self._store.members.get(gid, ())]
        return answer(
            [
                {"membershipurl": urls.membership(gid, user.uid), "user": users.user_object(user)}
                for user in members
                if user.is_service == services
            ]
        )

    def put_member(self, request: Request, gid: str, uid: str) -> Response:
        """PUT /groups/{gid}/users/{uid}"""
        existing(self._store, gid)
        users.existing(self._store, uid)
        if uid in self._store.members.get(gid, ()):
            errors.already_member(gid, uid)
        self._store.add_member(gid, uid)
        return empty(204)

    def delete_member(self, request: Request, gid: str, uid: str) -> Response:
        """DELETE /groups/{gid}/users/{uid}"""
        existing(self._store, gid)
        users.existing(self._store, uid)
        members = self._store.members.get(gid, {})
        if uid not in members:
            errors.not_member(gid, uid)
        if gid == SUPERUSERS and unconfirmed.is_last_superuser(uid, members):
            errors.no_more_superusers()
        self._store.remove_member(gid, uid)
        return empty(204)

    def get_all_of_user(self, request: Request, uid: str) -> Response:
        """GET /users/{uid}/groups"""
        users.existing(self._store, uid)
        return answer(
            [
                {"membershipurl": urls.membership(gid, uid), "group": group_object(self._store.groups[gid])}
                for gid in self._store.groups_of.get(uid, ())
            ]
        )

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/groups``: groups and memberships (DC/OS Enterprise)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from .. import unconfirmed
from ..call import Call
from ..records import SUPERUSERS, Group
from . import errors, schema, urls, users
from .http import answer, empty

if TYPE_CHECKING:
    from .service import Iam


def group_object(group: Group) -> dict[str, Any]:
    """The API's Group."""
    return {
        "gid": group.gid,
        "description": group.description,
        "url": urls.group(group.gid),
        "provider_type": group.provider_type,
    }


def existing(iam: Iam, gid: str) -> Group:
    """The group; ERR_UNKNOWN_GROUP_ID if there is none."""
    if (group := iam.store.groups.get(gid)) is None:
        errors.unknown_group(gid)
    return group


def list_groups(iam: Iam, call: Call) -> Response:
    """GET /groups"""
    return answer([group_object(group) for group in iam.store.groups.values()])


def get_group(iam: Iam, call: Call, gid: str) -> Response:
    """GET /groups/{gid}"""
    return answer(group_object(existing(iam, gid)))


def put_group(iam: Iam, call: Call, gid: str) -> Response:
    """PUT /groups/{gid}"""
    body = schema.GROUP_CREATE.validated(call.context["json"])
    provider_type = body.get("provider_type", "internal")
    if provider_type not in users.PROVIDER_TYPES:
        errors.invalid_data(f"Invalid provider_type: {provider_type}")
    if not unconfirmed.is_valid_gid(gid, users.is_valid_id):
        errors.invalid_group_id(gid)
    if gid in iam.store.groups:
        errors.group_exists(gid)
    iam.store.put_group(Group(gid, body["description"], provider_type))
    return empty(201)


def patch_group(iam: Iam, call: Call, gid: str) -> Response:
    """PATCH /groups/{gid}"""
    body = schema.DESCRIPTION.validated(call.context["json"])
    group = existing(iam, gid)
    iam.store.put_group(Group(gid, body["description"], group.provider_type))
    return empty(204)


def delete_group(iam: Iam, call: Call, gid: str) -> Response:
    """DELETE /groups/{gid}: its grants and memberships go with it."""
    existing(iam, gid)
    if unconfirmed.group_is_protected(gid):
        errors.is_superuser_group()
    iam.store.delete_group(gid)
    return empty(204)


def list_members(iam: Iam, call: Call, gid: str) -> Response:
    """GET /groups/{gid}/users: regular users, or with ``?type=service`` service accounts."""
    existing(iam, gid)
    services = users.wants_services(call)
    members = [iam.store.users[uid] for uid in iam.store.members.get(gid, ())]
    return answer(
        [
            {"membershipurl": urls.membership(gid, user.uid), "user": users.user_object(user)}
            for user in members
            if user.is_service == services
        ]
    )


def put_member(iam: Iam, call: Call, gid: str, uid: str) -> Response:
    """PUT /groups/{gid}/users/{uid}"""
    existing(iam, gid)
    users.existing(iam, uid)
    if uid in iam.store.members.get(gid, ()):
        errors.already_member(gid, uid)
    iam.store.add_member(gid, uid)
    return empty(204)


def delete_member(iam: Iam, call: Call, gid: str, uid: str) -> Response:
    """DELETE /groups/{gid}/users/{uid}"""
    existing(iam, gid)
    users.existing(iam, uid)
    members = iam.store.members.get(gid, {})
    if uid not in members:
        errors.not_member(gid, uid)
    if gid == SUPERUSERS and unconfirmed.is_last_superuser(uid, members):
        errors.no_more_superusers()
    iam.store.remove_member(gid, uid)
    return empty(204)


def list_groups_of_user(iam: Iam, call: Call, uid: str) -> Response:
    """GET /users/{uid}/groups"""
    users.existing(iam, uid)
    return answer(
        [
            {"membershipurl": urls.membership(gid, uid), "group": group_object(iam.store.groups[gid])}
            for gid in iam.store.groups_of.get(uid, ())
        ]
    )

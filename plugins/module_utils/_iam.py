# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM's users, groups and memberships, one function a request. Endpoints: ``/acs/api/v1/users``, ``/groups``.

An unknown uid or gid is a 400 with ``ERR_UNKNOWN_…`` on this API, never a 404; a duplicate is a 409.

This file is private to the collection.
"""

from __future__ import annotations

from urllib.parse import quote

from ansible_collections.dcos.security.plugins.module_utils._client import IAM, UNKNOWN_GROUP, UNKNOWN_USER, Client

SUPERUSERS = "superusers"
# Ends the description of an account whose key is being replaced, see _rekey.
PENDING = " [rekey pending]"


def user_path(uid: str) -> str:
    """Return the path of a user or service account."""
    return f"{IAM}/users/{quote(uid, safe='@')}"


def group_path(gid: str) -> str:
    """Return the path of a group."""
    return f"{IAM}/groups/{quote(gid, safe='@')}"


def is_pending(user) -> bool:
    """Tell whether an account was recreated by a run that did not get to restoring all of it."""
    return bool(user) and user.get("description", "").endswith(PENDING)


def read_user(client: Client, uid: str):
    """GET /users/{uid}: the User object (uid, description, is_service, public_key, …), or None."""
    return client.read(user_path(uid), f"read account '{uid}'", ("description",), accept=(UNKNOWN_USER,))


def read_users(client: Client, services: bool) -> list:
    """GET /users: the User objects of all people, or of all service accounts (the API lists either kind alone)."""
    kind = "service accounts" if services else "users"
    params = {"type": "service"} if services else None
    return client.read(f"{IAM}/users", f"list the {kind}", ("array",), params=params)["array"]


def create_user(client: Client, uid: str, body: dict, what: str) -> bool:
    """PUT /users/{uid}: create an account; False if the uid is taken. ``what`` names its kind in errors."""
    secrets = [body["password"]] if "password" in body else []
    return client.put(user_path(uid), f"create {what} '{uid}'", accept=(409,), body=body, secrets=secrets).status != 409


def update_user(client: Client, uid: str, body: dict) -> bool:
    """PATCH /users/{uid}: set description or password; False if there is no such account."""
    secrets = [body["password"]] if "password" in body else []
    answer = client.patch(user_path(uid), f"update account '{uid}'", accept=(UNKNOWN_USER,), body=body, secrets=secrets)
    return answer.code != UNKNOWN_USER


def delete_user(client: Client, uid: str) -> None:
    """DELETE /users/{uid}; no error if there is no such account. Its grants and memberships go with it."""
    client.delete(user_path(uid), f"delete account '{uid}'", accept=(UNKNOWN_USER,))


def read_groups_of(client: Client, uid: str, accept=()):
    """GET /users/{uid}/groups: the gids, sorted; None if there is no such account, or for one of ``accept``."""
    found = client.read(
        f"{user_path(uid)}/groups", f"read the groups of '{uid}'", ("array",), accept=(UNKNOWN_USER, *accept)
    )
    return found and sorted(item["group"]["gid"] for item in found["array"])


def read_all_groups(client: Client) -> list:
    """GET /groups: every Group object."""
    return client.read(f"{IAM}/groups", "list the groups", ("array",))["array"]


def read_group(client: Client, gid: str, accept=()):
    """GET /groups/{gid}: the Group object (gid, description, …), or None. ``accept`` lists further kinds of absence."""
    return client.read(group_path(gid), f"read group '{gid}'", ("description",), accept=(UNKNOWN_GROUP, *accept))


def create_group(client: Client, gid: str, description: str, accept=()) -> int:
    """PUT /groups/{gid}: create a group; returns the status, 201 or 409 (exists) or one of ``accept``."""
    return client.put(
        group_path(gid), f"create group '{gid}'", accept=(409, *accept), body={"description": description}
    ).status


def update_group(client: Client, gid: str, description: str) -> bool:
    """PATCH /groups/{gid}: set the description; False if there is no such group."""
    answer = client.patch(
        group_path(gid), f"update group '{gid}'", accept=(UNKNOWN_GROUP,), body={"description": description}
    )
    return answer.code != UNKNOWN_GROUP


def delete_group(client: Client, gid: str, accept=()) -> bool:
    """DELETE /groups/{gid}; False if there was no such group."""
    answer = client.delete(group_path(gid), f"delete group '{gid}'", accept=(UNKNOWN_GROUP, *accept))
    return answer.status == 204


def read_members(client: Client, gid: str, services: bool):
    """GET /groups/{gid}/users: the uids of its people or of its service accounts (the API lists either kind alone)."""
    found = client.read(
        f"{group_path(gid)}/users",
        f"read the members of group '{gid}'",
        ("array",),
        accept=(UNKNOWN_GROUP,),
        params={"type": "service"} if services else None,
    )
    return sorted(item["user"]["uid"] for item in found["array"]) if found else []


def join_group(client: Client, gid: str, uid: str) -> None:
    """PUT /groups/{gid}/users/{uid}; a membership that exists is none to complain about."""
    client.put(f"{group_path(gid)}/users/{quote(uid, safe='@')}", f"add '{uid}' to group '{gid}'", accept=(409,))


def leave_group(client: Client, gid: str, uid: str) -> None:
    """DELETE /groups/{gid}/users/{uid}; no error if it was no member."""
    client.delete(
        f"{group_path(gid)}/users/{quote(uid, safe='@')}",
        f"remove '{uid}' from group '{gid}'",
        accept=("ERR_USER_NOT_IN_GROUP", UNKNOWN_GROUP),
    )


def read_all_members(client: Client, gid: str) -> list:
    """Return the uids of a group's people and service accounts, sorted; two requests."""
    return sorted(read_members(client, gid, services=False) + read_members(client, gid, services=True))


def is_last_superuser(client: Client, uid: str) -> bool:
    """Tell whether ``uid`` is the only member of the group ``superusers``, of either kind."""
    return read_all_members(client, SUPERUSERS) == [uid]

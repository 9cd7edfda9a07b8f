# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM's users, groups and memberships, one function a request. Endpoints: ``/acs/api/v1/users``, ``/groups``.

An unknown uid or gid is a 400 with ``ERR_UNKNOWN_…`` on this API, never a 404; a duplicate is a 409. ``sending`` is how
a request is sent: ``once`` and ``deadline`` of Client.request.

This file is private to the collection.
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from ansible_collections.dcos.security.plugins.module_utils import _shapes
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._converge import Fate, fate_of
from ansible_collections.dcos.security.plugins.module_utils._hints import IAM, UNKNOWN_GROUP, UNKNOWN_USER

SUPERUSERS = "superusers"
# Ends the description of an account that a key replacement, or a deletion, is at work on, see _rekey.
PENDING = " [rekey pending]"
_JOURNAL_PREFIX = "dcos-security-rekey-"


def user_path(uid: str) -> str:
    """Return the path of a user or service account."""
    return f"{IAM}/users/{quote(uid, safe='@')}"


def group_path(gid: str) -> str:
    """Return the path of a group."""
    return f"{IAM}/groups/{quote(gid, safe='@')}"


def journal_gid(uid: str) -> str:
    """Return the gid of the group that holds the journal of a service account, see _journal."""
    return _JOURNAL_PREFIX + hashlib.sha256(uid.encode()).hexdigest()[:32]


def is_journal(gid: str) -> bool:
    """Tell whether a group holds the journal of some key replacement."""
    return gid.startswith(_JOURNAL_PREFIX)


def unmarked(description: str) -> str:
    """Return a description without the mark at its end, if it has one."""
    return description[: -len(PENDING)] if description.endswith(PENDING) else description


def is_pending(user: dict[str, Any] | None) -> bool:
    """Tell whether an account bears the mark."""
    return user is not None and str(user.get("description", "")).endswith(PENDING)


def read_user(client: Client, uid: str) -> dict[str, Any] | None:
    """GET /users/{uid}: the User object (uid, description, is_service, public_key, …), or None."""
    user: dict[str, Any] | None = client.read(
        user_path(uid), f"read account '{uid}'", _shapes.USER, accept=(UNKNOWN_USER,)
    )
    return user


def read_users(client: Client, services: bool) -> list[dict[str, Any]]:
    """GET /users: the User objects of all people, or of all service accounts (the API lists either kind alone)."""
    kind = "service accounts" if services else "users"
    params = {"type": "service"} if services else None
    users: list[dict[str, Any]] = client.read(f"{IAM}/users", f"list the {kind}", _shapes.USERS, params=params)["array"]
    return users


def create_user(client: Client, uid: str, body: dict[str, Any], what: str, **sending: Any) -> Fate:
    """PUT /users/{uid}: create an account; false if the uid is taken. ``what`` names its kind in errors."""
    secrets = [body["password"]] if "password" in body else []
    answer = client.put(user_path(uid), f"create {what} '{uid}'", accept=(409,), body=body, secrets=secrets, **sending)
    return fate_of(answer, answer.status != 409)


def update_user(client: Client, uid: str, body: dict[str, Any], **sending: Any) -> bool:
    """PATCH /users/{uid}: set description or password; False if there is no such account."""
    secrets = [body["password"]] if "password" in body else []
    answer = client.patch(
        user_path(uid), f"update account '{uid}'", accept=(UNKNOWN_USER,), body=body, secrets=secrets, **sending
    )
    return answer.code != UNKNOWN_USER


def delete_user(client: Client, uid: str, **sending: Any) -> Fate:
    """DELETE /users/{uid}; false if there is no such account. Its grants and memberships go with it."""
    answer = client.delete(user_path(uid), f"delete account '{uid}'", accept=(UNKNOWN_USER,), **sending)
    return fate_of(answer, answer.code != UNKNOWN_USER)


def read_groups_of(client: Client, uid: str, accept: tuple[int, ...] = ()) -> list[str] | None:
    """GET /users/{uid}/groups: the gids, sorted; None if there is no such account, or for one of ``accept``."""
    found = client.read(
        f"{user_path(uid)}/groups",
        f"read the groups of '{uid}'",
        _shapes.GROUPS_OF_USER,
        accept=(UNKNOWN_USER, *accept),
    )
    return sorted(item["group"]["gid"] for item in found["array"]) if found else None


def read_all_groups(client: Client) -> list[dict[str, Any]]:
    """GET /groups: every Group object."""
    groups: list[dict[str, Any]] = client.read(f"{IAM}/groups", "list the groups", _shapes.GROUPS)["array"]
    return groups


def read_group(client: Client, gid: str, accept: tuple[int, ...] = ()) -> dict[str, Any] | None:
    """GET /groups/{gid}: the Group object (gid, description, …), or None. ``accept`` lists further kinds of absence."""
    group: dict[str, Any] | None = client.read(
        group_path(gid), f"read group '{gid}'", _shapes.GROUP, accept=(UNKNOWN_GROUP, *accept)
    )
    return group


def create_group(
    client: Client, gid: str, description: str, accept: tuple[int, ...] = (), **sending: Any
) -> Fate | None:
    """PUT /groups/{gid}: create a group; false if there is one (409), None for a status of ``accept``."""
    answer = client.put(
        group_path(gid), f"create group '{gid}'", accept=(409, *accept), body={"description": description}, **sending
    )
    return None if answer.status in accept else fate_of(answer, answer.status != 409)


def update_group(client: Client, gid: str, description: str, **sending: Any) -> bool:
    """PATCH /groups/{gid}: set the description; False if there is no such group."""
    answer = client.patch(
        group_path(gid), f"update group '{gid}'", accept=(UNKNOWN_GROUP,), body={"description": description}, **sending
    )
    return answer.code != UNKNOWN_GROUP


def delete_group(client: Client, gid: str, accept: tuple[int, ...] = (), **sending: Any) -> Fate:
    """DELETE /groups/{gid}; false if there was no such group."""
    answer = client.delete(group_path(gid), f"delete group '{gid}'", accept=(UNKNOWN_GROUP, *accept), **sending)
    return fate_of(answer, answer.status == 204)


def read_members(client: Client, gid: str, services: bool) -> list[str]:
    """GET /groups/{gid}/users: the uids of its people or of its service accounts (the API lists either kind alone)."""
    found = client.read(
        f"{group_path(gid)}/users",
        f"read the members of group '{gid}'",
        _shapes.MEMBERS,
        accept=(UNKNOWN_GROUP,),
        params={"type": "service"} if services else None,
    )
    return sorted(item["user"]["uid"] for item in found["array"]) if found else []


def join_group(client: Client, gid: str, uid: str, **sending: Any) -> Fate:
    """PUT /groups/{gid}/users/{uid}; false if it was a member."""
    answer = client.put(
        f"{group_path(gid)}/users/{quote(uid, safe='@')}", f"add '{uid}' to group '{gid}'", accept=(409,), **sending
    )
    return fate_of(answer, answer.status != 409)


def leave_group(client: Client, gid: str, uid: str) -> Fate:
    """DELETE /groups/{gid}/users/{uid}; false if it was no member."""
    answer = client.delete(
        f"{group_path(gid)}/users/{quote(uid, safe='@')}",
        f"remove '{uid}' from group '{gid}'",
        accept=("ERR_USER_NOT_IN_GROUP", UNKNOWN_GROUP),
    )
    return fate_of(answer, answer.code not in ("ERR_USER_NOT_IN_GROUP", UNKNOWN_GROUP))


def read_all_members(client: Client, gid: str) -> list[str]:
    """Return the uids of a group's people and service accounts, sorted; two requests."""
    return sorted(read_members(client, gid, services=False) + read_members(client, gid, services=True))


def is_last_superuser(client: Client, uid: str) -> bool:
    """Tell whether ``uid`` is the only member of the group ``superusers``, of either kind, that is going to stay.

    If it is not, it counts as one that goes from now on.
    """
    with client.leaving_lock:
        last = set(read_all_members(client, SUPERUSERS)) - client.leaving <= {uid}
        if not last:
            client.leaving.add(uid)
        return last

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grants: which subject (user, service account or group) may do what with which protected resource.

Endpoints: ``/acs/api/v1/acls``, ``/users/{uid}/permissions``, ``/groups/{gid}/permissions``. A grant needs its ACL
first; a duplicate grant is a 409 and an absent one a 400, and both mean "already so".

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils import _shapes
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._converge import Fate, fate_of
from ansible_collections.dcos.security.plugins.module_utils._hints import IAM, UNKNOWN_GROUP, UNKNOWN_USER
from ansible_collections.dcos.security.plugins.module_utils._iam import group_path, user_path
from ansible_collections.dcos.security.plugins.module_utils._names import rid_path

UNKNOWN_RID = "ERR_UNKNOWN_RESOURCE_ID"
# What a revocation may answer when the grant is gone already.
NOT_GRANTED = ("ERR_ACTION_NOT_YET_STORED", "ERR_USER_NOT_IN_ACL", "ERR_GROUP_NOT_IN_ACL", UNKNOWN_RID)


class Subject(NamedTuple):
    """Whom a grant is for: ``kind`` is "user" (service accounts too) or "group", ``id`` its uid or gid."""

    kind: str
    id: str

    @property
    def path(self) -> str:
        """Path of the subject itself."""
        return user_path(self.id) if self.kind == "user" else group_path(self.id)

    @property
    def tail(self) -> str:
        """The part of a grant's path that names the subject."""
        return f"{self.kind}s/{self.path.rsplit('/', maxsplit=1)[-1]}"

    def __str__(self) -> str:
        return f"{self.kind} '{self.id}'"


def acl_path(rid: str) -> str:
    """Return the path of a protected resource; slashes of the rid go out as ``%252F``."""
    return f"{IAM}/acls/{rid_path(rid)}"


def read_permissions(client: Client, subject: Subject) -> dict[str, dict[str, Any]] | None:
    """Return the direct grants of ``subject`` as {rid: {"actions": set, "description": str}}; None if it is unknown.

    One request, whatever the size of the cluster: GET /users/{uid}/permissions or /groups/{gid}/permissions.
    """
    listed = list_permissions(client, subject)
    return listed and {
        entry["rid"]: {"actions": set(entry["actions"]), "description": entry["description"]} for entry in listed[0]
    }


def list_permissions(client: Client, subject: Subject) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
    """Return the grants of ``subject``, direct ones and those by way of groups, or None if it is unknown.

    Each is a list of {rid, description, actions} sorted by rid, the second kind with the ``gid`` as well.
    """
    found = client.read(
        f"{subject.path}/permissions",
        f"read the permissions of {subject}",
        _shapes.USER_PERMISSIONS if subject.kind == "user" else _shapes.GROUP_PERMISSIONS,
        accept=(UNKNOWN_USER, UNKNOWN_GROUP),
    )
    if found is None:
        return None
    if subject.kind == "group":
        return _entries(found["array"]), []
    return _entries(found["direct"]), _entries(found["groups"], "gid")


def list_holders(client: Client, rid: str) -> dict[str, list[dict[str, Any]]]:
    """GET /acls/{rid}/permissions: who may do what, as {users: [{uid, actions}], groups: [{gid, actions}]}."""
    kinds = {"users": "uid", "groups": "gid"}
    found = client.read(
        f"{acl_path(rid)}/permissions", f"read who has permissions on '{rid}'", _shapes.HOLDERS, accept=(UNKNOWN_RID,)
    )
    return {kind: _holders(found[kind] if found else (), name) for kind, name in kinds.items()}


def _holders(holders: Iterable[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return sorted(({name: holder[name], "actions": _actions(holder)} for holder in holders), key=itemgetter(name))


def _entries(entries: Iterable[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    found = [
        {
            "rid": entry["rid"],
            "description": entry.get("description") or "",
            "actions": _actions(entry),
            **{name: entry[name] for name in names},
        }
        for entry in entries
    ]
    return sorted(found, key=itemgetter("rid", *names))


def _actions(entry: dict[str, Any]) -> list[str]:
    return sorted(action["name"] for action in entry["actions"])


def read_acls(client: Client) -> dict[str, str]:
    """GET /acls: every protected resource as {rid: description}."""
    found = client.read(f"{IAM}/acls", "list the ACLs", _shapes.ACLS)
    return {acl["rid"]: acl["description"] for acl in found["array"]}


def read_acl(client: Client, rid: str) -> str | None:
    """GET /acls/{rid}: its description, or None if there is no such ACL."""
    found = client.read(acl_path(rid), f"read ACL '{rid}'", _shapes.ACL, accept=(UNKNOWN_RID,))
    return None if found is None else str(found["description"])


def create_acl(client: Client, rid: str, description: str, **sending: Any) -> Fate:
    """PUT /acls/{rid}; false if it exists (its description is then left as it is)."""
    answer = client.put(
        acl_path(rid), f"create ACL '{rid}'", accept=(409,), body={"description": description}, **sending
    )
    return fate_of(answer, answer.status != 409)


def describe_acl(client: Client, rid: str, description: str) -> None:
    """PATCH /acls/{rid}: set the description."""
    client.patch(acl_path(rid), f"update the description of ACL '{rid}'", body={"description": description})


def delete_acl(client: Client, rid: str) -> Fate:
    """DELETE /acls/{rid} with every grant on it; false if there was none (400, or 404 in one published spec)."""
    answer = client.delete(acl_path(rid), f"delete ACL '{rid}'", accept=(UNKNOWN_RID, 404))
    return fate_of(answer, answer.status == 204)


def grant(
    client: Client, subject: Subject, rid: str, action: str, accept: tuple[str, ...] = (), **sending: Any
) -> Fate | None:
    """PUT /acls/{rid}/users|groups/{id}/{action}; true if new, false if it was there, None for one of ``accept``."""
    answer = client.put(
        f"{acl_path(rid)}/{subject.tail}/{action}",
        f"grant {subject} '{action}' on '{rid}'",
        accept=("ERR_PERMISSION_EXISTS", 409, *accept),
        **sending,
    )
    if answer.code in accept:
        return None
    return fate_of(answer, answer.status != 409)


def revoke(client: Client, subject: Subject, rid: str, action: str) -> Fate:
    """DELETE /acls/{rid}/users|groups/{id}/{action}; false if it was not granted."""
    answer = client.delete(
        f"{acl_path(rid)}/{subject.tail}/{action}", f"revoke '{action}' on '{rid}' from {subject}", accept=NOT_GRANTED
    )
    return fate_of(answer, answer.status == 204)

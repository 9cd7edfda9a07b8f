# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM and the secret store in memory: what tests/unit/plugins/explorer runs the collection's code against.

One dict a kind of thing, one request at a time, no clock. That it answers as dcos-emulator does is shown by
test_explorer_model, which sends both the same random requests.
"""

from __future__ import annotations

import json
import re
from typing import Any, Callable
from urllib.parse import unquote

Answer = tuple[int, Any]  # status, JSON body or None

KEY = "public_key"


class Model:
    """One cluster.

    Attributes:
        users: {uid: {"description", "public_key"}}; ``groups`` and ``acls``: {name: description}.
        members: {(gid, uid)}; ``grants``: {(rid, "users" or "groups", subject, action)}.
        secrets: {path: value}.
    """

    def __init__(self) -> None:
        self.users: dict[str, dict[str, str]] = {}
        self.groups: dict[str, str] = {}
        self.acls: dict[str, str] = {}
        self.members: set[tuple[str, str]] = set()
        self.grants: set[tuple[str, str, str, str]] = set()
        self.secrets: dict[str, Any] = {}

    def state(self) -> tuple[Any, ...]:
        """Return all that is on it as a value that can be compared and hashed."""
        return (
            tuple(sorted((uid, user["description"], user[KEY]) for uid, user in self.users.items())),
            tuple(sorted(self.groups.items())),
            tuple(sorted(self.acls.items())),
            tuple(sorted(self.members)),
            tuple(sorted(self.grants)),
            tuple(sorted((path, json.dumps(value, sort_keys=True)) for path, value in self.secrets.items())),
        )

    def granted_to(self, uid: str) -> set[tuple[str, str]]:
        """Return the grants of an account as {(rid, action)}."""
        return {(rid, action) for rid, kind, subject, action in self.grants if (kind, subject) == ("users", uid)}

    def groups_of(self, uid: str) -> set[str]:
        """Return the gids that an account is a member of."""
        return {gid for gid, member in self.members if member == uid}

    def handle(self, method: str, path: str, query: dict[str, str], body: Any) -> Answer:
        """Process one request to its end."""
        for pattern, handlers in ROUTES:
            if found := pattern.fullmatch(path):
                if method not in handlers:
                    return 405, None
                return handlers[method](self, query, body, *map(unquote, found.groups()))
        return 404, None

    # --- users ---------------------------------------------------------------------------------------------------

    def _user(self, uid: str) -> dict[str, Any]:
        user = self.users[uid]
        return {"uid": uid, "description": user["description"], "is_service": True, "is_remote": False, KEY: user[KEY]}

    def get_users(self, query: dict[str, str], _body: Any) -> Answer:
        found = [self._user(uid) for uid in sorted(self.users)] if query.get("type") == "service" else []
        return 200, {"array": found}

    def get_user(self, _query: dict[str, str], _body: Any, uid: str) -> Answer:
        return (200, self._user(uid)) if uid in self.users else _unknown("USER")

    def put_user(self, _query: dict[str, str], body: Any, uid: str) -> Answer:
        if uid in self.users:
            return _no("USER_EXISTS", 409)
        self.users[uid] = {"description": body.get("description", ""), KEY: body[KEY]}
        return 201, None

    def patch_user(self, _query: dict[str, str], body: Any, uid: str) -> Answer:
        if uid not in self.users:
            return _unknown("USER")
        self.users[uid]["description"] = body["description"]
        return 204, None

    def delete_user(self, _query: dict[str, str], _body: Any, uid: str) -> Answer:
        if uid not in self.users:
            return _unknown("USER")
        del self.users[uid]
        self.members = {member for member in self.members if member[1] != uid}
        self.grants = {grant for grant in self.grants if grant[1:3] != ("users", uid)}
        return 204, None

    def get_user_groups(self, _query: dict[str, str], _body: Any, uid: str) -> Answer:
        if uid not in self.users:
            return _unknown("USER")
        return 200, {"array": [{"group": {"gid": gid}} for gid in sorted(self.groups_of(uid))]}

    def get_user_permissions(self, _query: dict[str, str], _body: Any, uid: str) -> Answer:
        if uid not in self.users:
            return _unknown("USER")
        return 200, {"direct": self._permissions("users", uid), "groups": []}

    def _permissions(self, kind: str, subject: str) -> list[dict[str, Any]]:
        actions: dict[str, list[str]] = {}
        for rid, its_kind, its_subject, action in sorted(self.grants):
            if (its_kind, its_subject) == (kind, subject):
                actions.setdefault(rid, []).append(action)
        return [
            {"rid": rid, "description": self.acls[rid], "actions": [{"name": name} for name in names]}
            for rid, names in actions.items()
        ]

    # --- groups --------------------------------------------------------------------------------------------------

    def get_group(self, _query: dict[str, str], _body: Any, gid: str) -> Answer:
        return (200, {"gid": gid, "description": self.groups[gid]}) if gid in self.groups else _unknown("GROUP")

    def put_group(self, _query: dict[str, str], body: Any, gid: str) -> Answer:
        if gid in self.groups:
            return _no("GROUP_EXISTS", 409)
        self.groups[gid] = body["description"]
        return 201, None

    def patch_group(self, _query: dict[str, str], body: Any, gid: str) -> Answer:
        if gid not in self.groups:
            return _unknown("GROUP")
        self.groups[gid] = body["description"]
        return 204, None

    def delete_group(self, _query: dict[str, str], _body: Any, gid: str) -> Answer:
        if gid not in self.groups:
            return _unknown("GROUP")
        del self.groups[gid]
        self.members = {member for member in self.members if member[0] != gid}
        self.grants = {grant for grant in self.grants if grant[1:3] != ("groups", gid)}
        return 204, None

    def get_members(self, query: dict[str, str], _body: Any, gid: str) -> Answer:
        if gid not in self.groups:
            return _unknown("GROUP")
        found = [uid for group, uid in sorted(self.members) if group == gid and query.get("type") == "service"]
        return 200, {"array": [{"user": {"uid": uid}} for uid in found]}

    def put_member(self, _query: dict[str, str], _body: Any, gid: str, uid: str) -> Answer:
        if gid not in self.groups:
            return _unknown("GROUP")
        if uid not in self.users:
            return _unknown("USER")
        if (gid, uid) in self.members:
            return _no("USER_ALREADY_IN_GROUP", 409)
        self.members.add((gid, uid))
        return 204, None

    def delete_member(self, _query: dict[str, str], _body: Any, gid: str, uid: str) -> Answer:
        if gid not in self.groups:
            return _unknown("GROUP")
        if uid not in self.users:
            return _unknown("USER")
        if (gid, uid) not in self.members:
            return _no("USER_NOT_IN_GROUP")
        self.members.remove((gid, uid))
        return 204, None

    # --- ACLs and grants -----------------------------------------------------------------------------------------

    def get_acls(self, _query: dict[str, str], _body: Any) -> Answer:
        return 200, {"array": [{"rid": rid, "description": text} for rid, text in sorted(self.acls.items())]}

    def get_acl(self, _query: dict[str, str], _body: Any, rid: str) -> Answer:
        rid = unquote(rid)
        return (200, {"rid": rid, "description": self.acls[rid]}) if rid in self.acls else _unknown("RESOURCE")

    def put_acl(self, _query: dict[str, str], body: Any, rid: str) -> Answer:
        rid = unquote(rid)
        if rid in self.acls:
            return _no("ACL_EXISTS", 409)
        self.acls[rid] = body["description"]
        return 201, None

    def put_grant(self, _query: dict[str, str], _body: Any, rid: str, uid: str, action: str) -> Answer:
        rid = unquote(rid)
        if rid not in self.acls:
            return _unknown("RESOURCE")
        if uid not in self.users:
            return _unknown("USER")
        grant = (rid, "users", uid, action)
        if grant in self.grants:
            return _no("PERMISSION_EXISTS", 409)
        self.grants.add(grant)
        return 204, None

    def delete_grant(self, _query: dict[str, str], _body: Any, rid: str, uid: str, action: str) -> Answer:
        rid = unquote(rid)
        if rid not in self.acls:
            return _unknown("RESOURCE")
        if uid not in self.users:
            return _unknown("USER")
        if not any(grant[:3] == (rid, "users", uid) for grant in self.grants):
            return _no("USER_NOT_IN_ACL")
        grant = (rid, "users", uid, action)
        if grant not in self.grants:
            return _no("ACTION_NOT_YET_STORED")
        self.grants.remove(grant)
        return 204, None

    # --- secrets, text only --------------------------------------------------------------------------------------

    def get_secret(self, _query: dict[str, str], _body: Any, path: str) -> Answer:
        return (200, {"value": self.secrets[path]}) if path in self.secrets else _no_secret()

    def put_secret(self, _query: dict[str, str], body: Any, path: str) -> Answer:
        if path in self.secrets:
            return 409, {"code": 409, "message": "Secret already exists"}
        self.secrets[path] = body["value"]
        return 201, None

    def patch_secret(self, _query: dict[str, str], body: Any, path: str) -> Answer:
        if path not in self.secrets:
            return _no_secret()
        self.secrets[path] = body["value"]
        return 204, None

    def delete_secret(self, _query: dict[str, str], _body: Any, path: str) -> Answer:
        return (204, None) if self.secrets.pop(path, None) is not None else _no_secret()


def _no(code: str, status: int = 400) -> Answer:
    return status, {"title": "No", "description": "No.", "code": f"ERR_{code}"}


def _unknown(kind: str) -> Answer:
    return _no(f"UNKNOWN_{kind}_ID")


def _no_secret() -> Answer:
    return 404, {"code": 404, "message": "Secret not found"}


def _routes() -> list[tuple[re.Pattern[str], dict[str, Callable[..., Answer]]]]:
    iam, name = "/acs/api/v1", "([^/]+)"
    routes: dict[str, dict[str, Callable[..., Answer]]] = {
        f"{iam}/users": {"GET": Model.get_users},
        f"{iam}/users/{name}": {
            "GET": Model.get_user,
            "PUT": Model.put_user,
            "PATCH": Model.patch_user,
            "DELETE": Model.delete_user,
        },
        f"{iam}/users/{name}/groups": {"GET": Model.get_user_groups},
        f"{iam}/users/{name}/permissions": {"GET": Model.get_user_permissions},
        f"{iam}/groups/{name}": {
            "GET": Model.get_group,
            "PUT": Model.put_group,
            "PATCH": Model.patch_group,
            "DELETE": Model.delete_group,
        },
        f"{iam}/groups/{name}/users": {"GET": Model.get_members},
        f"{iam}/groups/{name}/users/{name}": {"PUT": Model.put_member, "DELETE": Model.delete_member},
        f"{iam}/acls": {"GET": Model.get_acls},
        f"{iam}/acls/{name}": {"GET": Model.get_acl, "PUT": Model.put_acl},
        f"{iam}/acls/{name}/users/{name}/{name}": {"PUT": Model.put_grant, "DELETE": Model.delete_grant},
        "/secrets/v1/secret/default/(.+)": {
            "GET": Model.get_secret,
            "PUT": Model.put_secret,
            "PATCH": Model.patch_secret,
            "DELETE": Model.delete_secret,
        },
    }
    return [(re.compile(pattern), handlers) for pattern, handlers in routes.items()]


ROUTES = _routes()

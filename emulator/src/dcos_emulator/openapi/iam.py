# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM's operations (Swagger documents of the open-source and the Enterprise IAM API)."""

from __future__ import annotations

from typing import Any

from .build import BOOLEAN, HTML, JSON, TEXT, Operation, Schema, array, record, ref

PREFIX = "/acs/api/v1"

ACTION = ref("Action")
ACTIONS: Schema = {"type": "array", "items": ACTION}

USER_CREATE_MEMBERS = (
    "description",
    "password",
    "public_key",
    "provider_type",
    "provider_id",
    "cluster_url",
    "creator_uid",
)

SCHEMAS: dict[str, Schema] = {
    "Login": record(optional={"uid": TEXT, "password": TEXT, "token": TEXT}, closed=False),
    "Token": record("token"),
    "User": record(
        "uid",
        "url",
        "description",
        "provider_type",
        "provider_id",
        is_remote=BOOLEAN,
        is_service=BOOLEAN,
        optional={"public_key": TEXT},
    ),
    "UserCreate": record(optional=dict.fromkeys(USER_CREATE_MEMBERS, TEXT)),
    "UserUpdate": record(optional={"description": TEXT, "password": TEXT}),
    "Group": record("gid", "url", "description", "provider_type"),
    "GroupCreate": record("description", optional={"provider_type": TEXT}),
    "Description": record("description"),
    "Acl": record("rid", "url", "description"),
    "Action": record("name", "url"),
    "Membership": record("membershipurl", user=ref("User")),
    "GroupMembership": record("membershipurl", group=ref("Group")),
    "Permission": record("rid", "description", "aclurl", actions=ACTIONS),
    "InheritedPermission": record("rid", "gid", "description", "aclurl", "membershipurl", actions=ACTIONS),
    "UserPermissions": record(
        direct={"type": "array", "items": ref("Permission")},
        groups={"type": "array", "items": ref("InheritedPermission")},
    ),
    "AclPermissions": record(
        users={"type": "array", "items": record("uid", "userurl", actions=ACTIONS)},
        groups={"type": "array", "items": record("gid", "groupurl", actions=ACTIONS)},
    ),
    "Allowed": record(allowed=BOOLEAN),
    "Jwks": record(keys={"type": "array", "items": record("kid", "kty", "n", "e", "alg", "use")}),
    "Providers": {
        "type": "object",
        "additionalProperties": record(
            "authentication-type", "description", "client-method", config=record("start_flow_url")
        ),
    },
    "UiConfiguration": record(
        uiConfiguration={"type": "object"},
        clusterConfiguration=record("id", firstUser=BOOLEAN),
    ),
}

ERROR: dict[str, Schema] = {JSON: ref("IamError")}
ERRORS: dict[int, Any] = {400: ERROR, 404: None, 406: {**ERROR, "application/xml": {}, "text/xml": {}}}
WRITE_ERRORS: dict[int, Any] = {**ERRORS, 415: ERROR}
CREATE_ERRORS: dict[int, Any] = {**WRITE_ERRORS, 409: ERROR}
TYPE: dict[str, Schema] = {"type": TEXT}


def _read(path: str, summary: str, schema: Schema, **options: Any) -> Operation:
    return Operation("GET", PREFIX + path, summary, {200: {JSON: schema}}, ERRORS, **options)


def _write(method: str, path: str, summary: str, status: int, body: str | None, **options: Any) -> Operation:
    errors = CREATE_ERRORS if method == "PUT" else WRITE_ERRORS
    sent = {JSON: ref(body)} if body else None
    return Operation(method, PREFIX + path, summary, {status: None}, errors, body=sent, **options)


COMMON = (
    Operation(
        "POST",
        f"{PREFIX}/auth/login",
        "Log in with a password or a service login token",
        {200: {JSON: ref("Token")}},
        {**WRITE_ERRORS, 401: ERROR, 500: {HTML: TEXT}},
        body={JSON: ref("Login")},
        public=True,
    ),
    Operation("GET", f"{PREFIX}/auth/logout", "Take the cookie away", {200: None}, ERRORS, public=True),
    _read("/auth/jwks", "Keys that verify authentication tokens", ref("Jwks"), public=True),
    _read("/auth/providers", "Login providers", ref("Providers"), public=True),
    _read("/auth/oidc/providers", "OpenID Connect providers", {"type": "object"}, public=True),
    _read("/users", "List users or service accounts", array(ref("User")), query=TYPE),
    _read("/users/{uid}", "Read a user", ref("User")),
    _write("PUT", "/users/{uid}", "Create a user", 201, "UserCreate"),
    _write("PATCH", "/users/{uid}", "Change a user", 204, "UserUpdate"),
    _write("DELETE", "/users/{uid}", "Delete a user", 204, None),
    _read("/uiconfig", "Configuration of the UI", ref("UiConfiguration")),
)


def _grants(kind: str, member: str) -> tuple[Operation, ...]:
    subject = f"/acls/{{rid}}/{kind}/{{{member}}}"
    return (
        _read(subject, f"Actions of one of the {kind} on a resource", array(ACTION)),
        _write("DELETE", subject, f"Revoke every action of one of the {kind}", 204, None),
        _read(f"{subject}/{{action}}", "Whether the action is granted", ref("Allowed")),
        _write("PUT", f"{subject}/{{action}}", "Grant an action", 204, None),
        _write("DELETE", f"{subject}/{{action}}", "Revoke an action", 204, None),
    )


ENTERPRISE = (
    _read("/auth/saml/providers", "SAML providers", {"type": "object"}, public=True),
    _read("/users/{uid}/groups", "Groups of a user", array(ref("GroupMembership"))),
    _read("/users/{uid}/permissions", "Permissions of a user", ref("UserPermissions")),
    _read("/groups", "List groups", array(ref("Group"))),
    _read("/groups/{gid}", "Read a group", ref("Group")),
    _write("PUT", "/groups/{gid}", "Create a group", 201, "GroupCreate"),
    _write("PATCH", "/groups/{gid}", "Change a group", 204, "Description"),
    _write("DELETE", "/groups/{gid}", "Delete a group", 204, None),
    _read("/groups/{gid}/users", "Members of a group", array(ref("Membership")), query=TYPE),
    _write("PUT", "/groups/{gid}/users/{uid}", "Add a member", 204, None),
    _write("DELETE", "/groups/{gid}/users/{uid}", "Remove a member", 204, None),
    _read("/groups/{gid}/permissions", "Permissions of a group", array(ref("Permission"))),
    _read("/acls", "List protected resources", array(ref("Acl"))),
    _read("/acls/{rid}", "Read a protected resource", ref("Acl")),
    _write("PUT", "/acls/{rid}", "Create a protected resource", 201, "Description"),
    _write("PATCH", "/acls/{rid}", "Change a protected resource", 204, "Description"),
    _write("DELETE", "/acls/{rid}", "Delete a protected resource with its grants", 204, None),
    _read("/acls/{rid}/permissions", "Grants on a resource", ref("AclPermissions")),
    *_grants("users", "uid"),
    *_grants("groups", "gid"),
)

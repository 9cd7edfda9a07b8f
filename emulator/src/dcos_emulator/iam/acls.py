# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/acls``: protected resources (DC/OS Enterprise)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from .. import unconfirmed
from ..call import Call
from ..records import SUPERUSER_RID, Acl
from . import errors, schema, urls
from .http import answer, empty

if TYPE_CHECKING:
    from .service import Iam


def rid_from_path(segment: str) -> str:
    """The rid of a path segment that was decoded once: clients encode a rid's slashes twice."""
    return segment.replace("%2F", "/")


def acl_object(acl: Acl) -> dict[str, Any]:
    """The API's ACL."""
    return {"rid": acl.rid, "description": acl.description, "url": urls.acl(acl.rid)}


def existing(iam: Iam, rid: str) -> Acl:
    """The ACL; ERR_UNKNOWN_RESOURCE_ID if there is none."""
    if (acl := iam.store.acls.get(rid)) is None:
        errors.unknown_resource(rid)
    return acl


def list_acls(iam: Iam, call: Call) -> Response:
    """GET /acls"""
    return answer([acl_object(acl) for acl in iam.store.acls.values()])


def get_acl(iam: Iam, call: Call, rid: str) -> Response:
    """GET /acls/{rid}"""
    return answer(acl_object(existing(iam, rid_from_path(rid))))


def put_acl(iam: Iam, call: Call, rid: str) -> Response:
    """PUT /acls/{rid}: an ACL that exists keeps its description."""
    body = schema.DESCRIPTION.validated(call.context["json"])
    rid = rid_from_path(rid)
    if not unconfirmed.is_valid_rid(rid):
        errors.invalid_resource_id(rid)
    if rid in iam.store.acls:
        errors.acl_exists(rid)
    iam.store.put_acl(Acl(rid, body["description"]))
    return empty(201)


def patch_acl(iam: Iam, call: Call, rid: str) -> Response:
    """PATCH /acls/{rid}"""
    body = schema.DESCRIPTION.validated(call.context["json"])
    acl = existing(iam, rid_from_path(rid))
    iam.store.put_acl(Acl(acl.rid, body["description"]))
    return empty(204)


def delete_acl(iam: Iam, call: Call, rid: str) -> Response:
    """DELETE /acls/{rid}: every grant on it goes with it."""
    rid = rid_from_path(rid)
    if rid not in iam.store.acls:
        errors.unknown_resource(rid, unconfirmed.absent_acl_deletion_status())
    if rid == SUPERUSER_RID:
        errors.is_superuser_acl()
    iam.store.delete_acl(rid)
    return empty(204)


def get_acl_permissions(iam: Iam, call: Call, rid: str) -> Response:
    """GET /acls/{rid}/permissions"""
    acl = existing(iam, rid_from_path(rid))
    found: dict[str, list[dict[str, Any]]] = {"users": [], "groups": []}
    for (kind, subject), actions in iam.store.grants_on.get(acl.rid, {}).items():
        granted = [{"name": name, "url": urls.grant(acl.rid, kind, subject, name)} for name in actions]
        if kind == "users":
            found[kind].append({"uid": subject, "userurl": urls.user(subject), "actions": granted})
        else:
            found[kind].append({"gid": subject, "groupurl": urls.group(subject), "actions": granted})
    return answer(found)

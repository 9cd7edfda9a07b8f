# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/acls``: protected resources (DC/OS Enterprise)."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from .. import unconfirmed
from ..records import SUPERUSER_RID, Acl
from ..store import Store
from . import errors, schema, urls
from .http import Request, answer, empty, stored_text


def acl_object(acl: Acl) -> dict[str, Any]:
    """The API's ACL."""
    return {"rid": acl.rid, "description": acl.description, "url": urls.acl(acl.rid)}


def existing(store: Store, rid: str) -> Acl:
    """The ACL; ERR_UNKNOWN_RESOURCE_ID if there is none."""
    if (acl := store.acls.get(rid)) is None:
        errors.unknown_resource(rid)
    return acl


class Acls:
    """The handlers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get_all(self, request: Request) -> Response:
        """GET /acls"""
        return answer([acl_object(acl) for acl in self._store.acls.values()])

    def get(self, request: Request, rid: str) -> Response:
        """GET /acls/{rid}"""
        return answer(acl_object(existing(self._store, rid)))

    def put(self, request: Request, rid: str) -> Response:
        """PUT /acls/{rid}: an ACL that exists keeps its description."""
        body = schema.DESCRIPTION.validated(request.data)
        if not unconfirmed.is_valid_rid(rid):
            errors.invalid_resource_id(rid)
        if rid in self._store.acls:
            errors.acl_exists(rid)
        self._store.put_acl(Acl(rid, stored_text(body["description"])))
        return empty(201)

    def patch(self, request: Request, rid: str) -> Response:
        """PATCH /acls/{rid}"""
        body = schema.DESCRIPTION.validated(request.data)
        existing(self._store, rid)
        self._store.put_acl(Acl(rid, stored_text(body["description"])))
        return empty(204)

    def delete(self, request: Request, rid: str) -> Response:
        """DELETE /acls/{rid}: every grant on it goes with it."""
        if rid not in self._store.acls:
            errors.unknown_resource(rid, unconfirmed.absent_acl_deletion_status())
        if rid == SUPERUSER_RID:
            errors.is_superuser_acl()
        self._store.delete_acl(rid)
        return empty(204)

    def get_permissions(self, request: Request, rid: str) -> Response:
        """GET /acls/{rid}/permissions"""
        existing(self._store, rid)
        found: dict[str, Any] = {"users": [], "groups": []}
        for (kind, subject), actions in self._store.grants_on.get(rid, {}).items():
            granted = [{"name": name, "url": urls.grant(rid, kind, subject, name)} for name in actions]
            if kind == "users":
                found[kind].append({"uid": subject, "userurl": urls.user(subject), "actions": granted})
            else:
                found[kind].append({"gid": subject, "groupurl": urls.group(subject), "actions": granted})
        return answer(found)

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: ``/secret``, and ``/revoke`` and ``/renew`` for their leases."""

from __future__ import annotations

import re

from starlette.responses import Response

from .. import unconfirmed
from ..call import Call
from ..store import Store
from .access import Access
from .http import SecretsError, answer, json_object, not_routed
from .values import secret_from, secret_response

PATH = re.compile(r"[A-Za-z0-9\-/_]*")


def split_target(target: str) -> tuple[str, str]:
    """Store and path of a secret; 404 for a path with characters that the service does not route.

    Slashes at both ends do not count: clients send ``/folder/name`` and store ``folder/name``.
    """
    store, _separator, path = target.partition("/")
    if not PATH.fullmatch(path):
        raise not_routed()
    return store, re.sub("/+", "/", path).strip("/")


class Items:
    """The handlers. Each is given the path behind its operation: store and path of a secret."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def get(self, call: Call, target: str) -> Response:
        """GET /secret/{store}/{path}, with ``?list=true`` the paths below it."""
        if call.query_parameters().get("list") == "true":
            return self._list(call, target)
        store, path = self._authorised("read", call, target)
        self._check_exists(store, path)
        return secret_response(call, self._store.secrets[store][path])

    def _list(self, call: Call, target: str) -> Response:
        """Every path below the folder, relative to it and sorted; a folder that is not there is empty."""
        store, folder = split_target(target)
        self._access.authorise(call, list(unconfirmed.list_rids(store, folder)), "read")
        self._access.check_usable(store)
        prefix = f"{folder}/" if folder else ""
        return answer({"array": [path.removeprefix(prefix) for path in self._store.paths_below(store, prefix)]})

    def put(self, call: Call, target: str) -> Response:
        """PUT /secret/{store}/{path}: creates, never overwrites."""
        store, path = self._authorised("create", call, target)
        if not path:
            raise not_routed()
        secret = secret_from(call)
        if path in self._store.secrets.get(store, {}):
            raise SecretsError(409, unconfirmed.secrets_text("secret exists"))
        self._store.put_secret(store, path, secret)
        return Response(b"", 201)

    def patch(self, call: Call, target: str) -> Response:
        """PATCH /secret/{store}/{path}: replaces value and metadata, never creates."""
        store, path = self._authorised("update", call, target)
        self._check_exists(store, path)
        secret = secret_from(call)
        if secret.binary != self._store.secrets[store][path].binary and not unconfirmed.may_change_form():
            raise SecretsError(400, "Unsupported Content-Type header")
        self._store.put_secret(store, path, secret)
        return Response(b"", 204)

    def delete(self, call: Call, target: str) -> Response:
        """DELETE /secret/{store}/{path}: the secret alone, not what lies in a folder of its name."""
        store, path = self._authorised("delete", call, target)
        self._check_exists(store, path, unconfirmed.folder_deletion_status())
        self._store.delete_secret(store, path)
        return Response(b"", 204)

    def revoke(self, call: Call, target: str) -> Response:
        """PUT /revoke/{store}/{path}: secrets of this store have no lease that could end."""
        store, path = self._authorised("delete", call, target)
        self._check_exists(store, path)
        return Response(b"", 204)

    def renew(self, call: Call, target: str) -> Response:
        """PUT /renew/{store}/{path}"""
        store, path = self._authorised("update", call, target)
        self._check_exists(store, path)
        if not isinstance(json_object(call.body).get("duration"), str | None):
            raise SecretsError(400, unconfirmed.secrets_text("wrong type", member="duration", type="a string"))
        return Response(b"", 204)

    def _authorised(self, action: str, call: Call, target: str) -> tuple[str, str]:
        store, path = split_target(target)
        self._access.authorise(call, list(unconfirmed.covering_rids(f"dcos:secrets:{store}:", path)), action)
        self._access.check_usable(store)
        return store, path

    def _check_exists(self, store: str, path: str, status: int = 404) -> None:
        if path not in self._store.secrets.get(store, {}):
            raise SecretsError(status, unconfirmed.secrets_text("unknown secret"))

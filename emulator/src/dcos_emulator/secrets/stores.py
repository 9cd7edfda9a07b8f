# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Administration of secret stores: for superusers only. A cluster supports one store, ``default``."""

from __future__ import annotations

import secrets as randomness
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from .. import unconfirmed
from ..call import Call
from ..records import STORE_DESCRIPTION, STORE_DRIVER, Backend
from ..store import Store
from .access import Access
from .http import SecretsError, answer, json_object, not_routed

DEFAULT = "default"


def new_backend(name: str = DEFAULT, description: str = STORE_DESCRIPTION) -> Backend:
    """An initialised, open store with a fresh unseal key."""
    return Backend(name, description, unseal_key=randomness.token_hex(32))


def _public(backend: Backend) -> dict[str, Any]:
    return {
        "name": backend.name,
        "addr": backend.addr,
        "description": backend.description,
        "driver": backend.driver,
        "initialized": backend.initialized,
        "sealed": backend.sealed,
    }


def _seal_status(backend: Backend) -> Response:
    return answer({"sealed": backend.sealed, "threshold": 1, "shares": 1, "progress": 0})


class Stores:
    """The handlers. Each is given the path behind its operation: the name of a store."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def get(self, call: Call, target: str) -> Response:
        """GET /store, GET /store/{name}"""
        if target.strip("/"):
            return answer(_public(self._administered(call, target)))
        self._access.administer(call)
        return answer({"array": [_public(backend) for backend in self._store.backends.values()]})

    def put(self, call: Call, target: str) -> Response:
        """PUT /store/{name}"""
        self._access.administer(call)
        name = target.strip("/")
        if name in self._store.backends:
            raise SecretsError(409, unconfirmed.secrets_text("store exists", store=name))
        body = json_object(call.body)
        description = body.get("description") or STORE_DESCRIPTION
        driver = body.get("driver") or STORE_DRIVER
        if not isinstance(description, str):
            raise SecretsError(400, unconfirmed.secrets_text("wrong type", member="description", type="a string"))
        if driver != STORE_DRIVER or (name != DEFAULT and not unconfirmed.further_stores_allowed()):
            raise SecretsError(404, unconfirmed.secrets_text("unknown driver"))
        self._store.put_backend(new_backend(name, description))
        return Response(b"", 201)

    def delete(self, call: Call, target: str) -> Response:
        """DELETE /store/{name}: with every secret in it."""
        backend = self._administered(call, target)
        self._store.delete_backend(backend.name)
        return Response(b"", 204)

    def get_init(self, call: Call, target: str) -> Response:
        """GET /init/{store}: shows the unseal keys."""
        backend = self._administered(call, target)
        return answer({"initialized": backend.initialized, "keys": [backend.unseal_key], "pgp_fingerprints": []})

    def put_init(self, call: Call, target: str) -> Response:
        """PUT /init/{store}: every store here was initialised when it was made."""
        self._administered(call, target)
        json_object(call.body)
        raise SecretsError(400, unconfirmed.secrets_text("initialized"))

    def get_seal_status(self, call: Call, target: str) -> Response:
        """GET /seal-status/{store}"""
        return _seal_status(self._administered(call, target))

    def seal(self, call: Call, target: str) -> Response:
        """PUT /seal/{store}"""
        self._store.put_backend(replace(self._administered(call, target), sealed=True))
        return Response(b"", unconfirmed.seal_status())

    def unseal(self, call: Call, target: str) -> Response:
        """PUT /unseal/{store}: a wrong key is answered by 500, as Vault's error passes through unchanged."""
        return self._unseal(self._administered(call, target), json_object(call.body))

    def auto_unseal(self, call: Call, target: str) -> Response:
        """PUT /auto-unseal/{store}"""
        backend = self._administered(call, target)
        body = json_object(call.body) if call.body or unconfirmed.auto_unseal_needs_key() else {}
        return self._unseal(backend, {"key": backend.unseal_key, **body})

    def _unseal(self, backend: Backend, body: dict[str, Any]) -> Response:
        if body.get("key") != backend.unseal_key:
            raise SecretsError(500, unconfirmed.secrets_text("wrong key"))
        opened = replace(backend, sealed=False)
        self._store.put_backend(opened)
        return _seal_status(opened)

    def ping(self, call: Call, target: str) -> Response:
        """GET /ping, GET /ping/backends/{name}, GET /ping/backends/all"""
        match target.strip("/").split("/"):
            case [""] | ["backends", "all"]:
                pass
            case ["backends", name]:
                self._access.backend(name)
            case _:
                raise not_routed()
        return Response("pong", 200, {"Content-Type": "text/plain; charset=utf-8"})

    def _administered(self, call: Call, target: str) -> Backend:
        self._access.administer(call)
        return self._access.backend(target.strip("/"))

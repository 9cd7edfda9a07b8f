# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Administration of secret stores: for superusers only. One store, ``default``, is supported, as on the cluster."""

from __future__ import annotations

import secrets as randomness
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from .. import unconfirmed
from ..call import Call
from ..records import Backend
from .http import SecretsError, answer, json_object

if TYPE_CHECKING:
    from .service import Secrets

DEFAULT = "default"
ADMINISTRATION_RID = "dcos:superuser"


def new_backend(name: str = DEFAULT, description: str = "default store") -> Backend:
    """An initialised, open store with a fresh unseal key."""
    return Backend(name, description, unseal_key=randomness.token_hex(32))


def _public(backend: Backend) -> dict[str, Any]:
    return {
        "name": backend.name,
        "description": backend.description,
        "driver": backend.driver,
        "initialized": backend.initialized,
        "sealed": backend.sealed,
    }


def _seal_status(backend: Backend) -> Response:
    return answer({"sealed": backend.sealed, "threshold": 1, "shares": 1, "progress": 0})


def _administered(service: Secrets, call: Call, target: str) -> Backend:
    service.authorise(call, [ADMINISTRATION_RID], "full")
    return service.backend(target.strip("/"))


def get_stores(service: Secrets, call: Call, target: str) -> Response:
    """GET /store, GET /store/{name}"""
    if target.strip("/"):
        return answer(_public(_administered(service, call, target)))
    service.authorise(call, [ADMINISTRATION_RID], "full")
    return answer({"array": [_public(backend) for backend in service.store.backends.values()]})


def put_store(service: Secrets, call: Call, target: str) -> Response:
    """PUT /store/{name}"""
    service.authorise(call, [ADMINISTRATION_RID], "full")
    name = target.strip("/")
    if name in service.store.backends:
        raise SecretsError(409, f"store {name!r} already exists")
    body = json_object(call.body)
    description = body.get("description") or "default store"
    if name != DEFAULT or body.get("driver", "vault") != "vault" or not isinstance(description, str):
        raise SecretsError(404, "backend driver not found")
    service.store.put_backend(new_backend(name, description))
    return Response(b"", 201)


def delete_store(service: Secrets, call: Call, target: str) -> Response:
    """DELETE /store/{name}: with every secret in it."""
    backend = _administered(service, call, target)
    service.store.delete_backend(backend.name)
    return Response(b"", 204)


def get_init(service: Secrets, call: Call, target: str) -> Response:
    """GET /init/{store}: shows the unseal keys."""
    backend = _administered(service, call, target)
    return answer({"initialized": backend.initialized, "keys": [backend.unseal_key], "pgp_fingerprints": []})


def put_init(service: Secrets, call: Call, target: str) -> Response:
    """PUT /init/{store}: every store here was initialised when it was made."""
    _administered(service, call, target)
    json_object(call.body)
    raise SecretsError(400, "the secret store is already initialized")


def get_seal_status(service: Secrets, call: Call, target: str) -> Response:
    """GET /seal-status/{store}"""
    return _seal_status(_administered(service, call, target))


def _set_sealed(service: Secrets, backend: Backend, sealed: bool) -> None:
    backend.sealed = sealed
    service.store.put_backend(backend)


def put_seal(service: Secrets, call: Call, target: str) -> Response:
    """PUT /seal/{store}"""
    _set_sealed(service, _administered(service, call, target), True)
    return Response(b"", unconfirmed.seal_status())


def put_unseal(service: Secrets, call: Call, target: str) -> Response:
    """PUT /unseal/{store}: a wrong key is answered by 500, as Vault's error passes through unchanged."""
    return _unseal(service, _administered(service, call, target), json_object(call.body))


def put_auto_unseal(service: Secrets, call: Call, target: str) -> Response:
    """PUT /auto-unseal/{store}"""
    backend = _administered(service, call, target)
    body = json_object(call.body) if call.body or unconfirmed.auto_unseal_needs_key() else {}
    return _unseal(service, backend, {"key": backend.unseal_key, **body})


def _unseal(service: Secrets, backend: Backend, body: dict[str, Any]) -> Response:
    if body.get("key") != backend.unseal_key:
        raise SecretsError(500, "invalid key")
    _set_sealed(service, backend, False)
    return _seal_status(service.store.backends[backend.name])


def ping(service: Secrets, call: Call, target: str) -> Response:
    """GET /ping, GET /ping/backends/{name}, GET /ping/backends/all"""
    match target.strip("/").split("/"):
        case [""] | ["backends", "all"]:
            pass
        case ["backends", name]:
            service.backend(name)
        case _:
            raise SecretsError(404, "not found")
    return Response("pong", 200, {"Content-Type": "text/plain; charset=utf-8"})

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes of the secrets service and the operations on secrets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from .. import unconfirmed
from ..audit import AuditLog
from ..call import Call, decode
from ..policy import Policy
from ..records import Backend
from ..store import Store
from . import stores
from .http import SecretsError, answer, error_response, json_object
from .values import secret_from, secret_response

PREFIX = "/secrets/v1/"
PATH = re.compile(r"[A-Za-z0-9\-/_]*")

# The action that a method needs on dcos:secrets:<store>:/<path>.
ACTIONS = {"GET": "read", "PUT": "create", "PATCH": "update", "DELETE": "delete"}

Handler = Callable[["Secrets", Call, str], Response]


@dataclass
class Secrets:
    """``/secrets/v1`` for callers that the gateway has authenticated."""

    store: Store
    policy: Policy
    audit: AuditLog

    def handle(self, call: Call) -> Response:
        """Answer a request; the path is decoded once, so that ``/`` and ``%2F`` mean the same here."""
        operation, _separator, target = (
            decode(call.raw_path).lstrip("/").removeprefix(PREFIX.lstrip("/")).partition("/")
        )
        try:
            handlers = OPERATIONS.get(operation)
            if handlers is None:
                raise SecretsError(404, "not found")
            if call.method not in handlers:
                raise SecretsError(405, "method not allowed", allow=", ".join(sorted(handlers)))
            return handlers[call.method](self, call, target)
        except SecretsError as error:
            return error_response(error)

    def authorise(self, call: Call, rids: list[str], action: str) -> None:
        """403 unless the caller may do ``action`` on one of the rids or is a superuser; the first rid is logged."""
        assert call.uid is not None
        allowed = self.policy.is_superuser(call.uid) or any(self.policy.allows(call.uid, rid, action) for rid in rids)
        self.audit.secrets(
            call, rids[0], action, "allow" if allowed else "deny", "authorized" if allowed else "not authorized"
        )
        if not allowed:
            raise SecretsError(403, "Not authorized to perform that action")

    def backend(self, name: str) -> Backend:
        """The secret store; 404 if there is none of that name."""
        if (backend := self.store.backends.get(name)) is None:
            raise SecretsError(404, f"store {name!r} not found")
        return backend

    def usable(self, name: str) -> None:
        """Raise unless the secret store exists and is not sealed."""
        if self.backend(name).sealed:
            raise SecretsError(unconfirmed.sealed_status(), "the secret store is sealed")


def split_target(target: str) -> tuple[str, str]:
    """Store and path of a secret; 404 for a path with characters that the service does not route.

    Slashes at both ends do not count: clients send ``/folder/name`` and store ``folder/name``.
    """
    store, _separator, path = target.partition("/")
    if not PATH.fullmatch(path):
        raise SecretsError(404, "not found")
    return store, re.sub("/+", "/", path).strip("/")


def _secret(action: str, call: Call, secrets: Secrets, target: str) -> tuple[str, str]:
    store, path = split_target(target)
    secrets.authorise(call, list(unconfirmed.covering_rids(f"dcos:secrets:{store}:", path)), action)
    secrets.usable(store)
    return store, path


def _existing(secrets: Secrets, store: str, path: str, status: int = 404) -> None:
    if path not in secrets.store.secrets.get(store, {}):
        raise SecretsError(status, "secret not found")


def get_secret(secrets: Secrets, call: Call, target: str) -> Response:
    """GET /secret/{store}/{path}, with ``?list=true`` the paths below it."""
    if call.query_parameters().get("list") == "true":
        return _list(secrets, call, target)
    store, path = _secret("read", call, secrets, target)
    _existing(secrets, store, path)
    return secret_response(call, secrets.store.secrets[store][path])


def _list(secrets: Secrets, call: Call, target: str) -> Response:
    """Every path below the folder, relative to it and sorted; a folder that is not there is empty."""
    store, folder = split_target(target)
    secrets.authorise(call, list(unconfirmed.list_rids(store, folder)), "read")
    secrets.usable(store)
    prefix = f"{folder}/" if folder else ""
    return answer({"array": [path.removeprefix(prefix) for path in secrets.store.paths_below(store, prefix)]})


def put_secret(secrets: Secrets, call: Call, target: str) -> Response:
    """PUT /secret/{store}/{path}: creates, never overwrites."""
    store, path = _secret("create", call, secrets, target)
    if not path:
        raise SecretsError(404, "not found")
    secret = secret_from(call)
    if path in secrets.store.secrets.get(store, {}):
        raise SecretsError(409, "secret already exists")
    secrets.store.put_secret(store, path, secret)
    return Response(b"", 201)


def patch_secret(secrets: Secrets, call: Call, target: str) -> Response:
    """PATCH /secret/{store}/{path}: replaces value and metadata, never creates."""
    store, path = _secret("update", call, secrets, target)
    _existing(secrets, store, path)
    secret = secret_from(call)
    if secret.binary != secrets.store.secrets[store][path].binary and not unconfirmed.may_change_form():
        raise SecretsError(400, "Unsupported Content-Type header")
    secrets.store.put_secret(store, path, secret)
    return Response(b"", 204)


def delete_secret(secrets: Secrets, call: Call, target: str) -> Response:
    """DELETE /secret/{store}/{path}: the secret alone, not what lies in a folder of its name."""
    store, path = _secret("delete", call, secrets, target)
    _existing(secrets, store, path, unconfirmed.folder_deletion_status())
    secrets.store.delete_secret(store, path)
    return Response(b"", 204)


def revoke(secrets: Secrets, call: Call, target: str) -> Response:
    """PUT /revoke/{store}/{path}: secrets of this store have no lease that could end."""
    store, path = _secret("delete", call, secrets, target)
    _existing(secrets, store, path)
    return Response(b"", 204)


def renew(secrets: Secrets, call: Call, target: str) -> Response:
    """PUT /renew/{store}/{path}"""
    store, path = _secret("update", call, secrets, target)
    _existing(secrets, store, path)
    if not isinstance(json_object(call.body).get("duration"), str | None):
        raise SecretsError(400, "invalid JSON: duration must be a string")
    return Response(b"", 204)


OPERATIONS: dict[str, dict[str, Handler]] = {
    "secret": {"GET": get_secret, "PUT": put_secret, "PATCH": patch_secret, "DELETE": delete_secret},
    "revoke": {"PUT": revoke},
    "renew": {"PUT": renew},
    "store": {"GET": stores.get_stores, "PUT": stores.put_store, "DELETE": stores.delete_store},
    "init": {"GET": stores.get_init, "PUT": stores.put_init},
    "seal-status": {"GET": stores.get_seal_status},
    "seal": {"PUT": stores.put_seal},
    "unseal": {"PUT": stores.put_unseal},
    "auto-unseal": {"PUT": stores.put_auto_unseal},
    "ping": {"GET": stores.ping},
}

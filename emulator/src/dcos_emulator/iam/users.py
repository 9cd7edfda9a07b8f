# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/users`` and ``/users/{uid}``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from .. import unconfirmed
from ..call import Call
from ..records import SUPERUSERS, User
from ..store import Store
from . import errors, schema, urls
from .http import Request, answer, empty, stored_text
from .passwords import checked_password_hash
from .public_keys import check_public_key

# Anchored by $ and match as on the cluster, which lets one trailing newline pass.
UID = re.compile(r"[a-zA-Z0-9-_@\.]+$")
UID_MAXIMUM_LENGTH = 96
RESERVED_UID = "anonymous"

PROVIDER_TYPES = ("internal", "ldap", "saml", "oidc")

# The open-source IAM takes a body that says nothing, under a uid that looks like an e-mail address, for a legacy user.
EMAIL_LIKE = re.compile(r"[^@]+@[^@]+\.[^@]+")
LEGACY_PROVIDER_ID = "https://dcos.auth0.com/"


def is_valid_id(identifier: str) -> bool:
    """Whether ``identifier`` may be a uid."""
    return identifier != RESERVED_UID and len(identifier) <= UID_MAXIMUM_LENGTH and UID.match(identifier) is not None


def user_object(user: User) -> dict[str, Any]:
    """The API's User; only service accounts have a ``public_key``."""
    found: dict[str, Any] = {
        "uid": user.uid,
        "description": user.description,
        "url": urls.user(user.uid),
        "is_remote": user.is_remote,
        "is_service": user.is_service,
        "provider_type": user.provider_type,
        "provider_id": user.provider_id,
    }
    if user.is_service:
        found["public_key"] = user.public_key
    return found


def wants_services(call: Call) -> bool:
    """Whether the query asks for service accounts; any other value asks for regular users."""
    return bool(call.query) and call.query_parameters().get("type") == "service"


def existing(store: Store, uid: str) -> User:
    """The user; ERR_UNKNOWN_USER_ID if there is none."""
    if (user := store.users.get(uid)) is None:
        errors.unknown_user(uid)
    return user


class Users:
    """The handlers; ``legacy`` accepts the users of the open edition's old OpenID Connect login."""

    def __init__(self, store: Store, *, legacy: bool) -> None:
        self._store = store
        self._legacy = legacy

    def get_all(self, request: Request) -> Response:
        """GET /users"""
        services = wants_services(request.call)
        return answer([user_object(user) for user in self._store.users.values() if user.is_service == services])

    def get(self, request: Request, uid: str) -> Response:
        """GET /users/{uid}"""
        return answer(user_object(existing(self._store, uid)))

    def put(self, request: Request, uid: str) -> Response:
        """PUT /users/{uid}: the body is checked before the uid, and both before it is seen whether the user exists."""
        body = schema.USER_CREATE.validated(request.data)
        user = _new_user(uid, body, legacy=self._legacy)
        if uid in self._store.users:
            errors.user_exists(uid)
        self._store.put_user(user)
        return empty(201)

    def patch(self, request: Request, uid: str) -> Response:
        """PATCH /users/{uid}: description and password only; a service account's key never changes."""
        body = schema.USER_UPDATE.validated(request.data)
        if not body:
            errors.invalid_data("One of `description` and `password` must be provided.")
        user = existing(self._store, uid)
        if "password" in body:
            if user.is_service:
                errors.invalid_data("Password update is not available for service user accounts.")
            user = replace(user, password_hash=checked_password_hash(body["password"]))
        if "description" in body:
            user = replace(user, description=stored_text(body["description"]))
        self._store.put_user(user)
        return empty(204)

    def delete(self, request: Request, uid: str) -> Response:
        """DELETE /users/{uid}"""
        existing(self._store, uid)
        if unconfirmed.is_last_superuser(uid, self._store.members.get(SUPERUSERS, ())):
            errors.no_more_superusers()
        unconfirmed.delete_user_with_everything(self._store, uid)
        return empty(204)


def _new_user(uid: str, body: dict[str, Any], *, legacy: bool) -> User:
    password, public_key = body.get("password"), body.get("public_key")
    provider_type, provider_id = body.get("provider_type"), body.get("provider_id", "")
    if legacy and not (provider_type is not None or provider_id or password or public_key) and EMAIL_LIKE.match(uid):
        provider_type, provider_id = "oidc", LEGACY_PROVIDER_ID
    for name in ("password", "public_key"):
        if body.get(name) == "":
            errors.invalid_data(f"`{name}` must not be empty when provided")
    if provider_type is None:
        provider_type = "internal"
    if provider_type not in PROVIDER_TYPES:
        errors.invalid_data(f"Invalid provider_type: {provider_type}")
    password_hash = None
    if provider_type != "internal":
        for name in ("password", "public_key"):
            if body.get(name):
                errors.invalid_data(f"external provider: `{name}` is unexpected")
    elif (password is None) == (public_key is None):
        errors.invalid_data("One of `password` or `public_key` must be provided")
    elif password is not None:
        password_hash = checked_password_hash(password)
    elif public_key is not None:
        check_public_key(public_key)
    _check_provider_id(provider_type, provider_id)
    if not is_valid_id(uid):
        errors.invalid_user_id(uid)
    description = stored_text(body.get("description", ""))
    return User(uid, description, public_key, password_hash, provider_type, stored_text(provider_id))


def _check_provider_id(provider_type: str, provider_id: str) -> None:
    needed = unconfirmed.provider_needs_id(provider_type)
    if needed and not provider_id:
        errors.invalid_data("Invalid provider_id: provider_id must be provided if provider_type is saml or oidc")
    if provider_id and not needed:
        errors.invalid_data(
            "Invalid provider_id: provider_id must not be provided unless provider_type is saml or oidc"
        )

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/auth/login`` and ``/auth/logout``."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote

import jwt
from starlette.responses import Response

from ..audit import AuditLog
from ..call import Call
from ..clock import Clock
from ..records import User
from ..settings import Settings
from ..store import Store
from ..tokens import TokenAuthority
from . import errors, schema
from .accept import JSON
from .discovery import login_providers
from .http import IamError, Request, answer, empty, server_error
from .passwords import verify_password
from .service_login import InvalidServiceToken, claims_of
from .users import LEGACY_PROVIDER_ID

AUTH_COOKIE = "dcos-acs-auth-cookie"
INFO_COOKIE = "dcos-acs-info-cookie"


@dataclass(frozen=True)
class Login:
    """The handlers."""

    store: Store
    tokens: TokenAuthority
    clock: Clock
    audit: AuditLog
    settings: Settings

    def post_login(self, request: Request) -> Response:
        """POST /auth/login: a password of a local user, or a service login token of a service account."""
        body = schema.LOGIN.validated(request.data)
        uid, password, token = body.get("uid"), body.get("password"), body.get("token")
        if (password is None) == (token is None):
            raise IamError(400, "Exactly one of `token` and `password` must be provided in the request body")
        if password is not None and uid is None:
            raise IamError(400, "`uid` missing in the request body")
        if password == "" or uid == "":
            raise IamError(400, "`uid` and `password` must not be empty strings")
        if uid is None:
            return _identity_token_login(body["token"])
        user = self.store.users.get(uid)
        if user is None or (user.is_service and not token):
            self.audit.login_denied(request.call, "unknown user or wrong kind of credential", uid)
            errors.invalid_credentials()
        if user.is_service:
            return self._service_login(request.call, user, body)
        if user.is_remote or password is None:
            return server_error()  # an external provider that is not there; a token where a password is expected
        if not verify_password(password, user.password_hash or ""):
            self.audit.login_denied(request.call, "invalid password provided", uid)
            errors.invalid_credentials()
        return self._logged_in(user, self._default_expiry())

    def _service_login(self, call: Call, user: User, body: dict[str, Any]) -> Response:
        try:
            claims = claims_of(body["token"], user.public_key or "", self.clock.now())
            if claims.get("uid") != user.uid:
                raise InvalidServiceToken("another uid")
        except InvalidServiceToken:
            self.audit.login_denied(call, "invalid service login token", user.uid, action="service-login")
            errors.invalid_credentials()
        except (OverflowError, TypeError):
            return server_error()
        if isinstance(claims.get("exp"), str):
            return server_error()  # accepted by the JWT library, then compared with a number
        try:
            expires_at = self._requested_expiry(body.get("exp"))
        except (OverflowError, TypeError, ValueError):
            return server_error()
        return self._logged_in(user, expires_at)

    def _default_expiry(self) -> int:
        return int(self.clock.now() + self.settings.token_lifetime)

    def _requested_expiry(self, exp: Any) -> int | None:
        """The undocumented member ``exp`` of the request: 0 asks for a token that never expires."""
        if exp is None:
            return self._default_expiry()
        return None if exp == 0 else int(exp)

    def _logged_in(self, user: User, expires_at: int | None) -> Response:
        token = self.tokens.issue(user.uid, expires_at)
        info = json.dumps({"uid": user.uid, "description": user.description, "is_remote": False})
        # Quoted where Python's cookies have to be, which the IAM's are.
        _value, encoded_info = SimpleCookie().value_encode(base64.b64encode(info.encode()).decode())
        # The IAM keeps both cookies a little shorter than the token: 1.9 days for 2.
        max_age = int(self.settings.token_lifetime * 0.95)
        response = answer({"token": token})
        response.headers.append("Set-Cookie", f"{AUTH_COOKIE}={token}; HttpOnly; Max-Age={max_age}; Path=/")
        response.headers.append("Set-Cookie", f"{INFO_COOKIE}={encoded_info}; Max-Age={max_age}; Path=/")
        return response

    def get_login(self, request: Request) -> Response:
        """GET /auth/login: starts a single sign-on flow, for which there is no provider."""
        parameters = request.call.query_parameters()
        provider = parameters.get("oidc-provider") or parameters.get("saml-provider")
        if provider is None:
            raise IamError(
                400, "Expected query parameter `oidc-provider` or `saml-provider`.", "ERR_MISSING_QUERY_PARAMETERS"
            )
        known = login_providers(open_edition=self.settings.open_edition)
        if "text/html" in request.call.headers.get("accept", "").lower() and str(provider) not in known:
            message = f"The login provider with ID '{provider}' is not known"
            return empty(303, {"Location": f"/?iam-error={quote(message, safe='')}"})
        return server_error()

    def get_logout(self, request: Request) -> Response:
        """GET /auth/logout: takes the cookie away; tokens cannot be revoked."""
        cookie = f'{AUTH_COOKIE}=""; expires=Sat, 01 Jan 2000 00:00:00 GMT; HttpOnly; Path=/'
        return Response(b"", 200, {"Set-Cookie": cookie}, media_type=f"{JSON}; charset=utf-8")


def _identity_token_login(token: str) -> Response:
    """The legacy OpenID Connect login: no provider's keys can be had here, so that it never succeeds."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return server_error()
    if claims.get("iss") == LEGACY_PROVIDER_ID:
        return server_error()
    raise IamError(401, "OpenID Connect ID Token login failed: bad token")

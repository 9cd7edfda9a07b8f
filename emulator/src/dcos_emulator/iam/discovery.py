# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the IAM tells everybody: keys, login providers, UI configuration, its own description."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from ..openapi import document
from ..store import Store
from ..tokens import TokenAuthority
from . import errors
from .http import Request, answer

LOGIN_URL = "/acs/api/v1/auth/login"


def _provider(kind: str, client_method: str, description: str, url: str) -> dict[str, Any]:
    return {
        "authentication-type": kind,
        "description": description,
        "client-method": client_method,
        "config": {"start_flow_url": url},
    }


def login_providers(*, open_edition: bool) -> dict[str, Any]:
    """The login providers by id; the legacy one exists in the open edition only."""
    description = "Default DC/OS login provider"
    providers = {
        "dcos-users": _provider(
            "dcos-uid-password", "dcos-usercredential-post-receive-authtoken", description, LOGIN_URL
        ),
        "dcos-services": _provider(
            "dcos-uid-servicekey", "dcos-servicecredential-post-receive-authtoken", description, LOGIN_URL
        ),
    }
    if open_edition:
        providers["dcos-oidc-auth0"] = _provider(
            "oidc-implicit-flow",
            "browser-prompt-oidcidtoken-get-authtoken",
            "DC/OS Auth0-based SSO through Google, GitHub, or Microsoft",
            "/login",
        )
    return providers


def ui_config(store: Store) -> dict[str, Any]:
    """The UI's configuration; ``firstUser`` until there is a regular user."""
    regular_user_exists = any(not user.is_service for user in store.users.values())
    return {
        "uiConfiguration": {"plugins": {}},
        "clusterConfiguration": {"firstUser": not regular_user_exists, "id": store.meta["cluster_id"]},
    }


@dataclass(frozen=True)
class Discovery:
    """The handlers."""

    store: Store
    tokens: TokenAuthority
    open_edition: bool

    def get_jwks(self, request: Request) -> Response:
        """GET /auth/jwks"""
        return answer(self.tokens.jwks())

    def get_providers(self, request: Request) -> Response:
        """GET /auth/providers"""
        return answer(login_providers(open_edition=self.open_edition))

    def get_no_providers(self, request: Request) -> Response:
        """GET /auth/oidc/providers, GET /auth/saml/providers: none is ever configured here."""
        return answer({})

    def get_ldap_config(self, request: Request) -> Response:
        """GET /ldap/config: no directory is ever configured here."""
        errors.no_ldap_configuration()

    def get_ui_config(self, request: Request) -> Response:
        """GET /uiconfig"""
        return answer(ui_config(self.store))

    def get_openapi(self, request: Request) -> Response:
        """GET /internal/openapispec.yaml: the emulator's own description, in JSON, which is YAML too."""
        content = json.dumps(document(open_edition=self.open_edition), indent=2)
        return Response(content, 200, {"Content-Type": "application/x-yaml; charset=utf-8"})

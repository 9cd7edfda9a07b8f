# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the IAM tells everybody: keys, login providers, UI configuration, its own description."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from ..call import Call
from ..openapi import document
from .http import IamError, answer

if TYPE_CHECKING:
    from .service import Iam

LOGIN_URL = "/acs/api/v1/auth/login"


def _provider(kind: str, client_method: str, description: str, url: str) -> dict[str, Any]:
    return {
        "authentication-type": kind,
        "description": description,
        "client-method": client_method,
        "config": {"start_flow_url": url},
    }


def login_providers(iam: Iam) -> dict[str, Any]:
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
    if iam.open_edition:
        providers["dcos-oidc-auth0"] = _provider(
            "oidc-implicit-flow",
            "browser-prompt-oidcidtoken-get-authtoken",
            "DC/OS Auth0-based SSO through Google, GitHub, or Microsoft",
            "/login",
        )
    return providers


def get_jwks(iam: Iam, call: Call) -> Response:
    """GET /auth/jwks"""
    return answer(iam.tokens.jwks())


def get_providers(iam: Iam, call: Call) -> Response:
    """GET /auth/providers"""
    return answer(login_providers(iam))


def get_no_providers(iam: Iam, call: Call) -> Response:
    """GET /auth/oidc/providers, GET /auth/saml/providers: none is ever configured here."""
    return answer({})


def get_ldap_config(iam: Iam, call: Call) -> Response:
    """GET /ldap/config: no directory is ever configured here."""
    raise IamError(400, "No LDAP configuration stored yet.", "ERR_LDAP_CONFIG_NOT_AVAILABLE")


def ui_config(iam: Iam) -> dict[str, Any]:
    """The UI's configuration; ``firstUser`` until there is a regular user."""
    regular_user_exists = any(not user.is_service for user in iam.store.users.values())
    return {
        "uiConfiguration": {"plugins": {}},
        "clusterConfiguration": {"firstUser": not regular_user_exists, "id": iam.store.meta["cluster_id"]},
    }


def get_ui_config(iam: Iam, call: Call) -> Response:
    """GET /uiconfig"""
    return answer(ui_config(iam))


def get_openapi(iam: Iam, call: Call) -> Response:
    """GET /internal/openapispec.yaml: the emulator's own description, in JSON, which is YAML too."""
    content = json.dumps(document(open_edition=iam.open_edition), indent=2)
    return Response(content, 200, {"Content-Type": "application/x-yaml; charset=utf-8"})

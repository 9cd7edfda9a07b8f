# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM as a service: its routes, and the way of a request through it."""

from __future__ import annotations

from starlette.responses import Response

from ..audit import AuditLog
from ..call import Call, decode
from ..clock import Clock
from ..settings import Settings
from ..store import Store
from ..tokens import TokenAuthority
from .acls import Acls
from .discovery import Discovery
from .grants import Grants, Permissions
from .groups import Groups
from .http import METHODS, IamError, Request, decode_request, error_response, server_error
from .login import Login
from .router import Router
from .urls import PREFIX
from .users import Users


class Iam:
    """The service. The open edition has neither groups nor ACLs."""

    def __init__(self, store: Store, tokens: TokenAuthority, clock: Clock, audit: AuditLog, settings: Settings) -> None:
        discovery = Discovery(store, tokens, settings.open_edition)
        self._router = Router()
        _add_common_routes(
            self._router,
            Users(store, legacy=settings.open_edition),
            Login(store, tokens, clock, audit, settings),
            discovery,
        )
        if not settings.open_edition:
            _add_enterprise_routes(self._router, store, discovery)

    def handle(self, call: Call) -> Response:
        """Answer a request for a path below ``/acs/api/v1``; authorisation is the gateway's.

        The body is judged before the path, as on the cluster: bad JSON sent to an unknown path is 400, not 404.
        """
        try:
            if call.method not in METHODS:
                raise IamError(400, "Invalid HTTP method", title="Bad request")
            request = Request(call, decode_request(call))
            handler, parameters = self._router.find(call.method, decode(call.raw_path))
            return handler(request, **parameters)
        except IamError as error:
            return _described(error, call)
        except UnicodeEncodeError:
            return server_error()  # half a surrogate pair that was to be stored or hashed


def _described(error: IamError, call: Call) -> Response:
    try:
        return error_response(error, call.headers.get("accept"))
    except UnicodeEncodeError:
        return server_error()


def _add_common_routes(router: Router, users: Users, login: Login, discovery: Discovery) -> None:
    router.add(f"{PREFIX}/users", {"GET": users.get_all})
    router.add(
        f"{PREFIX}/users/{{uid}}",
        {"GET": users.get, "PUT": users.put, "PATCH": users.patch, "DELETE": users.delete},
    )
    router.add(f"{PREFIX}/auth/login", {"GET": login.get_login, "POST": login.post_login})
    router.add(f"{PREFIX}/auth/logout", {"GET": login.get_logout})
    router.add(f"{PREFIX}/auth/jwks", {"GET": discovery.get_jwks})
    router.add(f"{PREFIX}/auth/providers", {"GET": discovery.get_providers})
    router.add(f"{PREFIX}/auth/oidc/providers", {"GET": discovery.get_no_providers})
    router.add(f"{PREFIX}/uiconfig", {"GET": discovery.get_ui_config})
    router.add(f"{PREFIX}/internal/openapispec.yaml", {"GET": discovery.get_openapi})


def _add_enterprise_routes(router: Router, store: Store, discovery: Discovery) -> None:
    groups, acls, permissions = Groups(store), Acls(store), Permissions(store)
    router.add(f"{PREFIX}/auth/saml/providers", {"GET": discovery.get_no_providers})
    router.add(f"{PREFIX}/ldap/config", {"GET": discovery.get_ldap_config})
    router.add(f"{PREFIX}/users/{{uid}}/groups", {"GET": groups.get_all_of_user})
    router.add(f"{PREFIX}/users/{{uid}}/permissions", {"GET": permissions.of_user})
    router.add(f"{PREFIX}/groups", {"GET": groups.get_all})
    router.add(
        f"{PREFIX}/groups/{{gid}}",
        {"GET": groups.get, "PUT": groups.put, "PATCH": groups.patch, "DELETE": groups.delete},
    )
    router.add(f"{PREFIX}/groups/{{gid}}/users", {"GET": groups.get_members})
    router.add(f"{PREFIX}/groups/{{gid}}/users/{{uid}}", {"PUT": groups.put_member, "DELETE": groups.delete_member})
    router.add(f"{PREFIX}/groups/{{gid}}/permissions", {"GET": permissions.of_group})
    router.add(f"{PREFIX}/acls", {"GET": acls.get_all})
    router.add(
        f"{PREFIX}/acls/{{rid}}",
        {"GET": acls.get, "PUT": acls.put, "PATCH": acls.patch, "DELETE": acls.delete},
    )
    router.add(f"{PREFIX}/acls/{{rid}}/permissions", {"GET": acls.get_permissions})
    for kind in ("users", "groups"):
        grants = Grants(store, kind)
        subject = f"{PREFIX}/acls/{{rid}}/{kind}/{{subject}}"
        router.add(subject, {"GET": grants.actions, "DELETE": grants.revoke_all})
        router.add(
            f"{subject}/{{action}}",
            {"GET": grants.is_allowed, "PUT": grants.grant, "DELETE": grants.revoke},
        )

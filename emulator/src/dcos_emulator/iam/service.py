# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM as a service: its collaborators, its routes, and the way of a request through it."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.responses import Response

from ..audit import AuditLog
from ..call import Call, decode
from ..clock import Clock
from ..settings import Settings
from ..store import Store
from ..tokens import TokenAuthority
from . import acls, discovery, grants, groups, login, users
from .http import METHODS, IamError, decode_request, error_response
from .router import Router
from .urls import PREFIX


@dataclass
class Iam:
    """The open edition has neither groups nor ACLs."""

    store: Store
    tokens: TokenAuthority
    clock: Clock
    audit: AuditLog
    settings: Settings
    router: Router = field(init=False)

    def __post_init__(self) -> None:
        self.router = Router()
        _add_common_routes(self.router)
        if not self.open_edition:
            _add_enterprise_routes(self.router)

    @property
    def open_edition(self) -> bool:
        return self.settings.open_edition

    def handle(self, call: Call) -> Response:
        """Answer a request for a path below ``/acs/api/v1``; authorisation is the gateway's.

        The body is judged before the path, as on the cluster: bad JSON sent to an unknown path is 400, not 404.
        """
        try:
            if call.method not in METHODS:
                raise IamError(400, "Invalid HTTP method", title="Bad request")
            call.context["json"] = decode_request(call)
            handler, parameters = self.router.find(call.method, decode(call.raw_path))
            return handler(self, call, **parameters)
        except IamError as error:
            return error_response(error, call.headers.get("accept"))


def _add_common_routes(router: Router) -> None:
    router.add(f"{PREFIX}/users", {"GET": users.list_users})
    router.add(
        f"{PREFIX}/users/{{uid}}",
        {"GET": users.get_user, "PUT": users.put_user, "PATCH": users.patch_user, "DELETE": users.delete_user},
    )
    router.add(f"{PREFIX}/auth/login", {"GET": login.get_login, "POST": login.post_login})
    router.add(f"{PREFIX}/auth/logout", {"GET": login.get_logout})
    router.add(f"{PREFIX}/auth/jwks", {"GET": discovery.get_jwks})
    router.add(f"{PREFIX}/auth/providers", {"GET": discovery.get_providers})
    router.add(f"{PREFIX}/auth/oidc/providers", {"GET": discovery.get_no_providers})
    router.add(f"{PREFIX}/uiconfig", {"GET": discovery.get_ui_config})
    router.add(f"{PREFIX}/internal/openapispec.yaml", {"GET": discovery.get_openapi})


def _add_enterprise_routes(router: Router) -> None:
    router.add(f"{PREFIX}/auth/saml/providers", {"GET": discovery.get_no_providers})
    router.add(f"{PREFIX}/ldap/config", {"GET": discovery.get_ldap_config})
    router.add(f"{PREFIX}/users/{{uid}}/groups", {"GET": groups.list_groups_of_user})
    router.add(f"{PREFIX}/users/{{uid}}/permissions", {"GET": grants.get_user_permissions})
    router.add(f"{PREFIX}/groups", {"GET": groups.list_groups})
    router.add(
        f"{PREFIX}/groups/{{gid}}",
        {
            "GET": groups.get_group,
            "PUT": groups.put_group,
            "PATCH": groups.patch_group,
            "DELETE": groups.delete_group,
        },
    )
    router.add(f"{PREFIX}/groups/{{gid}}/users", {"GET": groups.list_members})
    router.add(f"{PREFIX}/groups/{{gid}}/users/{{uid}}", {"PUT": groups.put_member, "DELETE": groups.delete_member})
    router.add(f"{PREFIX}/groups/{{gid}}/permissions", {"GET": grants.get_group_permissions})
    router.add(f"{PREFIX}/acls", {"GET": acls.list_acls})
    router.add(
        f"{PREFIX}/acls/{{rid}}",
        {"GET": acls.get_acl, "PUT": acls.put_acl, "PATCH": acls.patch_acl, "DELETE": acls.delete_acl},
    )
    router.add(f"{PREFIX}/acls/{{rid}}/permissions", {"GET": acls.get_acl_permissions})
    for kind in ("users", "groups"):
        handlers = grants.Grants(kind)
        subject = f"{PREFIX}/acls/{{rid}}/{kind}/{{subject}}"
        router.add(subject, {"GET": handlers.actions, "DELETE": handlers.revoke_all})
        router.add(
            f"{subject}/{{action}}",
            {"GET": handlers.is_allowed, "PUT": handlers.grant, "DELETE": handlers.revoke},
        )

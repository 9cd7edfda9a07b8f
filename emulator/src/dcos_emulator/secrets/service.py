# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets service: its routes, and the way of a request through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.responses import Response

from .. import unconfirmed
from ..audit import AuditLog
from ..call import Call, decode
from ..policy import Policy
from ..store import Store
from .access import Access
from .http import SecretsError, error_response, not_routed
from .items import Items
from .stores import Stores

PREFIX = "/secrets/v1/"

Handler = Callable[[Call, str], Response]


class Secrets:
    """``/secrets/v1`` for callers that the gateway has authenticated."""

    def __init__(self, store: Store, policy: Policy, audit: AuditLog) -> None:
        access = Access(store, policy, audit)
        self._operations = _operations(Items(store, access), Stores(store, access))

    def handle(self, call: Call) -> Response:
        """Answer a request; the path is decoded once, so that ``/`` and ``%2F`` mean the same here."""
        operation, _separator, target = (
            decode(call.raw_path).lstrip("/").removeprefix(PREFIX.lstrip("/")).partition("/")
        )
        try:
            handlers = self._operations.get(operation)
            if handlers is None:
                raise not_routed()
            if call.method not in handlers:
                allow = ", ".join(sorted(handlers))
                raise SecretsError(405, unconfirmed.secrets_text("wrong method"), allow=allow)
            return handlers[call.method](call, target)
        except SecretsError as error:
            return error_response(error)


def _operations(items: Items, stores: Stores) -> Mapping[str, Mapping[str, Handler]]:
    return {
        "secret": {"GET": items.get, "PUT": items.put, "PATCH": items.patch, "DELETE": items.delete},
        "revoke": {"PUT": items.revoke},
        "renew": {"PUT": items.renew},
        "store": {"GET": stores.get, "PUT": stores.put, "DELETE": stores.delete},
        "init": {"GET": stores.get_init, "PUT": stores.put_init},
        "seal-status": {"GET": stores.get_seal_status},
        "seal": {"PUT": stores.seal},
        "unseal": {"PUT": stores.unseal},
        "auto-unseal": {"PUT": stores.auto_unseal},
        "ping": {"GET": stores.ping},
    }

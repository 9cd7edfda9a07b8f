# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may use the secrets service, and whether the store asked for is there: what its operations have in common."""

from __future__ import annotations

from collections.abc import Sequence

from .. import unconfirmed
from ..audit import AuditLog
from ..call import Call
from ..policy import Policy
from ..records import SUPERUSER_RID, Backend
from ..store import Store
from .http import SecretsError


class Access:
    """Authorisation of callers that the gateway has authenticated."""

    def __init__(self, store: Store, policy: Policy, audit: AuditLog) -> None:
        self._store = store
        self._policy = policy
        self._audit = audit

    def authorise(self, call: Call, rids: Sequence[str], action: str) -> None:
        """403 unless the caller may do ``action`` on one of the rids or is a superuser; the first rid is logged."""
        assert call.uid is not None
        allowed = self._policy.is_superuser(call.uid) or any(self._policy.allows(call.uid, rid, action) for rid in rids)
        self._audit.secrets(
            call, rids[0], action, "allow" if allowed else "deny", "authorized" if allowed else "not authorized"
        )
        if not allowed:
            raise SecretsError(403, unconfirmed.secrets_text("forbidden"))

    def administer(self, call: Call) -> None:
        """403 unless the caller is a superuser."""
        self.authorise(call, [SUPERUSER_RID], "full")

    def backend(self, name: str) -> Backend:
        """The secret store; 404 if there is none of that name."""
        if (backend := self._store.backends.get(name)) is None:
            raise SecretsError(404, unconfirmed.secrets_text("unknown store", store=name))
        return backend

    def check_usable(self, name: str) -> None:
        """Raise unless the secret store exists and is not sealed."""
        if self.backend(name).sealed:
            raise SecretsError(unconfirmed.sealed_status(), unconfirmed.secrets_text("sealed"))

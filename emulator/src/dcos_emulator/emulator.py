# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as an ASGI application: it joins the layers and owns what they share."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from . import faults
from .audit import AuditLog
from .bootstrap import bootstrap
from .ca import Root, make_backend
from .call import Call, Scope, call_from_scope
from .clock import Clock
from .controls import PREFIX, Controls
from .database import Database, Record
from .gateway import Gateway
from .iam import Iam
from .journal import Journal
from .policy import Policy
from .secrets import Secrets
from .settings import Settings
from .store import Store
from .tokens import TokenAuthority, load_key


class Emulator:
    """One emulated cluster. Call :meth:`start` before the first request and :meth:`stop` after the last."""

    def __init__(self, settings: Settings) -> None:
        """Raises OSError or sqlite3.Error for files that cannot be used, CaUnavailable only in :meth:`start`."""
        self.settings = settings
        self.clock = Clock()
        self.store = Store(Database(settings.state) if settings.state else None)
        bootstrap(self.store, settings)
        self.root = Root.from_dict(self.store.meta["ca_root"])
        self.tokens = TokenAuthority(load_key(self.store.meta["token_key"]), self.clock)
        self.audit = AuditLog(settings.audit_log, self.clock)
        self.policy = Policy(self.store, self.clock, settings.permission_cache_seconds)
        self.ca = make_backend(settings.ca, self.root, self.clock.utc)
        self.iam = Iam(self.store, self.tokens, self.clock, self.audit, settings)
        self.gateway = Gateway(
            self.store,
            self.tokens,
            self.policy,
            self.audit,
            self.iam,
            Secrets(self.store, self.policy, self.audit),
            self.ca,
        )
        self.journal = Journal(self.clock)
        self.faults = faults.Faults()
        self.controls = Controls(self)

    async def start(self) -> None:
        """Start what runs beside this process; raises CaUnavailable."""
        await self.ca.start()

    async def stop(self) -> None:
        """Release everything."""
        await self.ca.stop()
        self.audit.close()
        self.store.database.close()

    def load(self, records: list[Record]) -> None:
        """Replace the cluster's state, but for the CA: clients trust its root and the running TLS certificate.

        Raises TypeError or ValueError, with nothing changed, for records that are not the state of a cluster.
        """
        values = {key[0]: value for kind, key, value in records if kind == "meta" and key}
        if not isinstance(values.get("cluster_id"), str):
            raise ValueError("The cluster has no id.")
        token_key = load_key(str(values.get("token_key")))
        ca_root = self.store.meta["ca_root"]
        self.store.load([*records, ("meta", ("ca_root",), ca_root)])
        self.store.database.commit()
        self.tokens.use_key(token_key)
        self.policy.forget()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """ASGI: the test controls below ``/_emulator``, the cluster's API everywhere else."""
        if scope["type"] != "http":
            return
        if scope["path"].startswith(PREFIX):
            await self.controls(scope, receive, send)
            return
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:
            return
        call = call_from_scope(scope, body)
        entry = self.journal.begin(call)
        rule = self.faults.match(call)
        if self.settings.latency_ms:
            await asyncio.sleep(self.settings.latency_ms / 1000)
        if rule is None:
            response = await self._process(call)
            entry.status, entry.uid = response.status_code, call.uid
            await response(scope, receive, send)
        else:
            entry.fault = rule.action
            entry.status = await faults.respond(rule, lambda: self._process(call), scope, receive, send)
            entry.uid = call.uid

    async def _process(self, call: Call) -> Response:
        """The cluster's answer; what it changed is durable when this returns."""
        try:
            return self.iam.handle(call) if self.settings.open_edition else await self.gateway.handle(call)
        finally:
            self.store.database.commit()

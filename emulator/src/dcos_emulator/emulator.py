# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as an ASGI application: it joins the layers and owns what they share."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from . import body, faults, page
from .audit import AuditLog
from .bootstrap import bootstrap
from .ca import Root, make_backend
from .call import Call, Scope, call_from_scope
from .clock import Clock
from .controls import PREFIX, Controls
from .database import Database, Record
from .gateway import Gateway, pages
from .iam import Iam
from .issued import Issued
from .journal import Journal
from .policy import Policy
from .records import DamagedRecord
from .secrets import Secrets
from .settings import Settings
from .store import Store
from .tokens import TokenAuthority, load_key

# More than any request needs: a secret of 1 MiB, with each of its characters escaped.
MAX_BODY = 8 * 1024 * 1024

LOG = logging.getLogger("dcos_emulator")


class Emulator:
    """One emulated cluster. Call :meth:`start` before the first request and :meth:`stop` after the last."""

    def __init__(self, settings: Settings) -> None:
        """Raises OSError, sqlite3.Error or DamagedRecord for files that cannot be used."""
        self.settings = settings
        self.started = time.time()
        self.clock = Clock()
        self.store, self.root, token_key = _open(settings)
        self.tokens = TokenAuthority(token_key, self.clock)
        self.audit = AuditLog(settings.audit_log, self.clock)
        self.policy = Policy(self.store, self.clock, settings.permission_cache_seconds)
        self.ca = Issued(make_backend(settings.ca, self.root, self.clock.utc))
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
        meta = {key[0]: value for kind, key, value in records if kind == "meta" and key}
        meta["ca_root"] = self.store.meta["ca_root"]
        _root, token_key = _keys(meta)
        with self.store.transaction():
            self.store.load([*records, ("meta", ("ca_root",), meta["ca_root"])])
        self.tokens.use_key(token_key)
        self.policy.forget()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """ASGI: the test controls below ``/_emulator``, a page for people at ``/``, else the cluster's API.

        The page is not in the journal and meets no fault, so that looking at it changes nothing that a test counts.
        """
        if scope["type"] != "http":
            return
        if scope["path"].startswith(PREFIX):
            await self.controls(scope, receive, send)
            return
        if scope["path"] == page.PATH and scope["method"] in ("GET", "HEAD"):
            await page.response()(scope, receive, send)
            return
        call = call_from_scope(scope)
        entry = self.journal.begin(call)
        rule = self.faults.match(call)
        if self.settings.latency_ms:
            await asyncio.sleep(self.settings.latency_ms / 1000)

        async def process() -> Response:
            return await self._process(call, Request(scope, receive))

        with contextlib.suppress(ClientDisconnect):
            if rule is None:
                response = await process()
                entry.status, entry.uid = response.status_code, call.uid
                await response(scope, receive, send)
            else:
                entry.fault = rule.action
                entry.status = await faults.respond(rule, process, scope, receive, send)
                entry.uid = call.uid

    async def _process(self, call: Call, request: Request) -> Response:
        """The cluster's answer; what it changed is durable when this returns, and undone where it could not be.

        The body is read when the head has been found to deserve it. Raises ClientDisconnect if it does not come.
        """
        admitted = None if self.settings.open_edition else self.gateway.admit(call)
        if isinstance(admitted, Response):
            return admitted
        try:
            call.body = await body.read(request, MAX_BODY)
        except body.TooLarge:
            return pages.page(413, {"Connection": "close"})
        try:
            with self.store.transaction():
                return self.iam.handle(call) if admitted is None else await admitted.answer(call)
        except sqlite3.Error as error:
            message = f"Nothing was changed, as the file {self.settings.state} could not be written: {error}"
            LOG.error(message)
            return Response(message + "\n", 500, {"Content-Type": "text/plain"})


def _open(settings: Settings) -> tuple[Store, Root, RSAPrivateKey]:
    """The store with a cluster in it, and that cluster's keys; nothing is written to a file that holds none."""
    database = Database(settings.state)
    try:
        store = Store(database)
        with store.transaction():
            bootstrap(store, settings)
            return store, *_keys(store.meta)
    except BaseException:
        database.close()
        raise


def _keys(meta: dict[str, Any]) -> tuple[Root, RSAPrivateKey]:
    """The CA's root and the key that signs tokens; raises DamagedRecord for single values that are no cluster's."""
    name = "cluster_id"
    try:
        if not isinstance(meta[name], str):
            raise TypeError("it is no string")
        name = "token_key"
        token_key = load_key(str(meta[name]))
        name = "ca_root"
        return Root.from_dict(meta[name]), token_key
    except KeyError as error:
        raise DamagedRecord("meta", name, f"{error} is missing") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise DamagedRecord("meta", name, error) from error

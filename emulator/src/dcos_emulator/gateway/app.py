# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Admin Router as an application: who asks, may they, and which service answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.responses import Response

from .. import page
from ..audit import AuditLog
from ..ca import CaBackend
from ..call import Call
from ..iam import Iam
from ..iam.discovery import ui_config
from ..policy import Policy
from ..secrets import Secrets
from ..store import Store
from ..tokens import TokenAuthority
from . import cosmos, files, pages, routes
from .auth import token_of
from .paths import normalised

Upstream = Callable[[Call, str], Awaitable[Response]]


@dataclass(frozen=True)
class Admitted:
    """A request that Admin Router passes on: the service that answers it, once its body is there, and the path."""

    upstream: Upstream
    path: str

    async def answer(self, call: Call) -> Response:
        """The service's answer to the request with its body."""
        # nginx reads a body to its end before it passes it on, so that the service always learns the length.
        if call.body and call.content_length is None:
            call.content_length = len(call.body)
        return await self.upstream(call, self.path)


@dataclass
class Gateway:
    """Everything behind ports 80 and 443 of a master."""

    store: Store
    tokens: TokenAuthority
    policy: Policy
    audit: AuditLog
    iam: Iam
    secrets: Secrets
    ca: CaBackend
    upstreams: dict[str, Upstream] = field(init=False)

    def __post_init__(self) -> None:
        self.upstreams = {
            "iam": self._iam,
            "secrets": self._secrets,
            "ca": self._ca,
            "ca_bundle": self._ca_bundle,
            "front_page": self._front_page,
            "add_slash": self._add_slash,
            "absent": self._absent,
            "version": _file(files.version),
            "metadata": _file(lambda: files.metadata(self.store.meta["cluster_id"])),
            "state_summary": _file(files.state_summary),
            "hosts": _file(files.hosts),
            "nodes": _file(files.nodes),
            "units": _file(files.units),
            "slaves": _file(files.slaves),
            "exhibitor_list": _file(files.exhibitor_list),
            "exhibitor_status": _file(files.exhibitor_status),
            "marathon_info": _file(files.marathon_info),
            "jobs": _file(files.jobs),
            "history": _file(files.history),
            "package_describe": _package_describe,
            "package_archive": _package_archive,
            "no_such_service": _no_such_service,
            "bootstrap_config": _file(files.bootstrap_config),
            "buildinfo": _file(files.buildinfo),
            "ui_config": _file(lambda: ui_config(self.store)),
        }

    def admit(self, call: Call) -> Response | Admitted:
        """What the head of a request decides: an answer, or the service that is to give one when the body has come."""
        path = normalised(call.raw_path)
        if path is None:
            return pages.page(400)
        found = routes.find(path)
        if found is None:
            return pages.page(404)
        location, match = found
        if location.rid != routes.PUBLIC and (refusal := self._refuse(call, location, match)):
            return refusal
        return Admitted(self.upstreams[location.upstream], path)

    def _refuse(self, call: Call, location: routes.Location, match: routes.Match) -> Response | None:
        rid = location.rid
        token = token_of(call.headers)
        call.uid = self.tokens.verify(token) if token else None
        if call.uid is None:
            self.audit.gateway(call, rid, "full", "deny", "not authenticated")
            return pages.unauthenticated()
        if call.method == "GET" and match.groupdict().get("uid") == call.uid:
            own = f"dcos:iam:users:{call.uid}:permissions"
            self.audit.gateway(call, own, "read", "allow", "user requests his/her own permissions")
            return None
        if location.any_user:
            self.audit.gateway(call, rid, "full", "allow", "authenticated (all users are allowed to access)")
            return None
        allowed = self.policy.allows(call.uid, rid, "full")
        self.audit.gateway(call, rid, "full", "allow" if allowed else "deny", "IAM PQ response")
        return None if allowed else pages.page(403)

    async def _iam(self, call: Call, path: str) -> Response:
        return self.iam.handle(call)

    async def _secrets(self, call: Call, path: str) -> Response:
        return self.secrets.handle(call)

    async def _ca(self, call: Call, path: str) -> Response:
        answer = await self.ca.call(call.method, path.rpartition("/")[2], dict(call.headers), call.body)
        response = Response(answer.body, answer.status, dict(answer.headers))
        if answer.content_type is not None:
            response.headers["Content-Type"] = answer.content_type
        return response

    async def _ca_bundle(self, call: Call, path: str) -> Response:
        return _static(call, self.ca.ca_bundle_pem().encode(), "application/x-x509-ca-cert")

    async def _front_page(self, call: Call, path: str) -> Response:
        return pages.page(405) if call.method not in ("GET", "HEAD") else page.response()

    async def _add_slash(self, call: Call, path: str) -> Response:
        host = call.headers.get("host", "master.mesos")
        query = f"?{call.query}" if call.query else ""
        return pages.page(301, {"Location": f"{call.scheme}://{host}{quote(path)}/{query}"})

    async def _absent(self, call: Call, path: str) -> Response:
        return pages.page(404)


async def _package_describe(call: Call, path: str) -> Response:
    return cosmos.describe(call)


async def _package_archive(call: Call, path: str) -> Response:
    return cosmos.archive(call)


async def _no_such_service(call: Call, path: str) -> Response:
    """Admin Router's words (dcos/dcos, packages/adminrouter/extra/src/lib/service.lua)."""
    return Response("404 Not Found: service not found.\n", 404, {"Content-Type": "text/plain"})


def _static(call: Call, content: bytes, content_type: str) -> Response:
    """A file as nginx serves it."""
    if call.method not in ("GET", "HEAD"):
        return pages.page(405)
    return Response(content, 200, {"Content-Type": content_type})


def _file(content: Callable[[], object]) -> Upstream:
    async def serve(call: Call, path: str) -> Response:
        return _static(call, (json.dumps(content(), indent=2) + "\n").encode(), "application/json")

    return serve

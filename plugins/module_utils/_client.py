# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster as its security services are addressed: authenticated requests, and errors with a remedy.

It knows no entity; what may be asked of users, secrets or certificates is written one layer up.

This file is private to the collection.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable
from typing import Any, Protocol

from ansible_collections.dcos.security.plugins.module_utils._auth import Authenticator, claims
from ansible_collections.dcos.security.plugins.module_utils._errors import AuthError, HttpError
from ansible_collections.dcos.security.plugins.module_utils._hints import hint
from ansible_collections.dcos.security.plugins.module_utils._http import Transport
from ansible_collections.dcos.security.plugins.module_utils._options import Connection, resolve
from ansible_collections.dcos.security.plugins.module_utils._parallel import CONCURRENCY
from ansible_collections.dcos.security.plugins.module_utils._redact import mask
from ansible_collections.dcos.security.plugins.module_utils._response import Response
from ansible_collections.dcos.security.plugins.module_utils._retries import retry_after, summary
from ansible_collections.dcos.security.plugins.module_utils._shapes import misfit


class Client:
    """Requests to one cluster as one authenticated user."""

    def __init__(self, connection: Connection, read_only: bool, pool_size: int = CONCURRENCY) -> None:
        self.transport = Transport(
            connection.url,
            connection.ca_path,
            connection.validate_certs,
            connection.timeout,
            connection.retries,
            read_only,
            pool_size,
            connection.max_answer,
            folder=connection.folder,
        )
        self.auth = Authenticator(connection, self.transport)
        # Who is to go, of those without whom nobody could administer the cluster: two entries of a list must not each
        # rely on the other.
        self.leaving: set[str] = set()
        self.leaving_lock = threading.Lock()

    @property
    def secrets(self) -> set[str]:
        """The credentials of the connection, wherever they came from, and the tokens that it has had."""
        return self.auth.secrets

    def repetitions(self) -> str:
        """Say what was repeated since this was last asked, or "" if nothing was."""
        repeated, self.transport.repeated = self.transport.repeated, []
        return summary(repeated) if repeated else ""

    @property
    def uid(self) -> str | None:
        """The uid that is logged in, as the token says, or None if there is no token or it cannot be read."""
        uid = claims(self.auth.token() or "").get("uid")
        return uid if isinstance(uid, str) else None

    def request(
        self,
        method: str,
        path: str,
        doing: str,
        accept: Collection[int | str] = (),
        secrets: Iterable[str | None] = (),
        deadline: float | None = None,
        **kwargs: Any,
    ) -> Response:
        """Send a request and return its answer if it is a 2xx or listed in ``accept``.

        Args:
            doing: what is attempted, for the error: "create service account 'kafka'".
            accept: statuses (int) and error codes (str) that are answers here and not errors.
            secrets: strings of the request that the server's words must not repeat.
            deadline: seconds after which nothing of it is sent any more, nor waited for.
            kwargs: ``params``, ``body``, ``data``, ``headers``, ``once`` of Transport.send.

        Raises HttpError for other statuses, AuthError for a 401 that no login cures, ConnectError if no answer came.
        ``repeated`` of an answer and ``uncertain`` of an error say that an earlier try may have been processed.
        """
        begun = self.transport.clock()

        def send(token: str | None) -> Response:
            # A login takes its part of the time.
            left = None if deadline is None else deadline - (self.transport.clock() - begun)
            return self.transport.send(method, path, token=token, deadline=left, **kwargs)

        token = self.auth.token()
        answer = send(token)
        if answer.status == 401 and token:
            try:
                token = self.auth.renew(token)
            except AuthError as exc:
                if not exc.failure:
                    exc.about(method, path, 401)
                raise
            answer = send(token)
        if 200 <= answer.status < 300:
            # No part of the API answers with a page: this one is of a proxy, and nothing was done.
            if answer.content_type == "text/html":
                raise unexpected_answer(doing, method, path, answer)
            return answer
        if answer.status in accept or answer.code in accept:
            return answer
        error = HttpError(
            doing,
            method,
            path,
            answer.status,
            answer.code,
            mask(answer.words, [*secrets, *self.secrets]),
            hint(method, path, answer, listing="list" in (kwargs.get("params") or ()), token=token),
            answer.effort,
        )
        error.uncertain = answer.repeated or answer.status >= 500
        error.retry_after = retry_after(answer)
        raise error

    def get(self, path: str, doing: str, accept: Collection[int | str] = (), **kwargs: Any) -> Response:
        """GET, see request()."""
        return self.request("GET", path, doing, accept, **kwargs)

    def read(
        self,
        path: str,
        doing: str,
        shape: Any,
        accept: Collection[int | str] = (),
        params: dict[str, str] | None = None,
    ) -> Any:
        """GET what has a shape of ``_shapes``; None for what ``accept`` lists.

        Raises HttpError for a success that is none: what answers is no cluster then, or a proxy in front of it, and
        must not be taken for "there is nothing".
        """
        answer = self.get(path, doing, accept, params=params)
        if not 200 <= answer.status < 300:
            return None
        return shaped(answer, shape, doing, "GET", path)

    def put(self, path: str, doing: str, accept: Collection[int | str] = (), **kwargs: Any) -> Response:
        """PUT, see request()."""
        return self.request("PUT", path, doing, accept, **kwargs)

    def patch(self, path: str, doing: str, accept: Collection[int | str] = (), **kwargs: Any) -> Response:
        """PATCH, see request()."""
        return self.request("PATCH", path, doing, accept, **kwargs)

    def post(self, path: str, doing: str, accept: Collection[int | str] = (), **kwargs: Any) -> Response:
        """POST, see request()."""
        return self.request("POST", path, doing, accept, **kwargs)

    def delete(self, path: str, doing: str, accept: Collection[int | str] = (), **kwargs: Any) -> Response:
        """DELETE, see request()."""
        return self.request("DELETE", path, doing, accept, **kwargs)


def shaped(answer: Response, shape: Any, doing: str, method: str, path: str, member: str = "") -> Any:
    """Return what the answer holds, or its ``member``, where that has ``shape``. Raises HttpError."""
    found = answer.json
    wrong = "" if found is None else misfit(found, {member: shape} if member else shape)
    if found is None or wrong:
        raise unexpected_answer(doing, method, path, answer, wrong)
    return found[member] if member else found


def unexpected_answer(doing: str, method: str, path: str, answer: Response, wrong: str = "") -> HttpError:
    """Return the error for an answer whose status is fine and whose body is not what the API would send."""
    detail = f": {wrong}" if wrong else ""
    said = f"the answer ({answer.content_type or 'of no type'}) is not what DC/OS sends{detail}"
    return HttpError(doing, method, path, answer.status, said=said, hint="Check url, and any proxy on the way.")


_last: dict[bool, tuple[Any, Client]] = {}


class Connecting(Protocol):
    """What connect() needs of a task; it may also have a ``client`` already, and a ``folder`` for relative paths."""

    params: dict[str, Any]
    check_mode: bool
    connected: Client | None


def connect(task: Connecting, anonymous: bool = False) -> Client:
    """Return the client for a task's connection options; an ``anonymous`` one sends no credentials.

    The entries of a task's list have their task's. A process keeps the last client that may write and the last that may
    not, so that the items of a loop, and the lookups in them, share connections and login.
    """
    shared: Client | None = getattr(task, "client", None)
    if shared is not None:
        task.connected = shared
        return shared
    connection = resolve(task.params, os.environ, anonymous, getattr(task, "folder", None) or os.getcwd())
    pool_size = task.params.get("concurrency") or CONCURRENCY
    # The environment is part of it, because a proxy or a CA bundle may have come from there.
    key = (os.getpid(), connection, dict(os.environ), pool_size)
    kept = _last.get(task.check_mode)
    if kept is None or kept[0] != key:
        kept = key, Client(connection, read_only=task.check_mode, pool_size=pool_size)
        _last[task.check_mode] = kept
    client = kept[1]
    client.leaving.clear()
    task.connected = client
    return client

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster as its security services are addressed: authenticated requests, and errors with a remedy.

It knows no entity; what may be asked of users, secrets or certificates is written one layer up.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable
from queue import Empty, SimpleQueue
from typing import Callable

from ansible_collections.dcos.security.plugins.module_utils._auth import Authenticator, claims
from ansible_collections.dcos.security.plugins.module_utils._errors import AuthError, DcosError, HttpError
from ansible_collections.dcos.security.plugins.module_utils._http import Response, Transport
from ansible_collections.dcos.security.plugins.module_utils._options import resolve
from ansible_collections.dcos.security.plugins.module_utils._redact import mask

IAM = "/acs/api/v1"
SECRETS = "/secrets/v1"
CA = "/ca/api/v2"

# Error codes of the IAM for names that it does not know, and what to do about them.
UNKNOWN_USER = "ERR_UNKNOWN_USER_ID"
UNKNOWN_GROUP = "ERR_UNKNOWN_GROUP_ID"
REMEDIES = {
    UNKNOWN_USER: "Create it first (dcos_service_account or dcos_user).",
    UNKNOWN_GROUP: "Create it first (dcos_group).",
}


class Client:
    """Requests to one cluster as one authenticated user."""

    def __init__(self, connection, read_only: bool, pool_size: int = 8):
        self.transport = Transport(
            connection.url,
            connection.ca_path,
            connection.validate_certs,
            connection.timeout,
            connection.retries,
            read_only,
            pool_size,
        )
        self.auth = Authenticator(connection, self.transport)

    @property
    def uid(self):
        """The uid that is logged in, as the token says, or None if there is no token or it cannot be read."""
        return claims(self.auth.token() or "").get("uid")

    def request(
        self, method: str, path: str, doing: str, accept: Iterable = (), secrets: Iterable = (), **kwargs
    ) -> Response:
        """Send a request and return its answer if it is a 2xx or listed in ``accept``.

        Args:
            doing: what is attempted, for the error: "create service account 'kafka'".
            accept: statuses (int) and error codes (str) that are answers here and not errors.
            secrets: strings of the request that the server's words must not repeat.
            kwargs: ``params``, ``body``, ``data``, ``headers`` of Transport.send.

        Raises HttpError for other statuses, AuthError for a 401 that no login cures, ConnectError if no answer came.
        """
        token = self.auth.token()
        answer = self.transport.send(method, path, token=token, **kwargs)
        if answer.status == 401 and token:
            try:
                token = self.auth.renew(token)
            except AuthError as exc:
                if not exc.failure:
                    exc.about(method, path, 401)
                raise
            answer = self.transport.send(method, path, token=token, **kwargs)
        if 200 <= answer.status < 300:
            # No part of the API answers with a page: this one is of a proxy, and nothing was done.
            if answer.content_type == "text/html":
                raise not_ours(doing, method, path, answer)
            return answer
        if answer.status in accept or answer.code in accept:
            return answer
        raise HttpError(
            doing,
            method,
            path,
            answer.status,
            answer.code,
            mask(answer.said, secrets),
            _hint(method, path, answer, listing="list" in (kwargs.get("params") or ())),
        )

    def get(self, path, doing, accept=(), **kwargs) -> Response:
        """GET, see request()."""
        return self.request("GET", path, doing, accept, **kwargs)

    def read(self, path, doing, members, accept=(), params=None) -> dict | None:
        """GET a JSON object that has ``members``; None for what ``accept`` lists.

        Raises HttpError for a success that is none: what answers is no cluster then, or a proxy in front of it, and
        must not be taken for "there is nothing".
        """
        answer = self.get(path, doing, accept, params=params)
        if not 200 <= answer.status < 300:
            return None
        found = answer.json
        if not isinstance(found, dict) or not all(name in found for name in members):
            raise not_ours(doing, "GET", path, answer)
        return found

    def put(self, path, doing, accept=(), **kwargs) -> Response:
        """PUT, see request()."""
        return self.request("PUT", path, doing, accept, **kwargs)

    def patch(self, path, doing, accept=(), **kwargs) -> Response:
        """PATCH, see request()."""
        return self.request("PATCH", path, doing, accept, **kwargs)

    def post(self, path, doing, accept=(), **kwargs) -> Response:
        """POST, see request()."""
        return self.request("POST", path, doing, accept, **kwargs)

    def delete(self, path, doing, accept=(), **kwargs) -> Response:
        """DELETE, see request()."""
        return self.request("DELETE", path, doing, accept, **kwargs)


def not_ours(doing, method, path, answer) -> HttpError:
    """Return the error for an answer whose status is fine and whose body is not what the API would send."""
    said = f"the answer ({answer.content_type or 'of no type'}) is not what DC/OS sends"
    return HttpError(doing, method, path, answer.status, said=said, hint="Check url, and any proxy on the way.")


def _hint(method, path, answer, listing):
    """Say what the user can do about an answer of this status from this service."""
    status = answer.status
    if answer.code in REMEDIES:
        return REMEDIES[answer.code]
    if status == 401:
        return "The token was renewed and rejected again: check that url is the cluster the credentials are of."
    if status == 403:
        return f"The token's user needs {_needed(method, path, listing)} or dcos:superuser."
    if status == 404 and path.startswith(IAM) and not answer.content:
        return "Groups and permissions exist on DC/OS Enterprise only; check that url is the address of such a cluster."
    if status == 404 and path.startswith(CA):
        return "This cluster does not route that part of the certificate authority's API."
    if status == 413 and path.startswith(SECRETS):
        return "A secret may hold about 1 MiB of text or 786 KiB of binary data."
    if status >= 500 and path.startswith(SECRETS):
        return "Is the secret store sealed? GET /secrets/v1/seal-status/default tells."
    if status >= 500 or status == 429:
        return "The cluster is overloaded or in trouble: try again, or raise retries."
    return ""


def _needed(method, path, listing):
    if path.startswith(IAM):
        return "dcos:adminrouter:acs full"
    if path.startswith((f"{CA}/bundle", f"{CA}/certificates")):
        return "dcos:adminrouter:ops:ca:ro full"
    if path.startswith(CA):
        return "dcos:adminrouter:ops:ca:rw full"
    if path.startswith(f"{SECRETS}/secret/"):
        store, _slash, secret = path[len(f"{SECRETS}/secret/") :].partition("/")
        if listing:
            return f"dcos:secrets:list:{store}:/{secret} read"
        action = {"GET": "read", "PUT": "create", "PATCH": "update", "DELETE": "delete"}.get(method, "full")
        return f"dcos:secrets:{store}:/{secret} {action}"
    return "more permissions"


def together(job: Callable, items: Iterable, concurrency: int) -> list:
    """Call ``job(item)`` for every item, ``concurrency`` at a time; return [(item, result, error)] in order.

    An item's DcosError is returned as its ``error`` and leaves the others alone; any other exception is raised.
    """

    def guarded(item):
        try:
            return item, job(item), None
        except DcosError as exc:
            return item, None, exc

    items = list(items)
    if len(items) < 2 or concurrency < 2:
        return [guarded(item) for item in items]
    waiting, done, outcomes = SimpleQueue(), SimpleQueue(), {}
    for entry in enumerate(items):
        waiting.put(entry)

    def work():
        with contextlib.suppress(Empty):
            while True:
                number, item = waiting.get_nowait()
                try:
                    done.put((number, guarded(item), None))
                except BaseException as exc:  # pylint: disable=broad-except
                    done.put((number, None, exc))

    # No executor: the process of a task that has timed out would wait for its threads, and the play for the process.
    threads = [threading.Thread(target=work, daemon=True) for _number in range(min(concurrency, len(items)))]
    for thread in threads:
        thread.start()
    try:
        while len(outcomes) < len(items):
            number, outcome, error = done.get()
            if error:
                raise error
            outcomes[number] = outcome
    except BaseException:
        with contextlib.suppress(Empty):
            while True:
                waiting.get_nowait()
        raise
    for thread in threads:
        thread.join()
    return [outcomes[number] for number in range(len(items))]


def at_once(*jobs: Callable) -> list:
    """Call ``jobs`` at the same time and return their results in order. Raises the first one's DcosError, if any."""
    outcomes = together(lambda job: job(), jobs, len(jobs))
    for _job, _result, error in outcomes:
        if error:
            raise error
    return [result for _job, result, _error in outcomes]


_last: dict = {}


def connect(task, pool_size: int = 8, anonymous: bool = False) -> Client:
    """Return the client for a task's connection options; an ``anonymous`` one sends no credentials.

    A process keeps the last client that may write and the last that may not, so that the items of a loop, and the
    lookups in them, share connections and login.
    """
    connection = resolve(task.params, os.environ, anonymous)
    # The environment is part of it, because a proxy or a CA bundle may have come from there.
    key = (os.getpid(), connection, dict(os.environ), pool_size)
    kept, client = _last.get(task.check_mode, (None, None))
    if kept != key:
        client = Client(connection, read_only=task.check_mode, pool_size=pool_size)
        _last[task.check_mode] = key, client
    return client

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to one origin: what is sent, how often and where to, and what is made of redirects.

It also owns the rule of check mode: a transport that is ``read_only`` refuses every request that could change the
cluster, so that a forgotten ``if not check_mode`` is a loud failure and not a silent write.

Of requests, four things are taken:

- what the environment says of proxies and CA bundles (``Session.merge_environment_settings``), read once and not per
  request. As an argument there, ``ca_path`` holds against REQUESTS_CA_BUNDLE, which overrides ``Session.verify``;
- ``Request.prepare``: the bytes of an URL, of parameters and of a JSON body;
- ``HTTPAdapter``: pools of connections, proxies and TLS, which are urllib3's;
- its errors.

A ``Session`` would send with what is not wanted here: cookies, ``~/.netrc``, redirects to anywhere, and settings merged
anew for each request, which takes as long as all the rest. Retries and the reading of bodies know no bounds there;
``_retries`` and ``_wire`` are our own.

This file is private to the collection.
"""

from __future__ import annotations

import http.client
import os
import re
import time
from collections.abc import Mapping
from typing import Any, Callable
from urllib.parse import SplitResult, urljoin, urlsplit

from ansible_collections.dcos.security.plugins.module_utils._deps import load
from ansible_collections.dcos.security.plugins.module_utils._errors import ConnectError, InputError, InternalError
from ansible_collections.dcos.security.plugins.module_utils._files import absolute
from ansible_collections.dcos.security.plugins.module_utils._response import Response
from ansible_collections.dcos.security.plugins.module_utils._retries import RETRIED_STATUSES, Repeated, Tries
from ansible_collections.dcos.security.plugins.module_utils._tls import is_distrust, ssl_context
from ansible_collections.dcos.security.plugins.module_utils._unanswered import Attempt, explain, innermost
from ansible_collections.dcos.security.plugins.module_utils._wire import (
    EncodingError,
    Exchange,
    TooLargeError,
    adapter,
    bounded,
    read,
)

LOGIN_PATH = "/acs/api/v1/auth/login"
# POST requests that change nothing: the login, and the CA's queries (which are POST as in cfssl).
READ_ONLY_POSTS = (LOGIN_PATH, "/ca/api/v2/info", "/ca/api/v2/bundle", "/ca/api/v2/certificates")

MAX_REDIRECTS = 5
# A request with all its repetitions and pauses takes at most this many times ``timeout``.
WHOLE = 4
MAX_ANSWER = 64 << 20
# What nginx and servers in Go say to plain HTTP at a port of TLS.
SPEAKS_TLS = re.compile(rb"plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server")


class Transport:
    """A keep-alive connection pool to ``origin`` (scheme://host[:port]); safe to use from several threads.

    Args:
        ca_path: CA bundle to trust, or None for what requests trusts by itself.
        validate_certs: False to trust any certificate.
        timeout: seconds to wait for the connection, and for each part of an answer; a whole request with its
            repetitions and pauses takes at most four times that.
        retries: how often a request that may be repeated is sent again.
        read_only: refuse requests that could change the cluster (check mode).
        pool_size: connections kept open for parallel requests.
        max_answer: bytes that an unpacked answer may have.
        clock, sleep: the time in seconds, and how to let some pass.
        folder: where a relative path in REQUESTS_CA_BUNDLE lies; by default the folder of the process.
    """

    def __init__(
        self,
        origin: str,
        ca_path: str | None = None,
        validate_certs: bool = True,
        timeout: float = 30.0,
        retries: int = 3,
        read_only: bool = False,
        pool_size: int = 8,
        max_answer: int = MAX_ANSWER,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        folder: str | None = None,
    ):
        if ca_path and validate_certs and not os.access(ca_path, os.R_OK):
            raise InputError(f"ca_path '{ca_path}' cannot be read: give a PEM file with the cluster's CA certificate.")
        self.origin = origin
        self.ca_path = ca_path
        self.timeout = timeout
        self.retries = retries
        self.read_only = read_only
        self.clock = clock
        self._sleep = sleep
        # Appended to by any thread, and emptied by whoever tells the user.
        self.repeated: list[Repeated] = []
        self._max_answer = max_answer
        self._requests = requests = load("requests")
        urllib3 = load("urllib3")
        self._errors = (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException)
        self._headers = {"User-Agent": requests.utils.default_user_agent(), "Accept": "*/*", "Accept-Encoding": "gzip"}
        self._settings = requests.Session().merge_environment_settings(
            origin, {}, True, ca_path if validate_certs and ca_path else validate_certs, None
        )
        trusted = self._settings["verify"]
        if isinstance(trusted, str):
            trusted = absolute(trusted, folder)
        context = ssl_context(trusted) if origin.startswith("https:") else None
        self._adapter = adapter(context, pool_maxsize=pool_size)
        self._settings["verify"] = validate_certs
        if not validate_certs:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def send(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
        once: bool = False,
        deadline: float | None = None,
    ) -> Response:
        """Send one request and return its answer, whatever its status.

        Args:
            path: percent-encoded path; it goes out as it is (``%252F`` stays ``%252F``).
            body: value to send as JSON; ``data``: bytes to send as they are.
            token: authentication token to present, if any.
            once: never send it again where the cluster may have got it, nor after any answer.
            deadline: seconds that the request may take with its repetitions, if not four times ``timeout``.

        Raises ConnectError if no (whole) answer came, InternalError for a write while ``read_only``.
        """
        if self.read_only and method not in ("GET", "HEAD") and path not in READ_ONLY_POSTS:
            raise InternalError(f"{method} {path} was about to be sent in check mode. Please report this bug.")
        sent = {**self._headers, **(headers or {})}
        if token:
            # The errors that this gives otherwise hold the header.
            if not (token.isascii() and token.isprintable()):
                raise InputError("The authentication token holds characters that no token has, such as a line break.")
            sent["Authorization"] = f"token={token}"
        seconds = WHOLE * self.timeout if deadline is None else deadline
        tries = Tries(self.retries, seconds, once, self.clock, self._sleep)
        url = self.origin + path
        try:
            for _hop in range(MAX_REDIRECTS):
                answer = self._patiently(tries, method, url, params=params, json=body, data=data, headers=sent)
                target = answer.headers.get("Location")
                if answer.status not in (301, 302, 303, 307, 308) or not target:
                    answer.repeated, answer.effort = tries.uncertain, tries.effort()
                    return answer
                url, params = self._redirected(method, url, target), None
            raise ConnectError(f"{self.origin} redirects in circles ({method} {path}).")
        except ConnectError as exc:
            exc.uncertain |= tries.uncertain
            exc.about(method, path)
            raise
        finally:
            if repeated := tries.repeated():
                self.repeated.append(repeated)

    def _patiently(self, tries: Tries, method: str, url: str, **what: Any) -> Response:
        """Try until there is an answer to live with; raise the last ConnectError where there is none."""
        while True:
            try:
                answer = self._send(tries, method, url, **what)
            except ConnectError as exc:
                if not tries.after_failure(exc):
                    raise
            else:
                if answer.status not in RETRIED_STATUSES or not tries.after_answer(answer):
                    return answer

    def _send(self, tries: Tries, method: str, url: str, **what: Any) -> Response:
        """Try once."""
        request_line = f"{method} {urlsplit(url).path}"
        if tries.left() <= 0:
            raise ConnectError(f"{request_line} was not sent to {self.origin}: its time had run out.", hopeless=True)
        exchange = Exchange(self.timeout, tries.left, self._max_answer)
        try:
            request = self._requests.Request(method, url, **what).prepare()
            with bounded(exchange):
                answer = self._adapter.send(request, timeout=exchange.patience(), **self._settings)
                content = read(answer.raw, exchange)
        except (*self._errors, OSError, ValueError) as exc:
            cause = innermost(exc)
            attempt = Attempt(
                self.origin,
                f"{request_line}{tries.effort()}",
                self.ca_path,
                self.timeout,
                tries.seconds,
                tries.left() <= 0,
                self._max_answer,
            )
            # No repetition makes a certificate trusted, or an answer smaller.
            hopeless = is_distrust(cause) or isinstance(cause, (TooLargeError, EncodingError))
            raise ConnectError(explain(cause, attempt), uncertain=exchange.sent, hopeless=hopeless) from exc
        if answer.status_code == 400 and self.origin.startswith("http:") and SPEAKS_TLS.search(content[:1000]):
            raise ConnectError(f"{self.origin} speaks TLS: use https:{self.origin[len('http:') :]} as url.")
        return Response(answer.status_code, answer.headers, content)

    def _redirected(self, method: str, url: str, target: str) -> str:
        """Return the URL to go on with, or raise: credentials stay within the origin, and writes are not repeated."""
        try:
            target = urljoin(url, target)
            old, new = urlsplit(url), urlsplit(target)
            same_origin = _origin(old) == _origin(new)
        except ValueError as exc:
            raise ConnectError(f"{self.origin} redirects {method} {urlsplit(url).path} to nonsense: {exc}.") from exc
        if old.scheme == "http" and new.scheme == "https" and new.hostname == old.hostname:
            raise ConnectError(f"{self.origin} redirects to https: use https://{new.netloc} as url.")
        if not same_origin:
            raise ConnectError(
                f"{self.origin} redirects to {new.scheme}://{new.netloc}, another origin, which is not "
                "followed. If that is the cluster, use it as url."
            )
        if method not in ("GET", "HEAD"):
            raise ConnectError(f"{self.origin} redirects {method} {old.path} to {new.path}, which is not followed.")
        return target


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    """Return what two URLs of one origin have in common."""
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to one origin: time-outs, retries, redirects, and answers that may be JSON, HTML, text or nothing.

It also owns the rule of check mode: a transport that is ``read_only`` refuses every request that could change the
cluster, so that a forgotten ``if not check_mode`` is a loud failure and not a silent write.

This file is private to the collection.
"""

from __future__ import annotations

import json
import os
import re
import ssl
from urllib.parse import urljoin, urlsplit

from ansible_collections.dcos.security.plugins.module_utils._deps import load
from ansible_collections.dcos.security.plugins.module_utils._errors import ConnectError, InputError, InternalError
from ansible_collections.dcos.security.plugins.module_utils._tls import adapter_class, is_distrust, ssl_context

LOGIN_PATH = "/acs/api/v1/auth/login"
# POST requests that change nothing: the login, and the CA's queries (which are POST as in cfssl).
READ_ONLY_POSTS = (LOGIN_PATH, "/ca/api/v2/info", "/ca/api/v2/bundle", "/ca/api/v2/certificates")
# POST requests that must not be sent twice: each issues a certificate.
UNREPEATABLE = ("/ca/api/v2/sign", "/ca/api/v2/newcert")

RETRIED_STATUSES = (429, 502, 503, 504)
LONGEST_PAUSE = 30  # seconds that a Retry-After header may ask for
MAX_REDIRECTS = 5


class Response:
    """An answer: ``status``, ``content_type`` (without parameters), ``content`` (bytes), ``headers``."""

    def __init__(self, status: int, headers, content: bytes):
        self.status = status
        self.headers = headers
        self.content = content
        self.content_type = headers.get("Content-Type", "").split(";")[0].strip().lower()

    @property
    def json(self):
        """The parsed body whatever its content type (the CA sends JSON as text/plain), or None if it is not JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    @property
    def code(self):
        """The IAM's error code (``ERR_…``), the CA's error number, or None; many answers carry neither."""
        body = self.json
        if not isinstance(body, dict):
            return None
        errors = body.get("errors")
        if isinstance(errors, list) and errors and isinstance(errors[0], dict):
            return errors[0].get("code")
        return body.get("code")

    @property
    def said(self) -> str:
        """The server's own words about an error, or an empty string. HTML pages say nothing of use."""
        body = self.json
        words = None
        if isinstance(body, dict):
            errors = body.get("errors")
            if isinstance(errors, list) and errors and isinstance(errors[0], dict):
                words = errors[0].get("message")
            else:
                words = body.get("description") or body.get("message")
        elif self.content_type == "text/plain":
            words = self.content.decode("utf-8", "replace")
        return " ".join(str(words).split())[:300] if words else ""


class Transport:
    """A keep-alive connection pool to ``origin`` (scheme://host[:port]); safe to use from several threads.

    Args:
        ca_path: CA bundle to trust, or None for what requests trusts by itself.
        validate_certs: False to trust any certificate.
        timeout: seconds to wait for the connection, and for each part of an answer.
        retries: how often a request that may be repeated is sent again.
        read_only: refuse requests that could change the cluster (check mode).
        pool_size: connections kept open for parallel requests.
    """

    def __init__(
        self, origin, ca_path=None, validate_certs=True, timeout=30.0, retries=3, read_only=False, pool_size=8
    ):
        if ca_path and validate_certs and not os.access(ca_path, os.R_OK):
            raise InputError(f"ca_path '{ca_path}' cannot be read: give a PEM file with the cluster's CA certificate.")
        self.origin = origin
        self.ca_path = ca_path
        self.timeout = timeout
        self.read_only = read_only
        self._requests = load("requests")
        self._session = self._requests.Session()
        # What the environment says (proxies, and a CA bundle where none was given) is read once and not per request. As
        # an argument of the request, ca_path holds against REQUESTS_CA_BUNDLE, which overrides Session.verify.
        self._settings = self._session.merge_environment_settings(
            origin, {}, None, ca_path if validate_certs and ca_path else validate_certs, None
        )
        context = ssl_context(self._settings["verify"]) if origin.startswith("https:") else None
        self._mount(retries, pool_size, context)
        self._settings["verify"] = validate_certs
        if not validate_certs:
            urllib3 = load("urllib3")
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def _mount(self, retries, pool_size, context):
        adapter, retry = adapter_class(context), _retry_class()
        patient = adapter(
            pool_maxsize=pool_size,
            max_retries=retry(
                total=retries,
                status_forcelist=RETRIED_STATUSES,
                allowed_methods=None,
                backoff_factor=0.3,
                raise_on_status=False,
            ),
        )
        once = adapter(
            max_retries=retry(total=retries, connect=retries, read=False, status=0, other=0, raise_on_status=False)
        )
        once.poolmanager = patient.poolmanager
        self._session.mount(self.origin, patient)
        for path in UNREPEATABLE:
            self._session.mount(self.origin + path, once)

    def send(self, method: str, path: str, params=None, body=None, data=None, headers=None, token=None) -> Response:
        """Send one request and return its answer, whatever its status.

        Args:
            path: percent-encoded path; it goes out as it is (``%252F`` stays ``%252F``).
            body: value to send as JSON; ``data``: bytes to send as they are.
            token: authentication token to present, if any.

        Raises ConnectError if no (whole) answer came, InternalError for a write while ``read_only``.
        """
        if self.read_only and method not in ("GET", "HEAD") and path not in READ_ONLY_POSTS:
            raise InternalError(f"{method} {path} was about to be sent in check mode. Please report this bug.")
        headers = {**self._session.headers, "Accept": "*/*", **(headers or {})}
        if token:
            # The errors that this gives otherwise hold the header.
            if not (token.isascii() and token.isprintable()):
                raise InputError("The authentication token holds characters that no token has, such as a line break.")
            headers["Authorization"] = f"token={token}"
        url = self.origin + path
        try:
            for _hop in range(MAX_REDIRECTS):
                answer = self._send(method, url, params, body, data, headers)
                target = answer.headers.get("Location")
                if answer.status not in (301, 302, 303, 307, 308) or not target:
                    return answer
                url, params = self._redirected(method, url, target), None
            raise ConnectError(f"{self.origin} redirects in circles ({method} {path}).")
        except ConnectError as exc:
            exc.about(method, path)
            raise

    def _send(self, method, url, params, body, data, headers):
        errors = self._requests.exceptions
        try:
            # Not by Session.request(), which takes as long as all the rest to see to what is not wanted here: cookies,
            # ~/.netrc, redirects, and settings merged for each request.
            request = self._requests.Request(method, url, headers, params=params, json=body, data=data).prepare()
            answer = self._session.get_adapter(url).send(request, timeout=self.timeout, **self._settings)
            # urllib3 does not mind before its version 2, and would use the connection again.
            answer.raw.enforce_content_length = True
            content = answer.content
        except (errors.RequestException, OSError, ValueError) as exc:
            raise ConnectError(self._explained(_innermost(exc), f"{method} {urlsplit(url).path}")) from exc
        return Response(answer.status_code, answer.headers, content)

    def _redirected(self, method, url, target):
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

    def _explained(self, cause, request):
        """Say why there is no answer, and what to do about it."""
        if is_distrust(cause):
            return self._untrusted(_text(cause))
        if isinstance(cause, ssl.SSLError):
            return (
                f"No TLS connection to {self.origin} ({request}): {_text(cause)}. Check whether scheme and port of url "
                "are right."
            )
        exceptions = load("urllib3.exceptions")
        if isinstance(cause, exceptions.IncompleteRead):
            return f"Cannot read the answer of {self.origin} ({request}): it was cut off. Try again."
        if isinstance(cause, exceptions.TimeoutError) and not isinstance(cause, exceptions.NewConnectionError):
            return (
                f"No answer from {self.origin} within {self.timeout:g} s ({request}). Check url and the network, or "
                "raise timeout."
            )
        return f"Cannot reach {self.origin} ({request}): {_text(cause)}. Check url, the network and any proxy."

    def _untrusted(self, reason):
        if self.ca_path:
            remedy = f"ca_path '{self.ca_path}' does not vouch for it: give the CA bundle of this cluster"
        else:
            remedy = "Set ca_path to the cluster's CA bundle"
        return (
            f"The TLS certificate of {self.origin} is not trusted: {reason}. {remedy} "
            "(/run/dcos/pki/CA/ca-bundle.crt on a master, or /ca/dcos-ca.crt by HTTP, its fingerprint verified)."
        )


def _retry_class():
    """Return urllib3's Retry with a bound on Retry-After, which a server may set to hours, and more sense."""
    retry, exceptions = load("urllib3.util.retry").Retry, load("urllib3.exceptions")

    class BoundedRetry(retry):
        RETRY_AFTER_STATUS_CODES = frozenset({429, 503})

        def get_retry_after(self, response):
            try:
                pause = super().get_retry_after(response)
            except exceptions.InvalidHeader:
                return None
            return pause if pause is None else min(pause, LONGEST_PAUSE)

        def increment(self, method=None, url=None, response=None, error=None, _pool=None, _stacktrace=None):
            # No repetition makes a certificate trusted.
            if error and is_distrust(_innermost(error)):
                raise exceptions.MaxRetryError(_pool, url, error) from error
            return super().increment(method, url, response, error, _pool, _stacktrace)

    return BoundedRetry


def _origin(parts):
    """Return what two URLs of one origin have in common."""
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _innermost(exc):
    """Return the reason within the reasons of an exception of requests or urllib3."""
    seen = set()
    while id(exc) not in seen:
        seen.add(id(exc))
        inner = getattr(exc, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((arg for arg in getattr(exc, "args", ()) if isinstance(arg, BaseException)), None)
        if inner is None:
            break
        exc = inner
    return exc


def _text(exc):
    """Return what an exception says, in one line and without object addresses."""
    text = getattr(exc, "verify_message", None) or getattr(exc, "strerror", None) or str(exc) or type(exc).__name__
    # urllib3 writes the connection object in front of it, and the number of the error.
    return re.split(r">: |\): |\[Errno -?\d+\] ", text)[-1].rstrip(".)")

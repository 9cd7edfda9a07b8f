# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why there was no answer, and what to do about it.

This file is private to the collection.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

from ansible_collections.dcos.security.plugins.module_utils._deps import load
from ansible_collections.dcos.security.plugins.module_utils._tls import is_distrust
from ansible_collections.dcos.security.plugins.module_utils._wire import EncodingError, TooLargeError

# How a TLS record with an alert begins: what a port that speaks TLS answers to plain HTTP, unless it says so.
ALERT = "\x15\x03"


class Attempt(NamedTuple):
    """What was tried: ``request`` is its line, with the number of tries if there were several.

    ``timeout`` in seconds; ``overtime`` says that not a silence but the whole took too long: ``whole`` seconds.
    """

    origin: str
    request: str
    ca_path: str | None
    timeout: float
    whole: float
    overtime: bool
    limit: int


def explain(cause: BaseException, attempt: Attempt) -> str:
    """Return the sentences for the user about what ended an attempt."""
    origin, request = attempt.origin, attempt.request
    if is_distrust(cause):
        return _untrusted(_text(cause), attempt)
    # A connection that ends without goodbye says nothing about TLS: whatever resets connections does that.
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        remedy = "Check whether scheme and port of url are right."
        return f"No TLS connection to {origin} ({request}): {_text(cause)}. {remedy}"
    if isinstance(cause, TooLargeError):
        return (
            f"The answer of {origin} ({request}) is larger than {attempt.limit >> 20} MB. If it is the cluster's, set "
            "the environment variable DCOS_MAX_ANSWER_MB to more."
        )
    if isinstance(cause, EncodingError):
        return f"Cannot read the answer of {origin} ({request}): {cause}. Check url, and any proxy on the way."
    exceptions = load("urllib3.exceptions")
    if isinstance(cause, http.client.IncompleteRead):
        return f"Cannot read the answer of {origin} ({request}): it was cut off. Try again."
    late = isinstance(cause, (socket.timeout, exceptions.TimeoutError))
    if late and not isinstance(cause, exceptions.NewConnectionError):
        remedy = "Check url and the network, or raise timeout."
        if attempt.overtime:
            return f"No whole answer from {origin} within {attempt.whole:g} s ({request}). {remedy}"
        return f"No answer from {origin} within {attempt.timeout:g} s ({request}). {remedy}"
    if origin.startswith("http:") and _may_speak_tls(cause):
        return (
            f"Cannot reach {origin} ({request}): {_text(cause)}. If that port speaks TLS, use "
            f"https://{urlsplit(origin).netloc} as url; else check url, the network and any proxy."
        )
    return f"Cannot reach {origin} ({request}): {_text(cause)}. Check url, the network and any proxy."


def innermost(exc: BaseException) -> BaseException:
    """Return the reason within the reasons of an exception of requests or urllib3."""
    seen: set[int] = set()
    while id(exc) not in seen:
        seen.add(id(exc))
        inner = getattr(exc, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((arg for arg in getattr(exc, "args", ()) if isinstance(arg, BaseException)), None)
        if inner is None:
            break
        exc = inner
    return exc


def _may_speak_tls(cause: BaseException) -> bool:
    """Tell whether this is what plain HTTP meets at a port of TLS: an alert, or nothing at all."""
    if isinstance(cause, ConnectionError):
        return not isinstance(cause, ConnectionRefusedError)
    # typeshed does not know that it has the line.
    return isinstance(cause, http.client.BadStatusLine) and cause.line.startswith(ALERT)  # type: ignore[attr-defined]


def _untrusted(reason: str, attempt: Attempt) -> str:
    if attempt.ca_path:
        remedy = f"ca_path '{attempt.ca_path}' does not vouch for it: give the CA bundle of this cluster"
    else:
        remedy = "Set ca_path to the cluster's CA bundle"
    return (
        f"The TLS certificate of {attempt.origin} is not trusted: {reason}. {remedy} "
        "(/run/dcos/pki/CA/ca-bundle.crt on a master, or /ca/dcos-ca.crt by HTTP, its fingerprint verified)."
    )


def _text(exc: BaseException) -> str:
    """Return what an exception says, in one line and without object addresses."""
    text = getattr(exc, "verify_message", None) or getattr(exc, "strerror", None) or str(exc) or type(exc).__name__
    text = re.sub(r" \(_ssl\.c:\d+\)", "", text)
    # urllib3 writes the connection object in front of it, and the number of the error.
    return " ".join(re.split(r">: |\): |\[Errno -?\d+\] ", text)[-1].rstrip(".)").split())

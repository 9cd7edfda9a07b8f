# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes of one try: how long it may be silent, how long it may take, and how much it may bring.

requests and urllib3 bound each silence and nothing else: one byte each now and then, ``100 Continue`` without an end,
or a megabyte that unpacks to gigabytes would hold a task for ever or take the machine's memory. Here is the little that
has to be put into them: a connection looks at its ``Exchange`` before each piece that it sends or reads.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from typing import Any, Callable

from ansible_collections.dcos.security.plugins.module_utils._deps import load

PIECE = 16384  # bytes, as a TLS record
HEADERS = 1 << 18  # room for status lines, headers and the frames of a body, beside the body

_now = threading.local()


class TooLargeError(OSError):
    """An answer is larger than it may be."""


class EncodingError(ValueError):
    """An answer cannot be unpacked."""


class Exchange:
    """What one try of a request may take, and what became of it.

    Attributes:
        sent: some of the request has left, so that it may be processed.

    Args:
        silence: seconds to wait for the connection, and for each part of what is sent and read.
        left: tells the seconds that are left for the whole.
        room: bytes that the answer may have.
    """

    def __init__(self, silence: float, left: Callable[[], float], room: int):
        self.sent = False
        self.room = room
        self._silence = silence
        self._left = left
        self._raw = room + HEADERS

    def patience(self) -> float:
        """Return the seconds to wait for the next part. Raises socket.timeout if there are none left."""
        left = self._left()
        if left <= 0:
            raise socket.timeout("the time for the whole request has run out")
        return min(self._silence, left)

    def received(self, count: int) -> None:
        """Count bytes as they come. Raises TooLargeError."""
        self._raw -= count
        if self._raw < 0:
            raise TooLargeError


@contextlib.contextmanager
def bounded(exchange: Exchange) -> Iterator[None]:
    """Let this thread's requests be bounded by ``exchange``."""
    _now.exchange = exchange
    try:
        yield
    finally:
        del _now.exchange


def read(raw: Any, exchange: Exchange) -> bytes:
    """Read and unpack the body of urllib3's response ``raw``.

    Raises TooLargeError, EncodingError, and urllib3's errors.
    """
    # urllib3 does not mind before its version 2, and would use the connection again.
    raw.enforce_content_length = True
    content = bytearray()
    while piece := raw.read(PIECE, decode_content=False):
        content += piece
        if len(content) > exchange.room:
            raise TooLargeError
    encoding = raw.headers.get("Content-Encoding", "").strip().lower()
    if not content or encoding in ("", "identity"):
        return bytes(content)
    if encoding not in ("gzip", "x-gzip"):
        raise EncodingError("its encoding was not asked for")
    return _unpacked(bytes(content), exchange.room)


def _unpacked(content: bytes, room: int) -> bytes:
    found = bytearray()
    try:
        while content:
            member = zlib.decompressobj(wbits=31)
            found += member.decompress(content, room + 1 - len(found))
            if len(found) > room:
                raise TooLargeError
            if not member.eof:
                raise EncodingError("its gzip is cut off")
            content = member.unused_data
    except zlib.error as exc:
        raise EncodingError("it is no gzip") from exc
    return bytes(found)


def adapter(context: ssl.SSLContext | None, **options: Any) -> Any:
    """Return a HTTPAdapter whose connections share one TLS context and are bounded.

    On its own, requests makes one context for each connection and loads its CA bundle (25 ms) into each.
    """

    class Adapter(load("requests.adapters").HTTPAdapter):  # type: ignore[misc]  # known once it is loaded
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, ssl_context=context, **kwargs)
            _bound(self.poolmanager)

        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            known = proxy in self.proxy_manager
            manager = super().proxy_manager_for(proxy, ssl_context=context, **kwargs)
            if not known:
                _bound(manager)
            return manager

        def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
            # Without the CA certificates that requests would have each connection load again.
            conn.cert_reqs = "CERT_REQUIRED" if verify else "CERT_NONE"

    return Adapter(**options)


def _bound(manager: Any) -> None:
    """Have a pool manager, be it that of a proxy, make connections that are bounded."""
    manager.pool_classes_by_scheme = {
        scheme: type(pool.__name__, (pool,), {"ConnectionCls": type("Bounded", (_Connection, pool.ConnectionCls), {})})
        for scheme, pool in manager.pool_classes_by_scheme.items()
    }


class _Stream(io.RawIOBase):
    """What a connection reads of an answer, its status line and headers included."""

    def __init__(self, stream: Any, sock: Any, exchange: Exchange):
        self._stream = stream
        self._sock = sock
        self._exchange = exchange

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._exchange.patience())
        count: int | None = self._stream.readinto(buffer)
        self._exchange.received(count or 0)
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """The answer to a request, or to a proxy's CONNECT."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any):
        super().__init__(sock, *args, **kwargs)
        self.fp: Any = io.BufferedReader(_Stream(self.fp.detach(), sock, _now.exchange))


class _Connection:
    """What a connection of urllib3 does otherwise."""

    response_class = _Answer
    sock: Any

    def connect(self) -> None:
        """Connect; what is sent meanwhile is for a proxy."""
        try:
            super().connect()  # type: ignore[misc]
        finally:
            _now.exchange.sent = False

    def send(self, data: Any) -> None:
        """Send in pieces, as the time-out of a socket is that of one call."""
        if self.sock is None:
            self.connect()
        _now.exchange.sent = True
        for start in range(0, len(data), PIECE):
            self.sock.settimeout(_now.exchange.patience())
            super().send(data[start : start + PIECE])  # type: ignore[misc]

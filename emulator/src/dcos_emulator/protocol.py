# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""uvicorn's HTTP protocol with what it lacks: an end to waiting for clients, and ways to break a connection."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .call import Scope

TRANSPORT = "dcos_emulator.transport"

# As nginx does by default (client_header_timeout, client_body_timeout): so long may the head of a request take as a
# whole, and so long may a body pause.
PATIENCE_SECONDS = 60.0
MAX_HEAD = 64 * 1024


class Protocol(HttpToolsProtocol):
    """One connection. Those that have nothing under way end when there is no room for another."""

    patience: ClassVar[float] = PATIENCE_SECONDS
    most: ClassVar[int] = 10_000  # connections at a time
    _idle: ClassVar[dict[Protocol, None]] = {}  # the longest idle first

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._in_head, self._in_body = True, False
        self._arriving = self._head_size = 0
        self._timer: asyncio.TimerHandle | None = None
        self._idle[self] = None
        self._wait()
        while len(self.connections) > self.most and len(self._idle) > 1:
            oldest = next(iter(self._idle))
            del self._idle[oldest]
            oldest.transport.abort()
            oldest.connections.discard(oldest)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._idle.pop(self, None)
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what has come, and wait for the rest of it, if there is one."""
        self._arriving = len(data)
        self._head_size += self._arriving
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._head_size > MAX_HEAD:
            self.send_400_response("The head of the request is too long.")
        elif self._in_body:
            self._wait()

    def on_message_begin(self) -> None:
        """Put the connection's transport into the scope of the request, whose head has a limit."""
        super().on_message_begin()
        cast(Scope, self.scope)[TRANSPORT] = self.transport
        if not self._in_head:  # the first one waits since the connection was made
            self._in_head = True
            self._wait()
        self._head_size = self._arriving  # at the most

    def on_headers_complete(self) -> None:
        """The head is there: the request is under way."""
        self._in_head, self._in_body = False, True
        self._idle.pop(self, None)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is there: nothing is waited for."""
        self._in_body = False
        self._stop_waiting()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The connection is idle again."""
        super().on_response_complete()
        if not self.transport.is_closing() and not self._in_body:
            self._idle[self] = None

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(self.patience, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if self.flow.read_paused:  # it is this side that does not read
            self._wait()
        else:
            self.transport.abort()


def reset_connection(scope: Scope) -> None:
    """Break the connection at once, by a TCP reset, with nothing more sent."""
    transport: asyncio.Transport = scope[TRANSPORT]
    # A socket that lingers for zero seconds is closed by a reset. The option belongs to the connection, not to the
    # descriptor, so that it can be set through a duplicate.
    descriptor = os.dup(transport.get_extra_info("socket").fileno())
    with socket.socket(fileno=descriptor) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def close_connection(scope: Scope) -> None:
    """Close the connection in order, after what has been written."""
    scope[TRANSPORT].close()

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""uvicorn's HTTP protocol with a way for the application to break the connection under a response."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .call import Scope

TRANSPORT = "dcos_emulator.transport"


class Protocol(HttpToolsProtocol):
    """Puts the connection's transport into the scope of each request."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast(Scope, self.scope)[TRANSPORT] = self.transport


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

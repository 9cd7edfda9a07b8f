# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may reach the test controls, which hand out every key: programs that mean them, and no page in a browser.

A page of another site can send requests to loopback addresses. What it cannot do is leave out ``Origin``, send JSON
without asking first (Fetch standard, "CORS-safelisted request-header"), or name the server otherwise than by the name
that led it here, which after DNS rebinding is the page's own.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from starlette.datastructures import Headers

from .call import Scope
from .settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_HOST = re.compile(r"(\[[^]]*\]|[^][:@/?#\\\s]+)(?::[0-9]{0,5})?", re.ASCII)

# What a browser says of a request that a page of this origin, or its user, has made (Fetch Metadata).
OWN_SITES = ("same-origin", "none")


@dataclass(frozen=True)
class Refusal:
    """Status and sentence for a request that may not use the controls."""

    status: int
    message: str


class Guard:
    """Decides by the head of a request alone, before anything of its body is read."""

    def __init__(self, settings: Settings) -> None:
        self._enabled = settings.allow_remote_controls or is_loopback(settings.host)
        self._names = {name.lower() for name in (settings.host, *settings.control_hosts)}

    def refusal(self, scope: Scope) -> Refusal | None:
        """Why this request is refused; None for one that may pass."""
        headers = Headers(raw=scope["headers"])
        if not self._enabled:
            return Refusal(
                403, "The test controls are off on this address; start with --allow-remote-controls to turn them on."
            )
        hosts = headers.getlist("host")
        host = hosts[0] if len(hosts) == 1 else ""
        if not self._is_served_as(host, scope):
            return Refusal(
                403,
                f"The test controls are not served as {host!r}, only under the address that they listen on. "
                "With --allow-remote-controls, --control-host NAME adds a name.",
            )
        if any(origin.lower() != f"{scope['scheme']}://{host}".lower() for origin in headers.getlist("origin")):
            return Refusal(403, "The test controls are not for pages of other sites (Origin).")
        if any(site not in OWN_SITES for site in headers.getlist("sec-fetch-site")):
            return Refusal(403, "The test controls are not for pages of other sites (Sec-Fetch-Site).")
        if _has_body(headers) and not _is_json(headers.getlist("content-type")):
            return Refusal(415, "The test controls take JSON: send it with the header Content-Type: application/json.")
        return None

    def _is_served_as(self, host: str, scope: Scope) -> bool:
        """Whether the Host header names this server: as the connection came in, or as the command line says."""
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = found.group(1).lower()
        here = _address((scope.get("server") or ("", 0))[0])
        if here is not None and (_address(name.strip("[]")) == here or (here.is_loopback and name == "localhost")):
            return True
        return name in self._names


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on ``host``."""
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def _is_json(content_types: list[str]) -> bool:
    return [value.split(";", 1)[0].strip().lower() for value in content_types] == ["application/json"]

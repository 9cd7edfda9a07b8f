# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line decides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# Lifetimes of authentication tokens: the product's default, and the open-source IAM's.
ENTERPRISE_TOKEN_LIFETIME = 5 * 86400
OPEN_TOKEN_LIFETIME = 2 * 86400

# Of any time here: as seconds some thirty years, beyond which the dates of tokens and certificates come to an end.
LARGEST_NUMBER = 1e9


@dataclass(slots=True)
class Settings:
    """Options of ``dcos-emulator``; times in seconds unless their name says otherwise."""

    host: str = "127.0.0.1"
    port: int = 8443
    tls: bool = True
    superuser: str = "bootstrapuser"
    password: str = "deleteme"
    latency_ms: float = 0.0
    token_lifetime: float = ENTERPRISE_TOKEN_LIFETIME
    ca: str = "embedded"
    state: Path | None = None
    audit_log: Path | None = None
    ready_file: Path | None = None
    open_edition: bool = False
    bare: bool = False
    allow_remote_controls: bool = False
    control_hosts: tuple[str, ...] = ()
    until_stdin_closes: bool = False
    verbose: bool = False
    permission_cache_seconds: float = 0.0

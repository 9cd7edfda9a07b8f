# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cluster stores. Every record is plain data, so that it can be written to and read from JSON."""

from __future__ import annotations

from dataclasses import dataclass, field

SUPERUSERS = "superusers"
SUPERUSER_RID = "dcos:superuser"


@dataclass(slots=True)
class User:
    """A person or a service account; exactly the service accounts have a ``public_key``."""

    uid: str
    description: str = ""
    public_key: str | None = None
    password_hash: str | None = None
    provider_type: str = "internal"
    provider_id: str = ""

    @property
    def is_service(self) -> bool:
        return self.public_key is not None

    @property
    def is_remote(self) -> bool:
        return self.provider_type != "internal"


@dataclass(slots=True)
class Group:
    gid: str
    description: str
    provider_type: str = "internal"


@dataclass(slots=True)
class Acl:
    """A protected resource."""

    rid: str
    description: str


@dataclass(slots=True)
class Secret:
    """``value`` is text, or base64 where ``binary``; ``metadata`` holds author, created, description and labels."""

    value: str
    binary: bool = False
    metadata: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Backend:
    """A secret store."""

    name: str
    description: str = "default store"
    driver: str = "vault"
    initialized: bool = True
    sealed: bool = False
    unseal_key: str = ""

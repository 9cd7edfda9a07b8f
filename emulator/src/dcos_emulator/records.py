# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cluster stores. Every record is plain data, so that it can be written to and read from JSON."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

SUPERUSERS = "superusers"
SUPERUSER_RID = "dcos:superuser"

# The store of a new cluster (documentation of ``dcos security cluster secret-store show``, 2.0 to 2.2).
STORE_DESCRIPTION = "DC/OS Default Secret Store Backend"
STORE_DRIVER = "vault"


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
    description: str = STORE_DESCRIPTION
    driver: str = STORE_DRIVER
    addr: str = "http://127.0.0.1:8200"
    initialized: bool = True
    sealed: bool = False
    unseal_key: str = ""


class DamagedRecord(ValueError):
    """A record that is none; its text says which one and what is wrong with it."""

    def __init__(self, kind: object, key: object, problem: object) -> None:
        super().__init__(f"The record {kind} {key} is damaged: {problem}")


Plain = TypeVar("Plain", User, Group, Acl, Secret, Backend)

# Types of the fields above, as their annotations spell them.
_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, type(None)),
    "bool": (bool,),
    "dict[str, object]": (dict,),
}


def from_plain(kind: type[Plain], value: Any) -> Plain:
    """A record from what ``asdict`` made of it; ValueError for anything else."""
    if not isinstance(value, dict):
        raise ValueError("it is no object")
    expected = {item.name: _TYPES[str(item.type)] for item in fields(kind)}
    if unknown := value.keys() - expected.keys():
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    for name, types in expected.items():
        if name in value and not isinstance(value[name], types):
            raise ValueError(f"{name} has the wrong type")
    try:
        record = kind(**value)
    except TypeError as error:
        raise ValueError("something is missing in it") from error
    if isinstance(record, Secret):
        _check_secret(record)
    return record


def _check_secret(secret: Secret) -> None:
    if secret.binary:
        base64.b64decode(secret.value, validate=True)
    for name, value in secret.metadata.items():
        if not all(isinstance(text, str) for text in (value if isinstance(value, list) else [value])):
            raise ValueError(f"metadata: {name} has the wrong type")

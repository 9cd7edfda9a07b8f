# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of a cluster, as rules look at them: one pass over each, and nothing that may not be read.

This file is private to the collection.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

Owned = tuple[str | None, dict[str, Any]]
Tasks = list[dict[str, Any]]


class Found(NamedTuple):
    """Something that a rule has found.

    Attributes:
        subject: uid, path of a secret, rid or gid.
        evidence: a sentence.
        remedy: the tasks that mend it, or None where a human has to decide.
        uid: the account that it is about, if any.
        severity: where that is not the rule's.
    """

    subject: str
    evidence: str
    remedy: Tasks | None = None
    uid: str | None = None
    severity: str | None = None


class Estate:
    """What dcos_service_identity_info returned, and how strictly it is judged.

    Raises InputError if it is something else.
    """

    def __init__(self, facts: Mapping[str, Any], expiring_days: int, min_key_size: int, strict: bool) -> None:
        if not isinstance(facts, Mapping) or not isinstance(facts.get("identities"), list) or "read_at" not in facts:
            raise InputError("it takes what dcos_service_identity_info returned, with identities and read_at.")
        self.identities: list[dict[str, Any]] = facts["identities"]
        seen = {one["uid"] for one in self.identities}
        self.native: list[dict[str, Any]] = [
            one for one in facts.get("native_accounts") or () if one["uid"] not in seen
        ]
        self.store: str = facts.get("store") or "default"
        self.expiring_days, self.min_key_size, self.strict = expiring_days, min_key_size, strict
        self._unattached: Mapping[str, Any] = facts.get("unattached") or {}
        self.read_at = _moment(facts["read_at"])

    def services(self) -> Iterator[dict[str, Any]]:
        """The service accounts."""
        return (one for one in self.identities if one["is_service"])

    def credentials(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Each account with each of its credentials."""
        return ((one, credential) for one in self.identities for credential in one["credentials"] or ())

    def certificates(self) -> Iterator[Owned]:
        """Each certificate with the uid that it belongs to, or None."""
        for one in self.identities:
            for certificate in one["certificates"] or ():
                yield one["uid"], certificate
        for certificate in self.nobodys("certificates"):
            yield None, certificate

    def grants(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Each account with each of its direct permissions."""
        return ((one, row) for one in self.identities for row in one["permissions"] or ())

    def nobodys(self, kind: str) -> list[Any]:
        """What belongs to no account."""
        return list(self._unattached.get(kind) or ())

    @functools.cached_property
    def by_fingerprint(self) -> dict[str, list[dict[str, Any]]]:
        """The service accounts by their key."""
        found: dict[str, list[dict[str, Any]]] = {}
        for one in self.services():
            if one["fingerprint"]:
                found.setdefault(one["fingerprint"], []).append(one)
        return found

    def days_left(self, certificate: Mapping[str, Any]) -> float:
        """Days from when the facts were read to the end of a certificate."""
        return (_moment(certificate["not_after"]) - self.read_at).total_seconds() / 86400


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except (AttributeError, ValueError):
        raise InputError(f"'{text}' is no time such as 2026-11-23T08:00:00Z.") from None

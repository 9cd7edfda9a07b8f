# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a certificate has to be issued anew, and whether that would help. Pure functions.

This file is private to the collection.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils import _x509, _x509_names
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

_GO_DURATION = re.compile(r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?(?:(?P<s>\d+(?:\.\d+)?)s)?")
# What cfssl takes over of a request's subject, beside the common name: emailAddress, DC and the like go.
# cfssl sets notBefore to the current minute less 5 minutes, and counts the profile's expiry from there.
_BACKDATE = timedelta(minutes=6)


class Reason(enum.Enum):
    """Why something is written. The texts are part of the contract, as playbooks look for them."""

    FORCED = "forced"
    ABSENT = "absent"
    UNREADABLE = "unreadable"
    KEY_ABSENT = "private key absent"
    KEY_UNREADABLE = "private key unreadable"
    KEY_MISMATCH = "key mismatch"
    COMMON_NAME = "common name differs"
    HOSTS = "subject alternative names differ"
    SUBJECT = "subject differs"
    KEY_TYPE = "key type differs"
    KEY_SIZE = "key size differs"
    OTHER_CA = "not signed by the current CA"
    EXPIRED = "expired"
    EXPIRES_SOON = "expires within {days} days"
    # These do not call for another certificate.
    CHAIN_ABSENT = "chain absent"
    CHAIN_DIFFERS = "chain differs"
    KEY_FORMAT = "private key format differs"
    KEYSTORE_ABSENT = "keystore absent"
    KEYSTORE_DIFFERS = "keystore differs"
    TRUSTSTORE_ABSENT = "truststore absent"
    TRUSTSTORE_DIFFERS = "truststore differs"


class WantedCertificate(NamedTuple):
    """What a certificate shall be: either ``csr`` (PEM), or the rest of the fields."""

    csr: str | None
    common_name: str | None
    hosts: tuple[str, ...]
    subject: Mapping[str, str]
    key_type: str
    key_size: int

    def compared(self) -> dict[str, Any] | str:
        """Return it as reissue_reasons() takes it."""
        return self.csr or {
            name: getattr(self, name) for name in ("common_name", "hosts", "subject", "key_type", "key_size")
        }


def told(reasons: Iterable[Reason], remaining_days: int) -> list[str]:
    """Return reasons as the module tells them."""
    return [reason.value.format(days=remaining_days) for reason in reasons]


def reissue_reasons(
    certificate: str | None,
    private_key: str | None,
    wanted: dict[str, Any] | str,
    ca_certificate: str,
    remaining_days: int,
    now: datetime | None = None,
) -> list[Reason]:
    """Return why a certificate has to be issued anew; an empty list if it is as wanted.

    ``wanted`` is {common_name, hosts, subject, key_type, key_size} or the PEM of a CSR; with a CSR, which carries the
    public key, ``private_key`` may be None. Subject names that are not asked for are not compared, nor those beyond
    C, ST, L, O, OU and CN, which a CSR may hold and the CA leaves out, and the common name may stand among the SANs
    unasked. ``now`` is an aware datetime.
    """
    if not certificate or not certificate.strip():
        return [Reason.ABSENT]
    try:
        have = _x509.describe_certificate(certificate)
    except InputError:
        return [Reason.UNREADABLE]
    reasons: list[Reason] = []
    if isinstance(wanted, str):
        asked = _x509.describe_csr(wanted)
        if asked["public_key_fingerprint"] != have["public_key_fingerprint"]:
            reasons.append(Reason.KEY_MISMATCH)
    else:
        hosts = wanted.get("hosts") or [wanted["common_name"]]
        asked = {
            "subject": {**(wanted.get("subject") or {}), "CN": wanted["common_name"]},
            "subject_alt_name": _x509_names.show_sans(map(_x509_names.canonical_san, hosts)),
            "key_type": wanted.get("key_type") or have["key_type"],
            "key_size": wanted.get("key_size") or have["key_size"],
        }
        reasons += _pair_reasons(certificate, private_key)
    reasons += _difference_reasons(asked, have)
    if not _x509.is_signed_by(certificate, ca_certificate):
        reasons.append(Reason.OTHER_CA)
    left = _moment(have["not_after"]) - (now or datetime.now(timezone.utc))
    if left <= timedelta(0):
        reasons.append(Reason.EXPIRED)
    elif left < timedelta(days=remaining_days):
        reasons.append(Reason.EXPIRES_SOON)
    return reasons


def would_expire_early(
    ca_not_after: str, profile_expiry_hours: float, remaining_days: int, now: datetime | None = None
) -> bool:
    """Return whether a certificate issued now would already be inside ``remaining_days``.

    It ends with the profile's expiry or, as no client trusts it beyond, with its CA (``ca_not_after``, ISO 8601).
    """
    now = now or datetime.now(timezone.utc)
    end = min(now + timedelta(hours=profile_expiry_hours) - _BACKDATE, _moment(ca_not_after))
    return end - now < timedelta(days=remaining_days)


def expiry_hours(duration: str) -> float:
    """Return the hours in the ``expiry`` that POST /ca/api/v2/info answers, a Go duration such as ``87600h``.

    Raises InputError if it is none.
    """
    found = _GO_DURATION.fullmatch(duration or "")
    if not duration or not found:
        raise InputError(f"The CA's profile has the expiry '{duration}', which is no duration such as 87600h.")
    hours, minutes, seconds = (float(found[unit] or 0) for unit in "hms")
    return hours + minutes / 60 + seconds / 3600


def _pair_reasons(certificate: str, private_key: str | None) -> list[Reason]:
    if not private_key or not private_key.strip():
        return [Reason.KEY_ABSENT]
    try:
        return [] if _x509.matches(certificate, private_key) else [Reason.KEY_MISMATCH]
    except InputError:
        return [Reason.KEY_UNREADABLE]


def _difference_reasons(asked: dict[str, Any], have: dict[str, Any]) -> list[Reason]:
    reasons: list[Reason] = []
    common_name = asked["subject"].get("CN", "")
    if common_name != have["subject"].get("CN", ""):
        reasons.append(Reason.COMMON_NAME)
    # Clients look at SANs only, so one that was asked for must be there, be it the common name.
    missing = set(asked["subject_alt_name"]) - set(have["subject_alt_name"])
    surplus = set(have["subject_alt_name"]) - set(asked["subject_alt_name"])
    if missing or any(san.partition(":")[2] != common_name.lower() for san in surplus):
        reasons.append(Reason.HOSTS)
    if any(
        asked["subject"].get(name) and not _same_values(asked["subject"][name], have["subject"].get(name, ""))
        for name in _x509_names.SUBJECT_NAMES
    ):
        reasons.append(Reason.SUBJECT)
    kinds = {"key_type": Reason.KEY_TYPE, "key_size": Reason.KEY_SIZE}
    reasons += [reason for what, reason in kinds.items() if asked[what] != have[what]]
    return reasons


def _same_values(asked: str, have: str) -> bool:
    """Compare what describe_name() says of one name: the CA sorts the values of one that is repeated."""
    return sorted(asked.split(", ")) == sorted(have.split(", "))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a certificate has to be issued anew, and whether that would help. Pure functions.

This file is private to the collection.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from ansible_collections.dcos.security.plugins.module_utils import _x509, _x509_names
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

_GO_DURATION = re.compile(r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?(?:(?P<s>\d+(?:\.\d+)?)s)?")
# What cfssl takes over of a request's subject, beside the common name: emailAddress, DC and the like go.
COMPARED_NAMES = ("C", "ST", "L", "O", "OU")
# cfssl sets notBefore to the current minute less 5 minutes, and counts the profile's expiry from there.
_BACKDATE = timedelta(minutes=6)


def reissue_reasons(
    certificate: str | None,
    private_key: str | None,
    wanted: dict | str,
    ca_certificate: str,
    remaining_days: int,
    now: datetime | None = None,
) -> list[str]:
    """Return why a certificate has to be issued anew, in short stable words; an empty list if it is as wanted.

    ``wanted`` is {common_name, hosts, subject, key_type, key_size} or the PEM of a CSR; with a CSR, which carries the
    public key, ``private_key`` may be None. Subject names that are not asked for are not compared, nor those beyond
    C, ST, L, O, OU and CN, which a CSR may hold and the CA leaves out, and the common name may stand among the SANs
    unasked. ``now`` is an aware datetime.
    """
    if not (certificate or "").strip():
        return ["absent"]
    try:
        have = _x509.describe_certificate(certificate)
    except InputError:
        return ["unreadable"]
    reasons = []
    if isinstance(wanted, str):
        asked = _x509.describe_csr(wanted)
        if asked["public_key_fingerprint"] != have["public_key_fingerprint"]:
            reasons.append("key mismatch")
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
        reasons.append("not signed by the current CA")
    left = _moment(have["not_after"]) - (now or datetime.now(timezone.utc))
    if left <= timedelta(0):
        reasons.append("expired")
    elif left < timedelta(days=remaining_days):
        reasons.append(f"expires within {remaining_days} days")
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


def _pair_reasons(certificate: str, private_key: str | None) -> list[str]:
    if not (private_key or "").strip():
        return ["private key absent"]
    try:
        return [] if _x509.matches(certificate, private_key) else ["key mismatch"]
    except InputError:
        return ["private key unreadable"]


def _difference_reasons(asked: dict, have: dict) -> list[str]:
    reasons = []
    common_name = asked["subject"].get("CN", "")
    if common_name != have["subject"].get("CN", ""):
        reasons.append("common name differs")
    # Clients look at SANs only, so one that was asked for must be there, be it the common name.
    missing = set(asked["subject_alt_name"]) - set(have["subject_alt_name"])
    surplus = set(have["subject_alt_name"]) - set(asked["subject_alt_name"])
    if missing or any(san.partition(":")[2] != common_name.lower() for san in surplus):
        reasons.append("subject alternative names differ")
    if any(
        asked["subject"].get(name) and not _same_values(asked["subject"][name], have["subject"].get(name, ""))
        for name in COMPARED_NAMES
    ):
        reasons.append("subject differs")
    reasons += [f"{what.replace('_', ' ')} differs" for what in ("key_type", "key_size") if asked[what] != have[what]]
    return reasons


def _same_values(asked: str, have: str) -> bool:
    """Compare what describe_name() says of one name: the CA sorts the values of one that is repeated."""
    return sorted(asked.split(", ")) == sorted(have.split(", "))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))

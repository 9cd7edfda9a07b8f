# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each rule looks for what is wrong with the certificates of a cluster. Pure.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Callable

from ansible_collections.dcos.security.plugins.plugin_utils import _remedies
from ansible_collections.dcos.security.plugins.plugin_utils._estate import Estate, Found


def key_of_account(estate: Estate) -> Iterator[Found]:
    accounts = estate.by_fingerprint
    for owner, certificate in estate.certificates():
        for one in accounts.get(certificate["fingerprint"], ())[:1]:
            yield Found(
                certificate["certificate_secret"],
                f"Its key is that of the account '{one['uid']}'.",
                _remedies.certificate(certificate, estate.store, renew_key=True, force=True),
                owner,
            )


def of_certificates(says: Callable[[Mapping[str, Any], Estate], str | None], **options: Any) -> Any:
    """Return a rule's look at each certificate; ``says`` returns the evidence, or None."""

    def look(estate: Estate) -> Iterator[Found]:
        for owner, certificate in estate.certificates():
            evidence = says(certificate, estate)
            if evidence:
                remedy = _remedies.certificate(certificate, estate.store, days=estate.expiring_days, **options)
                yield Found(certificate["certificate_secret"], evidence, remedy, owner)

    return look


def expired(certificate: Mapping[str, Any], estate: Estate) -> str | None:
    return f"It ended on {certificate['not_after']}." if estate.days_left(certificate) <= 0 else None


def expiring(certificate: Mapping[str, Any], estate: Estate) -> str | None:
    left = estate.days_left(certificate)
    return f"It ends on {certificate['not_after']}." if 0 < left < estate.expiring_days else None


def other_ca(certificate: Mapping[str, Any], _estate: Estate) -> str | None:
    return "The present CA of the cluster has not issued it." if certificate["signed_by_cluster"] is False else None


def other_key(certificate: Mapping[str, Any], _estate: Estate) -> str | None:
    if certificate["key_matches"] is False:
        return f"The key in '{certificate['privatekey_secret']}' belongs to another certificate."
    return None


def without_key(certificate: Mapping[str, Any], _estate: Estate) -> str | None:
    missing = certificate["privatekey_secret"] is None and "privatekey_secret" not in certificate["unread"]
    return "No secret beside it holds a private key." if missing else None


def without_chain(certificate: Mapping[str, Any], _estate: Estate) -> str | None:
    missing = certificate["chain_secret"] is None and "chain_secret" not in certificate["unread"]
    return "No secret beside it holds its issuers." if missing else None


def other_chain(certificate: Mapping[str, Any], _estate: Estate) -> str | None:
    if certificate["chain_matches"] is False:
        return f"The first certificate in '{certificate['chain_secret']}' has not issued it."
    return None


def nobodys_certificate(estate: Estate) -> Iterator[Found]:
    for certificate in estate.nobodys("certificates"):
        yield Found(certificate["certificate_secret"], f"It is for '{certificate['common_name']}'.")

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster's certificate authority is, and whether it is the one that is expected.

This file is private to the collection.
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _ca, _x509
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, InputError


def check_fingerprint(text: str) -> str:
    """Return the SHA-256 fingerprint in ``text`` as colon-separated pairs of lower-case hex digits.

    Taken as openssl, the DC/OS CLI and browsers write it, with or without colons. Raises InputError for anything else.
    """
    digits = re.sub(r"^.*=|^sha-?256:|[:\s]", "", text.strip().lower())
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise InputError(
            f"expected_fingerprint must be a SHA-256 fingerprint, 64 hexadecimal digits, not '{text}'. On a master: "
            "openssl x509 -noout -fingerprint -sha256 -in /run/dcos/pki/CA/ca-bundle.crt"
        )
    return ":".join(re.findall("..", digits))


def roots(client: Client, expected: str | None) -> list[dict[str, Any]]:
    """Return the root certificates that the cluster serves, each as {certificate (PEM), and its description}.

    With an ``expected`` fingerprint (see check_fingerprint), only the one that has it: whoever can add a certificate to
    the answer must not get it trusted along with the right one. Raises DcosError if there is none.
    """
    found = [
        {"certificate": pem, **_x509.describe_certificate(pem)} for pem in _x509.split_bundle(_ca.trusted_roots(client))
    ]
    if expected is None:
        return found
    pinned = [root for root in found if root["fingerprint"] == expected]
    if not pinned:
        served = ", ".join(root["fingerprint"] for root in found) or "none"
        raise DcosError(
            f"The CA of this cluster is not the expected one: its fingerprint is {served}, not {expected}. Do not "
            "trust it: this is another cluster, its CA was replaced, or somebody sits in between."
        )
    return pinned[:1]


def signer(client: Client, profile: str | None) -> dict[str, Any]:
    """Return the CA that signs: {certificate (PEM), its description, and the profile's usages and expiry}."""
    authority = _ca.info(client, profile)
    return {**_x509.describe_certificate(authority["certificate"], "certificate of the CA"), **authority}


def issued_by_any(authority: dict[str, Any], pinned: list[dict[str, Any]]) -> bool:
    """Tell whether the CA that signs is one of the given roots or was issued by one of them."""
    return any(_x509.is_signed_by(authority["certificate"], root["certificate"]) for root in pinned)


def issued(client: Client) -> list[dict[str, Any]]:
    """Return descriptions of the valid certificates that the CA issued.

    Raises DcosError where the cluster does not list them.
    """
    listed = _ca.certificates(client, {})
    if listed is None:
        raise DcosError(
            "This cluster cannot list issued certificates: its Admin Router does not route /ca/api/v2/certificates, as "
            "is so since DC/OS 1.11. Remove issued."
        )
    return listed

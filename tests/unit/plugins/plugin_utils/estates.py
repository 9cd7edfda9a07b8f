# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of clusters that never were."""

from __future__ import annotations

from typing import Any

FINGERPRINT = ":".join(["0a"] * 32)


def certificate(path: str, **members: Any) -> dict[str, Any]:
    """Describe a certificate that ends in twelve days."""
    return {
        "certificate_secret": path,
        "privatekey_secret": f"{path}-key",
        "chain_secret": f"{path}-ca",
        "common_name": "x.example.com",
        "subject": {},
        "hosts": ["x.example.com"],
        "key_type": "RSA",
        "key_size": 2048,
        "not_after": "2026-12-08T12:00:00Z",
        "fingerprint": FINGERPRINT[::-1],
        "key_matches": True,
        "chain_matches": True,
        "signed_by_cluster": True,
        "unread": [],
        **members,
    }


def identity(uid: str, **members: Any) -> dict[str, Any]:
    """Describe an identity in which nothing is wrong."""
    return {
        "uid": uid, "description": "", "is_service": True, "public_key": "", "fingerprint": f"{uid}:{FINGERPRINT}",
        "key_size": 2048, "groups": [], "permissions": [], "inherited": [], "superuser": "none", "certificates": [],
        "credentials": [{
            "path": f"{uid}/sa", "fingerprint": f"{uid}:{FINGERPRINT}", "key_size": 2048, "matches": True,
            "login_endpoint": "https://x", "problems": [],
        }],
        "unfinished": "none", "unread": [], **members,
    }  # fmt: skip


def facts_of(*identities: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return what dcos_service_identity_info would return of a cluster with these."""
    return {
        "identities": list(identities),
        "native_accounts": [],
        "unattached": {"credentials": [], "certificates": [], "acls": [], "groups": [], "journals": []},
        "groups": [],
        "acls": [],
        "unknown": [],
        "partial": False,
        "store": "default",
        "read_at": "2026-11-26T12:00:00Z",
        **members,
    }

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user can do about an answer that is an error, by status and service.

This file is private to the collection.
"""

from __future__ import annotations

from ansible_collections.dcos.security.plugins.module_utils._response import Response

IAM = "/acs/api/v1"
SECRETS = "/secrets/v1"
CA = "/ca/api/v2"

# Error codes of the IAM for names that it does not know, and what to do about them.
UNKNOWN_USER = "ERR_UNKNOWN_USER_ID"
UNKNOWN_GROUP = "ERR_UNKNOWN_GROUP_ID"
REMEDIES = {
    UNKNOWN_USER: "Create it first (dcos_service_account or dcos_user).",
    UNKNOWN_GROUP: "Create it first (dcos_group).",
}

# Who may have certificates signed.
CA_SIGNS = ("dcos:adminrouter:ops:ca:rw", "full")
_NEEDS_SUPERUSER = "The token's user needs dcos:superuser full."


def hint(method: str, path: str, answer: Response, listing: bool, token: str | None = None) -> str:
    """Say what the user can do about an answer of this status from this service."""
    status = answer.status
    if answer.code in REMEDIES:
        return REMEDIES[answer.code]
    if status == 401 and not token:
        return "Nothing was sent to log in with, as this is open to anybody on a cluster: check url."
    if status == 401:
        return "The token was renewed and rejected again: check that url is the cluster the credentials are of."
    if status == 403:
        right = needed(method, path, listing)
        return f"The token's user needs {' '.join(right)} or dcos:superuser." if right else _NEEDS_SUPERUSER
    if status == 404 and path.startswith(IAM) and not answer.content:
        return "Groups and permissions exist on DC/OS Enterprise only; check that url is the address of such a cluster."
    if status == 404 and path.startswith(CA):
        return "This cluster does not route that part of the certificate authority's API."
    if status == 413 and path.startswith(SECRETS):
        return "A secret may hold about 1 MiB of text or 786 KiB of binary data."
    if status >= 500 and path.startswith(SECRETS):
        return "Is the secret store sealed? dcos_secret_info with seal_status tells."
    if status >= 500 or status == 429:
        return "The cluster is overloaded or in trouble: try again, or raise retries."
    return ""


def needed(method: str, path: str, listing: bool) -> tuple[str, str] | None:
    """Return (rid, action) of the permission that a request asks for, None where none but a superuser's will do.

    Source: the locations of Admin Router, whose guards all ask for ``full``, and the permission reference for secrets,
    whose service looks at the method. docs/rights.yml lists the same for modules, and a test compares them.
    """
    if path.startswith(IAM):
        return "dcos:adminrouter:acs", "full"
    if path.startswith((f"{CA}/bundle", f"{CA}/certificates")):
        return "dcos:adminrouter:ops:ca:ro", "full"
    if path.startswith(CA):
        return CA_SIGNS
    if path.startswith(f"{SECRETS}/secret/"):
        store, _slash, secret = path[len(f"{SECRETS}/secret/") :].partition("/")
        if listing:
            return f"dcos:secrets:list:{store}:/{secret}", "read"
        return of_secret(store, secret, {"GET": "read", "PUT": "create", "PATCH": "update"}.get(method, "delete"))
    return None


def of_secret(store: str, path: str, action: str) -> tuple[str, str]:
    """Return (rid, action) for a secret."""
    return f"dcos:secrets:{store}:/{path}", action

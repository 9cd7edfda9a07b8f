# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no source tells about DC/OS: one small function for each best guess, so that a correction is a one-line change.

The row numbers are those of the table "Best guesses" in the emulator's README. Rows 19, 20 and 25 concern clients, rows
21 to 23 are in the ``ca`` package, row 28 (unknown query parameters are ignored) needs no code, and row 29 asks for the
password of a Java keystore that the emulator does not serve.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from http import HTTPStatus
from typing import Any

from .store import Store

# Descriptions of errors for which there is no source.
IAM_TEXTS = {
    "ERR_ACL_EXISTS": "ACL for resource `{rid}` already exists.",
    "ERR_INVALID_ACTION": "Invalid action: {action}",
    "ERR_INVALID_GROUP_ID": "Invalid group ID: {gid}",
    "ERR_INVALID_RESOURCE_ID": "Invalid resource ID: {rid}",
    "ERR_IS_SUPERUSER_ACL": "The ACL for resource `dcos:superuser` cannot be removed.",
    "ERR_LDAP_CONFIG_NOT_AVAILABLE": "No LDAP configuration stored yet.",
    "ERR_PERMISSION_EXISTS": "Action `{action}` already exists for {noun} `{subject}` in ACL for resource `{rid}`",
    "ERR_USER_ALREADY_IN_GROUP": "User `{uid}` is already a member of group `{gid}`.",
    "ERR_USER_NOT_IN_GROUP": "User `{uid}` is not a member of group `{gid}`.",
}
SECRETS_TEXTS = {
    "forbidden": "Not authorized to perform that action",
    "unknown store": "store '{store}' not found",
    "store exists": "store '{store}' already exists",
    "unknown driver": "backend driver not found",
    "initialized": "the secret store is already initialized",
    "sealed": "the secret store is sealed",
    "wrong key": "invalid key",
    "unknown secret": "secret not found",
    "secret exists": "secret already exists",
    "too large": "the secret is too large",
    "empty value": "the value is empty",
    "no JSON": "invalid JSON: {reason}",
    "wrong type": "invalid JSON: {member} must be {type}",
    "not routed": "not found",
    "wrong method": "method not allowed",
}

RID = re.compile(r"[A-Za-z0-9_\-.:/*@%]{1,512}")


# --- IAM -----------------------------------------------------------------------------------------------------------


def is_valid_gid(gid: str, is_valid_uid: Callable[[str], bool]) -> bool:
    """Row 1: a gid follows the rule of a uid."""
    return is_valid_uid(gid)


def is_valid_rid(rid: str) -> bool:
    """Row 1: a rid holds letters, digits and ``_-.:/*@%``, up to 512 of them."""
    return RID.fullmatch(rid) is not None


def iam_text(code: str, /, **names: object) -> str:
    """Row 31: the words of IAM errors that its published source and its API documentation do not have."""
    return IAM_TEXTS[code].format_map(names)


def inferred_error_status() -> int:
    """Row 2: status of ERR_INVALID_ACTION, _GROUP_ID, _RESOURCE_ID, ERR_IS_SUPERUSER_ACL, ERR_USER_NOT_IN_GROUP."""
    return 400


def duplicate_grant_conflicts(kind: str) -> bool:
    """Row 3: a grant that exists is 409 ERR_PERMISSION_EXISTS, for ``groups`` as for ``users``."""
    return kind in ("users", "groups")


def grant_check_order() -> tuple[str, ...]:
    """Row 4: which defect of a grant is reported when it has several."""
    return ("action", "rid", "subject")


def group_is_protected(gid: str) -> bool:
    """Row 5: ``superusers`` cannot be deleted (ERR_IS_SUPERUSER_GROUP)."""
    return gid == "superusers"


def grant_is_protected(rid: str, kind: str, subject: str, actions: Collection[str]) -> bool:
    """Row 5: ``full`` cannot be taken from ``superusers`` (ERR_IS_SUPERUSER_GROUP)."""
    return (rid, kind, subject) == ("dcos:superuser", "groups", "superusers") and "full" in actions


def is_last_superuser(uid: str, superusers: Collection[str]) -> bool:
    """Row 5: the only member of ``superusers`` can neither leave nor be deleted (ERR_NO_MORE_SUPERUSERS)."""
    return uid in superusers and len(superusers) == 1


def absent_acl_deletion_status() -> int:
    """Row 6: DELETE of an ACL that does not exist is ERR_UNKNOWN_RESOURCE_ID with this status."""
    return 400


def absent_grant_names_action(granted: Collection[str]) -> bool:
    """Row 7: revoking is ERR_ACTION_NOT_YET_STORED if the subject has other actions, else ERR_…_NOT_IN_ACL."""
    return bool(granted)


def delete_user_with_everything(store: Store, uid: str) -> None:
    """Row 8: a user's grants and memberships go with the user."""
    store.delete_user(uid)


def is_allowed(granted: Callable[[str], Iterator[Collection[str]]], rid: str, action: str) -> bool:
    """Row 26: allowed by the action or ``full`` on the rid, or by anything on ``dcos:superuser``.

    ``granted`` gives the actions on a rid, one collection for the user and one for each of its groups.
    """
    return any(granted("dcos:superuser")) or any(action in actions or "full" in actions for actions in granted(rid))


def provider_needs_id(provider_type: str) -> bool:
    """Row 27: as in the open-source IAM, an LDAP user is created without a ``provider_id``."""
    return provider_type in ("saml", "oidc")


def unknown_service() -> str:
    """Row 33: what Admin Router's audit log calls a service that it cannot find; every user passes."""
    return "dcos:adminrouter:service"


def native_accounts() -> dict[str, str]:
    """Row 32: service accounts of DC/OS' own components on a new cluster, with their descriptions.

    Named in the product documentation: the first two in the pages on services and jobs, the third in a line of a log.
    A cluster has more. What they are granted is not known either; here it is nothing.
    """
    return {
        "dcos_marathon": "Marathon",
        "dcos_metronome": "Metronome",
        "dcos_net_agent": "DC/OS Net on agents",
    }


def builtin_acls() -> tuple[str, ...]:
    """Row 32: protected resources of a new cluster beside ``dcos:superuser``: those of Admin Router's components.

    The product documentation lists them (permissions reference), and a public test grants on one without making it
    (TerryHowe/ansible-modules-dcos, functional/test_acl.yml). A cluster may have more.
    """
    components = (
        "acs",
        "licensing",
        "ops:ca:ro",
        "ops:ca:rw",
        "ops:cockroachdb",
        "ops:exhibitor",
        "ops:mesos",
        "ops:mesos-dns",
        "ops:metadata",
        "ops:networking",
        "ops:slave",
        "ops:system-health",
        "ops:system-logs",
        "ops:system-metrics",
        "package",
        "service:marathon",
        "service:metronome",
    )
    return tuple(f"dcos:adminrouter:{component}" for component in components)


# --- secrets -------------------------------------------------------------------------------------------------------


def secrets_error_body(status: int, description: str) -> dict[str, str]:
    """Row 9: errors of the secrets service have no code; clients decode a ``description`` and a ``title``.

    The two members are confirmed (portworx/dcos-secrets, error.go), what stands in the title is not.
    """
    return {"title": HTTPStatus(status).phrase, "description": description}


def echoed_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Row 10: author, created, description and labels come back as they were sent, and not at all if empty."""
    return {name: value for name, value in metadata.items() if value}


def unacceptable_form_status() -> int:
    """Row 11: reading a secret in a form that the Accept header excludes."""
    return 400


def may_change_form() -> bool:
    """Row 12: PATCH may turn a text secret into a binary one and back."""
    return True


def folder_deletion_status() -> int:
    """Row 13: DELETE of a folder that is no secret; what lies in it stays."""
    return 404


def too_large_status() -> int:
    """Row 14: a value above the size limit."""
    return 413


def is_too_large(size: int) -> bool:
    """Row 14: "approximately one MB" less one KB, for text as for files, is 1 MiB less 1 KiB; ``size`` in bytes."""
    return size > 1023 * 1024


def sealed_status() -> int:
    """Row 15: anything below ``/secret`` while the store is sealed."""
    return 503


def list_rids(store: str, folder: str) -> Iterator[str]:
    """Row 16: listing a folder needs ``read`` on its rid or on that of a folder above it; all or nothing."""
    yield from covering_rids(f"dcos:secrets:list:{store}:", folder)


def covering_rids(prefix: str, path: str) -> Iterator[str]:
    """Row 16: rids that cover ``path``: its own, each one above it, and their ``/*`` forms (documented for secrets)."""
    yield f"{prefix}/{path}"
    while path:
        path = path.rpartition("/")[0]
        yield f"{prefix}/{path}"
        yield f"{prefix}/{path}/*" if path else f"{prefix}/*"


def accepts_empty_value() -> bool:
    """Row 17: a secret may be empty."""
    return True


def seal_status() -> int:
    """Row 18: status of a successful ``PUT /seal/{store}``; the published specification says 200."""
    return 204


def auto_unseal_needs_key() -> bool:
    """Row 18: ``PUT /auto-unseal/{store}`` works without a body."""
    return False


def further_stores_allowed() -> bool:
    """Row 30: whether PUT makes a store beside ``default``: the API describes it, the product supports one store."""
    return False


def secrets_text(key: str, /, **names: object) -> str:
    """Row 31: the words of the secrets service's errors, of which one is known: "already exists".

    portworx/dcos-secrets, secret.go, looks for those in the 409. dcos-ui's mock of a 403 gave the words for that.
    """
    return SECRETS_TEXTS[key].format_map(names)


def secrets_audit_fields(uid: str, rid: str, action: str, result: str) -> str:
    """Row 24: the middle of the secrets service's audit line."""
    return f"authorizer=secrets uid={uid} object={rid} action={action} result={result}"

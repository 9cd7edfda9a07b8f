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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .store import Store

RID = re.compile(r"[A-Za-z0-9_\-.:/*@%]{1,512}")


# --- IAM -----------------------------------------------------------------------------------------------------------


def is_valid_gid(gid: str, is_valid_uid: Callable[[str], bool]) -> bool:
    """Row 1: a gid follows the rule of a uid."""
    return is_valid_uid(gid)


def is_valid_rid(rid: str) -> bool:
    """Row 1: a rid holds letters, digits and ``_-.:/*@%``, up to 512 of them."""
    return RID.fullmatch(rid) is not None


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


# --- secrets -------------------------------------------------------------------------------------------------------


def secrets_error_body(message: str) -> dict[str, str]:
    """Row 9: errors of the secrets service are an object with a message and no code."""
    return {"message": message}


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


def is_too_large(size: int, binary: bool) -> bool:
    """Row 14: text up to 1 MiB less 1 KiB; binary up to the 786 KiB that the UI lets pass; ``size`` in bytes."""
    return size > (786 if binary else 1023) * 1024


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


def secrets_audit_fields(uid: str, rid: str, action: str, result: str) -> str:
    """Row 24: the middle of the secrets service's audit line."""
    return f"authorizer=secrets uid={uid} object={rid} action={action} result={result}"

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The coded errors of the IAM: each function raises one of them with the IAM's words."""

from __future__ import annotations

from typing import NoReturn

from .. import unconfirmed
from .http import IamError


def unknown_user(uid: str) -> NoReturn:
    raise IamError(400, f"User with uid `{uid}` not known.", "ERR_UNKNOWN_USER_ID")


def unknown_group(gid: str) -> NoReturn:
    raise IamError(400, f"Group with gid `{gid}` not known.", "ERR_UNKNOWN_GROUP_ID")


def unknown_resource(rid: str, status: int = 400) -> NoReturn:
    raise IamError(status, f"Protected resource with rid `{rid}` not known.", "ERR_UNKNOWN_RESOURCE_ID")


def user_exists(uid: str) -> NoReturn:
    raise IamError(409, f"User with id `{uid}` already exists.", "ERR_USER_EXISTS")


def group_exists(gid: str) -> NoReturn:
    raise IamError(409, f"Group with id `{gid}` already exists.", "ERR_GROUP_EXISTS")


def acl_exists(rid: str) -> NoReturn:
    raise IamError(409, f"ACL for resource `{rid}` already exists.", "ERR_ACL_EXISTS")


def invalid_user_id(uid: str) -> NoReturn:
    raise IamError(400, f"Invalid user ID: {uid}", "ERR_INVALID_USER_ID")


def invalid_group_id(gid: str) -> NoReturn:
    raise IamError(unconfirmed.inferred_error_status(), f"Invalid group ID: {gid}", "ERR_INVALID_GROUP_ID")


def invalid_resource_id(rid: str) -> NoReturn:
    raise IamError(unconfirmed.inferred_error_status(), f"Invalid resource ID: {rid}", "ERR_INVALID_RESOURCE_ID")


def invalid_action(action: str) -> NoReturn:
    raise IamError(unconfirmed.inferred_error_status(), f"Invalid action: {action}", "ERR_INVALID_ACTION")


def invalid_data(description: str) -> NoReturn:
    raise IamError(400, description, "ERR_INVALID_DATA")


def invalid_public_key(reason: str) -> NoReturn:
    raise IamError(400, f"Invalid public key: {reason}", "ERR_INVALID_PUBLIC_KEY")


def invalid_credentials() -> NoReturn:
    raise IamError(401, "Invalid credentials.", "ERR_INVALID_CREDENTIALS", headers={"WWW-Authenticate": "acsjwt"})


def already_member(gid: str, uid: str) -> NoReturn:
    raise IamError(409, f"User `{uid}` is already a member of group `{gid}`.", "ERR_USER_ALREADY_IN_GROUP")


def not_member(gid: str, uid: str) -> NoReturn:
    status = unconfirmed.inferred_error_status()
    raise IamError(status, f"User `{uid}` is not a member of group `{gid}`.", "ERR_USER_NOT_IN_GROUP")


def permission_exists(rid: str, kind: str, subject: str, action: str) -> NoReturn:
    noun = kind.removesuffix("s")
    raise IamError(
        409,
        f"Action `{action}` already exists for {noun} `{subject}` in ACL for resource `{rid}`",
        "ERR_PERMISSION_EXISTS",
    )


def not_in_acl(rid: str, kind: str, subject: str) -> NoReturn:
    noun = kind.removesuffix("s")
    raise IamError(
        400,
        f"{noun.capitalize()} `{subject}` is not part of ACL for resource `{rid}`",
        f"ERR_{noun.upper()}_NOT_IN_ACL",
    )


def action_not_stored(rid: str, kind: str, subject: str, action: str) -> NoReturn:
    noun = kind.removesuffix("s")
    raise IamError(
        400,
        f"Action `{action}` unknown for {noun} `{subject}` in ACL for resource `{rid}`",
        "ERR_ACTION_NOT_YET_STORED",
    )


def no_more_superusers() -> NoReturn:
    raise IamError(400, "Last member from `superusers` group cannot be removed", "ERR_NO_MORE_SUPERUSERS")


def is_superuser_group() -> NoReturn:
    raise IamError(
        400,
        "The `superusers` group must have `full` permission on the `dcos:superuser` resource.",
        "ERR_IS_SUPERUSER_GROUP",
    )


def is_superuser_acl() -> NoReturn:
    status = unconfirmed.inferred_error_status()
    raise IamError(status, "The ACL for resource `dcos:superuser` cannot be removed.", "ERR_IS_SUPERUSER_ACL")

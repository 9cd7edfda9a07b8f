# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The coded errors of the IAM: each function raises one of them.

The words are the IAM's where its published source (``bouncer/app/errors.py``) has them, and ``unconfirmed`` otherwise.
"""

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
    raise IamError(409, unconfirmed.iam_text("ERR_ACL_EXISTS", rid=rid), "ERR_ACL_EXISTS")


def invalid_user_id(uid: str) -> NoReturn:
    raise IamError(400, f"Invalid user ID: {uid}", "ERR_INVALID_USER_ID")


def invalid_group_id(gid: str) -> NoReturn:
    _inferred("ERR_INVALID_GROUP_ID", gid=gid)


def invalid_resource_id(rid: str) -> NoReturn:
    _inferred("ERR_INVALID_RESOURCE_ID", rid=rid)


def invalid_action(action: str) -> NoReturn:
    _inferred("ERR_INVALID_ACTION", action=action)


def _inferred(code: str, **names: str) -> NoReturn:
    raise IamError(unconfirmed.inferred_error_status(), unconfirmed.iam_text(code, **names), code)


def invalid_data(description: str) -> NoReturn:
    raise IamError(400, description, "ERR_INVALID_DATA")


def invalid_public_key(reason: str) -> NoReturn:
    raise IamError(400, f"Invalid public key: {reason}", "ERR_INVALID_PUBLIC_KEY")


def invalid_credentials() -> NoReturn:
    raise IamError(401, "Invalid credentials.", "ERR_INVALID_CREDENTIALS", headers={"WWW-Authenticate": "acsjwt"})


def already_member(gid: str, uid: str) -> NoReturn:
    code = "ERR_USER_ALREADY_IN_GROUP"
    raise IamError(409, unconfirmed.iam_text(code, uid=uid, gid=gid), code)


def not_member(gid: str, uid: str) -> NoReturn:
    _inferred("ERR_USER_NOT_IN_GROUP", uid=uid, gid=gid)


def permission_exists(rid: str, kind: str, subject: str, action: str) -> NoReturn:
    code, noun = "ERR_PERMISSION_EXISTS", kind.removesuffix("s")
    raise IamError(409, unconfirmed.iam_text(code, action=action, noun=noun, subject=subject, rid=rid), code)


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
    _inferred("ERR_IS_SUPERUSER_ACL")


def no_ldap_configuration() -> NoReturn:
    code = "ERR_LDAP_CONFIG_NOT_AVAILABLE"
    raise IamError(400, unconfirmed.iam_text(code), code)

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs of objects as they stand in the IAM's answers; a slash of a rid is encoded twice."""

from __future__ import annotations

PREFIX = "/acs/api/v1"


def user(uid: str) -> str:
    return f"{PREFIX}/users/{uid}"


def group(gid: str) -> str:
    return f"{PREFIX}/groups/{gid}"


def membership(gid: str, uid: str) -> str:
    return f"{PREFIX}/groups/{gid}/users/{uid}"


def acl(rid: str) -> str:
    return f"{PREFIX}/acls/{rid.replace('/', '%252F')}"


def grant(rid: str, kind: str, subject: str, action: str) -> str:
    """``kind`` is ``users`` or ``groups``."""
    return f"{acl(rid)}/{kind}/{subject}/{action}"

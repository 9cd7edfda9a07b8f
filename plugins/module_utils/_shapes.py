# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes of the cluster's answers: checked once, where an answer comes in, so that nothing behind it need doubt it.

What is declared is what the collection reads; an answer may hold more. A shape is a type (``str``, ``bool``; ``dict``
is any object), ``[shape]`` for a list of such, or ``{"name": shape, "name?": shape}`` for an object, where ``?`` marks
what may be missing or null. A unit test compares all of it with the API description that dcos-emulator serves.

This file is private to the collection.
"""

from __future__ import annotations

from typing import Any

USER = {"uid": str, "description": str, "is_service?": bool, "is_remote?": bool, "public_key?": str}
GROUP = {"gid": str, "description": str}
ACL = {"rid": str, "description": str}
USERS, GROUPS, ACLS = {"array": [USER]}, {"array": [GROUP]}, {"array": [ACL]}
GROUPS_OF_USER = {"array": [{"group": {"gid": str}}]}
MEMBERS = {"array": [{"user": {"uid": str}}]}
ACTIONS = [{"name": str}]
PERMISSION = {"rid": str, "description?": str, "actions": ACTIONS}
USER_PERMISSIONS = {"direct": [PERMISSION], "groups": [{**PERMISSION, "gid": str}]}
GROUP_PERMISSIONS = {"array": [PERMISSION]}
HOLDERS = {"users": [{"uid": str, "actions": ACTIONS}], "groups": [{"gid": str, "actions": ACTIONS}]}
TOKEN = {"token": str}

SECRET = {"value": str, "description?": str, "labels?": [str], "author?": str, "created?": str}
SECRET_NAMES = {"array": [str]}
SEAL_STATUS = {"sealed": bool, "threshold": int, "shares": int, "progress": int}

CA_INFO = {"certificate": str, "usages?": [str], "expiry?": str}
CERTIFICATE = {"certificate": str}
KEY = {"private_key": str, "certificate_request": str}
BUNDLE = {"bundle": str, "root?": str}
CERTIFICATES = [dict]

NAMES = {str: "text", bool: "true or false", dict: "an object", list: "a list", int: "a number", float: "a number"}


def misfit(value: Any, shape: Any, where: str = "") -> str:
    """Say where ``value`` differs from ``shape`` and how, or return "" if it does not: ``direct[3].rid is missing``."""
    if isinstance(shape, list):
        if not isinstance(value, list):
            return _wrong(value, list, where)
        return next(
            (wrong for number, each in enumerate(value) if (wrong := misfit(each, shape[0], f"{where}[{number}]"))), ""
        )
    if not isinstance(shape, dict):
        return "" if type(value) is shape else _wrong(value, shape, where)  # pylint: disable=unidiomatic-typecheck
    if not isinstance(value, dict):
        return _wrong(value, dict, where)
    for name, inner in shape.items():
        member = name.rstrip("?")
        path = f"{where}.{member}" if where else member
        if value.get(member) is None and member != name:
            continue
        if member not in value:
            return f"{path} is missing"
        if wrong := misfit(value[member], inner, path):
            return wrong
    return ""


def _wrong(value: Any, expected: type, where: str) -> str:
    found = "null" if value is None else NAMES[type(value)]
    return f"{where or 'it'} is {found}, not {NAMES[expected]}"

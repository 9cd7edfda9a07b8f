# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that become part of a path: uids, gids, rids, secret paths and stores. Pure functions.

Checks raise InputError for what the cluster is bound to refuse or to misunderstand, before anything is sent.

This file is private to the collection.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

# Names of the accounts that DC/OS makes for itself begin so.
NATIVE_PREFIX = "dcos_"
SUPERUSER = "dcos:superuser"

_UID = re.compile(r"[A-Za-z0-9_@.-]{1,96}")
_SECRET_PATH = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")


def check_uid(uid: str) -> None:
    """Raise InputError unless ``uid`` is one that PUT /acs/api/v1/users/{uid} takes."""
    if uid in (".", ".."):
        raise InputError(f"The uid '{uid}' would fold the request into its parent path. Choose another uid.")
    if uid == "anonymous":
        raise InputError("The uid 'anonymous' is reserved by DC/OS. Choose another uid.")
    if not _UID.fullmatch(uid):
        raise InputError(
            f"The uid '{uid}' {fault(uid, 'A-Za-z0-9_@.-', 96)}. "
            "A uid has 1 to 96 letters, digits and the characters - _ @ ."
        )


def check_gid(gid: str) -> None:
    """Raise InputError if ``gid`` cannot be the name of a group. The IAM's own rule is not published."""
    if gid in ("", ".", ".."):
        raise InputError(f"The gid '{gid}' would fold the request into its parent path. Choose another gid.")
    if wrong := re.search(r"[\s/\\\x00-\x1f\x7f]", gid):
        raise InputError(f"The gid '{gid}' holds {_show(wrong[0])}. Use letters, digits and the characters - _ @ .")


def check_secret_path(path: str) -> str:
    """Return ``path`` as the secrets API stores it, without a leading slash. Raises InputError for other errors.

    The API routes nothing but letters, digits, ``-``, ``_`` and ``/`` (/secrets/v1/secret/{store}/{path}).
    """
    normal = path[1:] if path.startswith("/") else path
    if _SECRET_PATH.fullmatch(normal):
        return normal
    if normal.strip("/") and not re.search(r"[^A-Za-z0-9_/-]", normal):
        problem = "has an empty component: a slash at its end, or two in a row"
    else:
        problem = fault(normal, "A-Za-z0-9_/-", len(normal))
    raise InputError(
        f"The secret path '{path}' {problem}. A path has components of letters, digits, - and _, joined by slashes."
    )


def check_store(store: str) -> None:
    """Raise InputError unless ``store`` can name a secret store: anything else would lead to another secret's path."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", store):
        raise InputError(f"There can be no store '{store}': a name has letters, digits, - and _. Usual is default.")


def rid_path(rid: str) -> str:
    """Return ``rid`` as a URL path segment of the IAM: slashes encoded twice, as it is decoded twice on its way."""
    return "%252F".join(quote(part, safe=":*@") for part in rid.split("/"))


def _show(character: str) -> str:
    names = {" ": "a space", "\n": "a line break", "\r": "a carriage return", "\t": "a tab", "/": "a slash"}
    return names.get(character, f"'{character}'" if character.isprintable() else f"the character {character!r}")


def fault(name: str, alphabet: str, longest: int) -> str:
    """Say what is wrong with a name that must have 1 to ``longest`` characters of ``alphabet``, as in a regexp."""
    if not name.strip():
        return "is empty"
    if wrong := re.search(f"[^{alphabet}]", name):
        return f"holds {_show(wrong[0])}"
    return f"is longer than {longest} characters"

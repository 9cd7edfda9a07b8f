# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole identities: read, and put together from what was read.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Callable

from ansible_collections.dcos.security.plugins.module_utils import _iam, _identity_certificates, _keys
from ansible_collections.dcos.security.plugins.module_utils import _permission_reference as reference
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._identity_certificates import of_kind
from ansible_collections.dcos.security.plugins.module_utils._identity_reading import Reader, Readings
from ansible_collections.dcos.security.plugins.module_utils._names import (
    NATIVE_PREFIX,
    SUPERUSER,
    check_store,
    check_uid,
)
from ansible_collections.dcos.security.plugins.module_utils._parallel import check_concurrency
from ansible_collections.dcos.security.plugins.module_utils._stored import Description

NEXT = "-next"
# ACLs that a cluster has from its first day, or that its documentation has one create: what has no name in it.
_BUILT_IN = {rule.rid for rule in reference.RULES if "<" not in rule.rid}
_BUILT_IN_PREFIX = "dcos:adminrouter:service:"


def read_facts(
    client: Client,
    uids: list[str] | None,
    *,
    people: bool = False,
    store: str = "default",
    secrets: str = "all",
    native: bool = False,
    concurrency: int = 16,
    progress: Callable[[int, int, str], None] = lambda *_done: None,
) -> tuple[dict[str, Any], list[str]]:
    """Return what dcos_service_identity_info returns, and which of ``uids`` there are not.

    The arguments are its options; ``progress`` as Reader has it. Raises InputError for wrong ones.
    """
    for uid in uids or ():
        check_uid(uid)
    check_store(store)
    check_concurrency(concurrency)
    read_at = datetime.now(timezone.utc).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    reader = Reader(client, store, concurrency, progress)
    readings = reader.whole(people, secrets) if uids is None else reader.some(sorted(set(uids)), secrets)
    missing = [uid for uid in uids or () if readings.users is not None and uid not in readings.users]
    facts = assemble(readings, native or uids is not None, whole=uids is None)
    return {**facts, "store": store, "read_at": read_at}, missing


def assemble(readings: Readings, native: bool, whole: bool) -> dict[str, Any]:
    """Return ``identities``, ``unattached`` (of a ``whole`` cluster), ``groups``, ``acls``, ``native_accounts``,
    ``unknown`` and ``partial``, as dcos_service_identity_info documents them.
    """
    credentials = _stored_credentials(readings.secrets)
    owners = _identity_certificates.owners(readings)
    owned: dict[str | None, list[dict[str, Any]]] = {}
    for certificate in _identity_certificates.certificates(readings):
        owner = _identity_certificates.owner(certificate["certificate_secret"], owners)
        owned.setdefault(owner, []).append(certificate)
    accounts = readings.users or {}
    denied = {_identity_certificates.owner(path, owners) for path in readings.denied}
    everybody = [
        _identity(user, readings, credentials.get(uid, _Stored()), owned.get(uid, []), uid in denied)
        for uid, user in sorted(accounts.items())
    ]
    identities = [one for one in everybody if native or not one["uid"].startswith(NATIVE_PREFIX)]
    result: dict[str, Any] = {
        "identities": identities,
        "native_accounts": [
            {name: one[name] for name in ("uid", "fingerprint", "key_size", "superuser")}
            for one in everybody
            if one["uid"].startswith(NATIVE_PREFIX)
        ],
        "unknown": readings.unknown,
        "partial": bool(readings.unknown),
    }
    if whole:
        result["groups"] = _groups(readings)
        result["acls"] = (
            None
            if readings.acls is None
            else [
                {"rid": rid, "description": text}
                for rid, text in sorted(readings.acls.items())
                if native or not is_built_in(rid)
            ]
        )
        result["unattached"] = _unattached(readings, credentials, owned.get(None, []), native)
    return result


def is_built_in(rid: str) -> bool:
    """Tell whether an ACL is one that clusters have of themselves."""
    return rid in _BUILT_IN or rid.startswith(_BUILT_IN_PREFIX)


def _identity(
    user: Mapping[str, Any], readings: Readings, stored: _Stored, certificates: list[dict[str, Any]], denied: bool
) -> dict[str, Any]:
    """Describe one account; ``denied``: there are secrets of its folder that may not be read."""
    uid, key = user["uid"], user.get("public_key")
    grants = readings.permissions.get(uid)
    direct = None if grants is None else [_plain(entry) for entry in grants[0]]
    inherited = None if grants is None else [_plain(entry) for entry in grants[1]]
    fingerprint, size = _keys.about_public_key(key) if key else (None, None)
    groups = readings.memberships.get(uid)
    unread = ["credentials", "certificates"] if readings.paths is None or denied else []
    unread += [name for name, value in (("permissions", direct), ("groups", groups)) if value is None]
    return {
        "uid": uid,
        "description": _iam.unmarked(user["description"]),
        "is_service": bool(user.get("is_service", key is not None)),
        "public_key": key,
        "fingerprint": fingerprint,
        "key_size": size,
        "groups": groups,
        "permissions": direct,
        "inherited": inherited,
        "superuser": _superuser(direct, inherited),
        "credentials": None
        if readings.paths is None
        else [_credential(path, what, fingerprint) for path, what in stored.credentials],
        "certificates": None if readings.paths is None else certificates,
        # Which work on the account was not finished.
        "unfinished": "key_replacement" if _iam.is_pending(dict(user)) else "rotation" if stored.next else "none",
        "unread": unread,
    }


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("rid", "actions", "gid") if name in entry}


def _superuser(direct: list[dict[str, Any]] | None, inherited: list[dict[str, Any]] | None) -> str | None:
    """Return "direct", or the gid by which an account is a superuser, or "none"; None where that is not known."""
    if direct is None or inherited is None:
        return None
    if any(entry["rid"] == SUPERUSER for entry in direct):
        return "direct"
    return next((str(entry["gid"]) for entry in inherited if entry["rid"] == SUPERUSER), "none")


@dataclass
class _Stored:
    """The credentials of one account, and those of them that a rotation has made and not put into their place yet."""

    credentials: list[tuple[str, Description]] = field(default_factory=list)
    next: list[tuple[str, Description]] = field(default_factory=list)


def _stored_credentials(secrets: Mapping[str, Description]) -> dict[str | None, _Stored]:
    """Return the credentials by uid."""
    found: dict[str | None, _Stored] = {}
    for path, what in sorted(of_kind(secrets, "credential")):
        stored = found.setdefault(what["uid"], _Stored())
        (stored.next if _is_next(path, secrets) else stored.credentials).append((path, what))
    return found


def _credential(path: str, what: Description, fingerprint: str | None) -> dict[str, Any]:
    return {
        "path": path,
        "fingerprint": what["fingerprint"],
        "key_size": what["key_size"],
        "matches": what["fingerprint"] is not None and what["fingerprint"] == fingerprint,
        "login_endpoint": what["login_endpoint"],
        "problems": what["problems"],
    }


def _is_next(path: str, secrets: Mapping[str, Description]) -> bool:
    """Tell whether a credential is the one that a rotation has made and not put into its place yet."""
    return path.endswith(NEXT) and secrets.get(path[: -len(NEXT)], {}).get("kind") == "credential"


# --- what belongs to nobody ------------------------------------------------------------------------------------------


def _groups(readings: Readings) -> list[dict[str, Any]] | None:
    if readings.groups is None:
        return None
    return [
        {"gid": gid, **group, "permissions": [_plain(entry) for entry in group["permissions"]]}
        for gid, group in sorted(readings.groups.items())
    ]


def _unattached(
    readings: Readings,
    credentials: Mapping[str | None, _Stored],
    certificates: list[dict[str, Any]],
    native: bool,
) -> dict[str, Any]:
    """Return what belongs to no account; None for what cannot be told, as not all was read."""
    known = readings.users is not None
    nobodys = [stored for uid, stored in credentials.items() if uid not in (readings.users or ())]
    journals = {_iam.journal_gid(uid) for uid, user in (readings.users or {}).items() if _iam.is_pending(user)}
    return {
        "credentials": [
            {"uid": what["uid"], **_credential(path, what, None)}
            for path, what in sorted(pair for stored in nobodys for pair in (*stored.credentials, *stored.next))
        ]
        if known and readings.paths is not None
        else None,
        "certificates": certificates if known and readings.paths is not None else None,
        "acls": None
        if readings.ungranted is None
        else [rid for rid in readings.ungranted if native or not is_built_in(rid)],
        "groups": None
        if readings.groups is None
        else [gid for gid, group in sorted(readings.groups.items()) if not group["members"]],
        "journals": [gid for gid in readings.journals if gid not in journals] if known else None,
    }

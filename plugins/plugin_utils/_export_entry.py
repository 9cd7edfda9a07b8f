# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One identity of a cluster as an entry of the role's list: the other way round than _identity.identity_of(). Pure.

What comes out is put in again, and compared with what there is.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils._credential import DEFAULT_ENDPOINT
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._names import SUPERUSER, check_gid
from ansible_collections.dcos.security.plugins.module_utils._permissions import check_action, check_rid
from ansible_collections.dcos.security.plugins.plugin_utils import _export_certificates, _identities, _preset_match
from ansible_collections.dcos.security.plugins.plugin_utils._estate import Estate
from ansible_collections.dcos.security.plugins.plugin_utils._export_certificates import TEMPLATE
from ansible_collections.dcos.security.plugins.plugin_utils._identities import Identity
from ansible_collections.dcos.security.plugins.plugin_utils._remedies import looks_like_template

Entry = dict[str, Any]
Facts = Mapping[str, Any]

_KEY_SIZES = (3072, 4096)  # of accounts, beside the role's own 2048
_DESCRIPTION = "Its description looks like a template, which Ansible would execute, and is left out."


class Told(NamedTuple):
    """An entry; why it may only be a comment, or None; and lines about what of the identity it leaves out.

    ``identity`` is what the role makes of the entry.
    """

    entry: Entry
    identity: Identity
    fault: str | None
    notes: list[str]


def entry_of(one: Facts, estate: Estate, shared: set[str]) -> Told:
    """Return an identity of the facts as an entry of service_identities.

    ``shared``: secrets of several certificates.
    """
    one, notes = without_template(one)
    rows = list(_sayable(one["permissions"] or (), notes))
    certificates = one["certificates"] or ()
    made = ((entry, _identity(entry)[0]) for entry in (_filled(place, one, rows) for place in _places(one)))
    entry, identity = max(
        made,
        key=lambda pair: (
            -len(pair[0].get("permissions", ())),
            _export_certificates.in_place(certificates, pair[1].get("prefix", "")),
        ),
    )
    kept = list(_export_certificates.entries_of(certificates, identity.get("prefix", ""), estate, shared, notes))
    if kept:
        entry = {**entry, "certificates": kept}
    notes += [
        f"The role does not keep the credential in '{credential['path']}'."
        for credential in one["credentials"] or ()
        if credential["path"] != identity.get("path")
    ]
    identity, problem = _identity(entry)
    return Told(entry, identity, _fault(one, entry) or problem or _changed(one, identity, rows), notes)


def _identity(entry: Entry) -> tuple[Identity, str | None]:
    """Return what the role makes of an entry, and what is wrong with that."""
    try:
        identity = _identities.identity_of_entry(entry)
    except InputError as exc:
        return {}, str(exc)
    return identity, identity["problem"]


def without_template(row: Facts) -> tuple[Facts, list[str]]:
    """Return something without its description where that looks like a template, and then a line that says so."""
    if not looks_like_template(row.get("description")):
        return row, []
    said = {name: value for name, value in row.items() if name != "description"}
    return said, [f"{row.get('uid') or row.get('gid') or row.get('rid')}: {_DESCRIPTION}"]


def fault_of_row(row: Facts) -> str | None:
    """Say why a group, an ACL, or the permissions of a group cannot be given to a module, or return None."""
    if looks_like_template(row):
        return TEMPLATE
    try:
        if "gid" in row:
            check_gid(row["gid"])
        for each in (*row.get("permissions", ()), *([row] if "rid" in row else [])):
            check_rid(each["rid"])
    except InputError as exc:
        return str(exc)
    return None


# --- what is wrong with it -------------------------------------------------------------------------------------------


def _fault(one: Facts, entry: Entry) -> str | None:
    """Say what of an identity the role would change, or why it is not to be given to it, or return None."""
    if one["unread"]:
        return f"Not all of it may be read: {', '.join(one['unread'])}."
    if one["unfinished"] != "none":
        return f"A {one['unfinished'].replace('_', ' ')} was not finished. Finish it first."
    if looks_like_template(entry):
        return TEMPLATE
    credential = _credential(one)
    if credential is None:
        return "No secret holds a credential of it."
    if not credential["matches"]:
        return f"The key in '{credential['path']}' is not the account's."
    if credential["problems"]:
        return f"The credential in '{credential['path']}' would be repaired: {' '.join(credential['problems'])}"
    return None


def _changed(one: Facts, identity: Identity, rows: list[Facts]) -> str | None:
    """Say that the role would make something else of an identity, or return None."""
    granted = _preset_match.pairs_of(identity["subject"]["permissions"])
    path = (_credential(one) or {}).get("path")
    same = identity["path"] == path and granted == _preset_match.pairs_of(rows)
    return None if same else "The role would make something else of it."


def _sayable(rows: Iterable[Facts], notes: list[str]) -> Iterator[Facts]:
    """Yield the permissions that the role takes; the others are noted."""
    for row in rows:
        try:
            check_rid(row["rid"])
            for action in row["actions"]:
                check_action(action)
            yield row
        except InputError as exc:
            notes.append(f"Left out: {' '.join(row['actions'])} on '{row['rid']}'. {exc}")


# --- account, credential, permissions --------------------------------------------------------------------------------


def _credential(one: Facts) -> Facts | None:
    """Return the credential that a service is likely to use: one that works, rather where the role puts it."""
    default = f"{one['uid']}/service-account"
    return min(
        one["credentials"] or (),
        key=lambda each: (not each["matches"], bool(each["problems"]), each["path"] != default, each["path"]),
        default=None,
    )


def _places(one: Facts) -> Iterator[Entry]:
    """Yield ways to say where the secrets of an identity lie, the shortest first."""
    credential = _credential(one)
    path = credential["path"] if credential else ""
    folder = path.rpartition("/")[0]
    named = one["uid"].replace("__", "/")
    for place in ({}, {"service": f"/{folder}"}, {"service": f"/{named}"}, {"secret_path": path}):
        if not path or _identity({"uid": one["uid"], **place})[0].get("path") == path:
            yield place
    for service in dict.fromkeys(name for name in (named, folder) if name not in ("", one["uid"])):
        yield {"service": f"/{service}", "secret_path": path}
    yield {}


def _filled(place: Entry, one: Facts, rows: list[Facts]) -> Entry:
    """Return an entry with all but its certificates, its secrets being in one of the places."""
    credential = _credential(one) or {}
    endpoint = credential.get("login_endpoint")
    entry: Entry = {"uid": one["uid"], "description": one.get("description"), **place}
    entry["login_endpoint"] = "" if endpoint == DEFAULT_ENDPOINT else endpoint
    entry["key_size"] = credential.get("key_size") if credential.get("key_size") in _KEY_SIZES else None
    entry["groups"] = one["groups"]
    entry |= _permissions(one["uid"], place.get("service", "").strip("/") or one["uid"], rows)
    return {name: value for name, value in entry.items() if value not in (None, "", [], False)}


def _permissions(uid: str, service: str, rows: list[Facts]) -> Entry:
    """Return permissions as presets, superuser, and the rest of the rows."""
    matches = _preset_match.recognise(uid, rows, [service])
    # They have role and user in common.
    matches = [match for match in matches if match[2:4] == matches[0][2:4]]
    explained = {pair for match in matches for pair in match.pairs}
    supreme = (SUPERUSER, "full") in _preset_match.pairs_of(rows)
    explained |= {(SUPERUSER, "full")} if supreme else set()
    left = [
        {"rid": row["rid"], "actions": actions}
        for row in rows
        if (actions := [action for action in row["actions"] if (row["rid"], action) not in explained])
    ]
    role, user = matches[0][2:4] if matches else (None, None)
    return {
        "presets": [match.name for match in matches],
        "preset_role": [role] if role else [],
        "preset_user": user,
        "superuser": supreme,
        "permissions": left,
    }

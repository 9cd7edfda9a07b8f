# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each rule looks for what is wrong with the identities of a cluster. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Callable

from ansible_collections.dcos.security.plugins.module_utils._names import SUPERUSER
from ansible_collections.dcos.security.plugins.module_utils._permissions import never_matches
from ansible_collections.dcos.security.plugins.plugin_utils import _preset_match, _remedies
from ansible_collections.dcos.security.plugins.plugin_utils._estate import Estate, Found

# --- credentials -----------------------------------------------------------------------------------------------------


def key_mismatch(estate: Estate) -> Iterator[Found]:
    for one, credential in estate.credentials():
        if credential["fingerprint"] and not credential["matches"] and not _proven(one):
            yield Found(
                credential["path"],
                f"The secret holds the key {credential['fingerprint']}, the account has {one['fingerprint']}.",
                _remedies.adopt_key(one["uid"], credential["path"], estate.store) if one["is_service"] else None,
                one["uid"],
            )


def stale_credential(estate: Estate) -> Iterator[Found]:
    for one, credential in estate.credentials():
        if credential["fingerprint"] and not credential["matches"] and _proven(one):
            yield Found(credential["path"], "Another secret holds the key that the account has.", uid=one["uid"])


def _proven(one: Mapping[str, Any]) -> bool:
    return any(credential["matches"] for credential in one["credentials"])


def malformed(estate: Estate) -> Iterator[Found]:
    for one, credential in estate.credentials():
        if credential["problems"]:
            repaired = credential["fingerprint"] and not any(
                "cannot be read" in text for text in credential["problems"]
            )
            remedy = _remedies.repair(one["uid"], credential["path"], estate.store) if repaired else None
            yield Found(credential["path"], " ".join(credential["problems"]), remedy, one["uid"])
    for credential in estate.nobodys("credentials"):
        if credential["problems"]:
            yield Found(credential["path"], " ".join(credential["problems"]))


def http(estate: Estate) -> Iterator[Found]:
    for one, credential in estate.credentials():
        endpoint = credential["login_endpoint"] or ""
        if endpoint.lower().startswith("http://"):
            # What is broken otherwise is repaired first, and with it this.
            sound = credential["fingerprint"] is not None
            yield Found(
                credential["path"],
                f"The service logs in at {endpoint}.",
                _remedies.repair(one["uid"], credential["path"], estate.store, strict=True) if sound else None,
                one["uid"],
                "high" if estate.strict else None,
            )


def without_account(estate: Estate) -> Iterator[Found]:
    for credential in estate.nobodys("credentials"):
        if credential["uid"]:
            yield Found(credential["path"], f"It is for '{credential['uid']}', and there is no such account.")


def without_credential(estate: Estate) -> Iterator[Found]:
    for one in estate.services():
        if one["credentials"] == [] and "credentials" not in one["unread"]:
            yield Found(
                one["uid"], f"No secret that was looked at holds a credential of '{one['uid']}'.", uid=one["uid"]
            )


# --- keys ------------------------------------------------------------------------------------------------------------


def shared_key(estate: Estate) -> Iterator[Found]:
    for fingerprint, group in estate.by_fingerprint.items():
        if len(group) < 2:
            continue
        uids = [one["uid"] for one in group]
        others = [_remedies.new_key(one, estate.store, estate.min_key_size) for one in group[1:]]
        yield Found(
            uids[0],
            f"{', '.join(uids)} have the key {fingerprint}.",
            [task for tasks in others if tasks for task in tasks] if all(others) else None,
            uids[0],
        )


def weak_key(estate: Estate) -> Iterator[Found]:
    for one in estate.services():
        if one["key_size"] is not None and one["key_size"] < estate.min_key_size:
            yield Found(
                one["uid"],
                f"Its key has {one['key_size']} bits.",
                _remedies.new_key(one, estate.store, estate.min_key_size),
                one["uid"],
            )
        elif one["key_size"] is None:
            yield Found(one["uid"], "Its key cannot be read: it is too small, or none.", uid=one["uid"])
    for one in estate.native:
        if one["key_size"] is not None and one["key_size"] < estate.min_key_size:
            yield Found(
                one["uid"], f"The key of this account of DC/OS itself has {one['key_size']} bits.", uid=one["uid"]
            )
    for owner, certificate in estate.certificates():
        if certificate["key_type"] == "RSA" and certificate["key_size"] < estate.min_key_size:
            yield Found(
                certificate["certificate_secret"],
                f"Its key has {certificate['key_size']} bits.",
                _remedies.certificate(certificate, estate.store, renew_key=True, key_size=estate.min_key_size),
                owner,
            )


# --- permissions -----------------------------------------------------------------------------------------------------


def superuser_directly(estate: Estate) -> Iterator[Found]:
    return _superusers(estate, lambda one: one["superuser"] == "direct" and not _is_person(one))


def superuser_by_group(estate: Estate) -> Iterator[Found]:
    return _superusers(estate, lambda one: one["superuser"] != "direct" and not _is_person(one))


def superuser_people(estate: Estate) -> Iterator[Found]:
    return _superusers(estate, _is_person)


def _superusers(estate: Estate, wanted: Callable[[Mapping[str, Any]], bool]) -> Iterator[Found]:
    for one in (*estate.identities, *estate.native):
        if one["superuser"] not in (None, "none") and wanted(one):
            how = "directly" if one["superuser"] == "direct" else f"as a member of '{one['superuser']}'"
            yield Found(one["uid"], f"It is a superuser {how}.", uid=one["uid"])


def _is_person(one: Mapping[str, Any]) -> bool:
    return not one.get("is_service", True)


_ROOTS = re.compile(
    r"dcos:service:marathon:[^:]+:services:/|dcos:service:metronome:metronome:jobs|dcos:secrets:(?:list:)?[^:]+:/?\*?"
    r"|dcos:adminrouter:ops:.+|dcos:mesos:master:[a-z_]+:(?:role|user|app_id)|dcos:service:marathon:[^:]+:services"
)


def full_on_root(estate: Estate) -> Iterator[Found]:
    for one, row in estate.grants():
        if "full" in row["actions"] and _ROOTS.fullmatch(row["rid"]):
            yield Found(one["uid"], f"It has full on '{row['rid']}'.", uid=one["uid"])


def never(estate: Estate) -> Iterator[Found]:
    for one, row in estate.grants():
        reason = never_matches(row["rid"])
        if reason:
            yield Found(one["uid"], f"'{row['rid']}': {reason}", _remedies.revoke(one["uid"], row), one["uid"])


def beyond_preset(estate: Estate) -> Iterator[Found]:
    for one in estate.services():
        if not one["permissions"]:
            continue
        matches = _preset_match.recognise(one["uid"], one["permissions"], [one["uid"], *services_of(one)])
        if not matches:
            continue
        known = {pair for match in matches for pair in match.pairs}
        more = sorted(
            (rid, action)
            for rid, action in _preset_match.pairs_of(one["permissions"]) - known
            if rid != SUPERUSER and not never_matches(rid)
        )
        if more:
            names = ", ".join(match.name for match in matches)
            rows = ", ".join(f"{action} on {rid}" for rid, action in more[:5])
            rest = f" and {len(more) - 5} more" if len(more) > 5 else ""
            yield Found(one["uid"], f"Beyond {names} it has {rows}{rest}.", uid=one["uid"])


def services_of(one: Mapping[str, Any]) -> list[str]:
    """Return ids of services, without the first slash, that an account may be that of: by its name, and its folder."""
    folders = [credential["path"].rpartition("/")[0] for credential in one["credentials"] or ()]
    return [name for name in dict.fromkeys([*folders, one["uid"].replace("__", "/")]) if name and name != one["uid"]]


def unused_acl(estate: Estate) -> Iterator[Found]:
    for rid in estate.nobodys("acls"):
        yield Found(rid, "Nobody has a permission on it.", _remedies.delete_acl(rid))


def empty_group(estate: Estate) -> Iterator[Found]:
    for gid in estate.nobodys("groups"):
        yield Found(gid, "It has no members.", _remedies.delete_group(gid))


# --- unfinished work -------------------------------------------------------------------------------------------------


def unfinished_key(estate: Estate) -> Iterator[Found]:
    for one in estate.services():
        if one["unfinished"] == "key_replacement":
            yield Found(
                one["uid"], "A run that replaced its key ended early.", _remedies.finish_key(one["uid"]), one["uid"]
            )
    for gid in estate.nobodys("journals"):
        yield Found(gid, "It holds what a key replacement has to give back, and no account is waiting for it.")


def unfinished_rotation(estate: Estate) -> Iterator[Found]:
    for one in estate.services():
        if one["unfinished"] == "rotation" and one["credentials"]:
            yield Found(
                one["uid"],
                f"A secret beside '{one['credentials'][0]['path']}' holds the next key.",
                _remedies.rotate(one["uid"], one["credentials"][0]["path"], estate.store),
                one["uid"],
            )

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One service identity: what its parts are and where they lie, from the variables that describe it.

This file is private to the collection.
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._names import (
    NATIVE_PREFIX,
    SUPERUSER,
    check_gid,
    check_secret_path,
    check_store,
    check_uid,
)
from ansible_collections.dcos.security.plugins.module_utils._permissions import check_action, check_rid
from ansible_collections.dcos.security.plugins.plugin_utils import _presets
from ansible_collections.dcos.security.plugins.plugin_utils._marathon import RUNNERS

# What follows the name of a certificate in the paths of its secrets.
PARTS = {"certificate_secret": "certificate", "privatekey_secret": "private-key", "chain_secret": "ca"}

_SPELLED = re.compile(r"[A-Za-z0-9_-]+")
_UNSPELLED = re.compile(r"[^A-Za-z0-9_/-]")


def identity_of(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what the variables of one identity ask for, converted and with defaults.

    It is {uid, state, problem: None or a sentence, warnings: [sentences]} and, without a problem, what _described()
    adds.
    """
    identity: dict[str, Any] = {"uid": entry["uid"], "state": entry["state"], "problem": None, "warnings": []}
    try:
        identity.update(_described(entry, identity["warnings"]))
    except InputError as exc:
        identity["problem"] = str(exc)
    return identity


def _described(entry: dict[str, Any], warnings: list[str]) -> dict[str, Any]:
    """Return what an identity consists of: the entries of the modules' lists, less what earlier steps make of them.

    ``credential``, ``next`` (path), ``account``, ``subject``, ``certificates`` [{name, and the entry}], ``proof``,
    ``group`` (of its permissions) or None, ``tasks`` ({uid, permissions} of Marathon's account) or None,
    ``folder`` and ``stem`` (what its secrets begin with), ``rotate``, ``verify``.
    """
    uid, store = entry["uid"], entry["store"]
    check_uid(uid)
    if uid.startswith(NATIVE_PREFIX):
        raise InputError(f"'{uid}' is an account of DC/OS itself. Choose another uid.")
    check_store(store)
    for gid in filter(None, [*entry["groups"], entry["permissions_group"]]):
        check_gid(gid)
    endpoint = entry["login_endpoint"]
    if endpoint and entry["strict"] and not endpoint.lower().startswith("https://"):
        raise InputError(f"strict: true needs a login_endpoint that starts with https://, not '{endpoint}'.")
    service = entry["service"].strip("/") or uid
    place = _place(entry, service, warnings)
    permissions = _permissions(entry, service)
    group = entry["permissions_group"]
    groups = [*entry["groups"], *([group] if group and group not in entry["groups"] else [])]
    return {
        **place,
        "store": store,
        "rotate": entry["rotate"],
        "verify": entry["verify"],
        "credential": _given(
            path=place["path"],
            store=store,
            uid=uid,
            size=entry["key_size"],
            strict=entry["strict"],
            login_endpoint=endpoint,
            rotate=entry["rotate"],
        ),
        "account": _given(uid=uid, description=entry["description"], groups=groups),
        "subject": {
            **({"gid": group} if group else {"uid": uid}),
            "permissions": permissions,
            "exclusive": entry["exclusive_permissions"],
        },
        "group": group or None,
        "tasks": _tasks(entry),
        "certificates": _certificates(entry, place),
        "proof": {"secret_path": place["path"], "store": store},
    }


def _given(**options: Any) -> dict[str, Any]:
    """Return options without those that are empty, which stand for what is not given."""
    return {name: value for name, value in options.items() if value not in (None, "", [], {})}


def _place(entry: dict[str, Any], service: str, warnings: list[str]) -> dict[str, Any]:
    """Return where the secrets of an identity lie: ``folder``, ``stem``, ``path`` and ``next`` of the credential.

    A service may use the secrets whose folder is its own id, or one above it (spaces); a secret path has fewer
    characters than an id may have. Warns where the service could not read its credential.
    """
    parts = service.split("/")
    if "" in parts or "//" in entry["service"]:
        raise InputError(f"There can be no service '{entry['service']}': it has an empty part.")
    if {".", ".."} & set(parts):
        raise InputError(f"There can be no service '{entry['service']}': give its id as it is, without . and .. parts.")
    folder, stem = service, ""
    unspelled = next((number for number, part in enumerate(parts) if not _SPELLED.fullmatch(part)), None)
    if unspelled is not None:
        stem = _UNSPELLED.sub("-", "-".join(parts[unspelled:])) + "-"
        folder = "/".join(parts[:unspelled])
        if not entry["service"]:
            # Only a guess: it need not be a service of Marathon at all.
            folder, stem = _UNSPELLED.sub("-", service), ""
        elif not folder and not entry["secret_path"]:
            raise InputError(
                f"The service '/{service}' can have no folder of its own in the secret store, whose paths have "
                "letters, digits, - and _ only. Give a secret_path that it may use: secrets whose folder is its id or "
                "one above it."
            )
    default = f"{folder}/{stem}service-account"
    path = check_secret_path(entry["secret_path"] or default)
    if unspelled is not None and entry["service"] and not folder:
        folder = path.rpartition("/")[0]
    above = path.rpartition("/")[0]
    if entry["service"]:
        if above and above != service and not service.startswith(f"{above}/"):
            warnings.append(
                f"The service '/{service}' will not be able to read '{path}': it may use secrets whose folder is "
                "its id or one above it."
            )
        elif stem and not entry["secret_path"]:
            warnings.append(
                f"The secret store cannot spell '/{service}'. The credential lies at '{path}', which every service "
                f"below '/{folder}' may use."
            )
    elif "." in service and not entry["secret_path"]:
        warnings.append(
            f"The secret store cannot spell '{service}'. The credential lies at '{path}', which a service '/{service}' "
            f"could not read: in that case give its secret_path."
        )
    prefix = f"{folder}/{stem}" if folder else stem
    return {"folder": folder, "prefix": prefix, "path": path, "next": f"{path}-next"}


def _permissions(entry: dict[str, Any], service: str) -> list[dict[str, Any]]:
    """Return what is to be granted, [{rid, actions, description}], each rid once."""
    merged: dict[str, dict[str, Any]] = {}
    rows = list(entry["permissions"])
    for name in entry["presets"]:
        preset = _presets.load(name)
        own = service if entry["service"] or not preset.service else preset.service
        rows += _presets.render(
            preset,
            entry["uid"],
            own,
            _UNSPELLED.sub("-", own),
            entry["preset_role"],
            entry["preset_user"],
            entry["preset_pools"],
        )
    if entry["superuser"]:
        rows.append({"rid": SUPERUSER, "actions": ["full"]})
    for row in rows:
        check_rid(row["rid"])
        actions = [action.strip() for given in row["actions"] for action in given.split(",") if action.strip()]
        if not actions:
            raise InputError(f"The permission on '{row['rid']}' has no actions. Give them, such as actions: [read].")
        for action in actions:
            check_action(action)
        known = merged.setdefault(row["rid"], {"rid": row["rid"], "actions": []})
        known["actions"] += [action for action in actions if action not in known["actions"]]
        known.update(_given(description=row.get("description")))
    return list(merged.values())


def _tasks(entry: dict[str, Any]) -> dict[str, Any] | None:
    """Return which Linux users Marathon's own account may run tasks as, for this identity."""
    if not entry["task_users"]:
        return None
    rids = [f"dcos:mesos:master:task:user:{user}" for user in entry["task_users"]]
    for rid in rids:
        check_rid(rid)
    return {"uid": RUNNERS[entry["task_runner"]], "permissions": [{"rid": rid, "actions": ["create"]} for rid in rids]}


def _secrets_of(certificate: dict[str, Any], name: str, place: dict[str, Any]) -> dict[str, str]:
    """Return where the secrets of a certificate lie, {option: path}; takes what is said of that out of its options."""
    own = {option: certificate.pop(option, "") for option in PARTS}
    if not certificate.pop("chain") and own.pop("chain_secret"):
        raise InputError(f"The certificate '{name}' has a chain_secret, and chain: false. Take one of them out.")
    return {option: check_secret_path(own[option] or f"{place['prefix']}{name}-{PARTS[option]}") for option in own}


def _certificates(entry: dict[str, Any], place: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the certificates of an identity as [{name, entry}], for the list of dcos_ca_cert."""
    if not entry["certificates"]:
        return []
    # Only here, as it loads more than all the rest.
    from ansible_collections.dcos.security.plugins.module_utils import _x509, _x509_names

    found: dict[str, dict[str, Any]] = {}
    for certificate in entry["certificates"]:
        options = _given(**certificate)
        name = options.pop("name", "")
        options.update(_given(subject=_given(**options.pop("subject", {}))))
        if not _SPELLED.fullmatch(name):
            raise InputError(f"There can be no certificate '{name}': its name has letters, digits, - and _.")
        if name in found:
            raise InputError(f"The certificate '{name}' is there twice. Give each a name of its own.")
        _x509_names.check_common_name(options.get("common_name"))
        for host in options.get("hosts") or [options["common_name"]]:
            _x509_names.canonical_san(host)
        _x509.checked_size(options["key_type"], options.get("key_size"))
        secrets = _secrets_of(options, name, place)
        found[name] = {"store": entry["store"], **options, **secrets}
    return [{"name": name, "entry": options} for name, options in found.items()]

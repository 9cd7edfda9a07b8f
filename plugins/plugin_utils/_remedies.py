# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks that mend what the rules find. Pure.

Connection and credentials are not in them: they come from module_defaults or the environment, as anywhere else.

This file is private to the collection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.module_utils.common.yaml import yaml_dump

Tasks = list[dict[str, Any]]

_MODULE = "dcos.security."
_CHAIN_BESIDE = re.compile(r"(certificate|cert|crt)$")
_TEMPLATE = re.compile(r"{{|{%|{#")
_OWN_TEMPLATE = re.compile(r"{{ credential_\w+\.public_key }}")


def as_yaml(tasks: Tasks) -> str | None:
    """Return tasks as YAML; None where a name in them looks like a template, which Ansible would execute."""
    # By way of JSON, as ansible-core before 2.19 marks texts with types of its own, which no YAML can hold.
    plain = json.loads(json.dumps(tasks))
    if looks_like_template(plain):
        return None
    text: str = yaml_dump(plain, sort_keys=False, width=1000)
    return text


def looks_like_template(value: Any) -> bool:
    """Tell whether Ansible would execute a text in a value, those of the remedies themselves aside."""
    return any(_TEMPLATE.search(text) and not _OWN_TEMPLATE.fullmatch(text) for text in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = value.values()
    if isinstance(value, str):
        yield value
    elif value is not None and not isinstance(value, (bool, int)):
        for one in value:
            yield from _texts(one)


def _task(name: str, module: str, options: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    given = {option: value for option, value in options.items() if value is not None}
    return {"name": name, _MODULE + module: given, **more}


def _store(store: str) -> str | None:
    return None if store == "default" else store


def _variable(uid: str) -> str:
    return "credential_" + re.sub(r"\W", "_", uid)


def adopt_key(uid: str, path: str, store: str) -> Tasks:
    """Give an account the key that its secret holds."""
    options = {"path": path, "store": _store(store), "uid": uid}
    return _with_key(uid, options, f"Read the public half of the key in {path}")


def new_key(one: Mapping[str, Any], store: str, size: int) -> Tasks | None:
    """Give an account a new key, or None where no secret holds the present one."""
    paths = [credential["path"] for credential in one["credentials"] or () if credential["matches"]]
    if not paths:
        return None
    options = {"path": paths[0], "store": _store(store), "uid": one["uid"], "size": size, "rotate": True}
    return _with_key(one["uid"], options, f"Make a new key for {one['uid']}")


def _with_key(uid: str, options: Mapping[str, Any], name: str) -> Tasks:
    key = f"{{{{ {_variable(uid)}.public_key }}}}"
    return [
        _task(name, "dcos_service_account_secret", options, register=_variable(uid)),
        _task(f"Give {uid} that key", "dcos_service_account", {"uid": uid, "public_key": key}),
    ]


def repair(uid: str, path: str, store: str, strict: bool = False) -> Tasks:
    """Spell a credential as services read it, its key unchanged; ``strict``: and have it log in over https."""
    options = {"path": path, "store": _store(store), "uid": uid, "strict": strict or None}
    return [_task(f"Repair the credential of {uid}", "dcos_service_account_secret", options)]


def finish_key(uid: str) -> Tasks:
    """Finish the replacement of a key."""
    return [_task(f"Finish what was begun with {uid}", "dcos_service_account", {"uid": uid})]


def rotate(uid: str, path: str, store: str) -> Tasks:
    """Finish a rotation."""
    variables = {
        "service_identity_uid": uid,
        "service_identity_secret_path": path,
        "service_identity_store": _store(store),
    }
    role = {"name": "dcos.security.service_identity", "tasks_from": "rotate"}
    return [
        {
            "name": f"Finish the rotation of {uid}",
            "ansible.builtin.include_role": role,
            "vars": {name: value for name, value in variables.items() if value},
        }
    ]


def revoke(uid: str, row: Mapping[str, Any]) -> Tasks:
    """Take a permission away."""
    options = {"uid": uid, "rid": row["rid"], "actions": list(row["actions"]), "state": "absent"}
    return [_task(f"Revoke a permission of {uid}", "dcos_acl", options)]


def delete_acl(rid: str) -> Tasks:
    """Delete an ACL on which nobody has a permission."""
    return [_task("Delete an ACL that grants nothing", "dcos_acl", {"rid": rid, "state": "absent"})]


def delete_group(gid: str) -> Tasks:
    """Delete a group."""
    return [_task("Delete an empty group", "dcos_group", {"gid": gid, "state": "absent"})]


def certificate(
    found: Mapping[str, Any],
    store: str,
    days: int | None = None,
    renew_key: bool | None = None,
    force: bool | None = None,
    key_size: int | None = None,
) -> Tasks | None:
    """Have a certificate issued anew where that is needed; None where it cannot be told for whom, or with
    which key, or where its secrets may not all be read."""
    path, key = found["certificate_secret"], found["privatekey_secret"]
    if found["unread"] or not found["common_name"] or key in (None, path) or found["key_type"] not in ("RSA", "ECDSA"):
        return None
    chain = found["chain_secret"] or _CHAIN_BESIDE.sub("ca", path)
    options = {
        "common_name": found["common_name"],
        "hosts": list(found["hosts"]) or None,
        "subject": dict(found["subject"]) or None,
        "certificate_secret": path,
        "privatekey_secret": key,
        "chain_secret": chain if chain != path else f"{path}-ca",
        "store": _store(store),
        "key_type": found["key_type"],
        "key_size": key_size or found["key_size"],
        "remaining_days": days,
        "renew_key": renew_key,
        "force": force,
    }
    return [_task(f"Issue the certificate for {found['common_name']} anew", "dcos_ca_cert", options)]

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the variables of the role service_identity ask for, converted, checked and filled in, for all identities.

No request is sent here. What is wrong with the variables as a whole is an error; what is wrong with one identity is
its ``problem``, so that the others of a list are provided all the same.

This file is private to the collection.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Mapping
from typing import Any, Callable

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.yaml import yaml_load

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._given import checked
from ansible_collections.dcos.security.plugins.plugin_utils import _presets
from ansible_collections.dcos.security.plugins.plugin_utils._identity import PARTS, identity_of

PREFIX = "service_identity_"
LIST = "service_identities"
# Variables that begin like those of the role: one that it does not know is a misspelt one.
ALIKE = "service_identit"
# What the role sets itself.
RESULTS = ("service_identity_result", "service_identity_results")
# Are the playbooks' own.
OF_THE_PLAYBOOKS = ("service_identities_fail_on_change", "service_identities_unmanaged", "service_identities_all")
# Concern a run and not an identity.
OF_THE_RUN = ("run_once", "other_variables")
# Name one identity, or are its content. All other variables, given beside a list, are defaults of its entries.
OWN = ("uid", "description", "service", "secret_path", "superuser", "permissions", "certificates")


Identity = dict[str, Any]


@functools.cache
def specs() -> dict[str, Any]:
    """Return the options of the role's entry point ``main``, as its argument_specs declare them."""
    text = (_presets.ROLE / "meta" / "argument_specs.yml").read_text("utf-8")
    options: dict[str, Any] = yaml_load(text)["argument_specs"]["main"]["options"]
    return options


def entry_specs() -> dict[str, Any]:
    """Return the options of one entry of the list."""
    options: dict[str, Any] = specs()[LIST]["options"]
    return options


def plan(variables: Mapping[str, Any], value: Callable[[str], Any]) -> list[Identity]:
    """Return the identities that the variables of a task ask for.

    Args:
        variables: all of the task, of which only the names matter.
        value: returns the value of a variable, templated; None where it is not given.

    Each is what identity_of() returns. Raises InputError for variables that are not understood, for a list with wrong
    entries, and for entries that are about the same thing.
    """
    _refuse_unknown(variables, value)
    single = {name: value(PREFIX + name) for name in entry_specs()}
    entries = value(LIST)
    if (entries is None) == (single["uid"] in (None, "")):
        raise InputError(
            f"Give either {PREFIX}uid, for one identity, or {LIST}, for a list of them."
            if entries is None
            else f"{LIST} does not go with {PREFIX}uid: give it as the uid of an entry."
        )
    identities = [identity_of(_converted(single, PREFIX))] if entries is None else _listed(entries, single)
    _refuse_shared(identities)
    return identities


def plan_of_hosts(hosts: list[Mapping[str, Any]], limited: bool, value: Callable[[str], Any]) -> list[Identity]:
    """Return the identities that hosts of an inventory stand for, each by its variables, as plan() does.

    With a list of identities in ``value`` they are its entries, where the hosts are ``limited`` those among them.
    """
    others = value(f"{PREFIX}other_variables")
    _refuse_unknown({name for host in hosts for name in host}, value)
    entries = value(LIST)
    if entries is None:
        entries = [_entry_of_host(host) for host in hosts]
    elif limited and isinstance(entries, (list, tuple)):
        uids = {host.get(f"{PREFIX}uid") for host in hosts}
        entries = [entry for entry in entries if not isinstance(entry, Mapping) or entry.get("uid") in uids]
        if not entries:
            raise InputError(f"None of the {len(hosts)} hosts that are left is in {LIST}.")
    return plan({}, {LIST: entries, f"{PREFIX}other_variables": others}.get)


def _entry_of_host(host: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a host as an entry. Where its credential lies is known, unless they say it."""
    entry = {name: host[PREFIX + name] for name in entry_specs() if host.get(PREFIX + name) is not None}
    credentials = (host.get("dcos_identity") or {}).get("credentials") or ()
    path = next((credential["path"] for credential in credentials if credential["matches"]), None)
    return entry if path is None or {"service", "secret_path"} & set(entry) else {**entry, "secret_path": path}


def _refuse_unknown(variables: Iterable[str], value: Callable[[str], Any]) -> None:
    """Raise InputError for a variable that begins like those of the role, and is none of them."""
    known = {*specs(), *RESULTS, *OF_THE_PLAYBOOKS}
    alike = [name for name in variables if isinstance(name, str) and name.startswith(ALIKE) and name not in known]
    if not alike:
        return
    others = value(f"{PREFIX}other_variables") or ()
    unknown = sorted(set(alike) - set(others.split(",") if isinstance(others, str) else others))
    if unknown:
        near = {name: difflib.get_close_matches(name, sorted(known), 1) for name in unknown}
        texts = [f"{name} (did you mean {near[name][0]}?)" if near[name] else name for name in unknown]
        raise InputError(
            f"The role service_identity has no variable {', '.join(texts)}. Correct the name. If it is a variable of "
            f"your own, rename it, or name it in {PREFIX}other_variables."
        )


def _listed(entries: Any, single: dict[str, Any]) -> list[Identity]:
    """Return the identities of a list; ``single`` are the variables beside it."""
    beside = [name for name in OWN if single[name] not in (None, "", [], False)]
    if beside:
        raise InputError(f"{PREFIX}{beside[0]} does not go with {LIST}: give it as {beside[0]} of an entry.")
    if not isinstance(entries, (list, tuple)):
        raise InputError(f"{LIST} must be a list of mappings, each with the variables of one identity.")
    defaults = {name: single[name] for name in single if name not in OWN}
    identities, wrong = [], []
    for number, entry in enumerate(entries, 1):
        try:
            if not isinstance(entry, Mapping):
                raise InputError("it is no mapping.")
            unknown = sorted(set(map(str, entry)) - set(entry_specs()))
            if unknown:
                near = difflib.get_close_matches(unknown[0].replace(PREFIX, ""), list(entry_specs()), 1)
                raise InputError(f"there is no '{unknown[0]}'{f', did you mean {near[0]}?' if near else '.'}")
            given = {name: given for name, given in entry.items() if given is not None}
            identities.append(identity_of_entry({**defaults, **given}))
        except InputError as exc:
            uid = entry.get("uid") if isinstance(entry, Mapping) else None
            wrong.append(f"{LIST}, entry {number}{f' ({uid})' if uid else ''}: {exc}")
    if wrong:
        more = f" (and {len(wrong) - 10} more)" if len(wrong) > 10 else ""
        raise InputError(" ".join(wrong[:10]) + more)
    return identities


def _converted(given: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Return the variables of one identity as their types say, with defaults. Raises InputError for wrong types.

    As in modules, null is not given, and nothing is taken in Python's spelling.

    ``prefix`` is what stands before the names that messages mention.
    """
    validator = _validator(prefix)
    spec = validator.argument_spec
    values = checked(spec, {prefix + name: value for name, value in given.items() if value is not None})
    result = validator.validate({name: _split(value, spec[name]) for name, value in values.items()})
    if result.error_messages:
        raise InputError(result.error_messages[0].rstrip(".") + ".")
    return {name[len(prefix) :]: value for name, value in result.validated_parameters.items()}


@functools.cache
def _validator(prefix: str) -> ArgumentSpecValidator:
    return ArgumentSpecValidator({prefix + name: option for name, option in _plain(entry_specs()).items()})


def _plain(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a spec of the role without its documentation."""
    kept = ("type", "elements", "choices", "default", "required", "options")
    return {
        name: {key: _plain(value) if key == "options" else value for key, value in option.items() if key in kept}
        for name, option in spec.items()
    }


def _split(value: Any, option: Mapping[str, Any]) -> Any:
    """Return a value in which words in a text are a list where there should be one, as in modules."""
    if option.get("type") == "list" and option.get("elements") == "str" and isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    if isinstance(value, Mapping):
        inner = option.get("options", {})
        return {name: _split(kept, inner.get(name, {})) for name, kept in value.items()}
    if isinstance(value, (list, tuple)):
        return [_split(kept, {**option, "type": option.get("elements")}) for kept in value]
    return value


def identity_of_entry(entry: Mapping[str, Any]) -> Identity:
    """Return what one entry of the list asks for, as identity_of() does. Raises InputError for wrong types."""
    return identity_of(_converted(entry, ""))


def things_of(identity: Identity) -> list[tuple[str, ...]]:
    """Return what no other identity may have, as (kind, …, name)."""
    things: list[tuple[str, ...]] = [("uid", identity["uid"])]
    if identity["problem"]:
        return things
    store = identity["store"]
    things += [("secret", store, identity["path"]), ("secret", store, identity["next"])]
    things += [
        ("secret", store, certificate["entry"][option])
        for certificate in identity["certificates"]
        for option in PARTS
        if option in certificate["entry"]
    ]
    return things + ([("group", identity["group"])] if identity["group"] else [])


def _refuse_shared(identities: list[Identity]) -> None:
    """Raise InputError where two identities are about the same thing: none could tell which of them was meant."""
    seen: dict[Any, str] = {}
    for identity in identities:
        for thing in things_of(identity):
            if thing in seen:
                whose = (
                    f"'{seen[thing]}' and '{identity['uid']}' both have"
                    if seen[thing] != identity["uid"]
                    else (f"'{identity['uid']}' has twice")
                )
                raise InputError(f"{whose} the {thing[0]} '{thing[-1]}'. Each identity needs its own.")
            seen[thing] = identity["uid"]

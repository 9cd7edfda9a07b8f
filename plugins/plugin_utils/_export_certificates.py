# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of a cluster as entries of the role's list, those that it would keep as they are. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _x509, _x509_names
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.plugin_utils._estate import Estate
from ansible_collections.dcos.security.plugins.plugin_utils._identity import PARTS
from ansible_collections.dcos.security.plugins.plugin_utils._remedies import looks_like_template

Entry = dict[str, Any]
Facts = Mapping[str, Any]

# When the role has a certificate issued anew.
REMAINING_DAYS = 30
TEMPLATE = "It has a name that looks like a template, which Ansible would execute."


def secrets_of_several(estate: Estate) -> set[str]:
    """Return the paths that belong to more than one certificate."""
    paths = Counter(path for _uid, found in estate.certificates() for path in {found[part] for part in PARTS} - {None})
    return {path for path, times in paths.items() if times > 1}


def in_place(certificates: Iterable[Facts], prefix: str) -> int:
    """Return how many certificates lie where the role would put them, ``prefix`` being that of the identity."""
    return sum(_name(found, prefix, {}) is not None for found in certificates)


def _name(found: Facts, prefix: str, taken: Mapping[str, Any]) -> str | None:
    """Return the name by which the role finds a certificate, if there is one."""
    match = re.fullmatch(rf"{re.escape(prefix)}([A-Za-z0-9_-]+)-certificate", found["certificate_secret"])
    return match[1] if match and match[1] not in taken else None


def entries_of(
    certificates: Iterable[Facts], prefix: str, estate: Estate, shared: set[str], notes: list[str]
) -> Iterator[Entry]:
    """Yield the certificates that the role would keep as they are; the others are noted."""
    taken: dict[str, Facts] = {}
    for found in certificates:
        fault = _fault(found, estate, shared)
        if fault:
            notes.append(f"The certificate in '{found['certificate_secret']}' is left out. {fault}")
            continue
        name = _name(found, prefix, taken) or _new_name(found["certificate_secret"].rpartition("/")[2], taken)
        taken[name] = found
        chain = found["chain_secret"]
        if chain in shared:
            notes.append(f"The issuers in '{chain}' are those of several certificates, and not kept by the role.")
            chain = None
        yield _certificate(found, name, prefix, chain)


def _new_name(stem: str, taken: Mapping[str, Any]) -> str:
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name


def _certificate(found: Facts, name: str, prefix: str, chain: str | None) -> Entry:
    common_name = found["common_name"]
    rsa = found["key_type"] == "RSA"
    entry: Entry = {"name": name, "common_name": common_name}
    entry["hosts"] = [] if found["hosts"] == [common_name.lower()] else found["hosts"]
    entry["subject"] = found["subject"]
    entry["key_type"] = "" if rsa else found["key_type"]
    entry["key_size"] = "" if found["key_size"] == _x509.KEY_SIZES[found["key_type"]][0] else found["key_size"]
    places = {**found, "chain_secret": chain}
    for option, part in PARTS.items():
        entry[option] = places[option] if places[option] != f"{prefix}{name}-{part}" else ""
    entry = {key: value for key, value in entry.items() if value not in (None, "", [], {})}
    return entry if chain else {**entry, "chain": False}


def _fault(found: Facts, estate: Estate, shared: set[str]) -> str | None:
    """Say why the role would not keep a certificate as it is, or return None."""
    sizes = _x509.KEY_SIZES.get(found["key_type"], ())
    key = found["privatekey_secret"]
    faults = {
        f"Not all of it may be read: {', '.join(found['unread'])}.": bool(found["unread"]),
        "No secret beside it holds its key.": key is None,
        "One secret holds it and its key.": key == found["certificate_secret"],
        "Its key belongs to another certificate, too.": key in shared,
        f"The key in '{key}' belongs to another one.": found["key_matches"] is False,
        "It has no common name.": not found["common_name"],
        "It has no subject alternative names, which the CA gives every certificate.": not found["hosts"],
        f"Its key is of type {found['key_type']} with {found['key_size']} bits, which the CA does not issue for.": (
            found["key_size"] not in sizes
        ),
        "The present CA of the cluster has not issued it, and it would be issued anew.": (
            found["signed_by_cluster"] is not True
        ),
        f"The chain in '{found['chain_secret']}' is another CA's, and would be replaced.": found["chain_matches"]
        is False,
        f"It ends on {found['not_after']}, and would be issued anew.": estate.days_left(found) < REMAINING_DAYS,
        TEMPLATE: looks_like_template([found["common_name"], found["hosts"], found["subject"]]),
    }
    fault = next((text for text, is_so in faults.items() if is_so), None)
    return fault or _fault_of_names(found)


def _fault_of_names(found: Facts) -> str | None:
    try:
        _x509_names.check_common_name(found["common_name"])
        other = [host for host in found["hosts"] if _x509_names.canonical_san(host)[1] != host]
    except InputError as exc:
        return str(exc)
    return f"It is for '{other[0]}', which would be spelt otherwise." if other else None

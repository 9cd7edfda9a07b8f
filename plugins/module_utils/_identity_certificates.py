# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which certificates the secret store holds, with what belongs to each, and whose secrets lie where. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _x509
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._identity_reading import Readings
from ansible_collections.dcos.security.plugins.module_utils._stored import Description

# The accounts whose secrets lie in a folder, {folder: uids}.
Owners = dict[str, set[str]]

# How the secrets of one certificate are told apart by their names.
_WORD = re.compile(
    r"(?:^|[-_/])(?P<word>certificate|cert|crt|private-?key|privkey|key|chain|ca-?bundle|ca-?cert|ca|bundle)$"
)
# What a certificate says of itself.
_SAID = ("common_name", "subject", "hosts", "key_type", "key_size", "not_after", "fingerprint")


def of_kind(secrets: Mapping[str, Description], kind: str) -> Iterable[tuple[str, Description]]:
    """Return the secrets of a kind, with their paths."""
    return ((path, what) for path, what in secrets.items() if what["kind"] == kind)


@dataclass
class _Folder:
    """What a folder of the store holds of certificates, and how many secrets of it may not be read."""

    certificate: dict[str, Description] = field(default_factory=dict)
    key: dict[str, Description] = field(default_factory=dict)
    chain: dict[str, Description] = field(default_factory=dict)
    denied: int = 0


def certificates(readings: Readings) -> list[dict[str, Any]]:
    """Return the certificates of the store, each with the secrets that hold its key and its chain."""
    denied = Counter(_folder_of(path) for path in readings.denied)
    folders: dict[str, _Folder] = {}
    for path, what in readings.secrets.items():
        if what["kind"] != "credential":
            name = _folder_of(path)
            getattr(folders.setdefault(name, _Folder(denied=denied[name])), what["kind"])[path] = what
    return [
        _certificate(path, what, folder, readings.signers)
        for _name, folder in sorted(folders.items())
        for path, what in sorted(folder.certificate.items())
    ]


def _certificate(path: str, what: Description, folder: _Folder, signers: list[str] | None) -> dict[str, Any]:
    # With others, or with what may not be read, the only key of a folder need not be that of this certificate.
    alone = len(folder.certificate) + folder.denied == 1
    key: str | None = path
    matches = what["key_fingerprint"] == what["fingerprint"]
    if what["key_fingerprint"] is None:
        fitting = [name for name, found in folder.key.items() if found["fingerprint"] == what["fingerprint"]]
        key = _closest(path, fitting, alone=True) or _closest(path, folder.key, alone)
        matches = key in fitting
    chain = _closest(path, folder.chain, alone)
    unread = [name for name, found in (("privatekey_secret", key), ("chain_secret", chain)) if not found]
    return {
        "certificate_secret": path,
        "privatekey_secret": key,
        "chain_secret": chain,
        **{name: what[name] for name in _SAID},
        "key_matches": matches if key else None,
        "chain_matches": _signed(what["pem"], _x509.split_bundle(folder.chain[chain]["pem"])[:1]) if chain else None,
        "signed_by_cluster": None if signers is None else _signed(what["pem"], signers),
        "unread": unread if folder.denied else [],
    }


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def _stem(path: str) -> str:
    """Return the path of a secret without the word that says which part of a certificate it is."""
    found = _WORD.search(path)
    return path[: found.start()] if found else path


def _closest(path: str, candidates: Iterable[str], alone: bool) -> str | None:
    """Return the candidate that is called as ``path`` is, or the only one where the certificate is ``alone``."""
    names = sorted(candidates)
    same = [name for name in names if _stem(name) == _stem(path)]
    if same:
        return same[0]
    return names[0] if len(names) == 1 and alone else None


def _signed(pem: str, issuers: list[str]) -> bool:
    try:
        return any(_x509.is_signed_by(pem, issuer) for issuer in issuers)
    except InputError:
        return False


def owners(readings: Readings) -> Owners:
    """Return the accounts whose secrets lie in a folder, {folder: uids}: that of a credential, or of their name."""
    found: Owners = {}
    for path, what in of_kind(readings.secrets, "credential"):
        folder = _folder_of(path)
        if folder and what["uid"] in (readings.users or ()):
            found.setdefault(folder, set()).add(what["uid"])
    for uid in readings.users or ():
        found.setdefault(uid.replace("__", "/"), set()).add(uid)
    return found


def owner(path: str, owners_of: Owners) -> str | None:
    """Return the account that a secret belongs to: that of its folder, or of the next one above that has one."""
    folder = _folder_of(path)
    stem = _stem(path).rpartition("/")[2]
    while True:
        uids = owners_of.get(folder, set())
        named = [uid for uid in sorted(uids) if stem == uid or stem.startswith(f"{uid}-")]
        if len(uids) == 1 or named:
            return max(named, key=len) if named else next(iter(uids))
        if not folder:
            return stem if stem in owners_of.get(stem, ()) else None
        folder = _folder_of(folder)

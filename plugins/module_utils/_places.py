# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a certificate, its key and its chain are kept: in files or in secrets.

This file is private to the collection.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from ansible_collections.dcos.security.plugins.module_utils._client import Client, at_once
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._options import read_bytes
from ansible_collections.dcos.security.plugins.module_utils._secrets import TEXT, Secret

# In this order they are written: a key without its certificate is finished by the next run, which keeps the key.
PARTS = ("private_key", "chain", "certificate")
# Which option names the place of which part, in files and in secrets.
FILES = {"certificate": "path", "private_key": "privatekey_path", "chain": "chain_path"}
SECRETS = {"certificate": "certificate_secret", "private_key": "privatekey_secret", "chain": "chain_secret"}
NEW_FILE_MODE = "0644"


class Places(NamedTuple):
    """What the options of dcos_ca_cert name, {part: path} of PARTS; one of the two is empty."""

    files: dict
    secrets: dict


def places_of(params: dict, with_key: bool) -> Places:
    """Return the places that the options of dcos_ca_cert name.

    Raises InputError for two kinds of places or none, for a place that is missing, and for one that is given twice.
    """
    files, secrets = (
        {part: params[name] for part, name in names.items() if params[name]} for names in (FILES, SECRETS)
    )
    if bool(files) == bool(secrets):
        raise InputError(
            "Say where the certificate is kept: either in files (path, privatekey_path, chain_path) or in secrets "
            "(certificate_secret, privatekey_secret, chain_secret)."
        )
    names, paths = (FILES, files) if files else (SECRETS, secrets)
    if "certificate" not in paths or (with_key and "private_key" not in paths):
        needed = names["certificate"] + (f" and {names['private_key']}" if with_key else "")
        raise InputError(f"Without {needed} the next run could not tell what it has: give {needed}.")
    spots = [os.path.realpath(path) if files else path.lstrip("/") for path in paths.values()]
    if len(set(spots)) < len(spots):
        raise InputError(f"'{max(spots, key=spots.count)}' is given twice: certificate, key and chain lie apart.")
    return Places(files, secrets)


def opened(task, client: Client, places: Places) -> Files | Secrets:
    """Return what reads and writes the places."""
    return Files(task, places.files) if places.files else Secrets(client, places.secrets, task.params["store"])


class Files:
    """A certificate kept in files; ``paths`` is {part: path} of PARTS."""

    def __init__(self, task, paths: dict):
        self._task = task
        self._paths = paths
        self.parts = tuple(paths)

    def label(self, part: str) -> str:
        """Return how to call the place of a part in messages."""
        return f"'{self._paths[part]}'"

    def _mode(self, part):
        if part == "private_key":
            return self._task.params["privatekey_mode"]
        mode = self._task.params["mode"]
        return self._task.mode_of(self._paths[part], NEW_FILE_MODE) if mode is None else mode

    def load(self) -> dict:
        """Return {part: PEM} of what is there."""
        return {part: _text(read_bytes(path, part)) for part, path in self._paths.items() if os.path.exists(path)}

    def prepare(self) -> None:
        """Raise InputError where files cannot be made, before a certificate is issued that could not be kept."""
        for folder in sorted({os.path.dirname(path) or "." for path in self._paths.values()}):
            if not os.access(folder, os.W_OK | os.X_OK):
                state = "cannot be written to" if os.path.isdir(folder) else "is no folder"
                raise InputError(f"The certificate cannot be kept, because '{folder}' {state}. Create it first.")

    def save(self, contents: dict, _before: dict) -> bool:
        """Write the given parts aside and rename them together."""
        self._task.write_files(
            [(self._paths[part], contents[part], self._mode(part)) for part in PARTS if part in contents]
        )
        return True

    def tidy(self) -> bool:
        """Set owner, mode and the like of all parts; True if that changed any."""
        return self._task.set_attributes(
            {path: self._mode(part) for part, path in self._paths.items() if os.path.exists(path)}
        )


class Secrets:
    """A certificate kept in text secrets; ``paths`` is {part: path} of PARTS."""

    def __init__(self, client: Client, paths: dict, store: str):
        self._secrets = {part: Secret(client, path, store) for part, path in paths.items()}
        self.parts = tuple(paths)
        self._present: dict = {}

    def label(self, part: str) -> str:
        """Return how to call the place of a part in messages."""
        return self._secrets[part].label

    def load(self) -> dict:
        """Return {part: PEM} of what is there; one read a part, all at once."""
        found = at_once(*(secret.read for secret in self._secrets.values()))
        self._present = {part: present for part, present in zip(self._secrets, found) if present}
        return {part: _text(present["value"]) for part, present in self._present.items()}

    def prepare(self) -> None:
        """Whether a secret may be written shows only when it is."""

    def save(self, contents: dict, before: dict) -> bool:
        """Write the given parts one after the other, the certificate last; False as soon as somebody was faster."""
        for part in (part for part in PARTS if part in contents):
            secret, desired = self._secrets[part], {"content_type": TEXT, "value": contents[part]}
            if not (secret.update(self._present[part], desired) if part in before else secret.create(desired)):
                return False
        return True

    def tidy(self) -> bool:
        """Secrets have no attributes to set."""
        return False


def _text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a certificate goes, with all that belongs to it: files, or secrets of the DC/OS secret store.

What is stored is a dict {part: content}: text (PEM), or bytes of what is binary.

This file is private to the collection.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Union

from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._converge import Fate
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._files import FileWriter, absolute, mode_of, read_bytes
from ansible_collections.dcos.security.plugins.module_utils._parallel import at_once
from ansible_collections.dcos.security.plugins.module_utils._secrets import BINARY, TEXT, Secret

# In this order they are written: a key without its certificate is finished by the next run, which keeps the key.
PARTS = ("private_key", "chain", "truststore", "keystore", "certificate")
# PKCS#12 with the key and with the CA.
BINARY_PARTS = ("keystore", "truststore")
# What nobody but its owner may read.
SECRET_PARTS = ("private_key", "keystore")
NEW_FILE_MODE = "0644"

Content = Union[str, bytes]


class CertificateFiles:
    """A certificate kept in files.

    Args:
        paths: {part: path} of PARTS.
        mode: of the files that hold no key; None keeps that of a file, and gives a new one NEW_FILE_MODE.
        secret_mode: of the files of SECRET_PARTS.
        probe_folders: whether the folders have to be there, and open for writing, by now.
    """

    def __init__(self, writer: FileWriter, paths: Mapping[str, str], mode: Any, secret_mode: Any, probe_folders: bool):
        self._writer = writer
        self._paths = {part: absolute(path) for part, path in paths.items()}
        self._mode_of_others = mode
        self._secret_mode = secret_mode
        self._probe_folders = probe_folders
        self.parts = tuple(paths)

    def label(self, part: str) -> str:
        """Return how to call the place of a part in messages."""
        return f"'{self._paths[part]}'"

    def _mode(self, part: str) -> Any:
        if part in SECRET_PARTS:
            return self._secret_mode
        mode = self._mode_of_others
        return mode_of(self._paths[part], NEW_FILE_MODE) if mode is None else mode

    def read(self) -> dict[str, Content]:
        """Return {part: content} of what is there."""
        return {
            part: _content(part, read_bytes(path, part)) for part, path in self._paths.items() if os.path.exists(path)
        }

    def check(self) -> None:
        """Raise InputError where files cannot be made, before a certificate is issued that could not be kept."""
        for folder in sorted({os.path.dirname(absolute(path)) for path in self._paths.values()}):
            if self._probe_folders and not os.access(folder, os.W_OK | os.X_OK):
                state = "cannot be written to" if os.path.isdir(folder) else "is no folder"
                raise InputError(f"The certificate cannot be kept, because '{folder}' {state}. Create it first.")
        self._writer.check({path: self._mode(part) for part, path in self._paths.items()})

    def write(self, contents: Mapping[str, Content]) -> bool:
        """Write the given parts aside and rename them together; return whether any was written."""
        self._writer.write(
            [(self._paths[part], contents[part], self._mode(part)) for part in PARTS if part in contents]
        )
        return bool(contents)

    def set_attributes(self) -> bool:
        """Set owner, mode and the like of all parts; True if that changed any."""
        return self._writer.set_attributes(
            {path: self._mode(part) for part, path in self._paths.items() if os.path.exists(path)}
        )


class CertificateSecrets:
    """A certificate kept in secrets, text ones but for what is binary; ``paths`` is {part: path} of PARTS."""

    def __init__(self, client: Client, paths: Mapping[str, str], store: str):
        self._secrets = {part: Secret(client, path, store) for part, path in paths.items()}
        self._present: dict[str, dict[str, Any]] = {}
        self.parts = tuple(paths)

    def label(self, part: str) -> str:
        """Return how to call the place of a part in messages."""
        return self._secrets[part].label

    def read(self) -> dict[str, Content]:
        """Return {part: content} of what is there; one read a part, all at once."""
        found = at_once(*(secret.read for secret in self._secrets.values()))
        self._present = {part: present for part, present in zip(self._secrets, found) if present}
        return {part: _content(part, present["value"]) for part, present in self._present.items()}

    def check(self) -> None:
        """Whether a secret may be written shows only when it is."""

    def write(self, contents: Mapping[str, Content]) -> bool:
        """Write the given parts one after the other, the certificate last; stop as soon as somebody was faster.

        Returns whether any was written.
        """
        written = False
        for part in (part for part in PARTS if part in contents):
            content = contents[part]
            desired = {"content_type": BINARY if isinstance(content, bytes) else TEXT, "value": content}
            secret, present = self._secrets[part], self._present.get(part)
            fate = secret.create(desired) if present is None else secret.update(present, desired)
            if not fate:
                return written or fate is Fate.UNSURE
            written = True
        return written

    def set_attributes(self) -> bool:
        """Secrets have no attributes to set."""
        return False


def _content(part: str, value: Content) -> Content:
    """Return the content of a part as text, unless it is binary: a PKCS#12, or a private key in DER."""
    if part in BINARY_PARTS:
        return value.encode() if isinstance(value, str) else value
    if isinstance(value, str) or (part == "private_key" and value[:1] == b"\x30"):
        return value
    return value.decode("utf-8", "replace")

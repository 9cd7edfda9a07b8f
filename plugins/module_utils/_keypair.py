# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key pair in files, as an entity: an RSA private key in PKCS#8 PEM and, if wanted, its public half in SPKI PEM.

This file is private to the collection.
"""

from __future__ import annotations

import os
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.plugins.module_utils._converge import Entity
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._files import absolute, mode_of, read_text
from ansible_collections.dcos.security.plugins.module_utils._task import Task

PRIVATE_MODE = "0600"
PUBLIC_MODE = "0644"


class KeyPair(Entity):
    """Fields: ``private_key`` and, where there is a path for it, ``public_key`` (PEM; empty where there is none yet).

    Nothing that is not a key of the kind that belongs there is ever overwritten.

    Args:
        mode: mode of the private key's file.
    """

    secret_fields = ("private_key",)

    def __init__(self, task: Task, private_path: str, public_path: str | None, mode: Any) -> None:
        if public_path and os.path.realpath(private_path) == os.path.realpath(public_path):
            raise InputError("private_key_path and public_key_path are the same file: name two.")
        private_path, public_path = absolute(private_path), public_path and absolute(public_path)
        self.label = f"key pair '{private_path}'"
        self._task = task
        self._private_path = private_path
        self._public_path = public_path
        self._mode = mode
        self.predicted: str | None = None  # a private key that is made in check mode, and thrown away

    def read(self) -> dict[str, str] | None:
        """Return what the files hold. Raises InputError where one holds something else than a key of this kind."""
        public = {"public_key": _read_public(self._public_path)} if self._public_path else {}
        if not os.path.lexists(self._private_path):
            return None
        text = read_text(self._private_path, "private_key_path")
        self._task.hide(text)
        refused = f"private_key_path '{self._private_path}' is left alone, because it holds"
        try:
            _keys.normalize_private_key(text, "file")
        except InputError as exc:
            raise InputError(f"{refused} no RSA private key that can be read. {exc}") from exc
        if not _is_alone(text):
            raise InputError(f"{refused} more than a private key. Name another file.")
        return {"private_key": text, **public}

    def differs(self, field: str, present: str, desired: str) -> bool:
        """A private key in another PEM spelling than PKCS#8 is rewritten; white space around it is no difference."""
        if field == "private_key":
            return not _keys.is_pkcs8(present) or _keys.normalize_private_key(present) != desired
        return present.strip() != desired.strip()

    def shown(self, fields: dict[str, str]) -> dict[str, str]:
        """A fingerprint says more to a reader of a diff than a PEM does; that of a key to come is only an example."""
        view = dict(fields)
        if view.get("public_key"):
            predicted = " (predicted)" if self.predicted and view.get("private_key") == self.predicted else ""
            view["public_key"] = (_keys.fingerprint(view["public_key"]) or "(damaged)") + predicted
        return view

    def check(self, before: dict[str, str] | None, changes: dict[str, str] | None) -> None:
        """Files that cannot be made as asked for are an error in check mode, too."""
        if changes:
            self._task.files.check({path: mode for path, _text, mode in self._files(changes)})

    def create(self, desired: dict[str, str]) -> bool:
        """Write both files."""
        self._write(desired)
        return True

    def update(self, before: dict[str, str], changes: dict[str, str]) -> bool:
        """Write the files that differ."""
        self._write(changes)
        return True

    def _write(self, keys: dict[str, str]) -> None:
        self._task.files.write(self._files(keys))

    def _files(self, keys: dict[str, str]) -> list[tuple[str, str, Any]]:
        files = []
        if "private_key" in keys:
            files.append((self._private_path, keys["private_key"], self._mode))
        if "public_key" in keys and self._public_path:
            files.append((self._public_path, keys["public_key"], mode_of(self._public_path, PUBLIC_MODE)))
        return files

    def set_attributes(self) -> bool:
        """Set the mode of the private key, and owner, group and the like of both; True if that changed any."""
        modes = {self._private_path: self._mode, self._public_path: None}
        return self._task.files.set_attributes(
            {path: mode for path, mode in modes.items() if path and os.path.exists(path)}
        )


def _read_public(path: str) -> str:
    if not os.path.lexists(path):
        return ""
    text = read_text(path, "public_key_path")
    if text.strip() and [label for label, _block in _keys.pem_blocks(text)] not in (
        ["PUBLIC KEY"],
        ["RSA PUBLIC KEY"],
    ):
        raise InputError(
            f"public_key_path '{path}' holds something else than a public key, and is left alone. "
            "Name another file, or delete this one."
        )
    return text


def _is_alone(text: str) -> bool:
    text = text.strip()
    return text.startswith("-----BEGIN ") and text.endswith("-----") and text.count("-----BEGIN ") == 1

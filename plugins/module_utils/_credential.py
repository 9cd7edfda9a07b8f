# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service-account credentials: the JSON that a service logs in with, kept as a text secret.

Layout, as ``dcos security secrets create-sa-secret`` writes it: ``login_endpoint``, ``private_key``, ``scheme``
("RS256") and ``uid``. SDK schedulers read only PKCS#8 keys, and the DC/OS UI misspells ``scheme`` as ``schema``: both
are repaired without changing the key.

This file is private to the collection.
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.plugins.module_utils._auth import parse_credential
from ansible_collections.dcos.security.plugins.module_utils._converge import Entity, Fate
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError, RefusedError
from ansible_collections.dcos.security.plugins.module_utils._secrets import KEPT, TEXT, Secret

# Works in permissive and strict clusters alike; the CLI of 2021 writes it too.
DEFAULT_ENDPOINT = "https://leader.mesos/acs/api/v1/auth/login"
SCHEME = "RS256"
MEMBERS = ("login_endpoint", "private_key", "scheme", "schema", "uid")


def read_credential(secret: Secret) -> dict[str, Any] | None:
    """Return the credential kept in ``secret`` as a dict, or None if there is no secret.

    Raises InputError if the secret holds something else. A credential stored as a file is read all the same.
    """
    present = secret.read()
    return None if present is None else _parse(present["value"], secret.label)


def _parse(value: str | bytes, what: str) -> dict[str, Any]:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return parse_credential(value, what[:1].upper() + what[1:])


def build(uid: str, private_key: str, login_endpoint: str) -> dict[str, Any]:
    """Return the credential of ``uid``, its key in the canonical form."""
    return {
        "login_endpoint": login_endpoint,
        "private_key": _keys.normalize_private_key(private_key),
        "scheme": SCHEME,
        "uid": uid,
    }


def choose_endpoint(present: dict[str, Any] | None, given: str | None, strict: bool) -> str:
    """Return the login endpoint to store: the one given, else the stored one unless ``strict`` meets plain http.

    Raises InputError if ``strict`` meets a given endpoint that is not https.
    """
    if given:
        if strict and not given.lower().startswith("https://"):
            raise InputError(f"strict: true needs a login_endpoint that starts with https://, not '{given}'.")
        return given
    stored = (present or {}).get("login_endpoint")
    if not stored or (strict and not stored.lower().startswith("https://")):
        return DEFAULT_ENDPOINT
    return str(stored)


class Credential(Entity):
    """The credential of an account, kept in a secret; its fields are the credential's members.

    Args:
        secret: where it is kept.
        uid: whose it must be, None for anybody's; a secret of another uid, or with other content, is refused and left
            alone.
    """

    secret_fields = ("private_key",)

    def __init__(self, secret: Secret, uid: str | None):
        self.label = secret.label
        self._secret = secret
        self._uid = uid
        self._metadata: dict[str, Any] = {}

    def read(self) -> dict[str, Any] | None:
        """Return the credential's members, or None. Raises RefusedError for somebody else's."""
        present = self._secret.read()
        if present is None:
            return None
        credential = _parse(present["value"], self.label)
        self._metadata = {name: present[name] for name in KEPT if name in present}
        if self._uid and credential["uid"] != self._uid:
            raise RefusedError(
                f"Refused to touch {self.label}: it holds the credential of '{credential['uid']}', not of "
                f"'{self._uid}'. Choose another path, or delete that secret first."
            )
        return credential

    def create(self, desired: dict[str, Any]) -> Fate:
        """PUT the credential; false if the path is taken by now."""
        return self._secret.create(_as_secret(desired))

    def update(self, before: dict[str, Any], changes: dict[str, Any]) -> Fate:
        """PATCH the credential; members that are not ours stay, the misspelt ``schema`` goes."""
        return self._secret.update(self._metadata, _as_secret({**before, **changes}))

    def delete(self, before: dict[str, Any]) -> Fate:
        """DELETE the secret; false if there is none."""
        return self._secret.delete(before)

    def shown(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Members that are not ours are not shown: who knows what they are."""
        return {name: fields[name] for name in MEMBERS if name in fields}

    def differs(self, field: str, present: Any, desired: Any) -> bool:
        """A key in another PEM spelling than PKCS#8 is repaired, and so differs; white space around it does not."""
        if field == "private_key" and present:
            try:
                return not _keys.is_pkcs8(present) or _keys.normalize_private_key(present, self.label) != desired
            except InputError:
                return True  # a key that no service can use; without another one to take its place, this is not asked
        return bool(present != desired)


def _as_secret(credential: dict[str, Any]) -> dict[str, Any]:
    members = {name: value for name, value in credential.items() if name != "schema"}
    return {"content_type": TEXT, "value": json.dumps(members, sort_keys=True)}

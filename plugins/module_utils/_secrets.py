# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: text (JSON with metadata) or binary (octet-stream, without).

Endpoint: ``/secrets/v1/secret/{store}/{path}``.

PUT never overwrites (409) and PATCH never creates (404), so each is used for just that.

This file is private to the collection.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _shapes
from ansible_collections.dcos.security.plugins.module_utils._client import Client, shaped, unexpected_answer
from ansible_collections.dcos.security.plugins.module_utils._converge import Entity, Fate, fate_of
from ansible_collections.dcos.security.plugins.module_utils._hints import SECRETS
from ansible_collections.dcos.security.plugins.module_utils._names import check_secret_path, check_store

TEXT = "application/json"
BINARY = "application/octet-stream"
METADATA = ("description", "labels")
# What others may have set besides: it is sent again with each PATCH, which replaces them all.
KEPT = (*METADATA, "author", "created")
_RAISE = object()


def secret_path(store: str, path: str) -> str:
    """Return the request path of a secret; unlike rids, its slashes go out as they are. Raises InputError."""
    check_store(store)
    return f"{SECRETS}/secret/{store}/{path}"


class Secret(Entity):
    """Fields: ``content_type``, ``value`` (str of a text secret, bytes of a binary one), ``description``, ``labels``.

    Args:
        denied_as: what a denied read is taken for, instead of raising: None (as if absent, until creating it proves
            otherwise) or {} (as if present). It is then written or deleted without being compared. ``unreadable`` tells
            afterwards.
    """

    secret_fields = ("value",)
    silent_fields = METADATA

    def __init__(self, client: Client, path: str, store: str = "default", denied_as: Any = _RAISE):
        self.path = check_secret_path(path)
        self.store = store
        self.label = f"secret '{self.path}'"
        self.unreadable = False
        self._denied_as = denied_as
        self._client = client
        self._url = secret_path(store, self.path)

    def read(self) -> dict[str, Any] | None:
        """GET the secret; None if it is absent."""
        tolerated = (404,) if self._denied_as is _RAISE else (404, 403)
        answer = self._client.get(self._url, f"read {self.label}", accept=tolerated)
        if answer.status == 403:
            self.unreadable = True
            taken_for: dict[str, Any] | None = self._denied_as
            return taken_for
        if answer.status != 200:
            return None
        # A text secret answers as JSON with a member "value", a binary one with its raw bytes.
        if answer.content_type == BINARY:
            return {"content_type": BINARY, "value": answer.content}
        doing = f"read {self.label}"
        if answer.content_type != TEXT:
            raise unexpected_answer(doing, "GET", self._url, answer)
        body = shaped(answer, _shapes.SECRET, doing, "GET", self._url)
        metadata = {name: body[name] for name in KEPT if body.get(name) is not None}
        return {"content_type": TEXT, "value": body["value"], **metadata}

    def create(self, desired: dict[str, Any]) -> Fate:
        """PUT the secret; false if it exists."""
        fate = self._write("PUT", desired, 409)
        if not fate and self.unreadable:
            self._denied_as = {}
        return fate

    def update(self, before: dict[str, Any], changes: dict[str, Any]) -> Fate:
        """PATCH the whole secret (the API has no partial form); false if it is gone."""
        return self._write("PATCH", {**before, **changes}, 404)

    def delete(self, before: dict[str, Any]) -> Fate:
        """DELETE the secret; false if there is none."""
        answer = self._client.delete(self._url, f"delete {self.label}", accept=(404,))
        return fate_of(answer, answer.status != 404)

    def _write(self, method: str, desired: dict[str, Any], beaten: int) -> Fate:
        value = desired["value"]
        content: dict[str, Any]
        if desired["content_type"] == TEXT:
            content = {"body": {"value": value, **{name: desired[name] for name in KEPT if name in desired}}}
            secrets = [value]
        else:
            content = {"data": value, "headers": {"Content-Type": BINARY}}
            secrets = [value.decode("utf-8", "replace")]
        doing = f"{'create' if method == 'PUT' else 'update'} {self.label}"
        answer = self._client.request(method, self._url, doing, accept=(beaten,), secrets=secrets, **content)
        return fate_of(answer, answer.status != beaten)


def describe(fields: dict[str, Any]) -> dict[str, Any]:
    """Return what may be told of a secret's fields: {content_type, size in bytes} and its metadata, not its value."""
    value = fields["value"]
    return {
        "content_type": fields["content_type"],
        "size": len(value.encode() if isinstance(value, str) else value),
        **{name: fields[name] for name in METADATA if name in fields},
    }


def list_secrets(client: Client, folder: str, store: str, accept: tuple[int, ...] = ()) -> list[str]:
    """GET with ``?list=true``: the paths below ``folder`` ("" is the root), relative to it, recursive and sorted.

    A folder that does not exist lists as empty, so this cannot prove that one exists; so does one of ``accept``.
    """
    found = client.read(
        secret_path(store, folder),
        f"list the secrets in '/{folder}'",
        _shapes.SECRET_NAMES,
        accept=accept,
        params={"list": "true"},
    )
    return sorted(found["array"]) if found else []


def read_seal_status(client: Client, store: str) -> dict[str, Any]:
    """GET /seal-status/{store}: {sealed (bool), threshold, shares, progress (numbers of key shares)}."""
    check_store(store)
    url = f"{SECRETS}/seal-status/{store}"
    found = client.read(url, f"read the seal status of store '{store}'", _shapes.SEAL_STATUS)
    return {name: found[name] for name in _shapes.SEAL_STATUS}

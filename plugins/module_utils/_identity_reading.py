# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of a cluster to know its identities: many requests at a time, as few as do, and none that writes.

What the token may not read is noted together with the permission that is missing, and the rest is read.

This file is private to the collection.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Callable, TypeVar

from ansible_collections.dcos.security.plugins.module_utils import _acl, _ca, _hints, _iam
from ansible_collections.dcos.security.plugins.module_utils._acl import Subject
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._errors import HttpError
from ansible_collections.dcos.security.plugins.module_utils._names import SUPERUSER
from ansible_collections.dcos.security.plugins.module_utils._parallel import together
from ansible_collections.dcos.security.plugins.module_utils._secrets import Secret, list_secrets
from ansible_collections.dcos.security.plugins.module_utils._stored import Description, describe_secret

Item = TypeVar("Item")
Grants = list[dict[str, Any]]


@dataclass
class Readings:
    """What was read. None stands for what the token may not read; ``unknown`` says which permissions are missing.

    Attributes:
        users: {uid: User object}.
        permissions: {uid: (direct, inherited)}, each as _acl.list_permissions() returns it.
        memberships: {uid: [gid]}.
        groups: {gid: {description, members, permissions}}, without journals; ``journals``: their gids.
        acls: {rid: description}; ``ungranted``: rids on which nobody has a permission.
        secrets: {path: what describe_secret() says}, of those only that are something.
        paths: of all secrets, or of those that were looked at; None also where none was to be looked at.
        denied: paths of secrets that the token may not read.
        signers: the certificate (PEM) that the cluster's CA signs with.
        unknown: [{what, permission}].
    """

    users: dict[str, dict[str, Any]] | None = None
    permissions: dict[str, tuple[Grants, Grants]] = field(default_factory=dict)
    memberships: dict[str, list[str]] = field(default_factory=dict)
    groups: dict[str, dict[str, Any]] | None = None
    journals: list[str] = field(default_factory=list)
    acls: dict[str, str] | None = None
    ungranted: list[str] | None = None
    secrets: dict[str, Description] = field(default_factory=dict)
    paths: list[str] | None = None
    denied: list[str] = field(default_factory=list)
    signers: list[str] | None = None
    unknown: list[dict[str, str]] = field(default_factory=list)


class Reader:
    """Reads a cluster.

    Args:
        store: the secret store.
        concurrency: how many requests there are at a time.
        progress: is told how far it is: (done, in all, what is counted).
    """

    def __init__(self, client: Client, store: str, concurrency: int, progress: Callable[[int, int, str], None]) -> None:
        self._client = client
        self._store = store
        self._concurrency = concurrency
        self._progress = progress
        self._describing = threading.Lock()
        self._noted: set[tuple[str, str]] = set()
        self.readings = Readings()

    def whole(self, people: bool, secrets: str) -> Readings:
        """Read all identities, and what belongs to none. Requests: 5, 1 an account, 3 a group, 1 a secret, and 1 for
        each ACL that no service account and no group has a permission on.
        """
        readings = self.readings
        kinds = [True, *([False] if people else [])]
        listed = self._all("lists", kinds, lambda services: _iam.read_users(self._client, services), "the accounts")
        if all(users is not None for _kind, users in listed):
            readings.users = {user["uid"]: user for _kind, users in listed for user in users}
        acls = self._attempt("the ACLs", lambda: _acl.read_acls(self._client))
        readings.acls = acls
        self._read_groups()
        if readings.users is not None:
            self._read_permissions(readings.users)
        if readings.groups is not None:
            for uid in readings.users or ():
                readings.memberships[uid] = []
            for gid, group in sorted(readings.groups.items()):
                for uid in group["members"]:
                    readings.memberships.setdefault(uid, []).append(gid)
        self._read_ungranted()
        self._read_secrets(secrets)
        return readings

    def some(self, uids: list[str], secrets: str) -> Readings:
        """Read some identities. Requests: 1, 3 for each account, and 1 a secret."""
        readings = self.readings
        found = self._all(
            "accounts", uids, lambda uid: _iam.read_user(self._client, uid) or {}, "the accounts that were asked for"
        )
        if any(user is None for _uid, user in found):
            return readings
        readings.users = {uid: user for uid, user in found if user}
        self._read_permissions(readings.users)
        memberships = self._all(
            "memberships", readings.users, lambda uid: _iam.read_groups_of(self._client, uid) or [], "memberships"
        )
        readings.memberships = {uid: gids for uid, gids in memberships if gids is not None}
        self._read_secrets(secrets)
        return readings

    # --- accounts, groups, permissions -------------------------------------------------------------------------------

    def _read_permissions(self, uids: Iterable[str]) -> None:
        found = self._all(
            "accounts read",
            uids,
            lambda uid: _acl.list_permissions(self._client, Subject("user", uid)) or ([], []),
            "permissions of accounts",
        )
        self.readings.permissions = {uid: grants for uid, grants in found if grants is not None}

    def _read_groups(self) -> None:
        groups = self._attempt("the groups", lambda: _iam.read_all_groups(self._client))
        if groups is None:
            return
        self.readings.journals = sorted(group["gid"] for group in groups if _iam.is_journal(group["gid"]))
        described = {group["gid"]: group["description"] for group in groups if not _iam.is_journal(group["gid"])}

        def read(gid: str) -> dict[str, Any]:
            grants = _acl.list_permissions(self._client, Subject("group", gid))
            return {
                "description": described[gid],
                "members": _iam.read_all_members(self._client, gid),
                "permissions": grants[0] if grants else [],
            }

        found = self._all("groups read", described, read, "members and permissions of groups")
        self.readings.groups = {gid: group for gid, group in found if group is not None}

    def _read_ungranted(self) -> None:
        """Find the ACLs that grant nothing. Those of people are asked for one by one, as few are."""
        readings = self.readings
        if readings.acls is None or readings.groups is None or readings.users is None:
            return
        granted = {entry["rid"] for direct, _inherited in readings.permissions.values() for entry in direct}
        granted |= {entry["rid"] for group in readings.groups.values() for entry in group["permissions"]}
        doubtful = sorted(set(readings.acls) - granted)
        holders = self._all(
            "ACLs read", doubtful, lambda rid: _acl.list_holders(self._client, rid), "who has permissions on ACLs"
        )
        readings.ungranted = [rid for rid, found in holders if found is not None and not any(found.values())]

    # --- secrets -----------------------------------------------------------------------------------------------------

    def _read_secrets(self, which: str) -> None:
        if which == "none":
            return
        folders = [""] if which == "all" else sorted(folders_of(self.readings.users or ()))
        listed = self._all("folders", folders, self._list, "the secrets below /{}", listing=True)
        if all(paths is None for _folder, paths in listed):
            return
        self.readings.paths = sorted(
            {f"{folder}/{path}" if folder else path for folder, paths in listed for path in paths or ()}
        )
        found = self._all("secrets read", self.readings.paths, self._describe, "secret '{}'")
        self.readings.secrets = {path: what for path, what in found if what}
        self.readings.denied = [path for path, what in found if what is None]
        if any(what["kind"] == "certificate" for what in self.readings.secrets.values()):
            self._read_signers()

    def _list(self, folder: str) -> list[str]:
        return list_secrets(self._client, folder, self._store)

    def _describe(self, path: str) -> Description:
        """Return what a secret is; its value is forgotten with the end of this call."""
        present = Secret(self._client, path, self._store).read()
        # Parsed certificates are kept, and early versions of cryptography (38) do not let two threads read one at once.
        with self._describing:
            return (describe_secret(present["value"]) if present else None) or {}

    def _read_signers(self) -> None:
        """POST info of the CA, which is open to everybody."""
        info = self._attempt("the certificate of the CA", lambda: _ca.info(self._client))
        if info is not None:
            self.readings.signers = [info["certificate"]]

    # --- requests ----------------------------------------------------------------------------------------------------

    def _all(
        self, counted: str, items: Iterable[Item], job: Callable[[Item], Any], what: str, listing: bool = False
    ) -> list[tuple[Item, Any]]:
        """Return [(item, result)]; None is the result of what may not be read.

        ``what`` may hold the item as {}; ``listing`` tells a list of secrets from a secret.
        """
        work = list(items)
        outcomes = together(job, work, self._concurrency, lambda done: self._progress(done, len(work), counted))
        for item, _result, error in outcomes:
            if error:
                self._note(error, what.format(item), listing)
        return [(item, result) for item, result, _error in outcomes]

    def _attempt(self, what: str, job: Callable[[], Any]) -> Any:
        try:
            return job()
        except HttpError as exc:
            self._note(exc, what)
            return None

    def _note(self, error: Exception, what: str, listing: bool = False) -> None:
        """Remember what may not be read; raises any other error."""
        failure = getattr(error, "failure", None) or {}
        if failure.get("status") != 403:
            raise error
        path = failure["path"]
        right = _hints.needed(failure["method"], path, listing)
        permission = " ".join(right) if right else f"{SUPERUSER} full"
        if (what, permission) not in self._noted:
            self._noted.add((what, permission))
            self.readings.unknown.append({"what": what, "permission": permission})


def folders_of(uids: Iterable[str]) -> set[str]:
    """Return the folders in which the secrets of accounts are looked for: of the service of that name.

    SDK services in folders are called ``a__b``, and their secrets lie in ``a/b``.
    """
    spelled = {"".join(c if c.isalnum() or c in "_-" else "-" for c in uid) for uid in uids}
    return spelled | {uid.replace("__", "/") for uid in spelled if "__" in uid.strip("_")}

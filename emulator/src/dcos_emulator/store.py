# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All state of the emulated cluster, with an index for every question a request asks.

The store knows nothing of HTTP and refuses nothing but programming errors: its callers have checked what the API
demands. Each mutation changes the indexes and writes the record behind it, so that memory and database agree.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, TypeVar

from .database import Database, Record
from .records import Acl, Backend, DamagedRecord, Group, Secret, User, from_plain

# A subject of grants: ("users", uid) or ("groups", gid); the words are those of the API's paths.
Subject = tuple[str, str]

Entity = TypeVar("Entity", User, Group, Acl, Backend)

# Actions in the order in which they were granted.
Actions = dict[str, None]


class Store:
    """Users, groups, memberships, ACLs, grants, secrets, secret stores, and single values (``meta``)."""

    def __init__(self, database: Database | None = None) -> None:
        """Read what the database holds; raises DamagedRecord."""
        self.database = database or Database()
        self._read()
        self._check_references()

    def _read(self) -> None:
        self._forget()
        for record in self.database.records():
            self._index(*record)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what is written inside is durable when this ends, or as if it had never been written.

        Two may overlap only where each writes and commits without letting the other run between, as handlers do that
        are ordinary functions.
        """
        try:
            yield
            self.database.commit()
        except BaseException:
            if self.database.changed:
                self.database.roll_back()
                self._read()
            raise

    def _forget(self) -> None:
        self.meta: dict[str, Any] = {}
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.members: dict[str, dict[str, None]] = {}
        self.groups_of: dict[str, dict[str, None]] = {}
        self.acls: dict[str, Acl] = {}
        self.grants_of: dict[Subject, dict[str, Actions]] = {}
        self.grants_on: dict[str, dict[Subject, Actions]] = {}
        self.backends: dict[str, Backend] = {}
        self.secrets: dict[str, dict[str, Secret]] = {}
        self._paths: dict[str, list[str]] = {}

    # --- as a whole ------------------------------------------------------------------------------------------------

    def records(self) -> Iterator[Record]:
        """The whole state as records, in an order in which they can be loaded."""
        for name, value in self.meta.items():
            yield "meta", (name,), value
        for user in self.users.values():
            yield "user", (user.uid,), asdict(user)
        for group in self.groups.values():
            yield "group", (group.gid,), asdict(group)
        for gid, uids in self.members.items():
            for uid in uids:
                yield "member", (gid, uid), True
        for acl in self.acls.values():
            yield "acl", (acl.rid,), asdict(acl)
        for rid, subjects in self.grants_on.items():
            for subject, actions in subjects.items():
                yield "grant", (rid, *subject), list(actions)
        for backend in self.backends.values():
            yield "backend", (backend.name,), asdict(backend)
        for name, secrets in self.secrets.items():
            for path, secret in secrets.items():
                yield "secret", (name, path), asdict(secret)

    def load(self, records: list[Record]) -> None:
        """Replace the whole state; raises ValueError for records that are none or that do not agree."""
        loaded = Store()
        for record in records:
            loaded._index(*record)
        loaded._check_references()
        self._forget()
        self.database.clear()
        for kind, key, value in loaded.records():
            self._index(kind, key, value)
            self.database.put(kind, key, value)

    def _check_references(self) -> None:
        known = {("users", uid) for uid in self.users} | {("groups", gid) for gid in self.groups}
        members = {("groups", gid) for gid in self.members} | {("users", uid) for uid in self.groups_of}
        for kind, gid_or_uid in sorted((members | self.grants_of.keys()) - known):
            raise DamagedRecord(kind, gid_or_uid, "it has memberships or grants, and does not exist")
        for rid in self.grants_on.keys() - self.acls.keys():
            raise DamagedRecord("acl", rid, "it has grants, and does not exist")
        for name in self.secrets.keys() - self.backends.keys():
            raise DamagedRecord("backend", name, "it has secrets, and does not exist")

    def _index(self, kind: str, key: tuple[str, ...], value: Any) -> None:
        """Take a record into the indexes; raises DamagedRecord."""
        try:
            self._take(kind, key, value)
        except (TypeError, ValueError) as error:
            raise DamagedRecord(kind, "/".join(map(str, key)), error) from error

    def _take(self, kind: str, key: tuple[str, ...], value: Any) -> None:
        match kind, key:
            case "meta", (str(name),):
                self.meta[name] = value
            case "user", (uid,):
                self.users[uid] = _named(uid, user := from_plain(User, value), user.uid)
            case "group", (gid,):
                self.groups[gid] = _named(gid, group := from_plain(Group, value), group.gid)
            case "member", (str(gid), str(uid)):
                self.members.setdefault(gid, {})[uid] = None
                self.groups_of.setdefault(uid, {})[gid] = None
            case "acl", (rid,):
                self.acls[rid] = _named(rid, acl := from_plain(Acl, value), acl.rid)
            case "grant", (str(rid), "users" | "groups" as subject_kind, str(subject_id)):
                if not isinstance(value, list) or not value or not all(isinstance(action, str) for action in value):
                    raise ValueError("it is no list of actions")
                actions = dict.fromkeys(value)
                subject = (subject_kind, subject_id)
                self.grants_of.setdefault(subject, {})[rid] = actions
                self.grants_on.setdefault(rid, {})[subject] = actions
            case "backend", (name,):
                self.backends[name] = _named(name, backend := from_plain(Backend, value), backend.name)
            case "secret", (str(name), str(path)):
                secret = from_plain(Secret, value)
                if path not in self.secrets.setdefault(name, {}):
                    insort(self._paths.setdefault(name, []), path)
                self.secrets[name][path] = secret
            case _:
                raise ValueError("there is no such kind of record")

    def _put(self, kind: str, key: tuple[str, ...], value: Any) -> None:
        self._index(kind, key, value)
        self.database.put(kind, key, value)

    def set_meta(self, name: str, value: Any) -> None:
        """Keep a single value under ``name``."""
        self._put("meta", (name,), value)

    # --- users and groups ------------------------------------------------------------------------------------------

    def put_user(self, user: User) -> None:
        """Create the user, or overwrite it."""
        self._put("user", (user.uid,), asdict(user))

    def delete_user(self, uid: str) -> None:
        """Remove the user with its memberships and grants."""
        for gid in list(self.groups_of.get(uid, ())):
            self.remove_member(gid, uid)
        for rid in list(self.grants_of.get(("users", uid), ())):
            self.set_actions(rid, ("users", uid), {})
        del self.users[uid]
        self.database.delete("user", (uid,))

    def put_group(self, group: Group) -> None:
        """Create the group, or overwrite it."""
        self._put("group", (group.gid,), asdict(group))

    def delete_group(self, gid: str) -> None:
        """Remove the group with its memberships and grants."""
        for uid in list(self.members.get(gid, ())):
            self.remove_member(gid, uid)
        for rid in list(self.grants_of.get(("groups", gid), ())):
            self.set_actions(rid, ("groups", gid), {})
        del self.groups[gid]
        self.database.delete("group", (gid,))

    def add_member(self, gid: str, uid: str) -> None:
        """Put the user into the group."""
        self._put("member", (gid, uid), True)

    def remove_member(self, gid: str, uid: str) -> None:
        """Take the user out of the group; KeyError if it is not in it."""
        _remove(self.members, gid, uid)
        _remove(self.groups_of, uid, gid)
        self.database.delete("member", (gid, uid))

    # --- ACLs and grants -------------------------------------------------------------------------------------------

    def put_acl(self, acl: Acl) -> None:
        """Create the protected resource, or overwrite its description."""
        self._put("acl", (acl.rid,), asdict(acl))

    def delete_acl(self, rid: str) -> None:
        """Remove the protected resource with every grant on it."""
        for subject in list(self.grants_on.get(rid, ())):
            self.set_actions(rid, subject, {})
        del self.acls[rid]
        self.database.delete("acl", (rid,))

    def actions(self, rid: str, subject: Subject) -> Actions:
        """What is granted to the subject itself on exactly this rid."""
        return self.grants_of.get(subject, {}).get(rid, {})

    def set_actions(self, rid: str, subject: Subject, actions: Actions) -> None:
        """Replace what is granted to the subject on the rid; no actions remove the subject from the ACL."""
        if actions:
            self._put("grant", (rid, *subject), list(actions))
            return
        _remove(self.grants_of, subject, rid)
        _remove(self.grants_on, rid, subject)
        self.database.delete("grant", (rid, *subject))

    # --- secrets ---------------------------------------------------------------------------------------------------

    def put_backend(self, backend: Backend) -> None:
        """Create the secret store, or overwrite its properties."""
        self._put("backend", (backend.name,), asdict(backend))

    def delete_backend(self, name: str) -> None:
        """Remove the secret store with everything in it."""
        for path in list(self.secrets.get(name, ())):
            self.delete_secret(name, path)
        del self.backends[name]
        self.database.delete("backend", (name,))

    def put_secret(self, name: str, path: str, secret: Secret) -> None:
        """Create the secret, or overwrite it."""
        self._put("secret", (name, path), asdict(secret))

    def delete_secret(self, name: str, path: str) -> None:
        """Remove the secret; KeyError if there is none."""
        del self.secrets[name][path]
        paths = self._paths[name]
        del paths[bisect_left(paths, path)]
        self.database.delete("secret", (name, path))

    def paths_below(self, name: str, prefix: str) -> Iterator[str]:
        """Paths of the secrets that start with ``prefix``, in order."""
        paths = self._paths.get(name, [])
        for index in range(bisect_left(paths, prefix), len(paths)):
            if not paths[index].startswith(prefix):
                return
            yield paths[index]


def _named(key: str, record: Entity, name: str) -> Entity:
    if key != name:
        raise ValueError(f"it is that of {name!r}")
    return record


def _remove(index: dict[Any, dict[Any, Any]], outer: Any, inner: Any) -> None:
    """Take an entry out of an index of two levels, and an outer entry that is empty then."""
    del index[outer][inner]
    if not index[outer]:
        del index[outer]

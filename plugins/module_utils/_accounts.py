# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts as an entity: a uid with an RSA public key, a description and group memberships.

This file is private to the collection.
"""

from __future__ import annotations

import functools
from operator import itemgetter

from ansible_collections.dcos.security.plugins.module_utils import _iam, _keys
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._converge import Entity
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError, RefusedError
from ansible_collections.dcos.security.plugins.module_utils._names import check_uid

NATIVE_PREFIX = "dcos_"


def describe_accounts(client: Client, uid: str | None, services: bool, fields) -> list:
    """Return people, or service accounts, as a list of {uid, and each of ``fields`` of the User object}, sorted by uid.

    All of them if ``uid`` is None; else none or the one, with its ``groups`` where the cluster has groups.
    """
    if uid is None:
        users = _iam.read_users(client, services)
    else:
        check_uid(uid)
        user = _iam.read_user(client, uid)
        users = [user] if user and bool(user.get("is_service")) == services else []
    found = [{"uid": user["uid"], **{field: user.get(field) for field in fields}} for user in users]
    groups = _iam.read_groups_of(client, uid, accept=(404,)) if uid is not None and found else None
    if groups is not None:
        found[0]["groups"] = groups
    return sorted(found, key=itemgetter("uid"))


class Account(Entity):
    """What people and service accounts have in common: memberships, and protection from harm.

    Args:
        groups: manage memberships, so that they are read; ``exclusive_groups``: also leave all other groups.
    """

    set_fields = ("groups",)

    def __init__(self, client: Client, uid: str, groups: bool, exclusive_groups: bool):
        self.exclusive = exclusive_groups
        self._client = client
        self._uid = uid
        self._groups = groups

    def _memberships(self):
        """Return {"groups": gids} where memberships are managed, else {}."""
        return {"groups": _iam.read_groups_of(self._client, self._uid) or []} if self._groups else {}

    def _move(self, present, wanted):
        """Join the groups that are wanted and, if they are exclusive, leave the others."""
        for gid in sorted(set(wanted) - set(present)):
            _iam.join_group(self._client, gid, self._uid)
        if self.exclusive:
            for gid in sorted(set(present) - set(wanted)):
                _iam.leave_group(self._client, gid, self._uid)

    def _guard(self, doing):
        """Refuse to delete or recreate the account that is logged in, and the last superuser."""
        if self._uid == self._client.uid:
            raise RefusedError(
                f"Refused to {doing} '{self._uid}': it is the account that is logged in. Log in as another one."
            )
        # Open DC/OS has no groups (404), and so no superusers.
        if _iam.SUPERUSERS in (_iam.read_groups_of(self._client, self._uid, accept=(404,)) or []):
            self._guard_superusers(doing)

    def _guard_memberships(self, before, changes):
        """Refuse to leave the group superusers without members."""
        leaves = set(before["groups"]) - set(changes["groups"]) if self.exclusive and "groups" in changes else ()
        if _iam.SUPERUSERS in leaves:
            self._guard_superusers("remove from its groups")

    def _guard_superusers(self, doing):
        if _iam.is_last_superuser(self._client, self._uid):
            raise RefusedError(
                f"Refused to {doing} '{self._uid}': it is the last member of the group superusers. Add another one."
            )


class ServiceAccount(Account):
    """Fields: ``description``, ``public_key`` (PEM, compared as a key), and ``groups`` where they are managed.

    Args:
        unfinished: what to do about a key replacement that an earlier run left: ``finish`` it, ``foretell`` what that
            would do (check mode), or ``drop`` it with the account (deletion).
    """

    def __init__(
        self,
        client: Client,
        uid: str,
        on_key_change="replace",
        groups=False,
        exclusive_groups=False,
        allow_native=False,
        unfinished="finish",
    ):
        super().__init__(client, uid, groups, exclusive_groups)
        self.label = f"service account '{uid}'"
        self.key_replaced = False
        self.restored = {"permissions": [], "groups": []}
        self._on_key_change = on_key_change
        self._allow_native = allow_native
        self._unfinished = unfinished
        self._record = None

    @functools.cached_property
    def _rekey(self):
        # Loaded only here, as an ordinary module compiles what it loads in each task.
        from ansible_collections.dcos.security.plugins.module_utils._rekey import Rekey

        return Rekey(self._client, self._uid)

    def read(self):
        """One GET of an account that is whole; a missing or half-restored one also has its journal looked up."""
        user = _iam.read_user(self._client, self._uid)
        if user is None or _iam.is_pending(user):
            user = self._finished(user)
        if not user:
            return user
        if not user.get("public_key"):
            raise InputError(
                f"'{self._uid}' is a user, not a service account: choose another uid, or delete that user."
            )
        return {"description": user["description"], "public_key": user["public_key"], **self._memberships()}

    def _memberships(self):
        """Return what a journal that is not finished yet will give back, else what is there."""
        return {"groups": self._record["groups"]} if self._record and self._groups else super()._memberships()

    def _finished(self, user):
        """Return the account as it is, or would be, when a key replacement that an earlier run left is finished."""
        if self._unfinished == "finish":
            restored = self._rekey.resume()
            if restored:
                self.key_replaced, self.restored = True, restored
            return user if restored is None else _iam.read_user(self._client, self._uid)
        self._record = self._rekey.recorded()
        if not self._record:
            # Of a run that died before it deleted anything there may be an empty journal, to be dropped all the same.
            remains = self._record is not None and user is None and self._unfinished == "drop"
            return {} if remains else user
        if self._unfinished == "foretell":
            self.key_replaced, self.restored = True, self._rekey.restored_from(self._record)
        return {"description": self._record["description"], "public_key": self._record["target_public_key"]}

    def differs(self, field, present, desired):
        """Keys differ as keys, not as text."""
        if field == "public_key":
            return not _keys.same_public_key(desired, present)
        return super().differs(field, present, desired)

    def create(self, desired):
        """PUT the account, then its memberships."""
        body = {name: desired[name] for name in ("description", "public_key") if name in desired}
        if not _iam.create_user(self._client, self._uid, body, "service account"):
            return False
        self._move((), desired.get("groups", ()))
        return True

    def update(self, before, changes):
        """Replace the key by way of the journal, set the description, adjust memberships."""
        if "public_key" in changes:
            restored = self._rekey.replace(changes["public_key"])
            if restored is None:
                return False
            self.key_replaced, self.restored = True, restored
        if "description" in changes and not _iam.update_user(
            self._client, self._uid, {"description": changes["description"]}
        ):
            return False
        if "groups" in changes:
            self._move(before["groups"], changes["groups"])
        return True

    def shown(self, fields):
        """A fingerprint says more to a reader of a diff than a PEM does."""
        view = dict(fields)
        if "public_key" in view:
            view["public_key"] = _keys.fingerprint(view["public_key"]) or "(unreadable)"
        return view

    def check(self, before, changes):
        """Refuse what would do harm, before anything is sent; look up what a new key will restore."""
        if before is None:
            if "public_key" not in changes:
                raise InputError(
                    f"{self.label} does not exist: give public_key or public_key_path so that it can be created."
                )
            return
        if changes is None:
            self._guard("delete")
            return
        self._guard_memberships(before, changes)
        if "public_key" in changes:
            if self._on_key_change == "fail":
                raise InputError(
                    f"{self.label} has another public key (fingerprint {self.shown(before)['public_key']}). Set "
                    "on_key_change: replace to have it replaced."
                )
            self._guard("replace the key of")
            if self._unfinished == "foretell":
                self.key_replaced = True
                self.restored = self.restored if self._record else self._rekey.survey()

    def delete(self, before):
        """DELETE the account, and then a journal that an unfinished replacement may have left."""
        _iam.delete_user(self._client, self._uid)
        self._rekey.discard()

    def _guard(self, doing):
        if self._uid.startswith(NATIVE_PREFIX) and not self._allow_native:
            raise RefusedError(
                f"Refused to {doing} '{self._uid}': it is an account of DC/OS itself. Set allow_native: true if "
                "you are sure."
            )
        super()._guard(doing)

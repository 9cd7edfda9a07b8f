# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts as an entity: a uid with an RSA public key, a description and group memberships.

This file is private to the collection.
"""

from __future__ import annotations

from ansible_collections.dcos.security.plugins.module_utils import _iam, _keys
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._converge import Entity
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError, RefusedError
from ansible_collections.dcos.security.plugins.module_utils._rekey import Rekey, is_pending

NATIVE_PREFIX = "dcos_"


class ServiceAccount(Entity):
    """Fields: ``description``, ``public_key`` (PEM, compared as a key), and ``groups`` where they are managed.

    Args:
        groups: manage memberships, so that read() looks them up; ``exclusive_groups``: also leave all other groups.
        finish: finish a key replacement that an earlier run left; if not, only tell of it (check mode, deletion).
    """

    def __init__(
        self,
        client: Client,
        uid: str,
        on_key_change="replace",
        groups=False,
        exclusive_groups=False,
        allow_native=False,
        finish=True,
    ):
        self.label = f"service account '{uid}'"
        self.key_replaced = False
        self.restored = {"permissions": [], "groups": []}
        self._client = client
        self._uid = uid
        self._on_key_change = on_key_change
        self._groups = groups
        self._exclusive = exclusive_groups
        self._allow_native = allow_native
        self._finish = finish
        self._rekey = Rekey(client, uid)

    def read(self):
        """One GET of an account that is whole; a missing or half-restored one also has its journal looked up."""
        user = _iam.read_user(self._client, self._uid)
        if user is None or is_pending(user):
            user = self._finished(user)
        if user is None:
            return None
        if not user.get("public_key"):
            raise InputError(
                f"'{self._uid}' is a user, not a service account: choose another uid, or delete that user."
            )
        account = {"description": user["description"], "public_key": user["public_key"]}
        if self._groups:
            account["groups"] = _iam.read_groups_of(self._client, self._uid) or []
        return account

    def _finished(self, user):
        """Finish a key replacement that an earlier run did not, and return the account after it."""
        if not self._finish:
            return self._rekey.recorded() or user
        restored = self._rekey.resume()
        if restored is None:
            return user
        self.key_replaced, self.restored = True, restored
        return _iam.read_user(self._client, self._uid)

    def differs(self, field, present, desired):
        """Keys differ as keys, not as text; memberships differ if one is missing, or any at all when exclusive."""
        if field == "public_key":
            return not _keys.same_public_key(desired, present)
        if field == "groups":
            missing = set(desired) - set(present or [])
            return bool(missing) or (self._exclusive and set(present or []) != set(desired))
        return present != desired

    def create(self, desired):
        """PUT the account, then its memberships."""
        if "public_key" not in desired:
            raise InputError(
                f"{self.label} does not exist: give public_key or public_key_path so that it can be created."
            )
        body = {name: desired[name] for name in ("description", "public_key") if name in desired}
        if not _iam.create_user(self._client, self._uid, body, "service account"):
            return False
        self._join(desired.get("groups", []))
        return True

    def update(self, before, changes):
        """Replace the key by way of the journal, set the description, adjust memberships."""
        if "public_key" in changes:
            self.restored = self._rekey.replace(changes["public_key"])
        if "description" in changes and not _iam.update_user(
            self._client, self._uid, {"description": changes["description"]}
        ):
            return False
        if "groups" in changes:
            present = before.get("groups", [])
            self._join(set(changes["groups"]) - set(present))
            if self._exclusive:
                for gid in sorted(set(present) - set(changes["groups"])):
                    _iam.leave_group(self._client, gid, self._uid)
        return True

    def shown(self, fields):
        """A fingerprint says more to a reader of a diff than a PEM does."""
        view = dict(fields)
        if "public_key" in view:
            view["public_key"] = _keys.fingerprint(view["public_key"])
        return view

    def merged(self, before, changes):
        """Memberships add up unless they are exclusive."""
        after = {**before, **changes}
        if "groups" in changes and not self._exclusive:
            after["groups"] = sorted(set(before.get("groups", [])) | set(changes["groups"]))
        return after

    def check(self, before, changes):
        """Refuse what would do harm, before anything is sent; look up what a new key will restore."""
        if changes is None:
            self._guard("delete")
        elif "public_key" in changes:
            if self._on_key_change == "fail":
                raise InputError(
                    f"{self.label} has another public key (fingerprint {_keys.fingerprint(before['public_key'])}). Set "
                    "on_key_change: replace to have it replaced."
                )
            self._guard("replace the key of")
            self.key_replaced = True
            if not self._finish:
                self.restored = self._rekey.survey()

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
        if self._uid == self._client.uid:
            raise RefusedError(
                f"Refused to {doing} '{self._uid}': it is the account that is logged in. Log in as another one."
            )
        if _iam.SUPERUSERS in (_iam.read_groups_of(self._client, self._uid) or []) and _iam.is_last_superuser(
            self._client, self._uid
        ):
            raise RefusedError(
                f"Refused to {doing} '{self._uid}': it is the last member of the group superusers. Add another one."
            )

    def _join(self, gids):
        for gid in sorted(gids):
            _iam.join_group(self._client, gid, self._uid)

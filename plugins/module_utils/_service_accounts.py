# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts as an entity: a uid with an RSA public key, a description and group memberships.

This file is private to the collection.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Callable

from ansible_collections.dcos.security.plugins.module_utils import _iam, _keys
from ansible_collections.dcos.security.plugins.module_utils._accounts import Account
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._converge import Fate, fate_of_all
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError, RefusedError
from ansible_collections.dcos.security.plugins.module_utils._names import NATIVE_PREFIX

if TYPE_CHECKING:
    from ansible_collections.dcos.security.plugins.module_utils._rekey import Rekey


class ServiceAccount(Account):
    """Fields: ``description``, ``public_key`` (PEM, compared as a key), and ``groups`` where they are managed.

    Before it is converged, one of recover(), foresee() (check mode) and look_for_remains() (deletion) has to see to
    what other runs have left; it makes the first read, too.

    Args:
        tell: is told in sentences what the user should know, also of other runs; ``progress``: how long it waits for
            them.
        replace_key: whether another key may replace the present one.
        allow_native: whether the key of an account of DC/OS itself may be replaced, and such an account be deleted.
        restore_from_journal: see Rekey.
    """

    def __init__(
        self,
        client: Client,
        uid: str,
        *,
        tell: Callable[[str], None],
        progress: Callable[[int, int, str], None],
        groups: bool = False,
        exclusive_groups: bool = False,
        replace_key: bool = True,
        allow_native: bool = False,
        restore_from_journal: bool = False,
    ):
        super().__init__(client, uid, tell=tell, groups=groups, exclusive_groups=exclusive_groups)
        self.label = f"service account '{uid}'"
        self._journal = _iam.journal_gid(uid)
        self._progress = progress
        self._replace_key = replace_key
        self._allow_native = allow_native
        self._restore_from_journal = restore_from_journal
        self._seen: Any = ...  # the User object that was read first, until it is used; or None
        self._vacant = False  # whether recover() found neither an account nor a journal
        self._pending = False  # whether another run was at work when the account was read last
        self._foreseen: Any = ...  # in check mode, the fields after recovery; or None

    @functools.cached_property
    def _rekey(self) -> Rekey:
        # Loaded only here, as an ordinary module compiles what it loads in each task.
        from ansible_collections.dcos.security.plugins.module_utils._rekey import Rekey

        return Rekey(self._client, self._uid, self._tell, self._progress, self._restore_from_journal)

    # --- before converging -----------------------------------------------------------------------------------------

    def recover(self) -> bool:
        """Finish what an earlier run left, or wait for the one that is at work; True if that changed anything."""
        user = _iam.read_user(self._client, self._uid)
        if user is not None and not _iam.is_pending(user):
            self._seen = user
            return False
        self._vacant = self._rekey.settle(user)
        if self._vacant:
            self._seen = user
        return self._rekey.changed

    def foresee(self) -> tuple[bool, dict[str, Any] | None]:
        """Return what recover() would return, and what it would give back, without changing anything."""
        self._seen = user = _iam.read_user(self._client, self._uid)
        if user is not None and not _iam.is_pending(user):
            return False, None
        changed, self._foreseen, restored = self._rekey.foresee(user)
        return changed, restored

    @property
    def restored(self) -> dict[str, Any] | None:
        """What this run has given back to the account after its key was replaced: {permissions, groups}, or None."""
        return self._rekey.restored if "_rekey" in vars(self) else None

    def survey(self) -> dict[str, Any]:
        """Return what a replacement of the key would give back: {permissions, groups}."""
        return self._rekey.survey()

    def look_for_remains(self) -> None:
        """Let an account that is missing only because its key is being replaced count as one to be deleted."""
        self._seen = user = _iam.read_user(self._client, self._uid)
        if user is None and self._rekey.left_behind():
            self._seen = user = _iam.read_user(self._client, self._uid)
            if user is None:
                self._foreseen = self._rekey.foresee(None)[1] or {}

    # --- converging ------------------------------------------------------------------------------------------------

    def read(self) -> dict[str, Any] | None:
        """One GET; one more for the memberships where they are managed."""
        if self._foreseen is not ...:
            user = self._foreseen
        else:
            user, self._seen = (_iam.read_user(self._client, self._uid) if self._seen is ... else self._seen), ...
        self._pending = _iam.is_pending(user) and self._foreseen is ...
        if not user:
            missing: dict[str, Any] | None = user
            return missing
        if not user.get("public_key"):
            raise InputError(
                f"'{self._uid}' is a user, not a service account: choose another uid, or delete that user."
            )
        groups = {"groups": user["groups"]} if self._groups and "groups" in user else self._memberships()
        return {"description": _iam.unmarked(user["description"]), "public_key": user["public_key"], **groups}

    def _memberships(self) -> dict[str, list[str]]:
        """Return {"groups": gids}, without the journal's, where memberships are managed."""
        return {name: [gid for gid in gids if gid != self._journal] for name, gids in super()._memberships().items()}

    def differs(self, field: str, present: Any, desired: Any) -> bool:
        """Keys differ as keys, not as text."""
        if field == "public_key":
            return not _keys.same_public_key(desired, present)
        return super().differs(field, present, desired)

    def create(self, desired: dict[str, Any]) -> Fate:
        """PUT the account, then its memberships."""
        vacant, self._vacant = self._vacant, False
        if not (vacant or self._rekey.settle()):
            return Fate.BEATEN
        body: dict[str, Any] = {name: desired[name] for name in ("description", "public_key") if name in desired}
        fate = _iam.create_user(self._client, self._uid, body, "service account")
        if fate:
            self._move((), desired.get("groups", ()))
        return fate

    def update(self, before: dict[str, Any], changes: dict[str, Any]) -> Fate:
        """Replace the key by way of the journal, set the description, adjust memberships."""
        if self._pending and "public_key" not in changes:
            self._rekey.settle()
            return Fate.BEATEN
        fates = []
        if "public_key" in changes:
            if not self._rekey.replace(changes["public_key"]):
                return Fate.BEATEN
            self._client.leaving.discard(self._uid)  # it is back
            fates.append(Fate.DONE)
        if "description" in changes:
            if not _iam.update_user(self._client, self._uid, {"description": changes["description"]}):
                return Fate.BEATEN
            fates.append(Fate.DONE)
        if "groups" in changes:
            fates += self._move(before["groups"], changes["groups"])
        return fate_of_all(fates)

    def shown(self, fields: dict[str, Any]) -> dict[str, Any]:
        """A fingerprint says more to a reader of a diff than a PEM does."""
        view = dict(fields)
        if "public_key" in view:
            view["public_key"] = _keys.fingerprint(view["public_key"]) or "(unreadable)"
        return view

    def check(self, before: dict[str, Any] | None, changes: dict[str, Any] | None) -> None:
        """Refuse what would do harm, before anything is sent."""
        if before is None:
            if not changes or "public_key" not in changes:
                raise InputError(
                    f"{self.label} does not exist: give public_key or public_key_path so that it can be created."
                )
            return
        if changes is None:
            self._guard("delete")
            return
        self._guard_memberships(before, changes)
        if "public_key" in changes:
            if not self._replace_key:
                raise InputError(
                    f"{self.label} has another public key (fingerprint {self.shown(before)['public_key']}). Set "
                    "on_key_change: replace to have it replaced."
                )
            self._guard("replace the key of")

    def delete(self, before: dict[str, Any]) -> bool:
        """DELETE the account, and a journal that an unfinished replacement may have left."""
        return self._rekey.remove()

    def _guard(self, doing: str) -> None:
        if self._uid.startswith(NATIVE_PREFIX) and not self._allow_native:
            raise RefusedError(
                f"Refused to {doing} '{self._uid}': it is an account of DC/OS itself. Set allow_native: true if "
                "you are sure."
            )
        super()._guard(doing)

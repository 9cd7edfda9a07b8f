# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a key replacement, by whoever owns the account's journal.

The IAM cannot change a key in place (PATCH refuses ``public_key``), so the account is deleted and made again. What it
would lose is first written into a journal on the cluster itself (see _journal, which also keeps others out meanwhile).
The order of the steps is what makes it safe; do not change it:

 0. PATCH the account: its description ends in a mark, so that whatever is left is seen by the one read of any next run
 1. PUT the journal
 2. read account, grants and memberships
 3. PATCH the journal, read all of it again, and again from 3 if it is not what was written
 4. DELETE the account
 5. PUT it with the new key and the mark, and let it join the journal's group: it is this account that gets things back
 6. give back memberships and grants
 7. DELETE the journal
 8. PATCH the description: the mark goes

To delete an account takes the steps 0, 1, 4 and 7.

This file is private to the collection.
"""

from __future__ import annotations

from typing import Any, Callable, Optional

from ansible_collections.dcos.security.plugins.module_utils import _acl, _iam
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError
from ansible_collections.dcos.security.plugins.module_utils._hints import UNKNOWN_GROUP
from ansible_collections.dcos.security.plugins.module_utils._journal import ATTEMPTS, Journal
from ansible_collections.dcos.security.plugins.module_utils._keys import same_public_key
from ansible_collections.dcos.security.plugins.module_utils._parallel import at_once, together

RECORD = ("target_public_key", "description", "permissions", "groups")
CONCURRENCY = 8
# Requests of step 6 between two looks at the journal.
CHUNK = 32

User = Optional[dict[str, Any]]  # a User object of the IAM, or None
Record = dict[str, Any]  # what a journal keeps: RECORD, and the old "public_key" (None: an earlier version did not say)


def given_back(record: Record) -> dict[str, Any]:
    """Return what a replacement gives back, of what its journal says: {permissions, groups}."""
    return {"permissions": record["permissions"], "groups": record["groups"]}


def listed(granted: dict[str, Any]) -> list[dict[str, Any]]:
    """Return grants {rid: {"actions": names}} as they stand in a journal."""
    return [{"rid": rid, "actions": sorted(entry["actions"])} for rid, entry in sorted(granted.items())]


class Steps:
    """The steps for one account.

    Attributes:
        changed: whether this run has changed anything.
        restored: what it has given back, {permissions, groups}, or whoever finished after it had deleted the account.
    """

    def __init__(
        self, client: Client, uid: str, tell: Callable[[str], None], progress: Callable[[int, int, str], None]
    ):
        self.changed = False
        self.restored: dict[str, Any] | None = None
        self.journal = Journal(client, uid, tell, progress)
        self._client = client
        self._uid = uid
        self._subject = _acl.Subject("user", uid)

    def user(self) -> User:
        """Read the account."""
        return _iam.read_user(self._client, self._uid)

    def mark(self, unless: Callable[[dict[str, Any]], bool] = lambda _user: False) -> User:
        """Step 0; return the account as it was. A missing one needs no mark: who misses it looks for the journal."""
        seen: User = None

        def look() -> User:
            nonlocal seen
            seen = self.user()
            return seen

        def send(user: User, seconds: float) -> bool:
            if user is None or _iam.is_pending(user) or unless(user):
                return True
            body = {"description": user["description"] + _iam.PENDING}
            return _iam.update_user(self._client, self._uid, body, once=True, deadline=seconds)

        self.journal.step(look, send, lambda: _iam.is_pending(self.user()) or None, leased=False)
        return seen

    def replace(self, public_key: str, known: Record | None = None) -> bool:
        """Steps 2 to 8; False if the account is gone, or has that key.

        ``known`` is the record of an earlier run, of which nothing must be lost either.
        """
        record = known

        def look() -> User:
            """Return the account once the journal says what it has; None if there is nothing to replace."""
            nonlocal record
            for _attempt in range(ATTEMPTS):
                user, groups, granted = self._everything(recorded=record is not None)
                if user is None or groups is None or granted is None:
                    return None
                if same_public_key(user.get("public_key") or "", public_key):
                    return None
                seen = self._recorded(public_key, user, groups, granted, known)
                if not _iam.is_pending(user):
                    self.mark()
                elif seen == record:
                    return user
                record = seen
                self.journal.write(seen)
            raise DcosError(
                f"Could not replace the key of '{self._uid}': something else keeps changing the account. Try again."
            )

        def send(user: User, seconds: float) -> bool:
            return user is not None and bool(_iam.delete_user(self._client, self._uid, once=True, deadline=seconds))

        deleted = self.journal.step(look, send, lambda: True if self.user() is None else None)
        if not deleted or record is None:
            self.end()
            return False
        self.changed, self.restored = True, given_back(record)
        self.remake(record)
        return True

    def _everything(self, recorded: bool) -> tuple[User, list[str] | None, dict[str, Any] | None]:
        """Read account, memberships and grants at once, and the journal where it says something."""
        _journal, user, groups, granted = at_once(
            self.journal.look if recorded else lambda: None,
            self.user,
            lambda: _iam.read_groups_of(self._client, self._uid),
            lambda: _acl.read_permissions(self._client, self._subject),
        )
        return user, groups, granted

    def _recorded(
        self,
        public_key: str,
        user: dict[str, Any],
        groups: list[str],
        granted: dict[str, Any],
        known: Record | None,
    ) -> Record:
        actions = {rid: set(entry["actions"]) for rid, entry in granted.items()}
        gids = {gid for gid in groups if gid != self.journal.gid}
        for entry in known["permissions"] if known else ():
            actions.setdefault(entry["rid"], set()).update(entry["actions"])
        gids.update(known["groups"] if known else ())
        return {
            "target_public_key": public_key,
            "public_key": user.get("public_key"),
            "description": _iam.unmarked(user["description"]),
            "permissions": listed({rid: {"actions": names} for rid, names in actions.items()}),
            "groups": sorted(gids),
        }

    def remake(self, record: Record) -> None:
        """Steps 5 to 8. Raises DcosError if somebody else has made the account meanwhile."""
        body = {
            "description": record["description"] + _iam.PENDING,
            "public_key": record["target_public_key"],
        }

        def made() -> bool | None:
            user = self.user()
            return None if user is None else self.is_remade(user, record)

        def send(_ground: None, seconds: float) -> bool | None:
            kind = "service account"
            fate = _iam.create_user(self._client, self._uid, body, kind, once=True, deadline=seconds)
            return True if fate else made()

        if not self.journal.step(self.journal.look, send, made):
            raise DcosError(
                f"'{self._uid}' was made anew by somebody else while its key was being replaced. What it had is kept "
                f"in the description of group '{self.journal.gid}': run this again with restore_from_journal: true to "
                "give it back, or without to give it up."
            )
        self.give_back(record)

    def is_remade(self, user: dict[str, Any], record: Record) -> bool:
        """Tell whether an account is the one that step 5 made: by its mark, or else by its membership."""
        if not same_public_key(user.get("public_key") or "", record["target_public_key"]):
            return False
        return _iam.is_pending(user) or self.journal.gid in (_iam.read_groups_of(self._client, self._uid) or ())

    def give_back(self, record: Record) -> None:
        """Steps 6 to 8, and the rest of 5."""
        self.changed, self.restored = True, given_back(record)
        wanted: list[tuple[str, ...]] = [("group", self.journal.gid)]
        wanted += [("group", gid) for gid in record["groups"]]
        wanted += [("grant", entry["rid"], action) for entry in record["permissions"] for action in entry["actions"]]
        for start in range(0, len(wanted), CHUNK):
            self.journal.look()
            for _item, _result, error in together(self._give_one, wanted[start : start + CHUNK], CONCURRENCY):
                # A group that was deleted meanwhile cannot be joined again, and nobody is helped by stopping for it.
                if error and getattr(error, "code", None) != UNKNOWN_GROUP:
                    raise error
        self.end()

    def _give_one(self, item: tuple[str, ...]) -> bool:
        kind, name, *action = item

        def send(_ground: None, seconds: float) -> bool:
            if kind == "group":
                _iam.join_group(self._client, name, self._uid, once=True, deadline=seconds)
                return True
            unknown = (_acl.UNKNOWN_RID,)
            granted = _acl.grant(self._client, self._subject, name, action[0], unknown, once=True, deadline=seconds)
            return granted is not None

        def given() -> bool | None:
            if kind == "group":
                return name in (_iam.read_groups_of(self._client, self._uid) or ()) or None
            granted = _acl.read_permissions(self._client, self._subject) or {}
            return action[0] in granted.get(name, {}).get("actions", ()) or None

        # The clock of the lease is enough here: to give something twice does no harm while nobody else is at work.
        if not self.journal.step(lambda: None, send, given):
            _acl.create_acl(self._client, name, name, deadline=self.journal.times.deadline)
            self.journal.step(lambda: None, send, given)
        return True

    def end(self) -> None:
        """Steps 7 and 8."""
        self.journal.close()
        self.unmark()

    def unmark(self) -> None:
        """Take the mark away, unless somebody has begun anew."""

        def look() -> User:
            return None if self.journal.read() is not None else self.user()

        def send(user: User, seconds: float) -> bool:
            if user is None or not _iam.is_pending(user):
                return False
            body = {"description": _iam.unmarked(user["description"])}
            return _iam.update_user(self._client, self._uid, body, once=True, deadline=seconds)

        gone = self.journal.step(look, send, lambda: None if _iam.is_pending(self.user()) else True, leased=False)
        self.changed |= gone

    def remove(self) -> None:
        """Steps 4 and 7: delete the account for good."""
        deleted = self.journal.step(
            self.journal.look,
            lambda _ground, seconds: bool(_iam.delete_user(self._client, self._uid, once=True, deadline=seconds)),
            lambda: True if self.user() is None else None,
        )
        self.changed |= deleted
        self.journal.close()

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacing the key of a service account, and deleting it, beside other runs and after those that died.

What is done is in _rekey_steps, and who may do it in _journal. Here is who does what, and what is made of a journal
that somebody has left:

- It has no record, or the account still has its old key: nothing was deleted, and it is dropped.
- The account is missing: it is made anew (after a deletion it is not).
- The account is the one that was made anew (its mark, or its membership in the journal's group, tells): what is missing
  is given back.
- The account is another one, made by somebody else meanwhile: it is given nothing, unless the user says so.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any, Callable

from ansible_collections.dcos.security.plugins.module_utils import _acl, _iam
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError
from ansible_collections.dcos.security.plugins.module_utils._journal import ATTEMPTS, Overtaken, content_of, now
from ansible_collections.dcos.security.plugins.module_utils._keys import same_public_key
from ansible_collections.dcos.security.plugins.module_utils._rekey_steps import (
    RECORD,
    Record,
    Steps,
    User,
    given_back,
    listed,
)


class Rekey:
    """Key replacement and deletion of one service account.

    Args:
        tell: is told in sentences what the user should know: waiting, and work that somebody else has left.
        progress: is told how long waiting takes, see Task.progress.
        restore: what to do where the account was made anew by somebody else while its key was being replaced: give it
            what the journal says, or nothing.
    """

    def __init__(
        self,
        client: Client,
        uid: str,
        tell: Callable[[str], None],
        progress: Callable[[int, int, str], None],
        restore: bool = False,
    ):
        self._client = client
        self._uid = uid
        self._tell = tell
        self._restore_anyway = restore
        self._steps = Steps(client, uid, tell, progress)
        self._journal = self._steps.journal

    @property
    def changed(self) -> bool:
        """Whether this run has changed anything."""
        return self._steps.changed

    @property
    def restored(self) -> dict[str, Any] | None:
        """What was given back after a key was replaced, {permissions, groups}, or None."""
        return self._steps.restored

    def replace(self, public_key: str) -> bool:
        """Give the account ``public_key`` (SPKI PEM).

        False if it has that key by now, and not by this run, or if it is gone. Raises DcosError; what was begun is
        finished by the next run.
        """

        def has_it(user: dict[str, Any]) -> bool:
            return same_public_key(user.get("public_key") or "", public_key)

        for _attempt in range(ATTEMPTS):
            try:
                # First, because an account with this run's mark would be taken for one that step 5 made.
                if self._journal.read() is not None:
                    self._finish()
                user = self._steps.mark(unless=has_it)
                if user is None:
                    return False
                if has_it(user) and not _iam.is_pending(user):
                    return self.restored is not None
                mine = self._journal.open({})
                if mine is None:
                    return self._replace_bare(user, public_key)
                if mine and self._steps.replace(public_key):
                    return True
            except Overtaken:
                self.settle()
        raise DcosError(f"Could not replace the key of '{self._uid}': another run keeps doing the same. Try again.")

    def remove(self) -> bool:
        """Delete the account, and a journal that is there; False if others have done it all. Raises DcosError."""
        for _attempt in range(ATTEMPTS):
            with contextlib.suppress(Overtaken):
                content = self._journal.take_over()
                if content is not None:
                    # It keeps its record: until the account is deleted, the next run may still have to restore it.
                    self._journal.write({**content, "absent": True})
                    self._steps.changed = True
                else:
                    self._steps.mark()
                    mine = self._journal.open({"absent": True})
                    if mine is None:
                        return bool(_iam.delete_user(self._client, self._uid))
                    if not mine:
                        continue
                self._steps.remove()
                return self.changed
        raise DcosError(f"Could not delete '{self._uid}': another run keeps working on it. Try again.")

    def settle(self, user: Any = ...) -> bool:
        """Finish what another run has left, or wait until it has finished that itself; True if there was nothing.

        Costs nothing for an account without a mark, and a read of the journal for one that is missing. ``user`` is
        what a read just now said (a User object or None).
        """
        for _attempt in range(ATTEMPTS):
            user = self._steps.user() if user is ... else user
            if user is not None and not _iam.is_pending(user):
                return False
            if self._journal.read() is not None:
                with contextlib.suppress(Overtaken):
                    self._finish()
            elif user is None:
                return True
            else:
                self._take_mark_away()
            user = ...
        raise DcosError(
            f"Could not finish what was begun with '{self._uid}': another run keeps starting anew. Try again."
        )

    def foresee(self, user: User) -> tuple[bool, dict[str, Any] | None, dict[str, Any] | None]:
        """Return what settle() would lead to, without changing anything.

        That is whether it changes anything, the account's fields (None: there is none) and what it restores. The fields
        are ``description``, ``public_key`` and, where they will be restored, ``groups``.
        """
        text = self._journal.read() if user is None or _iam.is_pending(user) else None
        content = content_of(text)
        record = self._record_in(content)
        if record is None or (user is None and content.get("absent")) or _is_untouched(user, record):
            found = user and {**user, "description": _iam.unmarked(user["description"])}
            return text is not None or _iam.is_pending(user), found, None
        fields = {name: record[name] for name in ("description", "groups")}
        return True, {**fields, "public_key": record["target_public_key"]}, given_back(record)

    def left_behind(self) -> bool:
        """Tell whether there is a journal."""
        return self._journal.read() is not None

    def survey(self) -> dict[str, Any]:
        """Return what a replacement would restore, without changing anything."""
        groups = _iam.read_groups_of(self._client, self._uid, accept=(404,))
        subject = _acl.Subject("user", self._uid)
        granted = _acl.read_permissions(self._client, subject) if groups is not None else None
        return {"permissions": listed(granted or {}), "groups": groups or []}

    def _replace_bare(self, user: dict[str, Any], public_key: str) -> bool:
        """Open DC/OS has neither groups nor grants, so there is no journal: only the description needs to survive."""
        body = {"description": _iam.unmarked(user["description"]), "public_key": public_key}
        _iam.delete_user(self._client, self._uid)
        _iam.create_user(self._client, self._uid, body, "service account")
        self._steps.changed, self._steps.restored = True, {"permissions": [], "groups": []}
        return True

    def _take_mark_away(self) -> None:
        """Wait whether whoever has deleted the journal also takes the mark away; else do it."""
        until = now() + self._journal.times.bound
        while now() < until:
            time.sleep(self._journal.times.poll)
            user = self._steps.user()
            if not _iam.is_pending(user) or self._journal.read() is not None:
                return
        self._steps.unmark()

    def _finish(self) -> None:
        """Wait for the journal's owner, or finish its work if it is dead. Raises Overtaken."""
        content = self._journal.take_over()
        if content is None:
            return
        user, record = self._steps.user(), self._record_in(content)
        found = f"A run that died has left its journal in group '{self._journal.gid}': "
        if record is None or _is_untouched(user, record) or (user is None and content.get("absent")):
            self._steps.end()
            self._steps.changed = True
            self._tell(f"{found}it had not changed '{self._uid}' yet." if user else f"{found}'{self._uid}' is deleted.")
        elif user is None:
            self._steps.remake(record)
            self._tell(f"{found}'{self._uid}' was missing and was made anew, with its permissions and groups.")
        elif self._steps.is_remade(user, record):
            self._steps.give_back(record)
            self._tell(f"{found}'{self._uid}' was given back its permissions and groups.")
        elif _iam.is_pending(user):
            # Made by a run of an earlier version that was overtaken.
            self._steps.replace(record["target_public_key"], record)
            self._tell(f"{found}'{self._uid}' was given the key that it names, its permissions and groups.")
        elif self._restore_anyway:
            self._steps.give_back(record)
            self._tell(
                f"{found}'{self._uid}', made anew meanwhile, was given the permissions and groups of the old one."
            )
        else:
            self._steps.end()
            self._steps.changed = True
            what = "was made anew meanwhile" if record["public_key"] else "has not been changed by it, or not since"
            self._tell(
                f"{found}'{self._uid}' {what}, and keeps what it has; it did not get what the old one "
                f"had (with restore_from_journal: true it would have been): "
                f"{json.dumps(given_back(record), sort_keys=True)}"
            )

    def _record_in(self, content: dict[str, Any]) -> Record | None:
        """Return the record of a journal that has got to step 3, else None."""
        whole = content.get("uid") == self._uid and content.get("v") in (1, 2) and content.keys() >= set(RECORD)
        return {name: content.get(name) for name in (*RECORD, "public_key")} if whole else None


def _is_untouched(user: User, record: Record) -> bool:
    """Tell whether a run died before step 4."""
    old, new = record["public_key"], record["target_public_key"]
    if not (user and old):
        return False
    return same_public_key(user.get("public_key") or "", old) and not same_public_key(old, new)

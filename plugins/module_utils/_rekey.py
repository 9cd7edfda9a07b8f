# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacing the public key of a service account so that no crash can lose its grants and memberships.

The IAM cannot change a key in place (PATCH refuses ``public_key``), so the account is deleted and made again. What it
would lose is first written into a journal on the cluster itself: the description of a group that is made for that
purpose. The order of the steps is what makes it safe; do not change it:

 1. PUT the journal group (409: a journal exists and is finished first)
 2. read account, grants and memberships
 3. PATCH the journal, read it back and compare
 4. DELETE the account
 5. PUT it with the new key, its description marked as pending
 6. give back memberships and grants
 7. PATCH the final description
 8. DELETE the journal

Whoever made the journal works on it. Others wait for as long as they see progress, and take it over if there is none.

This file is private to the collection.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid

from ansible_collections.dcos.security.plugins.module_utils import _acl, _iam
from ansible_collections.dcos.security.plugins.module_utils._client import Client, together
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, HttpError
from ansible_collections.dcos.security.plugins.module_utils._keys import same_public_key

RECORDED = {"target_public_key", "description", "permissions", "groups"}
ATTEMPTS = 5
CONCURRENCY = 8
# Seconds: how long another run may make no progress before it is taken for dead, how often that is looked at, and how
# long a request of somebody who takes over at the same moment may be under way.
PATIENCE = 5.0
POLL = 0.5
SETTLE = 1.0


def journal_gid(uid: str) -> str:
    """Return the gid of the group that holds the journal of ``uid``."""
    return f"dcos-security-rekey-{hashlib.sha256(uid.encode()).hexdigest()[:32]}"


class Rekey:
    """Key replacement of one service account."""

    def __init__(self, client: Client, uid: str):
        self._client = client
        self._uid = uid
        self._gid = journal_gid(uid)
        self._subject = _acl.Subject("user", uid)
        self._run = uuid.uuid4().hex

    @staticmethod
    def restored_from(record: dict) -> dict:
        """Return what a replacement gives back, of what its journal says: {permissions, groups}."""
        return {"permissions": record["permissions"], "groups": record["groups"]}

    def replace(self, public_key: str):
        """Give the account ``public_key`` (SPKI PEM); return what was restored: {permissions, groups}.

        Returns None if another run gave it that key meanwhile. Raises HttpError, and DcosError if the journal cannot be
        kept; then nothing has been deleted.
        """
        finished = None
        for _attempt in range(ATTEMPTS):
            status = _iam.create_group(self._client, self._gid, json.dumps({"run": self._run}), accept=(404,))
            if status == 404:
                # Open DC/OS has neither groups nor grants: only the description needs to survive.
                return self._carry_out(self._record(public_key, bare=True)[0], journalled=False)
            if status != 409:
                return self._start(public_key) or finished
            finished = self.resume() or finished
        raise DcosError(f"Could not replace the key of '{self._uid}': another run keeps doing the same. Try again.")

    def survey(self) -> dict:
        """Return what a replacement would restore, without changing anything."""
        try:
            return self.restored_from(self._record("")[0])
        except HttpError as exc:
            if exc.status != 404:
                raise
            return self.restored_from(self._record("", bare=True)[0])

    def resume(self):
        """Finish a journal that an earlier run left, to the key that it recorded; wait for one that is at work.

        Returns what was restored, {} if a journal was there and needed nothing of us, None if there was none.
        """
        if self._read_journal() is None:
            return None
        journal = self._take_over()
        if journal is None:
            return {}
        user = _iam.read_user(self._client, self._uid)
        whole = user and not _iam.is_pending(user)
        if not _is_record(journal, self._uid) or (
            whole and same_public_key(user.get("public_key"), journal["target_public_key"])
        ):
            # Died before step 3 (nothing was deleted yet) or after step 7 (all was restored).
            self.discard()
            return {}
        if whole:
            # Died before step 4: the account may have changed since it was recorded.
            return self._start(journal["target_public_key"]) or {}
        return self._carry_out(journal)

    def recorded(self):
        """Return what the journal says: {target_public_key, description, permissions, groups}.

        {} if it says nothing (yet), None if there is no journal.
        """
        journal = self._read_journal()
        return journal if journal is None or _is_record(journal, self._uid) else {}

    def discard(self) -> None:
        """Delete the journal, if any."""
        _iam.delete_group(self._client, self._gid, accept=(404,))

    def _take_over(self):
        """Return the journal once it is this run's, or None once it is gone.

        It is claimed as in Fischer's algorithm: write one's name, wait for other writes to arrive, see whose is left.
        """
        seen, since = None, time.monotonic()
        while (journal := self._read_journal()) is not None:
            if journal.get("run") == self._run:
                return journal
            granted = _acl.read_permissions(self._client, self._subject)
            now = (journal, _iam.read_user(self._client, self._uid), granted)
            if now != seen:
                seen, since = now, time.monotonic()
            if time.monotonic() - since >= PATIENCE:
                _iam.update_group(self._client, self._gid, json.dumps({**journal, "run": self._run}))
                time.sleep(SETTLE)
            else:
                time.sleep(POLL)
        return None

    def _start(self, public_key):
        """Steps 2 and 3, and all that follow; None if the account has that key."""
        record, present = self._record(public_key)
        if same_public_key(present, public_key):
            self.discard()
            return None
        text = json.dumps({**record, "run": self._run}, sort_keys=True)
        _iam.update_group(self._client, self._gid, text)
        if (_iam.read_group(self._client, self._gid) or {}).get("description") != text:
            raise DcosError(
                f"Could not replace the key of '{self._uid}': the cluster did not keep the journal in group "
                f"'{self._gid}' unchanged. Nothing was deleted."
            )
        return self._carry_out(record)

    def _record(self, public_key, bare=False):
        """Read what must survive; return it as a journal, and the present key.

        The account is read twice, so that nobody can swap it in between unnoticed.
        """
        for _attempt in range(ATTEMPTS):
            before = _iam.read_user(self._client, self._uid)
            groups = [] if bare else _iam.read_groups_of(self._client, self._uid)
            granted = {} if bare else _acl.read_permissions(self._client, self._subject)
            if (
                before
                and groups is not None
                and granted is not None
                and (bare or _iam.read_user(self._client, self._uid) == before)
            ):
                record = {
                    "v": 1,
                    "uid": self._uid,
                    "target_public_key": public_key,
                    "description": before["description"],
                    "permissions": [
                        {"rid": rid, "actions": sorted(entry["actions"])} for rid, entry in sorted(granted.items())
                    ],
                    "groups": groups,
                }
                return record, before.get("public_key")
        raise DcosError(f"Could not replace the key of '{self._uid}': another run is changing the account. Try again.")

    def _read_journal(self):
        """Return what the journal group says, {} if that is nothing of ours, None if there is no such group."""
        group = _iam.read_group(self._client, self._gid, accept=(404,))
        if group is None:
            return None
        try:
            journal = json.loads(group["description"])
        except (ValueError, TypeError):
            journal = None
        return journal if isinstance(journal, dict) else {}

    def _carry_out(self, record, journalled=True):
        self._recreate(record)
        self._restore(record)
        _iam.update_user(self._client, self._uid, {"description": record["description"]})
        if journalled:
            self.discard()
        return self.restored_from(record)

    def _recreate(self, record):
        """Steps 4 and 5, from wherever they were left."""
        target = record["target_public_key"]
        for _attempt in range(ATTEMPTS):
            user = _iam.read_user(self._client, self._uid)
            # Whole already, if another run took this for dead and has finished the work.
            if user and same_public_key(user.get("public_key"), target):
                return
            if user:
                _iam.delete_user(self._client, self._uid)
            body = {"description": record["description"] + _iam.PENDING, "public_key": target}
            if _iam.create_user(self._client, self._uid, body, "service account"):
                return
        raise DcosError(
            f"Could not recreate '{self._uid}': something else keeps creating it. Its grants are kept in the "
            f"description of group '{self._gid}'; run this again."
        )

    def _restore(self, record):
        jobs = [(_iam.join_group, gid) for gid in record["groups"]]
        jobs += [
            (self._regrant, entry["rid"], action) for entry in record["permissions"] for action in entry["actions"]
        ]

        def restore(job):
            call, *args = job
            return call(self._client, *args, self._uid) if call is _iam.join_group else call(*args)

        for _job, _result, error in together(restore, jobs, CONCURRENCY):
            # A group that was deleted meanwhile cannot be joined again, and nobody is helped by stopping for it.
            if error and not (isinstance(error, HttpError) and error.code == _iam.UNKNOWN_GROUP):
                raise error

    def _regrant(self, rid, action):
        if _acl.grant(self._client, self._subject, rid, action, accept=(_acl.UNKNOWN_RID,)) is None:
            _acl.create_acl(self._client, rid, rid)
            _acl.grant(self._client, self._subject, rid, action)


def _is_record(journal, uid):
    """Tell whether a journal has got to step 3, and can be carried out."""
    return bool(journal) and (journal.get("v"), journal.get("uid")) == (1, uid) and journal.keys() >= RECORDED

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

This file is private to the collection.
"""

from __future__ import annotations

import hashlib
import json

from ansible_collections.dcos.security.plugins.module_utils import _acl, _iam
from ansible_collections.dcos.security.plugins.module_utils._client import Client, together
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, HttpError
from ansible_collections.dcos.security.plugins.module_utils._keys import same_public_key

MARKER = " [rekey pending]"
ATTEMPTS = 5
CONCURRENCY = 8


def journal_gid(uid: str) -> str:
    """Return the gid of the group that holds the journal of ``uid``."""
    return f"dcos-security-rekey-{hashlib.sha256(uid.encode()).hexdigest()[:32]}"


def is_pending(user) -> bool:
    """Tell whether an account was recreated by a run that did not get to restoring all of it."""
    return bool(user) and user.get("description", "").endswith(MARKER)


class Rekey:
    """Key replacement of one service account."""

    def __init__(self, client: Client, uid: str):
        self._client = client
        self._uid = uid
        self._gid = journal_gid(uid)
        self._subject = _acl.Subject("user", uid)

    def replace(self, public_key: str) -> dict:
        """Give the account ``public_key`` (SPKI PEM); return what was restored: {permissions, groups}.

        Raises HttpError, and DcosError if the journal cannot be kept; then nothing has been deleted.
        """
        for _attempt in range(ATTEMPTS):
            status = _iam.create_group(self._client, self._gid, "", accept=(404,))
            if status == 404:
                # Open DC/OS has neither groups nor grants: only the description needs to survive.
                return self._carry_out(self._record(public_key, bare=True), journalled=False)
            if status != 409:
                return self._start(public_key)
            self.resume()
        raise DcosError(f"Could not replace the key of '{self._uid}': another run keeps doing the same. Try again.")

    def survey(self) -> dict:
        """Return what a replacement would restore, without changing anything."""
        return restored_from(self._record(""))

    def resume(self):
        """Finish a journal that an earlier run left, to the key that it recorded.

        Returns what was restored, or None if there was nothing to finish.
        """
        record = self._read_journal()
        if record is None:
            return None
        user = _iam.read_user(self._client, self._uid)
        if not record or (
            user and not is_pending(user) and same_public_key(user.get("public_key"), record["target_public_key"])
        ):
            # Died before step 3 (nothing was deleted yet) or after step 7 (all was restored).
            self.discard()
            return None
        if user and not is_pending(user):
            # Died before step 4: the account is whole, and may have changed since it was recorded.
            return self._start(record["target_public_key"])
        return self._carry_out(record)

    def recorded(self):
        """Return what the journal says, or None: {target_public_key, description, permissions, groups}."""
        return self._read_journal() or None

    def discard(self) -> None:
        """Delete the journal, if any."""
        _iam.delete_group(self._client, self._gid, accept=(404,))

    def _start(self, public_key):
        record = self._record(public_key)
        text = json.dumps(record, sort_keys=True)
        _iam.update_group(self._client, self._gid, text)
        if (_iam.read_group(self._client, self._gid) or {}).get("description") != text:
            raise DcosError(
                f"Could not replace the key of '{self._uid}': the cluster did not keep the journal in group "
                f"'{self._gid}' unchanged. Nothing was deleted."
            )
        return self._carry_out(record)

    def _record(self, public_key, bare=False):
        """Read what must survive. The account is read twice, so that no other run can swap it in between unnoticed."""
        for _attempt in range(ATTEMPTS):
            before = _iam.read_user(self._client, self._uid)
            groups = [] if bare else _iam.read_groups_of(self._client, self._uid)
            granted = {} if bare else _acl.read_permissions(self._client, self._subject)
            if (
                before
                and groups is not None
                and granted is not None
                and (bare or _iam.read_user(self._client, self._uid) == before)
                and not is_pending(before)
            ):
                return {
                    "v": 1,
                    "uid": self._uid,
                    "target_public_key": public_key,
                    "description": before["description"],
                    "permissions": [
                        {"rid": rid, "actions": sorted(entry["actions"])} for rid, entry in sorted(granted.items())
                    ],
                    "groups": groups,
                }
        raise DcosError(f"Could not replace the key of '{self._uid}': another run is changing the account. Try again.")

    def _read_journal(self):
        """Return the record, {} if the journal holds none (yet), or None if there is no journal."""
        group = _iam.read_group(self._client, self._gid, accept=(404,))
        if group is None:
            return None
        try:
            record = json.loads(group["description"])
            whole = (
                record["v"] == 1
                and record["uid"] == self._uid
                and all(name in record for name in ("target_public_key", "description", "permissions", "groups"))
            )
        except (ValueError, TypeError, KeyError):
            whole = False
        return record if whole else {}

    def _carry_out(self, record, journalled=True):
        self._recreate(record)
        self._restore(record)
        _iam.update_user(self._client, self._uid, {"description": record["description"]})
        if journalled:
            self.discard()
        return restored_from(record)

    def _recreate(self, record):
        """Steps 4 and 5, from wherever they were left."""
        target = record["target_public_key"]
        for _attempt in range(ATTEMPTS):
            user = _iam.read_user(self._client, self._uid)
            if is_pending(user) and same_public_key(user.get("public_key"), target):
                return
            if user:
                _iam.delete_user(self._client, self._uid)
            body = {"description": record["description"] + MARKER, "public_key": target}
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


def restored_from(record: dict) -> dict:
    """Return what a replacement gives back, of what its journal says: {permissions, groups}."""
    return {"permissions": record["permissions"], "groups": record["groups"]}

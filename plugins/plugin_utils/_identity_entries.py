# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each step of the role service_identity is given for one identity: the entries of its module's list.

This file is private to the collection.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.dcos.security.plugins.plugin_utils import _rights

Identity = dict[str, Any]
Entry = dict[str, Any]


class Entries:
    """The entries of all steps, each by a method that has the step's name with ``_`` before it.

    They follow from what is wanted and from what the steps before returned, which a subclass tells.
    """

    identities: list[Identity]
    check_mode: bool

    def jobs(self, step: str) -> list[tuple[Any, Entry]]:
        """Return the entries of a step with the numbers of the identities that they belong to."""
        raise NotImplementedError

    def results(self, step: str) -> dict[int, list[dict[str, Any]]]:
        """Return what a step returned for each identity."""
        raise NotImplementedError

    def one(self, step: str, number: int) -> dict[str, Any]:
        """Return the first that a step returned for an identity, or nothing."""
        raise NotImplementedError

    def changes(self, number: int) -> bool:
        """Tell whether credential and account are not yet as they shall be."""
        raise NotImplementedError

    def writes(self, number: int) -> bool:
        """Tell whether something of an identity is to be written, by what is known before that."""
        raise NotImplementedError

    def lacking(self, rights: list[_rights.Right]) -> list[_rights.Right]:
        """Return the rights that the user who is logged in certainly lacks: none where that is not known."""
        raise NotImplementedError

    # --- providing and removing --------------------------------------------------------------------------------------

    def _look(self, number: int) -> list[Entry]:
        """In check mode: what there is of the account, and whether it would change."""
        return [{**self.identities[number]["account"], "create": False}]

    def _seen(self, number: int) -> list[Entry]:
        """In check mode: what there is of the credential, and whether it would change."""
        credential = self.identities[number]["credential"]
        return [{**{name: value for name, value in credential.items() if name != "rotate"}, "create": False}]

    def _foreseen(self, number: int) -> list[Entry]:
        """In check mode: what would become of the certificates, if that may be refused after the rest is written."""
        entries = self._certificates(number)
        return entries if self.writes(number) and self.lacking(_rights.of_certificates(entries)) else []

    def _groups(self, number: int) -> list[Entry]:
        identity = self.identities[number]
        return [{"gid": identity["group"]}] if identity["group"] and self.changes(number) else []

    def _credentials(self, number: int) -> list[Entry]:
        return [self.identities[number]["credential"]] if self.changes(number) else []

    def _accounts(self, number: int) -> list[Entry]:
        key = self.one("credentials", number).get("public_key")
        return [{**self.identities[number]["account"], "public_key": key}] if self.changes(number) else []

    def _subjects(self, number: int) -> list[Entry]:
        identity = self.identities[number]
        return [identity["subject"], *([identity["tasks"]] if identity["tasks"] else [])]

    def _certificates(self, number: int) -> list[Entry]:
        return [certificate["entry"] for certificate in self.identities[number]["certificates"]]

    def _proofs(self, number: int) -> list[Entry]:
        """In check mode, what would change now cannot log in yet."""
        skipped = not self.identities[number]["verify"] or (self.check_mode and self.changes(number))
        return [] if skipped else [self.identities[number]["proof"]]

    def _found(self, number: int) -> list[Entry]:
        """In check mode: whether there is an account to remove."""
        return [{"uid": self.identities[number]["uid"]}]

    def _stored(self, number: int) -> list[Entry]:
        """In check mode: whether there is a credential to remove, or what an unfinished rotation left behind."""
        identity = self.identities[number]
        return [self._secret(identity, path) for path in (identity["path"], identity["next"])]

    def _gone_certificates(self, number: int) -> list[Entry]:
        return [
            {"path": certificate["entry"][option], "store": self.identities[number]["store"]}
            for certificate in self.identities[number]["certificates"]
            for option in ("certificate_secret", "privatekey_secret", "chain_secret")
            if option in certificate["entry"]
        ]

    def _gone_accounts(self, number: int) -> list[Entry]:
        return self._still_there("found", number)

    def _gone_credentials(self, number: int) -> list[Entry]:
        return self._still_there("stored", number)

    def _still_there(self, step: str, number: int) -> list[Entry]:
        """Return the entries of a look at what is to be removed that found something."""
        entries = [entry for owner, entry in self.jobs(step) if owner == number]
        return [entry for entry, result in zip(entries, self.results(step).get(number, ())) if result["changed"]]

    def _gone_groups(self, number: int) -> list[Entry]:
        identity = self.identities[number]
        return [{"gid": identity["group"]}] if identity["group"] else []

    @staticmethod
    def _secret(identity: Identity, path: str) -> Entry:
        return {"path": path, "store": identity["store"], "uid": identity["uid"]}

    # --- rotation ---------------------------------------------------------------------------------------------------

    def _looked(self, number: int) -> list[Entry]:
        return [{"uid": self.identities[number]["uid"], "create": False}]

    def _current(self, number: int) -> list[Entry]:
        return [self._secret(self.identities[number], self.identities[number]["path"])]

    def _next(self, number: int) -> list[Entry]:
        identity = self.identities[number]
        return [{**self._secret(identity, identity["next"]), "size": identity["credential"]["size"]}]

    def _rekeyed(self, number: int) -> list[Entry]:
        return [{"uid": self.identities[number]["uid"], "public_key": self.one("next", number).get("public_key")}]

    def _proven(self, number: int) -> list[Entry]:
        if self.check_mode and self.one("rekeyed", number).get("changed"):
            return []
        identity = self.identities[number]
        return [{"secret_path": identity["next"], "store": identity["store"]}]

    def _switched(self, number: int) -> list[Entry]:
        identity = self.identities[number]
        options = {
            name: identity["credential"][name]
            for name in ("strict", "login_endpoint")
            if name in identity["credential"]
        }
        return [{**self._secret(identity, identity["path"]), "from_path": identity["next"], **options}]

    def _kept(self, number: int) -> list[Entry]:
        return self._current(number)

    def _restored(self, number: int) -> list[Entry]:
        return [{"uid": self.identities[number]["uid"], "public_key": self.one("kept", number).get("public_key")}]

    def _cleared(self, number: int) -> list[Entry]:
        return [self._secret(self.identities[number], self.identities[number]["next"])]

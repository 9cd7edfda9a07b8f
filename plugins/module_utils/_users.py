# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People as an entity: local users with a password, a description and group memberships.

This file is private to the collection.
"""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.dcos.security.plugins.module_utils import _iam
from ansible_collections.dcos.security.plugins.module_utils._accounts import Account
from ansible_collections.dcos.security.plugins.module_utils._auth import login
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._converge import Fate, fate_of_all
from ansible_collections.dcos.security.plugins.module_utils._errors import AuthError, InputError

# Stands for a password that the cluster has and keeps to itself.
UNKNOWN = ""


def check_password(password: str) -> None:
    """Raise InputError unless PUT /acs/api/v1/users/{uid} takes this password."""
    if len(password) < 5:
        raise InputError("user_password has fewer than the five characters that DC/OS asks for.")


class User(Account):
    """Fields: ``description``, ``user_password``, and ``groups`` where they are managed.

    Args:
        tell: is told in a sentence what the user should know.
        password: the password to compare with: a stored one cannot be read, but a login tells whether it is this one.
    """

    secret_fields = ("user_password",)

    def __init__(
        self,
        client: Client,
        uid: str,
        *,
        tell: Callable[[str], None],
        password: str | None = None,
        groups: bool = False,
        exclusive_groups: bool = False,
    ) -> None:
        super().__init__(client, uid, tell=tell, groups=groups, exclusive_groups=exclusive_groups)
        self.label = f"user '{uid}'"
        self._password = password

    def read(self) -> dict[str, Any] | None:
        """One GET; one more for the memberships, and a login where there is a password to compare."""
        user = _iam.read_user(self._client, self._uid)
        if user is None:
            return None
        if user.get("is_service"):
            raise InputError(
                f"'{self._uid}' is a service account, not a user: choose another uid, or use dcos_service_account."
            )
        if self._password is not None and user.get("is_remote"):
            raise InputError(
                f"'{self._uid}' logs in with an external identity provider, which keeps the password: remove "
                "user_password."
            )
        fields = {"description": user["description"], **self._memberships()}
        if self._password is not None:
            fields["user_password"] = self._password if self._accepted() else UNKNOWN
        return fields

    def _accepted(self) -> bool:
        try:
            login(self._client.transport, self._uid, password=self._password)
        except AuthError:
            return False
        return True

    def check(self, before: dict[str, Any] | None, changes: dict[str, Any] | None) -> None:
        """Refuse a new user without a password, and what would do harm."""
        if changes is None:
            self._guard("delete")
            return
        if before is not None:
            self._guard_memberships(before, changes)
        elif "user_password" not in changes:
            raise InputError(f"{self.label} does not exist: give user_password so that it can be created.")

    def create(self, desired: dict[str, Any]) -> Fate:
        """PUT the user, then its memberships."""
        fate = _iam.create_user(self._client, self._uid, _body(desired), "user")
        if fate:
            self._move((), desired.get("groups", ()))
        return fate

    def update(self, before: dict[str, Any], changes: dict[str, Any]) -> Fate:
        """PATCH description and password, adjust memberships."""
        body = _body(changes)
        if body and not _iam.update_user(self._client, self._uid, body):
            return Fate.BEATEN
        fates = [Fate.DONE] if body else []
        if "groups" in changes:
            fates += self._move(before["groups"], changes["groups"])
        return fate_of_all(fates)

    def delete(self, before: dict[str, Any]) -> Fate:
        """DELETE the user."""
        return _iam.delete_user(self._client, self._uid)


def _body(fields: dict[str, Any]) -> dict[str, Any]:
    names = {"description": "description", "user_password": "password"}
    return {member: fields[name] for name, member in names.items() if name in fields}

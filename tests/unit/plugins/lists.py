# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of lists have in common: for each module its list, and entries of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Callable

from ansible_collections.dcos.security.plugins.module_utils import _keys

if TYPE_CHECKING:
    from ansible_collections.dcos.security.tests.unit.plugins.cluster import Cluster

RID = "dcos:mesos:master:framework:role:{}-role"
NAMES = ("alpha", "beta", "gamma")


class Kind:
    """A module, its list, and an entry of it for a name; ``prepare`` makes what has to be there before."""

    def __init__(
        self,
        module: str,
        option: str,
        entry: Callable[[str, list[str]], dict[str, Any]],
        prepare: Callable[[Cluster, str, list[str]], None] | None = None,
    ) -> None:
        self.module, self.option = module, option
        self._entry, self._prepare = entry, prepare

    def __repr__(self) -> str:
        return self.module

    def entries(self, pems: list[str], names: Iterable[str] = NAMES) -> list[dict[str, Any]]:
        return [self._entry(name, pems) for name in names]

    def prepare(self, cluster: Cluster, pems: list[str], names: Iterable[str] = NAMES) -> None:
        if self._prepare:
            for name in names:
                self._prepare(cluster, name, pems)


def account(cluster: Cluster, name: str, pems: list[str]) -> None:
    cluster.iam("PUT", f"/users/{name}", {"public_key": _keys.public_key_of(pems[0]), "description": ""})


def credential(cluster: Cluster, name: str, pems: list[str]) -> None:
    account(cluster, name, pems)
    members = {"uid": name, "private_key": pems[0], "scheme": "RS256", "login_endpoint": "https://x"}
    cluster.api("PUT", f"/secrets/v1/secret/default/{name}/account", {"value": json.dumps(members)})


KINDS = [
    Kind("dcos_secret", "secrets", lambda name, pems: {"path": f"{name}/password", "value": f"s3cret-of-{name}"}),
    Kind(
        "dcos_service_account",
        "accounts",
        lambda name, pems: {"uid": name, "public_key": _keys.public_key_of(pems[0]), "description": f"The {name}"},
    ),
    Kind(
        "dcos_service_account_secret",
        "credentials",
        lambda name, pems: {"path": f"{name}/account", "uid": name, "private_key": pems[0]},
    ),
    Kind(
        "dcos_acl",
        "subjects",
        lambda name, pems: {"uid": name, "permissions": [{"rid": RID.format(name), "actions": ["create", "read"]}]},
        account,
    ),
    Kind(
        "dcos_ca_cert",
        "certificates",
        lambda name, pems: {
            "common_name": f"{name}.example.com",
            "key_type": "ECDSA",
            "certificate_secret": f"{name}/certificate",
            "privatekey_secret": f"{name}/key",
        },
    ),
    Kind(
        "dcos_group",
        "groups",
        lambda name, pems: {"gid": f"{name}s", "members": [name], "description": f"All {name}"},
        account,
    ),
    Kind("dcos_user", "users", lambda name, pems: {"uid": name, "user_password": f"s3cret-of-{name}"}),
]
PROOFS = Kind("dcos_login", "proofs", lambda name, pems: {"secret_path": f"{name}/account"}, credential)
SECRETS = KINDS[0]

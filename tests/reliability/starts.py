# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each module that changes something is asked for, from each state it can start in."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.tests.unit.plugins.cluster import Cluster

RIDS = [f"dcos:secrets:default:/kafka/{number}" for number in range(3)]
CERTIFICATE = {
    "common_name": "kafka.example.com",
    "key_type": "ECDSA",
    "certificate_secret": "kafka/certificate",
    "privatekey_secret": "kafka/key",
    "chain_secret": "kafka/chain",
}


class Case(NamedTuple):
    """A task, and what was there before.

    Attributes:
        before: requests (method, path, body) that make the state. The account ``old`` and its things are there always.
        once: options that ask for something to be done whatever is there. The runs that finish the work leave them out.
        first: a task that has been run before.
    """

    module: str
    options: dict[str, Any]
    before: tuple[tuple[str, str, Any], ...] = ()
    once: dict[str, Any] = {}
    first: dict[str, Any] | None = None


def put(path: str, body: Any = None) -> tuple[str, str, Any]:
    """A request to the IAM."""
    return "PUT", f"/acs/api/v1{path}", body


def secret(path: str, value: str) -> tuple[str, str, Any]:
    """A request that makes a text secret."""
    return "PUT", f"/secrets/v1/secret/default/{path}", {"value": value}


class Keys:
    """Keys, which take long to make: made once."""

    def __init__(self) -> None:
        self.private = [_keys.generate_private_key() for _number in range(2)]
        self.public = [_keys.public_key_of(pem) for pem in self.private]

    def credential(self, uid: str, **members: str) -> str:
        """The text of a service account's secret."""
        return json.dumps(
            {"login_endpoint": "https://leader.mesos/x", "private_key": self.private[0], "uid": uid, **members}
        )


def common(cluster: Cluster, keys: Keys) -> None:
    """Make what is there in every case."""
    for gid in ("brokers", "readers"):
        cluster.iam("PUT", f"/groups/{gid}", {"description": gid})
    cluster.iam("PUT", "/users/jane", {"password": "wonderland"})
    cluster.iam("PUT", "/users/old", {"public_key": keys.public[0], "description": "Old"})
    for rid in RIDS[:2]:
        cluster.iam("PUT", f"/acls/{rid.replace('/', '%252F')}", {"description": rid})
    cluster.iam("PUT", f"/acls/{RIDS[0].replace('/', '%252F')}/users/old/read")
    cluster.iam("PUT", f"/acls/{RIDS[1].replace('/', '%252F')}/users/old/full")
    cluster.iam("PUT", "/groups/readers/users/old")
    cluster.iam("PUT", "/groups/readers/users/jane")
    cluster.api("PUT", "/secrets/v1/secret/default/old/x", {"value": "the-old-s3cret"})
    cluster.api("PUT", "/secrets/v1/secret/default/old/sa", {"value": keys.credential("old", scheme="RS256")})


def cases(keys: Keys) -> dict[str, Case]:
    """All of them, by a name."""
    account = {"uid": "kafka", "public_key": keys.public[0], "description": "Kafka", "groups": ["brokers", "readers"]}
    there = put("/users/kafka", {"public_key": keys.public[0], "description": "x"})
    credential = {"path": "kafka/sa", "uid": "kafka"}
    wanted = [{"rid": rid, "actions": ["read"], "description": "Its own"} for rid in RIDS]
    return {
        "account: none": Case("dcos_service_account", account),
        "account: other description": Case("dcos_service_account", account, (there,)),
        "account: some groups": Case("dcos_service_account", account, (there, put("/groups/brokers/users/kafka"))),
        "account: other groups": Case(
            "dcos_service_account",
            {**account, "groups": ["brokers"], "exclusive_groups": True},
            (there, put("/groups/readers/users/kafka")),
        ),
        "account: absent": Case("dcos_service_account", {"uid": "old", "state": "absent"}),
        "credential: none": Case("dcos_service_account_secret", credential),
        "credential: without scheme": Case(
            "dcos_service_account_secret", credential, (secret("kafka/sa", keys.credential("kafka")),)
        ),
        "credential: rotated": Case(
            "dcos_service_account_secret",
            credential,
            (secret("kafka/sa", keys.credential("kafka", scheme="RS256")),),
            once={"rotate": True},
        ),
        "credential: from another path": Case(
            "dcos_service_account_secret",
            {**credential, "from_path": "kafka/sa-next"},
            (
                secret("kafka/sa", keys.credential("kafka", scheme="RS256")),
                secret("kafka/sa-next", keys.credential("kafka", scheme="RS256", private_key=keys.private[1])),
            ),
        ),
        "credential: absent": Case("dcos_service_account_secret", {"path": "old/sa", "uid": "old", "state": "absent"}),
        "secret: none": Case("dcos_secret", {"path": "kafka/x", "value": "a-new-s3cret"}),
        "secret: another": Case("dcos_secret", {"path": "old/x", "value": "a-new-s3cret"}),
        "secret: binary for text": Case("dcos_secret", {"path": "old/x", "value_base64": "AAEC"}),
        "secret: absent": Case("dcos_secret", {"path": "old/x", "state": "absent"}),
        "permissions: none": Case("dcos_acl", {"uid": "jane", "permissions": wanted}),
        "permissions: exclusive": Case("dcos_acl", {"uid": "old", "permissions": wanted, "exclusive": True}),
        "permissions: all revoked": Case("dcos_acl", {"uid": "old", "permissions": [], "exclusive": True}),
        "permissions: absent": Case("dcos_acl", {"uid": "old", "rid": RIDS[1], "state": "absent"}),
        "permissions: of a group": Case("dcos_acl", {"gid": "brokers", "permissions": wanted}),
        "ACL: another description": Case(
            "dcos_acl", {"permissions": [{"rid": rid, "description": "New"} for rid in RIDS]}
        ),
        "ACL: absent": Case("dcos_acl", {"rid": RIDS[0], "state": "absent", "force": True}),
        "group: none": Case("dcos_group", {"gid": "new", "description": "New", "members": ["jane", "old"]}),
        "group: other members": Case("dcos_group", {"gid": "readers", "members": ["old"], "exclusive_members": True}),
        "group: absent": Case("dcos_group", {"gid": "readers", "state": "absent"}),
        "user: none": Case(
            "dcos_user",
            {"uid": "john", "user_password": "wonderland", "groups": ["brokers"], "update_password": "on_create"},
        ),
        "user: other groups": Case("dcos_user", {"uid": "jane", "groups": ["brokers"], "exclusive_groups": True}),
        "user: absent": Case("dcos_user", {"uid": "jane", "state": "absent"}),
        "certificate: none": Case("dcos_ca_cert", CERTIFICATE),
        "certificate: renewed": Case("dcos_ca_cert", CERTIFICATE, first=CERTIFICATE, once={"force": True}),
        "certificate: another key": Case("dcos_ca_cert", {**CERTIFICATE, "key_size": 384}, first=CERTIFICATE),
        "certificate: of the CA's key": Case("dcos_ca_cert", {**CERTIFICATE, "key_source": "ca"}),
        "list of secrets": Case(
            "dcos_secret", {"secrets": [{"path": f"kafka/{n}", "value": f"s3cret-{n}"} for n in range(4)]}
        ),
        "list of accounts": Case(
            "dcos_service_account",
            {
                "accounts": [
                    {"uid": f"kafka-{n}", "public_key": keys.public[n % 2], "groups": ["brokers"]} for n in range(3)
                ]
            },
        ),
        "list of subjects": Case(
            "dcos_acl", {"subjects": [{"uid": uid, "permissions": wanted[:2]} for uid in ("old", "jane")]}
        ),
        "list of certificates": Case(
            "dcos_ca_cert",
            {
                "certificates": [
                    {
                        "common_name": f"kafka-{n}.example.com",
                        "key_type": "ECDSA",
                        "certificate_secret": f"kafka/{n}-certificate",
                        "privatekey_secret": f"kafka/{n}-key",
                    }
                    for n in range(2)
                ]
            },
        ),
    }

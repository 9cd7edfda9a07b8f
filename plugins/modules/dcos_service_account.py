#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_service_account
short_description: Manage service accounts of DC/OS Enterprise
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Creates, updates and deletes service accounts - the identities that services log in to DC/OS Enterprise with.
  - An account holds the RSA public key of its service. The private key belongs into a secret, see
    M(dcos.security.dcos_service_account_secret), which can make the pair without the private key ever reaching the
    controller's disk.
  - DC/OS cannot change the key of an account in place. This module deletes and recreates the account and gives back
    its description, permissions and group memberships. These are first written into the description of a group made
    for that purpose, so that nothing is lost if the run dies; the next run finishes the work.
extends_documentation_fragment:
  - dcos.security.attributes
  - dcos.security.attributes.action_group
  - dcos.security.connection
  - dcos.security.many
  - dcos.security.state
  - dcos.security.memberships
options:
  uid:
    description:
      - Name of the service account, 1 to 96 of the characters V(a-z A-Z 0-9 - _ @ .).
      - In strict mode it must equal the principal of the service's framework.
      - Required unless O(accounts) is given.
    type: str
    aliases: [name]
  description:
    description: Description of the account. If not given, a new account has none and a present one keeps its own.
    type: str
  public_key:
    description:
      - RSA public key in PEM. Keys are compared as keys, so another spelling of the same key is no change.
      - Required, here or as O(public_key_path), to create an account. The two are mutually exclusive.
    type: str
  public_key_path:
    description: Path of a file with the public key.
    type: path
  on_key_change:
    description:
      - What to do if the account has another public key.
      - V(replace) recreates the account with the new key; V(fail) fails and leaves it as it is.
    type: str
    choices: [replace, fail]
    default: replace
  allow_native:
    description: Allow this module to delete or rekey the accounts of DC/OS itself, whose names begin with V(dcos_).
    type: bool
    default: false
  restore_from_journal:
    description:
      - What to do if a key replacement died, and somebody else has made the account anew since.
      - By default such an account keeps what it has, and a warning lists what its predecessor had. With V(true) it is
        given that as well. Where the account is missing, or is the one that the replacement had made, it is always
        given back what it had.
    type: bool
    default: false
  accounts:
    description:
      - Several accounts at once, each with the options of one. O(uid), O(public_key) and O(public_key_path) belong to
        the entries; what else is given beside the list is a default of them.
    type: list
    elements: dict
  create:
    description: Whether to create an account that does not exist. If V(false), such a task changes nothing and returns
      no RV(service_account).
    type: bool
    default: true
notes:
  - Needs C(dcos:adminrouter:acs) C(full), or C(dcos:superuser).
  - Requests - 1 for an account that is as wanted, 2 with O(groups). A new account costs 2 more, a changed description
    1, each membership 1. To delete one takes 10. Replacing a key takes 24, and 1 more for each membership and each
    granted action, as it is written down on the cluster first.
  - Several runs may work on one account at the same time, and any of them may die at any point; give them the same
    O(timeout). Who replaces a key or deletes an account keeps others out by a group on the cluster,
    C(dcos-security-rekey-…), and by the end of the account's description, C([rekey pending]). The next run
    finishes what it finds, with a warning. If that is of a run that may still be at work, it first waits for four
    times the smaller of O(timeout) and 15 seconds, that is 60 seconds by default, in which the other shows no sign
    of life.
  - DC/OS has no locks, so what is changed by other means while a key is being replaced cannot always be kept. A
    permission, membership or description that is changed after the cluster has answered the last look at the account
    and before it has processed the deletion is as it was before the change; that is one round trip, and never longer
    than 20 seconds. From then on until the replacement is finished (in a run that does not die, as long as it takes to
    give everything back), what is revoked may be given back, and a change to an account that is missing fails.
    A new description that arrives in the one round trip between the creation and the first membership of the account
    hides from later runs which account this is, and if the run dies just there, the account is taken for one that
    somebody else has made, see O(restore_from_journal).
  - With O(state=absent), a run that looks for the account in the one round trip in which another run has deleted it
    and not yet made it anew may say that it is not there.
  - O(dcos.security.dcos_acl#module:exclusive) and deletions by M(dcos.security.dcos_acl) see only what the account
    has at that moment. Do not revoke anything in the same minute in which a key is replaced.
seealso:
  - module: dcos.security.dcos_service_account_secret
  - module: dcos.security.dcos_acl
"""

EXAMPLES = r"""
- name: Create the service account of Cassandra
  dcos.security.dcos_service_account:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_username: admin
    auth_password: "{{ vault_dcos_password }}"
    uid: cassandra
    description: Cassandra of the analytics team
    public_key_path: /etc/dcos/cassandra-public.pem

- name: Make the key pair straight in the secret store, then the account from its public half
  module_defaults:
    group/dcos.security.dcos:
      url: https://dcos.example.com
      ca_path: /etc/ssl/dcos-ca.crt
      auth_token: "{{ dcos_login.token }}"
  block:
    - name: Generate the key pair and store the credential
      dcos.security.dcos_service_account_secret:
        path: cassandra/service-account
        uid: cassandra
      register: credential

    - name: Create the account
      dcos.security.dcos_service_account:
        uid: cassandra
        public_key: "{{ credential.public_key }}"
        groups: [databases]

- name: Delete the account
  dcos.security.dcos_service_account:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    uid: cassandra
    state: absent

- name: Create the accounts of several services, a few at a time
  dcos.security.dcos_service_account:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    groups: [databases]
    accounts:
      - uid: cassandra
        public_key_path: /etc/dcos/cassandra-public.pem
      - uid: kafka
        public_key_path: /etc/dcos/kafka-public.pem
        description: Kafka of the analytics team
"""

RETURN = r"""
service_account:
  description: The account as it is after the task (in check mode, as it would be).
  returned: O(state=present)
  type: dict
  contains:
    uid:
      description: Name of the account.
      type: str
      sample: cassandra
    description:
      description: Its description.
      type: str
      sample: Cassandra of the analytics team
    public_key:
      description: Its public key in PEM, as it was given to the cluster.
      type: str
      sample: "-----BEGIN PUBLIC KEY-----\nMIIB...\n-----END PUBLIC KEY-----\n"
    fingerprint:
      description: SHA-256 of the key's DER SPKI, or null for a key that cannot be read here (one that is too small).
      type: str
      sample: "1f:0c:b2:69:6e:5e:84:f5:f9:d5:0d:5c:4c:5c:8c:58:1b:0a:0c:34:0f:9a:0c:7e:9e:0c:34:0f:9a:0c:7e:9e"
    groups:
      description: Its group memberships.
      returned: when O(groups) is given
      type: list
      elements: str
      sample: [databases]
key_replaced:
  description: Whether the account was recreated with another key.
  returned: always
  type: bool
  sample: false
restored:
  description: What was given back to the account after its key was replaced.
  returned: always
  type: dict
  contains:
    permissions:
      description: Direct permissions.
      type: list
      elements: dict
      sample: [{"rid": "dcos:mesos:master:framework:role:cassandra-role", "actions": ["create"]}]
    groups:
      description: Group memberships.
      type: list
      elements: str
      sample: [databases]
results:
  description: With O(accounts), what a task for each entry would return, in their order, with its name as
    C(item) and C(failed), and C(msg) and C(failure) if it did. Nothing else is returned then but RV(failures).
  returned: when O(accounts) is given
  type: list
  elements: dict
  sample: [{"item": "kafka", "changed": false, "failed": false, "key_replaced": false}]
failures:
  description: With O(accounts), those of RV(results) that failed, less what they returned. The others are done.
  returned: when O(accounts) is given
  type: list
  elements: dict
  sample: []
"""

from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._converge import converge
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._files import read_or_predict
from ansible_collections.dcos.security.plugins.module_utils._iam import PENDING
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._names import check_gid, check_uid
from ansible_collections.dcos.security.plugins.module_utils._service_accounts import ServiceAccount
from ansible_collections.dcos.security.plugins.module_utils._task import MEMBERSHIPS, STATE, Many, Spec, Task

SPEC: Spec = {
    "uid": {"type": "str", "required": True, "aliases": ["name"]},
    **STATE,
    "description": {"type": "str"},
    "public_key": {"type": "str"},
    "public_key_path": {"type": "path"},
    "on_key_change": {"type": "str", "choices": ["replace", "fail"], "default": "replace"},
    **MEMBERSHIPS,
    "allow_native": {"type": "bool", "default": False},
    "create": {"type": "bool", "default": True},
    "restore_from_journal": {"type": "bool", "default": False},
}


MANY = Many(
    "accounts",
    own=("uid", "public_key", "public_key_path"),
    item=lambda params: params["uid"],
    things=lambda params: [params["uid"]],
)


def run(task: Task) -> None:
    """Converge one service account."""
    params, present = task.params, task.params["state"] == "present"
    check_uid(params["uid"])
    desired = task.given("description", "groups")
    for gid in desired.get("groups", []):
        check_gid(gid)
    if desired.get("description", "").endswith(PENDING):
        raise InputError(f"description ends in '{PENDING}', which is the mark of unfinished work: choose another one.")
    if present:
        desired.update(_public_key(task))
    account = ServiceAccount(
        connect(task),
        params["uid"],
        tell=task.warn,
        progress=task.progress,
        groups="groups" in desired,
        exclusive_groups=params["exclusive_groups"],
        replace_key=params["on_key_change"] == "replace",
        allow_native=params["allow_native"],
        restore_from_journal=params["restore_from_journal"],
    )

    def wanted(before: dict[str, Any] | None) -> dict[str, Any] | None:
        return desired if present and (before is not None or params["create"]) else None

    recovered, restored = False, None
    if not present:
        account.look_for_remains()
    elif task.check_mode:
        recovered, restored = account.foresee()
    else:
        recovered = account.recover()
    _changed, before, after = converge(task, account, wanted)
    replaced = before and after and account.differs("public_key", before["public_key"], after["public_key"])
    restored = account.restored or restored or (account.survey() if task.check_mode and replaced else None)
    task.result["changed"] |= recovered or restored is not None
    task.result.update(key_replaced=restored is not None, restored=restored or {"permissions": [], "groups": []})
    if present and after is not None:
        task.result["service_account"] = {
            "uid": params["uid"],
            "description": "",
            **after,
            "fingerprint": _keys.fingerprint(after["public_key"]),
        }


def _public_key(task: Task) -> dict[str, str]:
    """Return {"public_key": SPKI PEM}, or {} where no key was given."""
    pem, path = task.params["public_key"], task.params["public_key_path"]
    if path is not None:
        pem = read_or_predict(task, path, "public_key_path", lambda: _keys.public_key_of(_keys.generate_private_key()))
    return {"public_key": _keys.normalize_public_key(pem)} if pem is not None else {}


def main() -> None:
    run_module(
        run,
        SPEC,
        many=MANY,
        mutually_exclusive=[("public_key", "public_key_path")],
        required_if=[("exclusive_groups", True, ["groups"])],
    )


if __name__ == "__main__":
    main()

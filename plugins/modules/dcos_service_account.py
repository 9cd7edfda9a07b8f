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
options:
  uid:
    description:
      - Name of the service account, 1 to 96 of the characters V(a-z A-Z 0-9 - _ @ .).
      - In strict mode it must equal the principal of the service's framework.
    type: str
    required: true
    aliases: [name]
  state:
    description: Whether the account shall exist.
    type: str
    choices: [present, absent]
    default: present
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
  groups:
    description: Groups that the account shall be a member of. They must exist.
    type: list
    elements: str
  exclusive_groups:
    description: Whether the account shall leave all groups that are not listed in O(groups), which is then
      required. An empty list means all.
    type: bool
    default: false
  allow_native:
    description: Allow this module to delete or rekey the accounts of DC/OS itself, whose names begin with V(dcos_).
    type: bool
    default: false
notes:
  - Requests - 1 for an account that is as wanted, 2 with O(groups). A new account costs 2 more, a changed description
    1, each membership 1. To delete one takes 4. Replacing a key takes 14, and 1 more for each membership and each
    granted action, as it is written down on the cluster first.
seealso:
  - module: dcos.security.dcos_service_account_secret
  - module: dcos.security.dcos_acl
  - name: Permissions needed
    description: The reference of DC/OS permissions; this module needs C(dcos:adminrouter:acs) C(full), or
      C(dcos:superuser).
    link: https://docs.d2iq.com/mesosphere/dcos/2.2/security/ent/perms-reference/
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
"""

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.plugins.module_utils._accounts import ServiceAccount
from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._converge import converge, read_or_predict
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._names import check_gid, check_uid

SPEC = {
    "uid": {"type": "str", "required": True, "aliases": ["name"]},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "description": {"type": "str"},
    "public_key": {"type": "str"},
    "public_key_path": {"type": "path"},
    "on_key_change": {"type": "str", "choices": ["replace", "fail"], "default": "replace"},
    "groups": {"type": "list", "elements": "str"},
    "exclusive_groups": {"type": "bool", "default": False},
    "allow_native": {"type": "bool", "default": False},
}


def run(task):
    """Converge one service account."""
    params, present = task.params, task.params["state"] == "present"
    check_uid(params["uid"])
    desired = task.given("description", "groups")
    for gid in desired.get("groups", []):
        check_gid(gid)
    if present:
        desired.update(_public_key(task))
    unfinished = "drop" if not present else "foretell" if task.check_mode else "finish"
    account = ServiceAccount(
        connect(task),
        params["uid"],
        params["on_key_change"],
        "groups" in desired,
        params["exclusive_groups"],
        params["allow_native"],
        unfinished,
    )
    after = converge(task, account, desired if present else None).after
    task.result["changed"] |= account.key_replaced
    task.result.update(key_replaced=account.key_replaced, restored=account.restored)
    if present:
        task.result["service_account"] = {
            "uid": params["uid"],
            "description": "",
            **after,
            "fingerprint": _keys.fingerprint(after["public_key"]),
        }


def _public_key(task):
    """Return {"public_key": SPKI PEM}, or {} where no key was given."""
    pem, path = task.params["public_key"], task.params["public_key_path"]
    if path is not None:
        pem = read_or_predict(task, path, "public_key_path", lambda: _keys.public_key_of(_keys.generate_private_key()))
    return {"public_key": _keys.normalize_public_key(pem)} if pem is not None else {}


def main():
    run_module(
        run,
        SPEC,
        mutually_exclusive=[("public_key", "public_key_path")],
        required_if=[("exclusive_groups", True, ["groups"])],
    )


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_service_account_info
short_description: Read service accounts of DC/OS
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Reads one service account with its group memberships, or lists all service accounts.
extends_documentation_fragment:
  - dcos.security.attributes.info_module
  - dcos.security.attributes.action_group
  - dcos.security.connection
options:
  uid:
    description: Name of the service account. If not given, all are listed, without their memberships.
    type: str
    aliases: [name]
notes:
  - Needs C(dcos:adminrouter:acs) C(full), or C(dcos:superuser).
  - Requests - 1 for the list, 2 with O(uid).
seealso:
  - module: dcos.security.dcos_service_account
  - module: dcos.security.dcos_acl_info
    description: Tells what an account may do.
"""

EXAMPLES = r"""
- name: Read a service account
  dcos.security.dcos_service_account_info:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_token: "{{ dcos_login.token }}"
    uid: cassandra
  register: cassandra

- name: List all service accounts
  dcos.security.dcos_service_account_info:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
  register: services

- name: Find accounts that share a key
  ansible.builtin.debug:
    msg: "{{ readable | groupby('fingerprint') | selectattr('1.1', 'defined') }}"
  vars:
    readable: "{{ services.service_accounts | selectattr('fingerprint') }}"
"""

RETURN = r"""
service_accounts:
  description: The service accounts, sorted by name. Empty if there is none of that name.
  returned: success
  type: list
  elements: dict
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
      description: Its public key, as it was given to the cluster.
      type: str
      sample: "-----BEGIN PUBLIC KEY-----\nMIIB...\n-----END PUBLIC KEY-----\n"
    fingerprint:
      description: SHA-256 of the key's DER SPKI, or null for a key that cannot be read here (one that is too small).
      type: str
      sample: "1f:0c:b2:69:6e:5e:84:f5:f9:d5:0d:5c:4c:5c:8c:58:1b:0a:0c:34:0f:9a:0c:7e:9e:0c:34:0f:9a:0c:7e:9e"
    groups:
      description: Its group memberships.
      returned: when O(uid) is given, on DC/OS Enterprise
      type: list
      elements: str
      sample: [databases]
"""

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.plugins.module_utils._accounts import describe_accounts
from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._task import Spec, Task

SPEC: Spec = {"uid": {"type": "str", "aliases": ["name"]}}


def run(task: Task) -> None:
    """Read one service account or all."""
    accounts = describe_accounts(connect(task), task.params["uid"], services=True, fields=("description", "public_key"))
    for account in accounts:
        account["fingerprint"] = _keys.fingerprint(account["public_key"])
    task.result["service_accounts"] = accounts


def main() -> None:
    run_module(run, SPEC, subjects=[("uid",)])


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_user_info
short_description: Read users of DC/OS
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Reads one user with its group memberships, or lists all users.
  - Service accounts are not among them, see M(dcos.security.dcos_service_account_info).
extends_documentation_fragment:
  - dcos.security.attributes.info_module
  - dcos.security.attributes.action_group
  - dcos.security.connection
options:
  uid:
    description: Name of the user. If not given, all users are listed, without their memberships.
    type: str
    aliases: [name]
notes:
  - Needs C(dcos:adminrouter:acs) C(full), or C(dcos:superuser).
  - Requests - 1 for the list, 2 with O(uid).
seealso:
  - module: dcos.security.dcos_user
  - module: dcos.security.dcos_acl_info
    description: Tells what a user may do.
"""

EXAMPLES = r"""
- name: Read a user
  dcos.security.dcos_user_info:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_token: "{{ dcos_login.token }}"
    uid: alice
  register: alice

- name: List all users
  dcos.security.dcos_user_info:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
  register: everybody

- name: Show who logs in with an external identity provider
  ansible.builtin.debug:
    msg: "{{ everybody.users | selectattr('is_remote') | map(attribute='uid') }}"
"""

RETURN = r"""
users:
  description: The users, sorted by name. Empty if there is none of that name.
  returned: success
  type: list
  elements: dict
  contains:
    uid:
      description: Name of the user.
      type: str
      sample: alice
    description:
      description: Its description.
      type: str
      sample: Alice of the database team
    is_remote:
      description: Whether an external identity provider (LDAP, SAML, OpenID Connect) knows the user.
      type: bool
      sample: false
    groups:
      description: Its group memberships.
      returned: when O(uid) is given, on DC/OS Enterprise
      type: list
      elements: str
      sample: [databases]
"""

from ansible_collections.dcos.security.plugins.module_utils._accounts import describe_accounts
from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._task import Spec, Task

SPEC: Spec = {"uid": {"type": "str", "aliases": ["name"]}}


def run(task: Task) -> None:
    """Read one user or all."""
    task.result["users"] = describe_accounts(
        connect(task), task.params["uid"], services=False, fields=("description", "is_remote")
    )


def main() -> None:
    run_module(run, SPEC, subjects=[("uid",)])


if __name__ == "__main__":
    main()

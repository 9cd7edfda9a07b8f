#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_group_info
short_description: Read groups of DC/OS Enterprise
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Reads one group with its members, or lists all groups.
extends_documentation_fragment:
  - dcos.security.attributes.info_module
  - dcos.security.attributes.action_group
  - dcos.security.connection
options:
  gid:
    description: Name of the group. If not given, all groups are listed, without their members.
    type: str
    aliases: [name]
notes:
  - Needs C(dcos:adminrouter:acs) C(full), or C(dcos:superuser).
  - Requests - 1 for the list, 3 with O(gid).
seealso:
  - module: dcos.security.dcos_group
  - module: dcos.security.dcos_acl_info
    description: Tells what a group may do.
"""

EXAMPLES = r"""
- name: Who is a superuser?
  dcos.security.dcos_group_info:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_token: "{{ dcos_login.token }}"
    gid: superusers
  register: superusers

- name: Show them
  ansible.builtin.debug:
    var: superusers.groups[0].members

- name: List all groups
  dcos.security.dcos_group_info:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
  register: all_groups
"""

RETURN = r"""
groups:
  description: The groups, sorted by name. Empty if there is none of that name.
  returned: success
  type: list
  elements: dict
  contains:
    gid:
      description: Name of the group.
      type: str
      sample: databases
    description:
      description: Its description.
      type: str
      sample: Those who run databases
    members:
      description: Its members, people and service accounts.
      returned: when O(gid) is given
      type: list
      elements: str
      sample: [alice, cassandra]
"""

from ansible_collections.dcos.security.plugins.module_utils import _iam
from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._groups import Group
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._names import check_gid
from ansible_collections.dcos.security.plugins.module_utils._task import Spec, Task

SPEC: Spec = {"gid": {"type": "str", "aliases": ["name"]}}


def run(task: Task) -> None:
    """Read one group or all."""
    client, gid = connect(task), task.params["gid"]
    if gid is None:
        groups = [{name: group[name] for name in ("gid", "description")} for group in _iam.read_all_groups(client)]
    else:
        check_gid(gid)
        group = Group(client, gid, members=True).read()
        groups = [{"gid": gid, **group}] if group else []
    task.result["groups"] = sorted(groups, key=lambda group: group["gid"])


def main() -> None:
    run_module(run, SPEC, subjects=[("gid",)])


if __name__ == "__main__":
    main()

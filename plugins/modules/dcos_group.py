#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_group
short_description: Manage groups of DC/OS Enterprise
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Creates, updates and deletes groups, and adds and removes members, which may be people and service accounts alike.
  - What a group may do is the business of M(dcos.security.dcos_acl).
extends_documentation_fragment:
  - dcos.security.attributes
  - dcos.security.attributes.action_group
  - dcos.security.connection
options:
  gid:
    description: Name of the group.
    type: str
    required: true
    aliases: [name]
  state:
    description: Whether the group shall exist. Deleting it revokes its permissions; its members stay.
    type: str
    choices: [present, absent]
    default: present
  description:
    description: Description of the group. If not given, a new group has none and a present one keeps its own.
    type: str
  members:
    description: Uids of people and service accounts that shall be members. They must exist.
    type: list
    elements: str
  exclusive_members:
    description: Whether to remove all members that are not listed in O(members), which is then required. An empty
      list means all.
    type: bool
    default: false
notes:
  - The group C(superusers) is neither deleted nor left without members.
  - Needs C(dcos:adminrouter:acs) C(full), or C(dcos:superuser).
  - Requests - 1 for a group that is as wanted, 3 with O(members). Creation, deletion, a changed description and each
    member added or removed cost 1 more.
seealso:
  - module: dcos.security.dcos_group_info
  - module: dcos.security.dcos_acl
  - module: dcos.security.dcos_user
"""

EXAMPLES = r"""
- name: Create a group
  dcos.security.dcos_group:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_token: "{{ dcos_login.token }}"
    gid: databases
    description: Those who run databases

- name: Exactly these members and no other
  dcos.security.dcos_group:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    gid: databases
    members: [alice, cassandra]
    exclusive_members: true

- name: Delete a group
  dcos.security.dcos_group:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    gid: databases
    state: absent
"""

RETURN = r"""
group:
  description: The group as it is after the task (in check mode, as it would be).
  returned: O(state=present)
  type: dict
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
      returned: when O(members) is given
      type: list
      elements: str
      sample: [alice, cassandra]
"""

from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._converge import converge
from ansible_collections.dcos.security.plugins.module_utils._groups import Group
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._names import check_gid, check_uid

SPEC = {
    "gid": {"type": "str", "required": True, "aliases": ["name"]},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "description": {"type": "str"},
    "members": {"type": "list", "elements": "str"},
    "exclusive_members": {"type": "bool", "default": False},
}


def run(task):
    """Converge one group."""
    params, present = task.params, task.params["state"] == "present"
    check_gid(params["gid"])
    desired = task.given("description", "members")
    for uid in desired.get("members", []):
        check_uid(uid)
    group = Group(connect(task), params["gid"], present and "members" in desired, params["exclusive_members"])
    after = converge(task, group, desired if present else None).after
    if present:
        task.result["group"] = {"gid": params["gid"], "description": "", **after}


def main():
    run_module(run, SPEC, required_if=[("exclusive_members", True, ["members"])])


if __name__ == "__main__":
    main()

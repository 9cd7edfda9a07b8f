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
  - Deleting a group revokes its permissions; its members stay.
  - What a group may do is the business of M(dcos.security.dcos_acl).
extends_documentation_fragment:
  - dcos.security.attributes
  - dcos.security.attributes.action_group
  - dcos.security.connection
  - dcos.security.many
  - dcos.security.state
options:
  gid:
    description: Name of the group. Required unless O(groups) is given.
    type: str
    aliases: [name]
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
  groups:
    description:
      - Several groups at once, each with the options of one. O(gid) belongs to the entries; what else is given beside
        the list is a default of them.
    type: list
    elements: dict
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

- name: Create several groups
  dcos.security.dcos_group:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    groups:
      - gid: databases
        members: [alice, cassandra]
      - gid: queues
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
results:
  description: With O(groups), what a task for each entry would return, in their order, with its name as
    C(item) and C(failed), and C(msg) and C(failure) if it did. Nothing else is returned then but RV(failures).
  returned: when O(groups) is given
  type: list
  elements: dict
  sample: [{"item": "databases", "changed": false, "failed": false}]
failures:
  description: With O(groups), those of RV(results) that failed, less what they returned. The others are done.
  returned: when O(groups) is given
  type: list
  elements: dict
  sample: []
"""

from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._converge import converge
from ansible_collections.dcos.security.plugins.module_utils._groups import Group
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._names import check_gid, check_uid
from ansible_collections.dcos.security.plugins.module_utils._task import STATE, Many, Spec, Task

SPEC: Spec = {
    "gid": {"type": "str", "required": True, "aliases": ["name"]},
    **STATE,
    "description": {"type": "str"},
    "members": {"type": "list", "elements": "str"},
    "exclusive_members": {"type": "bool", "default": False},
}


MANY = Many("groups", own=("gid",), item=lambda params: params["gid"], things=lambda params: [params["gid"]])


def run(task: Task) -> None:
    """Converge one group."""
    params, present = task.params, task.params["state"] == "present"
    check_gid(params["gid"])
    desired = task.given("description", "members")
    for uid in desired.get("members", []):
        check_uid(uid)
    group = Group(
        connect(task),
        params["gid"],
        tell=task.warn,
        members=present and "members" in desired,
        exclusive_members=params["exclusive_members"],
        progress=task.progress,
    )
    after = converge(task, group, desired if present else None).after
    if present:
        task.result["group"] = {"gid": params["gid"], "description": "", **after}


def main() -> None:
    run_module(run, SPEC, many=MANY, required_if=[("exclusive_members", True, ["members"])])


if __name__ == "__main__":
    main()

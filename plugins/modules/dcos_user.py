#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_user
short_description: Manage local users of DC/OS Enterprise
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Creates, updates and deletes people's accounts that log in with a password kept by the cluster.
  - Deleting a user revokes its permissions.
  - For accounts that services log in with, see M(dcos.security.dcos_service_account).
extends_documentation_fragment:
  - dcos.security.attributes
  - dcos.security.attributes.action_group
  - dcos.security.connection
  - dcos.security.many
  - dcos.security.state
  - dcos.security.memberships
attributes:
  idempotent:
    details:
      - The cluster does not tell a password, so whether it is the one in O(user_password) is found out by logging in
        with it. See O(update_password).
options:
  uid:
    description: Name of the user, 1 to 96 of the characters V(a-z A-Z 0-9 - _ @ .). Required unless O(users) is given.
    type: str
    aliases: [name]
  description:
    description: Description of the user. If not given, a new user has none and a present one keeps its own.
    type: str
  user_password:
    description:
      - Password of the user, of at least five characters. Required to create one.
      - Not to be confused with O(auth_password), the password of the one who runs the task.
    type: str
  update_password:
    description:
      - V(always) sets the password unless a login with it succeeds. When it differs, that leaves a denied login in the
        cluster's audit log, in check mode too.
      - V(on_create) sets it for new users only, and never tries it.
    type: str
    choices: [always, on_create]
    default: always
  users:
    description:
      - Several users at once, each with the options of one. O(uid) and O(user_password) belong to the entries; what
        else is given beside the list is a default of them.
    type: list
    elements: dict
notes:
  - The user who is logged in and the last member of the group C(superusers) are not deleted.
  - Needs C(dcos:adminrouter:acs) C(full), or C(dcos:superuser).
  - Requests - 1 for a user who is as wanted, 2 with O(groups), and 1 more, a login, to compare O(user_password)
    unless O(update_password=on_create). Creation, a change and each membership cost 1 more,
    deletion 2.
seealso:
  - module: dcos.security.dcos_user_info
  - module: dcos.security.dcos_group
  - module: dcos.security.dcos_service_account
"""

EXAMPLES = r"""
- name: Create a user
  dcos.security.dcos_user:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_token: "{{ dcos_login.token }}"
    uid: alice
    description: Alice of the database team
    user_password: "{{ vault_alice_initial_password }}"
    update_password: on_create
    groups: [databases]

- name: Change the superuser's password
  dcos.security.dcos_user:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    uid: bootstrapuser
    user_password: "{{ vault_dcos_password }}"

- name: Delete a user
  dcos.security.dcos_user:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    uid: alice
    state: absent

- name: Create several users
  dcos.security.dcos_user:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    update_password: on_create
    users:
      - uid: alice
        user_password: "{{ vault_alice_initial_password }}"
      - uid: bob
        user_password: "{{ vault_bob_initial_password }}"
        groups: [databases]
"""

RETURN = r"""
user:
  description: The user as it is after the task (in check mode, as it would be).
  returned: O(state=present)
  type: dict
  contains:
    uid:
      description: Name of the user.
      type: str
      sample: alice
    description:
      description: Its description.
      type: str
      sample: Alice of the database team
    groups:
      description: Its group memberships.
      returned: when O(groups) is given
      type: list
      elements: str
      sample: [databases]
results:
  description: With O(users), what a task for each entry would return, in their order, with its name as
    C(item) and C(failed), and C(msg) and C(failure) if it did. Nothing else is returned then but RV(failures).
  returned: when O(users) is given
  type: list
  elements: dict
  sample: [{"item": "alice", "changed": false, "failed": false}]
failures:
  description: With O(users), those of RV(results) that failed, less what they returned. The others are done.
  returned: when O(users) is given
  type: list
  elements: dict
  sample: []
"""

from typing import Any

from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._converge import converge
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._names import check_gid, check_uid
from ansible_collections.dcos.security.plugins.module_utils._task import MEMBERSHIPS, STATE, Many, Spec, Task
from ansible_collections.dcos.security.plugins.module_utils._users import User, check_password

SPEC: Spec = {
    "uid": {"type": "str", "required": True, "aliases": ["name"]},
    **STATE,
    "description": {"type": "str"},
    "user_password": {"type": "str", "no_log": True},
    "update_password": {"type": "str", "choices": ["always", "on_create"], "default": "always", "no_log": False},
    **MEMBERSHIPS,
}


MANY = Many(
    "users", own=("uid", "user_password"), item=lambda params: params["uid"], things=lambda params: [params["uid"]]
)


def run(task: Task) -> None:
    """Converge one user."""
    params, present = task.params, task.params["state"] == "present"
    check_uid(params["uid"])
    wanted = task.given("description", "user_password", "groups")
    for gid in wanted.get("groups", []):
        check_gid(gid)
    if "user_password" in wanted:
        check_password(wanted["user_password"])
    compared = params["user_password"] if present and params["update_password"] == "always" else None
    user = User(
        connect(task),
        params["uid"],
        tell=task.warn,
        password=compared,
        groups=present and "groups" in wanted,
        exclusive_groups=params["exclusive_groups"],
    )

    def desired(before: dict[str, Any] | None) -> dict[str, Any]:
        keep = before and params["update_password"] == "on_create"
        return {name: value for name, value in wanted.items() if not (keep and name == "user_password")}

    after = converge(task, user, desired if present else None).after
    if present:
        shown = {name: after[name] for name in ("description", "groups") if name in after}
        task.result["user"] = {"uid": params["uid"], "description": "", **shown}


def main() -> None:
    run_module(run, SPEC, many=MANY, required_if=[("exclusive_groups", True, ["groups"])])


if __name__ == "__main__":
    main()

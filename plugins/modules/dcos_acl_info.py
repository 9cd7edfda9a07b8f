#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_acl_info
short_description: Read permissions
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Reads what a user, service account or group may do, directly and by way of groups.
  - Or reads who has permissions on a resource, or lists all ACLs.
extends_documentation_fragment:
  - dcos.security.attributes.info_module
  - dcos.security.attributes.action_group
  - dcos.security.connection
options:
  uid:
    description: User or service account to read the permissions of. O(uid), O(gid) and O(rid) are mutually exclusive.
    type: str
  gid:
    description: Group to read the permissions of.
    type: str
  rid:
    description: Resource to read the ACL of. Write slashes as they are.
    type: str
notes:
  - Everybody may read their own permissions; the rest needs C(dcos:adminrouter:acs) C(full), or C(dcos:superuser).
  - Requests - 1, 2 with O(rid).
seealso:
  - module: dcos.security.dcos_acl
"""

EXAMPLES = r"""
- name: What may Cassandra do?
  dcos.security.dcos_acl_info:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_token: "{{ dcos_login.token }}"
    uid: cassandra
  register: cassandra

- name: Let another instance do the same
  dcos.security.dcos_acl:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    uid: cassandra-staging
    permissions: "{{ cassandra.permissions }}"

- name: Who is a superuser, directly or as a group?
  dcos.security.dcos_acl_info:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    rid: dcos:superuser
  register: superuser

- name: List all ACLs
  dcos.security.dcos_acl_info:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
  register: all_acls
"""

RETURN = r"""
permissions:
  description: Direct permissions of O(uid) or O(gid), sorted by rid, as O(dcos.security.dcos_acl#module:permissions)
    takes them.
  returned: when O(uid) or O(gid) is given
  type: list
  elements: dict
  contains:
    rid:
      description: The resource.
      type: str
      sample: dcos:mesos:master:framework:role:cassandra-role
    description:
      description: Description of its ACL.
      type: str
      sample: Controls the ability of cassandra-role to register as a framework with the Mesos master
    actions:
      description: What may be done with it.
      type: list
      elements: str
      sample: [create]
inherited:
  description: Permissions that O(uid) has by way of groups, sorted by rid.
  returned: when O(uid) or O(gid) is given
  type: list
  elements: dict
  contains:
    rid:
      description: The resource.
      type: str
      sample: dcos:superuser
    description:
      description: Description of its ACL.
      type: str
      sample: Superuser ACL
    actions:
      description: What may be done with it.
      type: list
      elements: str
      sample: [full]
    gid:
      description: The group that has the permission.
      type: str
      sample: superusers
acls:
  description: The ACLs, sorted by rid. Empty if there is none for O(rid).
  returned: when neither O(uid) nor O(gid) is given
  type: list
  elements: dict
  contains:
    rid:
      description: The resource.
      type: str
      sample: dcos:superuser
    description:
      description: Its description.
      type: str
      sample: Superuser ACL
    users:
      description: Users and service accounts that have permissions on it.
      returned: when O(rid) is given
      type: list
      elements: dict
      sample: [{"uid": "cassandra", "actions": ["create"]}]
    groups:
      description: Groups that have permissions on it.
      returned: when O(rid) is given
      type: list
      elements: dict
      sample: [{"gid": "superusers", "actions": ["full"]}]
"""

from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _acl
from ansible_collections.dcos.security.plugins.module_utils._client import Client, connect
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._names import check_gid, check_uid
from ansible_collections.dcos.security.plugins.module_utils._permissions import check_rid
from ansible_collections.dcos.security.plugins.module_utils._task import Params, Spec, Task

SPEC: Spec = {
    "uid": {"type": "str"},
    "gid": {"type": "str"},
    "rid": {"type": "str"},
}


def run(task: Task) -> None:
    """Read the permissions of a subject, who has some on a resource, or all ACLs."""
    client = connect(task)
    subject = _subject(task.params)
    if subject:
        listed = _acl.list_permissions(client, subject)
        if listed is None:
            task.warn(f"There is no {subject}.")
        task.result["permissions"], task.result["inherited"] = listed or ([], [])
    else:
        task.result["acls"] = _acls(client, task.params["rid"])


def _subject(params: Params) -> _acl.Subject | None:
    if params["uid"] is not None:
        check_uid(params["uid"])
        return _acl.Subject("user", params["uid"])
    if params["gid"] is not None:
        check_gid(params["gid"])
        return _acl.Subject("group", params["gid"])
    return None


def _acls(client: Client, rid: str | None) -> list[dict[str, Any]]:
    if rid is None:
        found = _acl.read_acls(client)
        return [{"rid": rid, "description": description} for rid, description in sorted(found.items())]
    check_rid(rid)
    description = _acl.read_acl(client, rid)
    if description is None:
        return []
    return [{"rid": rid, "description": description, **_acl.list_holders(client, rid)}]


def main() -> None:
    run_module(run, SPEC, mutually_exclusive=[("uid", "gid", "rid")], subjects=[("uid", "gid", "rid")])


if __name__ == "__main__":
    main()

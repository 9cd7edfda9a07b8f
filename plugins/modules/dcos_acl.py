#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_acl
short_description: Grant and revoke permissions
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Grants permissions to a user, service account or group, or revokes them. A permission is a resource (its rid) and
    an action.
  - The permissions of the subject are read with one request, whatever the size of the cluster, and only what is
    missing is sent, several requests at a time. ACL objects that a grant needs are created.
  - Without O(uid) and O(gid), it creates or deletes the ACL objects themselves.
extends_documentation_fragment:
  - dcos.security.attributes
  - dcos.security.attributes.action_group
  - dcos.security.connection
options:
  uid:
    description: User or service account that the permissions are for. Mutually exclusive with O(gid).
    type: str
  gid:
    description: Group that the permissions are for.
    type: str
  rid:
    description:
      - Resource, such as V(dcos:mesos:master:framework:role:cassandra-role). Write slashes as they are.
      - Either this or O(permissions) is required, and not both.
    type: str
  actions:
    description:
      - Actions on O(rid), of V(create), V(read), V(update), V(delete) and V(full).
      - With O(state=absent) and a subject, none means all.
    type: list
    elements: str
  permissions:
    description: Several resources at once. O(actions) and O(description) are then given with each.
    type: list
    elements: dict
    suboptions:
      rid:
        description: Resource.
        type: str
        required: true
      actions:
        description: Actions on it, as in O(actions).
        type: list
        elements: str
      description:
        description: Description of its ACL, as in O(description).
        type: str
  description:
    description:
      - Description of the ACL of O(rid). A new ACL has its rid as description if none is given; that of a present one
        is changed only if this is given and different.
    type: str
  state:
    description:
      - Whether the permissions shall be granted or revoked.
      - Without a subject, whether the ACL objects shall exist. Deleting one revokes everybody's permissions on it.
    type: str
    choices: [present, absent]
    default: present
  exclusive:
    description:
      - Revoke every other direct permission of the subject, after granting what is listed. An empty list of
        O(permissions) revokes all.
      - Permissions by way of groups are left alone.
      - It needs O(uid) or O(gid), and O(state=present).
    type: bool
    default: false
  concurrency:
    description: How many requests may be under way at the same time.
    type: int
    default: 8
notes:
  - A new permission may take some seconds to act, because the cluster caches decisions.
  - A rid is checked against the grammar before anything is sent. What the permission reference does not know is only
    warned about, as it may be newer.
  - Needs C(dcos:adminrouter:acs) C(full), or C(dcos:superuser).
  - Requests - 1 for permissions that are as wanted, however many they are. Each one that is granted or revoked costs
    1 more, and a rid on which the subject had nothing another 1, or up to 3 if it has a description and its ACL
    exists already. In check mode each such rid costs 1. Without a subject 1, and 1 for each ACL that is created,
    described or deleted.
seealso:
  - module: dcos.security.dcos_service_account
  - name: Permission reference
    description: Which resources and actions there are.
    link: https://docs.d2iq.com/mesosphere/dcos/2.2/security/ent/perms-reference/
"""

EXAMPLES = r"""
- name: Let Cassandra register as a framework
  dcos.security.dcos_acl:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_token: "{{ dcos_login.token }}"
    uid: cassandra
    rid: dcos:mesos:master:framework:role:cassandra-role
    actions: [create]
    description: Controls the ability of cassandra-role to register as a framework with the Mesos master

- name: Grant just these permissions and no other
  dcos.security.dcos_acl:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    uid: cassandra
    exclusive: true
    permissions:
      - rid: dcos:mesos:master:framework:role:cassandra-role
        actions: [create]
      - rid: dcos:mesos:master:reservation:principal:cassandra
        actions: [delete]
      - rid: dcos:secrets:default:/cassandra/*
        actions: [full]

- name: Revoke everything that a group may do with the Services tab
  dcos.security.dcos_acl:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    gid: developers
    rid: dcos:adminrouter:service:marathon
    state: absent

- name: Delete an ACL, with everybody's permissions on it
  dcos.security.dcos_acl:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    rid: dcos:mesos:master:framework:role:cassandra-role
    state: absent
"""

RETURN = r"""
granted:
  description: What was granted by this task.
  returned: always
  type: list
  elements: dict
  sample: [{"rid": "dcos:mesos:master:framework:role:cassandra-role", "actions": ["create"]}]
revoked:
  description: What was revoked by this task.
  returned: always
  type: list
  elements: dict
  sample: []
acls_created:
  description: The ACL objects that were created.
  returned: always
  type: list
  elements: str
  sample: [dcos:mesos:master:framework:role:cassandra-role]
acls_deleted:
  description: The ACL objects that were deleted.
  returned: always
  type: list
  elements: str
  sample: []
permissions:
  description: The direct permissions of the subject after the task.
  returned: always
  type: list
  elements: dict
  sample: [{"rid": "dcos:mesos:master:framework:role:cassandra-role", "actions": ["create"]}]
failures:
  description: The items that failed, where some of several did. The others are done.
  returned: on failure
  type: list
  elements: dict
  sample:
    - item: dcos:mesos:master:framework:role:x-role
      msg: "Could not create ACL ..."
      failure: {"status": 503, "code": null, "method": "PUT", "path": "/acs/api/v1/acls/..."}
"""

from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._grants import Grants, converge_acls, subject_of, wanted_of
from ansible_collections.dcos.security.plugins.module_utils._module import run_module

SPEC = {
    "uid": {"type": "str"},
    "gid": {"type": "str"},
    "rid": {"type": "str"},
    "actions": {"type": "list", "elements": "str"},
    "permissions": {
        "type": "list",
        "elements": "dict",
        "options": {
            "rid": {"type": "str", "required": True},
            "actions": {"type": "list", "elements": "str"},
            "description": {"type": "str"},
        },
    },
    "description": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "exclusive": {"type": "bool", "default": False},
    "concurrency": {"type": "int", "default": 8},
}


def run(task):
    """Converge the permissions of one subject, or ACL objects."""
    params, present = task.params, task.params["state"] == "present"
    if params["exclusive"] and not present:
        raise InputError("exclusive says what shall be left, state: absent what shall go: remove one of them.")
    subject = subject_of(params)
    wanted = wanted_of(task, needs_actions=present and subject is not None)
    concurrency = max(1, params["concurrency"])
    client = connect(task, concurrency)
    if subject is None:
        converge_acls(task, client, wanted, present, concurrency)
        return
    grants = Grants(task, client, subject, concurrency)
    grants.read(tolerate_unknown=not present)
    if present:
        grants.grant(wanted, params["exclusive"])
    else:
        grants.revoke(wanted)
    grants.finish()


def main():
    run_module(
        run,
        SPEC,
        mutually_exclusive=[
            ("uid", "gid"),
            ("rid", "permissions"),
            ("permissions", "actions"),
            ("permissions", "description"),
        ],
        required_one_of=[("rid", "permissions")],
    )


if __name__ == "__main__":
    main()

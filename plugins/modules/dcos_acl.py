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
  - dcos.security.many
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
      - Without a subject, whether the ACL objects shall exist. Deleting one would take everybody's permissions on it
        along, so this is refused while anybody has one, unless O(force=true). Check mode refuses it, too.
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
  force:
    description: With O(state=absent) and without a subject, also delete ACL objects on which somebody has permissions.
    type: bool
    default: false
  subjects:
    description:
      - Several subjects at once, each with the options of one. O(uid), O(gid) and what their permissions are belong to
        the entries; what else is given beside the list is a default of them.
    type: list
    elements: dict
notes:
  - A new permission may take some seconds to act, because the cluster caches decisions.
  - A rid is checked against the grammar before anything is sent. What the permission reference does not know is only
    warned about, as it may be newer.
  - Needs C(dcos:adminrouter:acs) C(full), or C(dcos:superuser).
  - Requests - 1 for permissions that are as wanted, however many they are. Each one that is granted or revoked costs
    1 more, and a rid on which the subject had nothing another 1, or up to 3 if it has a description and its ACL
    exists already. In check mode each such rid costs 1. Without a subject 1, and 1 for each ACL that is created,
    described or deleted. To look who has permissions on what would be deleted costs 1 more for each, but not with
    O(force=true).
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

- name: Delete an ACL on which nobody has permissions any more
  dcos.security.dcos_acl:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    rid: dcos:mesos:master:framework:role:cassandra-role
    state: absent

- name: Delete an ACL, with everybody's permissions on it
  dcos.security.dcos_acl:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    rid: dcos:mesos:master:framework:role:hello-role
    state: absent
    force: true

- name: Grant permissions to several services, a few requests at a time
  dcos.security.dcos_acl:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    exclusive: true
    subjects:
      - uid: cassandra
        permissions:
          - rid: dcos:mesos:master:framework:role:cassandra-role
            actions: [create]
      - uid: kafka
        permissions:
          - rid: dcos:mesos:master:framework:role:kafka-role
            actions: [create]
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
  description: The items (of O(subjects), or of the permissions of one) that failed, where some of several did. The
    others are done.
  returned: on failure, and when O(subjects) is given
  type: list
  elements: dict
  sample:
    - item: dcos:mesos:master:framework:role:x-role
      msg: "Could not create ACL ..."
      failure: {"status": 503, "code": null, "method": "PUT", "path": "/acs/api/v1/acls/..."}
results:
  description: With O(subjects), what a task for each entry would return, in their order, with its name as
    C(item) and C(failed), and C(msg) and C(failure) if it did. Nothing else is returned then but RV(failures).
  returned: when O(subjects) is given
  type: list
  elements: dict
  sample: [{"item": "kafka", "changed": false, "failed": false, "granted": [], "revoked": []}]
"""

from typing import Any

from ansible_collections.dcos.security.plugins.module_utils._acl import Subject
from ansible_collections.dcos.security.plugins.module_utils._acl_objects import AclObjects, AclWish, refuse_deletion
from ansible_collections.dcos.security.plugins.module_utils._client import Client, connect
from ansible_collections.dcos.security.plugins.module_utils._converge import converge
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._grants import Permission, SubjectPermissions, Wish, by_rid
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._names import check_gid, check_uid
from ansible_collections.dcos.security.plugins.module_utils._parallel import check_concurrency
from ansible_collections.dcos.security.plugins.module_utils._permissions import (
    advice,
    check_action,
    check_rid,
    split_actions,
)
from ansible_collections.dcos.security.plugins.module_utils._task import STATE, Many, Params, Spec, Task

SPEC: Spec = {
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
    **STATE,
    "exclusive": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
    "concurrency": {"type": "int", "default": 8},
}


def _things(params: Params) -> list[tuple[str, str]]:
    """Return the subject of an entry, or its ACLs."""
    subjects = [(kind, params[kind]) for kind in ("uid", "gid") if params[kind] is not None]
    rids = [params["rid"]] if params["permissions"] is None else [entry["rid"] for entry in params["permissions"]]
    return subjects or [("rid", rid) for rid in rids]


MANY = Many(
    "subjects",
    own=("uid", "gid", "rid", "actions", "permissions", "description"),
    item=lambda params: ", ".join(dict.fromkeys(name for _kind, name in _things(params))),
    things=lambda params: set(_things(params)),
)


def run(task: Task) -> None:
    """Converge the permissions of one subject, or ACL objects."""
    params, present = task.params, task.params["state"] == "present"
    if params["exclusive"] and not present:
        raise InputError("exclusive says what shall be left, state: absent what shall go: remove one of them.")
    concurrency = check_concurrency(params["concurrency"])
    subject = _subject(params)
    wanted = _wanted(task, needs_actions=present and subject is not None)
    if subject is None and not present:
        refuse_deletion(entry.rid for entry in wanted)
    client = connect(task)
    if subject is None:
        _converge_acls(task, client, wanted, present, concurrency)
    else:
        _converge_permissions(task, client, subject, Wish(wanted, present, params["exclusive"]), concurrency)


def _converge_permissions(task: Task, client: Client, subject: Subject, wish: Wish, concurrency: int) -> None:
    permissions = SubjectPermissions(
        client, subject, concurrency, task.progress, unknown_as_empty=task.check_mode or not wish.present
    )
    after = converge(task, permissions, wish).after
    if permissions.unknown and wish.present:
        task.warn(f"There is no {subject} yet; check mode assumes that an earlier task creates it.")
    task.result.update(
        granted=by_rid(permissions.granted),
        revoked=by_rid(permissions.revoked),
        acls_created=sorted(permissions.created),
        acls_deleted=[],
        permissions=by_rid((rid, action) for rid, entry in after.items() for action in entry.actions),
    )
    if permissions.failure:
        raise permissions.failure


def _converge_acls(task: Task, client: Client, wanted: tuple[Permission, ...], present: bool, concurrency: int) -> None:
    wish = AclWish({entry.rid: entry.description for entry in wanted}, present)
    acls = AclObjects(client, wish.acls, concurrency, task.progress, task.params["force"])
    converge(task, acls, wish)
    task.result.update(
        granted=[],
        revoked=[],
        acls_created=sorted(acls.created),
        acls_deleted=sorted(acls.deleted),
        permissions=[],
    )
    if acls.failure:
        raise acls.failure


def _subject(params: dict[str, Any]) -> Subject | None:
    """Return the subject that the options name, or None. Raises InputError for a malformed name."""
    # An empty name is no missing one: a template that came out empty must not lead to everybody's permissions.
    if params["uid"] is not None:
        check_uid(params["uid"])
        return Subject("user", params["uid"])
    if params["gid"] is not None:
        check_gid(params["gid"])
        return Subject("group", params["gid"])
    if params["exclusive"] or params["actions"] or any(entry["actions"] for entry in params["permissions"] or ()):
        raise InputError(
            f"{'exclusive' if params['exclusive'] else 'actions'} says what a subject may do: also give uid or gid."
        )
    return None


def _wanted(task: Task, needs_actions: bool) -> tuple[Permission, ...]:
    """Return what the options ask for, one Permission for each rid: entries of the same rid are added up.

    Warns of what is probably a mistake; raises InputError for what certainly is one.
    """
    params = task.params
    entries = params["permissions"]
    if entries is None:
        entries = [{name: params[name] for name in ("rid", "actions", "description")}]
    wanted: dict[str, Permission] = {}
    for entry in entries:
        rid, actions = entry["rid"], split_actions(entry["actions"])
        check_rid(rid)
        for action in actions:
            check_action(action)
        if needs_actions and not actions:
            raise InputError(f"Nothing to grant on '{rid}': give actions, of create, read, update, delete and full.")
        for text in advice(rid, actions):
            task.warn(text)
        known = wanted.get(rid, Permission(rid, frozenset()))
        description = known.description if entry["description"] is None else entry["description"]
        wanted[rid] = Permission(rid, known.actions | set(actions), description)
    return tuple(wanted.values())


def main() -> None:
    run_module(
        run,
        SPEC,
        many=MANY,
        mutually_exclusive=[
            ("uid", "gid"),
            ("rid", "permissions"),
            ("permissions", "actions"),
            ("permissions", "description"),
        ],
        required_one_of=[("rid", "permissions")],
        subjects=[("uid", "gid")],
    )


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_secret
short_description: Manage secrets in the DC/OS secret store
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Creates, updates and deletes secrets, as text or as files (binary).
  - A secret is read and compared before it is written. Who may write but not read it gets a warning and a changed
    result every time.
  - The value is in no return value, diff or log.
extends_documentation_fragment:
  - dcos.security.attributes
  - dcos.security.attributes.action_group
  - dcos.security.connection
attributes:
  idempotent:
    support: partial
    details:
      - A secret that may be written but not read is written every time.
options:
  path:
    description: Path of the secret, of letters, digits, V(-), V(_) and V(/).
    type: str
    required: true
  store:
    description: Name of the secret store.
    type: str
    default: default
  state:
    description: Whether the secret shall exist. A secret and a folder of secrets may have the same name; folders are
      left alone.
    type: str
    choices: [present, absent]
    default: present
  value:
    description:
      - Value of a text secret.
      - Before ansible-core 2.19, a template whose outcome looks like JSON becomes a dictionary, and arrives here in
        Python's spelling. A space in front, as in V("{{ ' ' ~ data | to_json }}"), keeps it a text.
      - Exactly one of O(value), O(value_base64) and O(src) is required with O(state=present).
    type: str
  value_base64:
    description: Value of a binary secret, base64-encoded.
    type: str
  src:
    description: Path of a file, on the host that runs the task, whose content becomes a binary secret. It is not looked
      for in the C(files) folders of roles.
    type: path
  description:
    description: Description of a text secret; binary ones have none. Compared only where the cluster returns it.
    type: str
  labels:
    description: Labels of a text secret; binary ones have none. Compared only where the cluster returns them.
    type: list
    elements: str
  update:
    description: With V(on_create), a secret that is there is left alone whatever its value.
    type: str
    choices: [always, on_create]
    default: always
notes:
  - Needs C(dcos:secrets:default:/<path>) C(read), and C(create), C(update) or C(delete) for what it does, or
    C(dcos:superuser).
  - Requests - 1 for a secret that is as wanted, 2 if it is written or deleted.
seealso:
  - module: dcos.security.dcos_service_account_secret
"""

EXAMPLES = r"""
- name: Store a password
  dcos.security.dcos_secret:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_token: "{{ dcos_login.token }}"
    path: cassandra/admin-password
    value: "{{ vault_cassandra_password }}"
    description: Password of Cassandra's administrator

- name: Store a keystore as a file
  dcos.security.dcos_secret:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    path: cassandra/keystore
    src: "{{ playbook_dir }}/files/cassandra.jks"

- name: Store several, without showing their values
  dcos.security.dcos_secret:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    path: "cassandra/{{ item.name }}"
    value: "{{ item.value }}"
  loop: "{{ cassandra_secrets }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a secret
  dcos.security.dcos_secret:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    path: cassandra/admin-password
    state: absent
"""

RETURN = r"""
secret:
  description: The secret, without its value.
  returned: always
  type: dict
  contains:
    path:
      description: Its path.
      type: str
      sample: cassandra/admin-password
    store:
      description: Its store.
      type: str
      sample: default
    content_type:
      description: V(application/json) of a text secret, V(application/octet-stream) of a binary one.
      returned: O(state=present) and it may be read, or was written
      type: str
      sample: application/json
    size:
      description: Size of the value in bytes, a text taken as UTF-8.
      returned: O(state=present) and it may be read, or was written
      type: int
      sample: 20
"""

import base64
import binascii

from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._converge import converge
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._options import read_bytes
from ansible_collections.dcos.security.plugins.module_utils._secrets import BINARY, TEXT, Secret, describe

SPEC = {
    "path": {"type": "str", "required": True},
    "store": {"type": "str", "default": "default"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "value": {"type": "str", "no_log": True},
    "value_base64": {"type": "str", "no_log": True},
    "src": {"type": "path"},
    "description": {"type": "str"},
    "labels": {"type": "list", "elements": "str"},
    "update": {"type": "str", "choices": ["always", "on_create"], "default": "always"},
}


def run(task):
    """Converge one secret."""
    present = task.params["state"] == "present"
    secret = Secret(connect(task), task.params["path"], task.params["store"], denied_as=None if present else {})
    wanted = _wanted(task) if present else None

    def desired(before):
        return before if before is not None and task.params["update"] == "on_create" else wanted

    after = converge(task, secret, desired if present else None).after
    if secret.unreadable and task.result["changed"]:
        task.warn(
            f"{secret.label} cannot be read with these credentials, so it was {'written' if present else 'deleted'} "
            "without being compared."
        )
    task.result["secret"] = {"path": secret.path, "store": secret.store}
    if after:
        described = describe(after)
        task.result["secret"].update({name: described[name] for name in ("content_type", "size")})


def _wanted(task):
    """Return the fields that the options call for."""
    params = task.params
    if params["value"] is not None:
        return {"content_type": TEXT, "value": params["value"], **task.given("description", "labels")}
    for name in task.given("description", "labels"):
        raise InputError(f"{name} goes with value only: DC/OS keeps no metadata with binary secrets. Remove it.")
    if params["src"] is not None:
        return {"content_type": BINARY, "value": read_bytes(params["src"], "src")}
    try:
        return {"content_type": BINARY, "value": base64.b64decode(params["value_base64"], validate=True)}
    except (binascii.Error, ValueError) as exc:
        raise InputError("value_base64 is not valid base64: encode the value with the filter b64encode.") from exc


def main():
    run_module(
        run,
        SPEC,
        mutually_exclusive=[("value", "value_base64", "src")],
        required_if=[("state", "present", ("value", "value_base64", "src"), True)],
    )


if __name__ == "__main__":
    main()

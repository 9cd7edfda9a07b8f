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
  - A secret and a folder of secrets may have the same name; folders are left alone.
  - The value is in no return value, diff or log.
extends_documentation_fragment:
  - dcos.security.attributes
  - dcos.security.attributes.action_group
  - dcos.security.connection
  - dcos.security.many
  - dcos.security.state
  - dcos.security.store
attributes:
  idempotent:
    support: partial
    details:
      - A secret that may be written but not read is written every time.
options:
  path:
    description: Path of the secret, of letters, digits, V(-), V(_) and V(/). Required unless O(secrets) is given.
    type: str
  value:
    description:
      - Value of a text secret.
      - A dictionary or a list is stored as JSON. Before ansible-core 2.19, a template whose outcome looks like JSON has
        become one by the time it arrives here, so that its spacing may change. A stored JSON text that means the same
        is as wanted.
      - A boolean or a number is refused, because YAML keeps nothing of how it was spelt. Put it in quotes.
      - Exactly one of O(value), O(value_base64) and O(src) is required with O(state=present).
    type: raw
  value_base64:
    description: Value of a binary secret, base64-encoded. Line breaks, as the command C(base64) writes them, do not
      count.
    type: str
  src:
    description:
      - Path of a file, on the host that runs the task, whose content becomes the secret. A relative one lies in the
        folder of the playbook if that host is the controller. It is not looked for in the C(files) folders of roles.
      - A regular file or a named pipe that gives something. C(/dev/stdin) and what a shell puts in place of
        C(<(command)) are part of a process, of which a task sees another one, and are refused.
    type: path
  src_as:
    description: Whether the content of O(src) becomes a binary secret or a text, which keeps its last line break.
    type: str
    choices: [binary, text]
    default: binary
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
  secrets:
    description:
      - Several secrets at once, each with the options of one. O(path), O(value), O(value_base64) and O(src) belong to
        the entries; what else is given beside the list is a default of them.
    type: list
    elements: dict
notes:
  - Needs C(dcos:secrets:default:/<path>) C(read), and C(create), C(update) or C(delete) for what it does, or
    C(dcos:superuser). Without C(read) it is written or deleted without being compared, with a warning.
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

- name: Store several in one task
  dcos.security.dcos_secret:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    update: on_create
    secrets:
      - path: cassandra/admin-password
        value: "{{ vault_cassandra_password }}"
      - path: cassandra/keystore
        src: "{{ playbook_dir }}/files/cassandra.jks"
        update: always
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
results:
  description: With O(secrets), what a task for each entry would return, in their order, with its name as
    C(item) and C(failed), and C(msg) and C(failure) if it did. Nothing else is returned then but RV(failures).
  returned: when O(secrets) is given
  type: list
  elements: dict
  sample: [{"item": "cassandra/admin-password", "changed": true, "failed": false}]
failures:
  description: With O(secrets), those of RV(results) that failed, less what they returned. The others are done.
  returned: when O(secrets) is given
  type: list
  elements: dict
  sample: []
"""

import base64
import json
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._converge import converge
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._files import check_readable, read_bytes, read_text
from ansible_collections.dcos.security.plugins.module_utils._given import refuse_no_text
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._names import check_secret_path
from ansible_collections.dcos.security.plugins.module_utils._secrets import BINARY, TEXT, Secret, describe
from ansible_collections.dcos.security.plugins.module_utils._task import STATE, STORE, Many, Spec, Task

SPEC: Spec = {
    "path": {"type": "str", "required": True},
    **STORE,
    **STATE,
    "value": {"type": "raw", "no_log": True},
    "value_base64": {"type": "str", "no_log": True},
    "src": {"type": "path"},
    "src_as": {"type": "str", "choices": ["binary", "text"], "default": "binary"},
    "description": {"type": "str"},
    "labels": {"type": "list", "elements": "str"},
    "update": {"type": "str", "choices": ["always", "on_create"], "default": "always"},
}


MANY = Many(
    "secrets",
    own=("path", "value", "value_base64", "src"),
    item=lambda params: params["path"],
    things=lambda params: [(params["store"], check_secret_path(params["path"]))],
)


def run(task: Task) -> None:
    """Converge one secret."""
    params, present = task.params, task.params["state"] == "present"
    wanted = _wanted(task) if present else {}
    secret = Secret(connect(task), params["path"], params["store"], denied_as=None if present else {})
    if present and params["src"] is not None:
        # A pipe gives once what it has to give, and so is read when it is certain that it will be used.
        read = read_text if wanted["content_type"] == TEXT else read_bytes
        wanted["value"] = read(params["src"], "src")

    def desired(before: dict[str, Any] | None) -> dict[str, Any]:
        if before is not None and params["update"] == "on_create":
            return before
        if before and _means_the_same(before["value"], params["value"]):
            return {**wanted, "value": before["value"]}
        return wanted

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


def _wanted(task: Task) -> dict[str, Any]:
    """Return the fields that the options call for, without the value if that is in a file."""
    params = task.params
    wanted: dict[str, Any] = {"content_type": TEXT}
    if params["value"] is not None:
        wanted["value"] = _text(params["value"])
        task.hide(wanted["value"])
    elif params["src"] is None or params["src_as"] == "binary":
        wanted["content_type"] = BINARY
    metadata = task.given("description", "labels")
    if metadata and wanted["content_type"] == BINARY:
        raise InputError(
            f"{next(iter(metadata))} goes with value, or src_as: text, only: DC/OS keeps no metadata with binary "
            "secrets. Remove it."
        )
    if params["src"] is not None:
        check_readable(params["src"], "src")
    if params["value_base64"] is not None:
        wanted["value"] = _decoded(params["value_base64"])
    return {**wanted, **metadata}


def _text(value: Any) -> str:
    """Return what is stored for the option ``value``: the text itself, or the JSON of a dictionary or a list."""
    if not isinstance(value, (dict, list)):
        refuse_no_text(value, "value", exact=True)
        return str(value)
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError as exc:
        raise InputError("value holds a number that JSON has not (infinite, or none at all).") from exc


def _means_the_same(stored: str | bytes, wanted: Any) -> bool:
    """Tell whether a stored text is the JSON of a dictionary or a list, in whatever spelling."""
    if not isinstance(wanted, (dict, list)) or not isinstance(stored, str):
        return False
    try:
        return json.dumps(json.loads(stored), sort_keys=True) == json.dumps(wanted, sort_keys=True)
    except ValueError:
        return False


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as exc:  # binascii.Error is one
        raise InputError("value_base64 is not valid base64: encode the value with the filter b64encode.") from exc


def main() -> None:
    run_module(
        run,
        SPEC,
        many=MANY,
        mutually_exclusive=[("value", "value_base64", "src")],
        required_if=[("state", "present", ("value", "value_base64", "src"), True)],
    )


if __name__ == "__main__":
    main()

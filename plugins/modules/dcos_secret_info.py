#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_secret_info
short_description: List secrets in the DC/OS secret store
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Lists the secrets below a path, recursively, and describes the secret at that path.
  - Values are not returned. To read one, use the lookup P(dcos.security.dcos_secret#lookup).
extends_documentation_fragment:
  - dcos.security.attributes.info_module
  - dcos.security.attributes.action_group
  - dcos.security.connection
  - dcos.security.store
options:
  path:
    description:
      - Path of a secret, of a folder of secrets, or of both. If not given, all secrets of the store are listed.
      - A path where nothing is lists as empty.
    type: str
  seal_status:
    description:
      - Also return whether the store is sealed (see RV(seal_status)), so that a playbook can wait until it is not, or
        stop.
      - While it is sealed, nothing in it can be read. RV(secrets) is then left out and not asked for, so that the task
        succeeds.
      - Each master has a seal of its own. Through a load balancer the answer is that of one of them.
    type: bool
    default: false
notes:
  - Listing a folder needs C(dcos:secrets:list:default:/<folder>) C(read), describing a secret
    C(dcos:secrets:default:/<path>) C(read). One of them suffices for a path that is either.
  - O(seal_status) needs C(dcos:superuser).
  - Requests - 1, 2 with O(path), 1 more with O(seal_status).
seealso:
  - module: dcos.security.dcos_secret
  - plugin: dcos.security.dcos_secret
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: List the secrets of a service
  dcos.security.dcos_secret_info:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_token: "{{ dcos_login.token }}"
    path: cassandra
  register: found

- name: Delete them all
  dcos.security.dcos_secret:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    path: "{{ item.path }}"
    state: absent
  loop: "{{ found.secrets }}"
  loop_control:
    label: "{{ item.path }}"

- name: Wait until the store is unsealed
  dcos.security.dcos_secret_info:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    path: cassandra
    seal_status: true
  register: store
  until: not store.seal_status.sealed
  retries: 30
  delay: 10

- name: Is there such a secret, and of which kind?
  dcos.security.dcos_secret_info:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    path: cassandra/keystore
  register: keystore
"""

RETURN = r"""
seal_status:
  description: Whether the store is sealed.
  returned: when O(seal_status=true)
  type: dict
  contains:
    sealed:
      description: Whether nothing in it can be read until it is unsealed.
      type: bool
      sample: false
    threshold:
      description: How many shares of the key are needed to unseal it.
      type: int
      sample: 1
    shares:
      description: How many shares of the key there are.
      type: int
      sample: 1
    progress:
      description: How many of them were given since it was sealed.
      type: int
      sample: 0
secrets:
  description: The secrets, sorted by path, the one at O(path) itself among them.
  returned: success, unless O(seal_status=true) and the store is sealed
  type: list
  elements: dict
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
      returned: of the secret at O(path)
      type: str
      sample: application/json
    size:
      description: Size of the value in bytes, a text taken as UTF-8.
      returned: of the secret at O(path)
      type: int
      sample: 20
    description:
      description: Its description.
      returned: of the secret at O(path), where the cluster keeps one
      type: str
      sample: Password of Cassandra's administrator
    labels:
      description: Its labels.
      returned: of the secret at O(path), where the cluster keeps any
      type: list
      elements: str
      sample: [production]
"""

from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._secrets import (
    Secret,
    describe,
    list_secrets,
    read_seal_status,
)
from ansible_collections.dcos.security.plugins.module_utils._task import STORE, Spec, Task

SPEC: Spec = {
    "path": {"type": "str"},
    **STORE,
    "seal_status": {"type": "bool", "default": False},
}


def run(task: Task) -> None:
    """List the secrets below a path, and describe the one at it."""
    client, store = connect(task), task.params["store"]
    if task.params["seal_status"]:
        task.result["seal_status"] = read_seal_status(client, store)
        if task.result["seal_status"]["sealed"]:
            return
    if task.params["path"] in (None, "/"):
        paths, described = list_secrets(client, "", store), {}
    else:
        secret = Secret(client, task.params["path"], store, denied_as=None)
        present = secret.read()
        described = {secret.path: describe(present)} if present else {}
        below = list_secrets(client, secret.path, store, accept=(403,) if present else ())
        paths = [*described, *(f"{secret.path}/{path}" for path in below)]
    task.result["secrets"] = [{"path": path, "store": store, **described.get(path, {})} for path in paths]


def main() -> None:
    run_module(run, SPEC, subjects=[("path",)])


if __name__ == "__main__":
    main()

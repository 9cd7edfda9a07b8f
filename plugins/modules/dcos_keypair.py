#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_keypair
short_description: Make the key pair of a service account in files
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Makes an RSA key pair as DC/OS service accounts need it - an unencrypted private key in PKCS#8, which is the only
    form that all services read, and its public half in SPKI, both in PEM.
  - It works on the files of the host that runs the task and needs no cluster.
  - A private key that is there is kept, and the public half is made from it anew where it is missing or another's.
  - With M(dcos.security.dcos_service_account_secret) the private key need not be written to any disk.
extends_documentation_fragment:
  - dcos.security.attributes
  - ansible.builtin.files
attributes:
  check_mode:
    details:
      - A key that would be made is made and thrown away, so RV(public_key) is always a valid key.
  idempotent:
    support: partial
    details:
      - With O(regenerate=always) every run makes a new key.
options:
  private_key_path:
    description:
      - Path of the file for the private key. A file that holds anything but one RSA private key is never overwritten.
      - A key in PKCS#1 is rewritten in PKCS#8; it remains the same key.
    type: path
    required: true
  public_key_path:
    description: Path of the file for the public key. RV(public_key) holds it in any case.
    type: path
  size:
    description: Size of a new key in bits. A present key of another size is kept, with a warning.
    type: int
    choices: [2048, 3072, 4096]
    default: 2048
  regenerate:
    description:
      - Whether to replace a key that is there.
      - V(always) makes a new one in every run. Give it to the account, too.
    type: str
    choices: [never, always]
    default: never
  mode:
    description: Mode of the file with the private key, by default V(0600). That with the public key is made with
      V(0644). O(owner) and O(group) are those of both.
requirements:
  - cryptography >= 38.0
seealso:
  - module: dcos.security.dcos_service_account
  - module: dcos.security.dcos_service_account_secret
    description: Makes the pair and stores the private key without a file.
"""

EXAMPLES = r"""
- name: Make a key pair, or keep the one that is there
  dcos.security.dcos_keypair:
    private_key_path: /etc/dcos/cassandra-private.pem
    public_key_path: /etc/dcos/cassandra-public.pem
  register: keypair

- name: Create the account from it
  dcos.security.dcos_service_account:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    uid: cassandra
    public_key: "{{ keypair.public_key }}"

- name: A larger key, for the group that runs the service
  dcos.security.dcos_keypair:
    private_key_path: /etc/dcos/cassandra-private.pem
    size: 4096
    group: cassandra
    mode: "0640"
"""

RETURN = r"""
public_key:
  description: The public key as SPKI PEM.
  returned: success
  type: str
  sample: "-----BEGIN PUBLIC KEY-----\nMIIB...\n-----END PUBLIC KEY-----\n"
fingerprint:
  description: SHA-256 of the public key's DER SPKI.
  returned: success
  type: str
  sample: "1f:0c:b2:69:6e:5e:84:f5:f9:d5:0d:5c:4c:5c:8c:58:1b:0a:0c:34:0f:9a:0c:7e:9e:0c:34:0f:9a:0c:7e:9e"
predicted:
  description: Whether the key is only an example, of one that a run without check mode would make. Its RV(public_key)
    and RV(fingerprint) will then be others.
  returned: success
  type: bool
  sample: false
size:
  description: Size of the key in bits.
  returned: success
  type: int
  sample: 2048
"""

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.plugins.module_utils._converge import converge
from ansible_collections.dcos.security.plugins.module_utils._keypair import PRIVATE_MODE, KeyPair
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._task import Spec, Task

SPEC: Spec = {
    "private_key_path": {"type": "path", "required": True, "no_log": False},
    "public_key_path": {"type": "path"},
    "size": {"type": "int", "choices": [2048, 3072, 4096], "default": 2048},
    "regenerate": {"type": "str", "choices": ["never", "always"], "default": "never"},
}


def run(task: Task) -> None:
    """Converge one key pair and the attributes of its files."""
    params = task.params
    mode = PRIVATE_MODE if params["mode"] is None else params["mode"]
    keypair = KeyPair(task, params["private_key_path"], params["public_key_path"], mode)

    def desired(before: dict[str, str] | None) -> dict[str, str]:
        if before and params["regenerate"] == "never":
            key = _keys.normalize_private_key(before["private_key"])
        else:
            key = _keys.generate_private_key(params["size"])
            keypair.predicted = key if task.check_mode else None
        task.hide(key)
        return {"private_key": key, **({"public_key": _keys.public_key_of(key)} if params["public_key_path"] else {})}

    after = converge(task, keypair, desired).after
    task.result["changed"] |= keypair.set_attributes()
    fingerprint, size = _keys.about_private_key(after["private_key"])
    if size != params["size"]:
        task.warn(f"The key has {size} bits, not {params['size']}, and is kept. regenerate: always makes a new one.")
    task.result.update(public_key=_keys.public_key_of(after["private_key"]), fingerprint=fingerprint, size=size)
    task.result["predicted"] = keypair.predicted is not None


def main() -> None:
    run_module(run, SPEC, connection=False, add_file_common_args=True)


if __name__ == "__main__":
    main()

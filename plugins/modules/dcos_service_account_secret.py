#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_service_account_secret
short_description: Manage the credential that a service logs in with
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Keeps the credential of a service account (its uid, private key and login endpoint) as a secret in the DC/OS
    secret store, as C(dcos security secrets create-sa-secret) does.
  - Unless a key is given, the pair is generated inside the module and the private key goes straight into the store.
    It is written to no disk and returned by no task; the public half is returned, for
    M(dcos.security.dcos_service_account).
  - A credential that is there is kept, and its public key derived from it. Spellings that some services cannot read
    are repaired without changing the key - a PKCS#1 key, or C(schema) for C(scheme).
  - A secret that holds the credential of another uid, or something else, is refused and left alone.
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
      - With O(rotate=true) every run makes a new key.
options:
  path:
    description:
      - Path of the secret, of letters, digits, V(-), V(_) and V(/). A service may use the secrets in the folder of
        its own id and in those above, so V(<service>/<name>) is the usual form.
      - Required unless O(credentials) is given.
    type: str
  uid:
    description: Name of the service account. Required to write; when deleting, it makes sure that the secret is that
      account's.
    type: str
  private_key:
    description:
      - RSA private key in PEM to store. It is stored as unencrypted PKCS#8.
      - O(private_key), O(private_key_path), O(from_path) and O(rotate) are mutually exclusive. Without any of them, the
        stored key is kept, or the first one made.
    type: str
  private_key_path:
    description: Path of a file with the private key to store.
    type: path
  from_path:
    description: Path of another secret of the same account whose key to store here, for rotation in two steps.
    type: str
  size:
    description: Size in bits of a generated key.
    type: int
    choices: [2048, 3072, 4096]
    default: 2048
  strict:
    description: Insist on a login endpoint that starts with V(https://), as a cluster in strict mode needs it.
    type: bool
    default: false
  login_endpoint:
    description:
      - Where the service shall log in. If not given, a stored one is left alone, and a new credential gets
        V(https://leader.mesos/acs/api/v1/auth/login), which works in permissive and strict mode.
    type: str
  rotate:
    description: Make a new key, whatever is stored. Give it to the account, too.
    type: bool
    default: false
  credentials:
    description:
      - Several credentials at once, each with the options of one. O(path), O(uid) and what holds a key or says where
        it is belong to the entries; what else is given beside the list is a default of them.
    type: list
    elements: dict
  create:
    description: Whether to store a credential where there is none. If V(false), such a task changes nothing and returns
      no RV(public_key).
    type: bool
    default: true
notes:
  - Needs C(dcos:secrets:default:/<path>) C(read), and C(create), C(update) or C(delete) for what it does, or
    C(dcos:superuser).
  - Requests - 1 for a credential that is as wanted, 2 if it is written or deleted, and 1 more with O(from_path).
seealso:
  - module: dcos.security.dcos_service_account
  - module: dcos.security.dcos_login
    description: Proves a stored credential by logging in with it.
  - name: Spaces
    description: Which service may use which secret.
    link: https://docs.d2iq.com/mesosphere/dcos/2.2/security/ent/#spaces
"""

EXAMPLES = r"""
- name: Generate a key pair into the secret store, or keep the one that is there
  dcos.security.dcos_service_account_secret:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_token: "{{ dcos_login.token }}"
    path: cassandra/service-account
    uid: cassandra
    strict: true
  register: credential

- name: Store a key pair that was made elsewhere
  dcos.security.dcos_service_account_secret:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    path: cassandra/service-account
    uid: cassandra
    private_key_path: /etc/dcos/cassandra-private.pem

- name: Remove the credential
  dcos.security.dcos_service_account_secret:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    path: cassandra/service-account
    uid: cassandra
    state: absent

- name: Generate the key pairs of several services, or keep those that are there
  dcos.security.dcos_service_account_secret:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    strict: true
    credentials:
      - path: cassandra/service-account
        uid: cassandra
      - path: kafka/service-account
        uid: kafka
        size: 4096
"""

RETURN = r"""
public_key:
  description: Public half of the stored key, as SPKI PEM.
  returned: O(state=present)
  type: str
  sample: "-----BEGIN PUBLIC KEY-----\nMIIB...\n-----END PUBLIC KEY-----\n"
fingerprint:
  description: SHA-256 of the public key's DER SPKI.
  returned: O(state=present)
  type: str
  sample: "1f:0c:b2:69:6e:5e:84:f5:f9:d5:0d:5c:4c:5c:8c:58:1b:0a:0c:34:0f:9a:0c:7e:9e:0c:34:0f:9a:0c:7e:9e"
predicted:
  description: Whether the key is only an example, of one that a run without check mode would make. Its RV(public_key)
    and RV(fingerprint) will then be others.
  returned: O(state=present)
  type: bool
  sample: false
uid:
  description: Name of the service account.
  returned: O(state=present)
  type: str
  sample: cassandra
login_endpoint:
  description: The login endpoint in the credential.
  returned: O(state=present)
  type: str
  sample: https://leader.mesos/acs/api/v1/auth/login
secret:
  description: Where the credential is.
  returned: always
  type: dict
  contains:
    path:
      description: Path of the secret.
      type: str
      sample: cassandra/service-account
    store:
      description: Its store.
      type: str
      sample: default
results:
  description: With O(credentials), what a task for each entry would return, in their order, with its name as
    C(item) and C(failed), and C(msg) and C(failure) if it did. Nothing else is returned then but RV(failures).
  returned: when O(credentials) is given
  type: list
  elements: dict
  sample: [{"item": "kafka/service-account", "changed": true, "failed": false, "uid": "kafka"}]
failures:
  description: With O(credentials), those of RV(results) that failed, less what they returned. The others are done.
  returned: when O(credentials) is given
  type: list
  elements: dict
  sample: []
"""

from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.plugins.module_utils._client import Client, connect
from ansible_collections.dcos.security.plugins.module_utils._converge import converge
from ansible_collections.dcos.security.plugins.module_utils._credential import (
    Credential,
    build,
    choose_endpoint,
)
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._files import read_or_predict
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._names import check_secret_path, check_uid
from ansible_collections.dcos.security.plugins.module_utils._secrets import Secret
from ansible_collections.dcos.security.plugins.module_utils._task import STATE, STORE, Many, Task

SPEC = {
    "path": {"type": "str", "required": True},
    **STORE,
    "uid": {"type": "str"},
    **STATE,
    "private_key": {"type": "str", "no_log": True},
    "private_key_path": {"type": "path", "no_log": False},
    "from_path": {"type": "str"},
    "size": {"type": "int", "choices": [2048, 3072, 4096], "default": 2048},
    "strict": {"type": "bool", "default": False},
    "login_endpoint": {"type": "str"},
    "rotate": {"type": "bool", "default": False},
    "create": {"type": "bool", "default": True},
}


MANY = Many(
    "credentials",
    own=("path", "uid", "private_key", "private_key_path", "from_path"),
    item=lambda params: params["path"],
    # What one entry takes a key from must not be what another one writes.
    things=lambda params: [
        (params["store"], check_secret_path(params[name])) for name in ("path", "from_path") if params[name] is not None
    ],
)


def run(task: Task) -> None:
    """Converge one stored credential."""
    params = task.params
    if params["uid"] is not None:
        check_uid(params["uid"])
    choose_endpoint(None, params["login_endpoint"], params["strict"])
    client = connect(task)
    secret = Secret(client, params["path"], params["store"])
    credential = Credential(secret, params["uid"])
    task.result["secret"] = {"path": secret.path, "store": secret.store}
    if params["state"] == "absent":
        converge(task, credential, None)
        return
    task.result["predicted"] = False
    new_key = _given_key(task, client)

    def desired(before: dict[str, Any] | None) -> dict[str, Any] | None:
        if before is None and not params["create"]:
            return None
        key = new_key
        if key is None:
            key = before["private_key"] if before else _generated_key(task)
        return build(params["uid"], key, choose_endpoint(before, params["login_endpoint"], params["strict"]))

    after = converge(task, credential, desired).after
    if after is None:
        return
    task.hide(after["private_key"])
    public_key = _keys.public_key_of(after["private_key"])
    task.result.update(
        public_key=public_key,
        fingerprint=_keys.fingerprint(public_key),
        uid=after["uid"],
        login_endpoint=after["login_endpoint"],
    )


def _given_key(task: Task, client: Client) -> str | None:
    """Return the private key that the options call for, or None to keep the stored one or make the first."""
    params = task.params
    # An empty key is no missing one: a template that came out empty must not have another key made.
    if params["private_key"] is not None:
        return str(params["private_key"])
    if params["private_key_path"] is not None:
        return read_or_predict(task, params["private_key_path"], "private_key_path", lambda: _generated_key(task))
    if params["from_path"] is not None:
        source = Credential(Secret(client, params["from_path"], params["store"]), params["uid"]).read()
        if source:
            return str(source["private_key"])
        if not task.check_mode:
            raise InputError(f"from_path: there is no secret '{params['from_path']}' to take the key from.")
        task.warn(f"There is no secret '{params['from_path']}'; check mode assumes that an earlier task makes it.")
    return _generated_key(task) if params["rotate"] or params["from_path"] is not None else None


def _generated_key(task: Task) -> str:
    """Make a key; in check mode it is thrown away, but its public half is a valid prediction."""
    key = _keys.generate_private_key(task.params["size"])
    task.hide(key)
    task.result["predicted"] = task.check_mode
    return key


def main() -> None:
    run_module(
        run,
        SPEC,
        many=MANY,
        required_if=[("state", "present", ["uid"])],
        mutually_exclusive=[("private_key", "private_key_path", "from_path", "rotate")],
    )


if __name__ == "__main__":
    main()

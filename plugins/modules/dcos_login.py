#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_login
short_description: Obtain an authentication token
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Logs in and returns the authentication token, for the other modules of a play, for M(ansible.builtin.uri), and for
    other collections.
  - A token that is given and valid for long enough is returned as it is, so the module also serves to renew one.
  - With O(secret_path), it logs in as the service account whose credential lies at that path. That proves an identity
    end to end - the secret can be read, its key belongs to the account, and the account can log in.
extends_documentation_fragment:
  - dcos.security.attributes
  - dcos.security.attributes.action_group
  - dcos.security.connection
  - dcos.security.many
  - dcos.security.store
attributes:
  diff_mode:
    support: N/A
    description: This module changes nothing.
options:
  secret_path:
    description: Path of a secret with the credential of a service account, as
      M(dcos.security.dcos_service_account_secret) writes it.
    type: str
  min_validity:
    description: A given token is reused only if it is valid for this many seconds more.
    type: int
    default: 300
  proofs:
    description:
      - Several stored credentials to be proven by a login each, with the options of one. O(secret_path) belongs to the
        entries; what else is given beside the list is a default of them. No tokens are returned.
    type: list
    elements: dict
notes:
  - Needs no permission, but with O(secret_path) C(dcos:secrets:default:/<path>) C(read), or C(dcos:superuser).
  - The task never reports a change, as a login changes nothing on the cluster.
  - Register the result with care, it holds the token. Set C(no_log=true) if your callbacks show results.
  - Requests - none for a given token that is valid long enough, else 1; 2 more with O(secret_path).
seealso:
  - module: dcos.security.dcos_service_account_secret
"""

EXAMPLES = r"""
- name: Log in once for the whole play
  dcos.security.dcos_login:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_username: admin
    auth_password: "{{ vault_dcos_password }}"
  register: dcos_login
  no_log: true

- name: Use the token with any other service behind Admin Router
  ansible.builtin.uri:
    url: https://dcos.example.com/service/marathon/v2/apps
    ca_path: /etc/ssl/dcos-ca.crt
    headers:
      Authorization: "token={{ dcos_login.token }}"

- name: Prove that the stored credential of a service works
  dcos.security.dcos_login:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    secret_path: cassandra/service-account
  register: proof
  no_log: true

- name: Prove the stored credentials of several services
  dcos.security.dcos_login:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    on_failure: continue
    proofs:
      - secret_path: cassandra/service-account
      - secret_path: kafka/service-account
  register: proven
"""

RETURN = r"""
token:
  description: The authentication token. Empty where check mode could only predict the login.
  returned: success
  type: str
  sample: eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9...
uid:
  description: Who is logged in.
  returned: success
  type: str
  sample: cassandra
expires_at:
  description: When the token expires, or null if it does not.
  returned: success
  type: str
  sample: "2026-11-27T07:10:00Z"
reused:
  description: Whether the token is the one that was given.
  returned: success
  type: bool
  sample: false
auth_method:
  description: How the connection is authenticated - V(token), V(password), V(service_account) or V(cli).
  returned: success
  type: str
  sample: password
results:
  description: With O(proofs), what a task for each entry would return, in their order, with its name as
    C(item) and C(failed), and C(msg) and C(failure) if it did. Nothing else is returned then but RV(failures).
  returned: when O(proofs) is given
  type: list
  elements: dict
  sample: [{"item": "kafka/service-account", "changed": false, "failed": false, "uid": "kafka"}]
failures:
  description: With O(proofs), those of RV(results) that failed, less what they returned. The others are done.
  returned: when O(proofs) is given
  type: list
  elements: dict
  sample: []
"""

from ansible_collections.dcos.security.plugins.module_utils._auth import claims, expiry, login, timestamp
from ansible_collections.dcos.security.plugins.module_utils._client import Client, connect
from ansible_collections.dcos.security.plugins.module_utils._credential import read_credential
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._names import check_secret_path
from ansible_collections.dcos.security.plugins.module_utils._secrets import Secret
from ansible_collections.dcos.security.plugins.module_utils._task import STORE, Many, Params, Spec, Task

SPEC: Spec = {
    "secret_path": {"type": "str", "no_log": False},
    **STORE,
    "min_validity": {"type": "int", "default": 300},
}


def _place(params: Params) -> list[tuple[str, str]]:
    """Return where the credential of an entry lies."""
    if not params["secret_path"]:
        raise InputError("secret_path is missing: it says where the credential lies that is to be proven.")
    return [(params["store"], check_secret_path(params["secret_path"]))]


MANY = Many(
    "proofs",
    own=("secret_path",),
    item=lambda params: params["secret_path"],
    things=_place,
    unreturned=("token",),
)


def run(task: Task) -> None:
    """Return a token, of the user that the connection options name or of the service whose credential is stored."""
    client = connect(task)
    if task.params["secret_path"]:
        token = _service_token(task, client)
    else:
        token = client.auth.token(task.params["min_validity"]) or ""
    task.reveal(token)
    expires = expiry(token)
    task.result.update(
        token=token,
        uid=claims(token).get("uid"),
        expires_at=expires and timestamp(expires),
        reused=bool(token) and token == client.auth.given,
        auth_method=client.auth.method,
    )


def _service_token(task: Task, client: Client) -> str:
    secret = Secret(client, task.params["secret_path"], task.params["store"])
    credential = read_credential(secret)
    if credential is None:
        if not task.check_mode:
            raise InputError(
                f"There is no {secret.label} to log in with: store a credential with dcos_service_account_secret."
            )
        task.warn(f"There is no {secret.label} yet; check mode assumes that an earlier task stores a credential there.")
        return ""
    task.hide(credential["private_key"])
    return login(client.transport, credential["uid"], private_key=credential["private_key"])


def main() -> None:
    run_module(run, SPEC, many=MANY, subjects=[("secret_path",)])


if __name__ == "__main__":
    main()

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: dcos_secret
short_description: Read secrets from the DC/OS secret store
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Returns the values of secrets. All paths of one lookup share one login and are read several at a time.
extends_documentation_fragment:
  - dcos.security.connection.plugins
  - dcos.security.connection
options:
  _terms:
    description: Paths of the secrets.
    type: list
    elements: str
    required: true
  store:
    description: Name of the secret store.
    type: str
    default: default
  field:
    description: Return this member of a secret that holds a JSON object, such as V(uid) of a service account's
      credential.
    type: str
  on_missing:
    description:
      - What to do about a path where no secret is. V(warn) and V(skip) leave it out of what is returned.
      - A secret that may not be read is an error in any case.
    type: str
    choices: [error, warn, skip]
    default: error
seealso:
  - module: dcos.security.dcos_secret
  - module: dcos.security.dcos_secret_info
"""

EXAMPLES = r"""
- name: Use a password without storing it with the playbook
  community.postgresql.postgresql_user:
    name: app
    password: "{{ lookup('dcos.security.dcos_secret', 'app/database-password', url='https://dcos.example.com') }}"
  vars:
    dcos_auth_token: "{{ dcos_login.token }}"
    dcos_ca_path: /etc/ssl/dcos-ca.crt

- name: Read several with one login
  ansible.builtin.set_fact:
    keys: "{{ query('dcos.security.dcos_secret', 'app/key-1', 'app/key-2', on_missing='skip') }}"
  no_log: true

- name: Whose credential is it?
  ansible.builtin.debug:
    msg: "{{ lookup('dcos.security.dcos_secret', 'cassandra/service-account', field='uid') }}"

- name: Write a keystore
  ansible.builtin.shell:
    cmd: umask 077; base64 -d > /etc/cassandra/keystore.jks
    stdin: "{{ lookup('dcos.security.dcos_secret', 'cassandra/keystore') }}"
    creates: /etc/cassandra/keystore.jks
  no_log: true
"""

RETURN = r"""
_raw:
  description: The value of each secret, that of a binary one base64-encoded; with O(field), the member of each.
  type: list
  elements: raw
"""

import base64
import json
from typing import Any, ClassVar

from ansible.utils.display import Display

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._parallel import together
from ansible_collections.dcos.security.plugins.module_utils._secrets import Secret
from ansible_collections.dcos.security.plugins.plugin_utils._lookup import ClusterLookup

CONCURRENCY = 8


class LookupModule(ClusterLookup):
    """Values of secrets."""

    spec: ClassVar = {"store": {"type": "str"}, "field": {"type": "str"}, "on_missing": {"type": "str"}}
    subjects: ClassVar = [("field",)]

    def find(self, terms: list[Any]) -> list[Any]:
        """Return the values at the paths ``terms``."""
        client, store = self.connect(), self.get_option("store")
        secrets = [Secret(client, path, store) for path in terms]
        values = []
        for secret, found, error in together(Secret.read, secrets, CONCURRENCY):
            if error:
                raise error
            if found:
                values.append(self._shown(secret, found["value"]))
            else:
                self._missing(secret)
        return values

    def _shown(self, secret: Secret, value: str | bytes) -> Any:
        field = self.get_option("field")
        if field is not None:
            return _member(secret, value, field)
        return value if isinstance(value, str) else base64.b64encode(value).decode()

    def _missing(self, secret: Secret) -> None:
        text, wish = f"There is no {secret.label} in store '{secret.store}'.", self.get_option("on_missing")
        if wish == "error":
            raise InputError(f"{text} With on_missing=skip, it is left out.")
        if wish == "warn":
            Display().warning(text)


def _member(secret: Secret, value: str | bytes, field: str) -> Any:
    """Return a member of the JSON object that a secret holds. The errors do not repeat any of it."""
    try:
        content = json.loads(value)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise InputError(f"{secret.label} does not hold a JSON object, of which to take field '{field}'.")
    if field not in content:
        raise InputError(f"{secret.label} holds a JSON object without a member '{field}'.")
    return content[field]

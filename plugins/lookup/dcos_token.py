# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: dcos_token
short_description: Obtain a DC/OS authentication token
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Returns an authentication token, for M(ansible.builtin.uri) and for other collections.
  - A token that is given and valid for long enough is returned as it is. Otherwise this logs in.
  - A lookup is evaluated anew wherever its value is used. To log in once for a play, use M(dcos.security.dcos_login)
    and register its result.
extends_documentation_fragment:
  - dcos.security.connection.plugins
  - dcos.security.connection
options:
  _terms:
    description: None are taken.
  min_validity:
    description: A given token is returned only if it is valid for this many seconds more.
    type: int
    default: 300
seealso:
  - module: dcos.security.dcos_login
"""

EXAMPLES = r"""
- name: Ask another service behind Admin Router
  ansible.builtin.uri:
    url: https://dcos.example.com/service/marathon/v2/apps
    ca_path: /etc/ssl/dcos-ca.crt
    headers:
      Authorization: "token={{ lookup('dcos.security.dcos_token', url='https://dcos.example.com') }}"
  vars:
    dcos_auth_username: admin
    dcos_auth_password: "{{ vault_dcos_password }}"
    dcos_ca_path: /etc/ssl/dcos-ca.crt

- name: Use the token of the DC/OS CLI
  ansible.builtin.set_fact:
    dcos_token: "{{ lookup('dcos.security.dcos_token', auth_method='cli') }}"
  no_log: true
"""

RETURN = r"""
_raw:
  description: One authentication token.
  type: list
  elements: str
"""

from typing import Any, ClassVar

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.plugin_utils._lookup import ClusterLookup


class LookupModule(ClusterLookup):
    """A token."""

    spec: ClassVar = {"min_validity": {"type": "int"}}

    def find(self, terms: list[Any]) -> list[Any]:
        """Return the token; ``terms`` must be empty."""
        if terms:
            raise InputError("dcos_token takes no terms, only options such as url=…")
        return [self.connect().auth.token(self.get_option("min_validity"))]

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: service_identities
short_description: The service identities of a cluster as hosts
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Each service account of a cluster is a host, so that C(--limit) chooses identities, C(host_vars) describe them, and
    automation controllers slice jobs on thousands of them.
  - All hosts are in the group C(dcos_service_identities). Further groups are C(gid_) and a group of the cluster,
    C(preset_) and a preset of the role P(dcos.security.service_identity#role) whose permissions an account has,
    C(finding_) and a rule of P(dcos.security.identity_findings#filter), and C(dcos_superusers). What a name of a group
    cannot hold is C(_) in it.
  - Their variables are C(ansible_connection) (V(local)), C(service_identity_uid), and C(dcos_identity), which is an
    entry of the C(identities) that M(dcos.security.dcos_service_identity_info) returns. There are no secrets in it.
  - The file of the inventory ends in C(.dcos.yml) or C(.dcos.yaml). Relative paths in it mean its folder.
  - The playbooks C(dcos.security.provision_service_identity) and C(dcos.security.rotate_service_identity) act on these
    hosts, in one task for all of them.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - dcos.security.connection
options:
  plugin:
    description: Name of the plugin.
    type: str
    required: true
    choices: [dcos.security.service_identities]
  auth_credential:
    type: raw
  uid:
    description: Accounts to read. If not given, all service accounts are read.
    type: list
    elements: str
  store:
    description: Name of the secret store.
    type: str
    default: default
  secrets:
    description: Where to look for credentials and certificates, as for M(dcos.security.dcos_service_identity_info).
    type: str
    choices: [all, folders, none]
    default: all
  native:
    description: Whether accounts of DC/OS itself are hosts, too.
    type: bool
    default: false
  concurrency:
    description: How many requests are sent at a time.
    type: int
    default: 16
seealso:
  - module: dcos.security.dcos_service_identity_info
"""

EXAMPLES = r"""
# prod.dcos.yml, with the credentials in the environment:
plugin: dcos.security.service_identities
url: https://dcos.example.com
ca_path: dcos-ca.crt
---
# $ ansible-inventory -i prod.dcos.yml --graph
# $ ansible-playbook dcos.security.rotate_service_identity -i prod.dcos.yml --limit 'kafka*'

# Only what is in a folder, and in groups of its own:
plugin: dcos.security.service_identities
url: https://dcos.example.com
secrets: folders
keyed_groups:
  - key: dcos_identity.key_size | string
    prefix: bits
groups:
  unsound: dcos_identity.credentials | rejectattr('matches') | list | length > 0
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /var/cache/dcos
"""

import difflib
import os
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.inventory.group import to_safe_group_name
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, InputError
from ansible_collections.dcos.security.plugins.module_utils._identity_facts import read_facts
from ansible_collections.dcos.security.plugins.module_utils._options import CONNECTION_SPEC, located
from ansible_collections.dcos.security.plugins.module_utils._redact import mask
from ansible_collections.dcos.security.plugins.plugin_utils import _identity_groups
from ansible_collections.dcos.security.plugins.plugin_utils._reading import Reading

GROUP = "dcos_service_identities"


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """See the documentation above."""

    NAME = "dcos.security.service_identities"

    def verify_file(self, path: str) -> bool:
        """Tell whether a file is likely to be one of this plugin."""
        return bool(super().verify_file(path)) and path.endswith((".dcos.yml", ".dcos.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Make hosts and groups. Raises AnsibleParserError with the sentence that a module would fail with."""
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        self.load_cache_plugin()
        key = self.get_cache_key(path)
        kept = self._cache.get(key) if cache and self.get_option("cache") else None
        facts = kept or self._facts(config, os.path.dirname(os.path.abspath(path)))
        if not kept and self.get_option("cache"):
            self._cache[key] = facts
        self._populate(facts)

    def _facts(self, config: dict[str, Any], folder: str) -> dict[str, Any]:
        # As they were written, since core makes paths absolute with the folder of the command.
        written = {name: config.get(name, self.get_option(name)) for name in CONNECTION_SPEC}
        options = {name: self._templated(value) for name, value in written.items()}
        asked = {name: self.get_option(name) for name in ("store", "secrets", "native", "concurrency")}
        reading = None
        try:
            self._refuse_unknown(config)
            reading = Reading(located(options, folder), folder)
            facts, missing = read_facts(connect(reading), self.get_option("uid"), **asked)
        except DcosError as exc:
            hidden = {
                options[name] for name, option in CONNECTION_SPEC.items() if option.get("no_log") and options[name]
            }
            hidden |= set(reading.connected.secrets) if reading and reading.connected else set()
            raise AnsibleParserError(exc.told(lambda text: mask(text, hidden))) from None
        if missing:
            self.display.warning(f"There is no account {', '.join(repr(uid) for uid in missing)}.")
        for one in facts["unknown"]:
            self.display.warning(f"Could not read {one['what']}: the token's user needs {one['permission']}.")
        return facts

    def _refuse_unknown(self, config: dict[str, Any]) -> None:
        """Raise InputError for an option that there is not, which core would leave out without a word."""
        unknown = sorted(set(config) - set(self.get_options()))
        if unknown:
            near = difflib.get_close_matches(unknown[0], sorted(self.get_options()), 1)
            hint = f", did you mean {near[0]}?" if near else "."
            raise InputError(f"There is no option '{unknown[0]}' of this inventory{hint}")

    def _templated(self, value: Any) -> Any:
        return self.templar.template(value) if isinstance(value, str) else value

    def _populate(self, facts: dict[str, Any]) -> None:
        strict = self.get_option("strict")
        self.inventory.add_group(GROUP)
        for identity, groups in _identity_groups.grouped(facts):
            host = self.inventory.add_host(identity["uid"], group=GROUP)
            variables = {"service_identity_uid": identity["uid"], "dcos_identity": _unsafe(identity)}
            for name, value in {"ansible_connection": "local", **variables}.items():
                self.inventory.set_variable(host, name, value)
            for group in groups:
                name = self.inventory.add_group(to_safe_group_name(group, force=True, silent=True))
                self.inventory.add_child(name, host)
            self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
            self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)


def _unsafe(value: Any) -> Any:
    """Return a value in which nothing is executed, whatever somebody called an account.

    Only what could be a template is marked: ansible-core before 2.19 hands marks on to controllers, as dictionaries.
    """
    if isinstance(value, dict):
        return {name: _unsafe(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_unsafe(inner) for inner in value]
    return wrap_var(value) if isinstance(value, str) and "{" in value else value

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: service_identity
short_description: What the role service_identity is about to do
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Tells the tasks of the role P(dcos.security.service_identity#role) what to do next. It has no use outside of the
    role, and what it returns may change with any release.
  - It reads the variables of the role, converts and checks them, and computes from them and from what the steps so far
    returned which entries the next step is given. It sends no request.
options:
  _terms:
    description: V(imported), V(plan), V(report), V(failures), or the name of a step.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: What the role would do (for a look behind the scenes)
  ansible.builtin.debug:
    msg: "{{ query('dcos.security.service_identity', 'plan') }}"
  vars:
    service_identity_uid: cassandra
"""

RETURN = r"""
_raw:
  description: The plan, the entries of a step, or what the role reports.
  type: list
  elements: raw
"""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.dcos.security.plugins.plugin_utils._bytecode import bytecode_cached

try:
    from ansible.errors import AnsibleValueOmittedError as Omitted
except ImportError:  # ansible-core before 2.19 returns a text instead

    class Omitted(Exception):  # type: ignore[no-redef]
        """Never raised."""


# The fast path imports this file beforehand: what only the plan needs is imported there.
with bytecode_cached():
    from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, InputError
    from ansible_collections.dcos.security.plugins.plugin_utils import _identity_report
    from ansible_collections.dcos.security.plugins.plugin_utils._identity_steps import STEPS, Run

# What the role keeps its plan and the results of its steps in.
OWN = "__service_identity_"


class LookupModule(LookupBase):
    """See the documentation above."""

    def run(self, terms: list[str], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Return what the role asks for."""
        variables = variables or {}
        if terms[0] == "imported":
            _planner()
            # The hosts of an inventory are worked through at once.
            return [bool(self._value(variables, "dcos_playbook_hosts"))]
        if terms[0] == "plan":
            return [self._plan(variables)]
        run = Run(
            variables[f"{OWN}plan"]["identities"],
            {step: variables.get(OWN + step) or {} for step in STEPS},
            bool(variables.get("ansible_check_mode")),
            self._value(variables, f"{OWN}rotation"),
            frozenset(group["gid"] for group in self._value(variables, "dcos_cluster_groups") or ()),
        )
        if terms[0] == "report":
            for warning in _identity_report.leftovers(run):
                Display().warning(warning)
            return _identity_report.report(run)
        if terms[0] == "failures":
            return [_identity_report.failures(run)]
        return run.entries(terms[0])

    def _plan(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the identities, the file of tasks for them, and why the variables are refused, or None.

        Core would put much before the text of an error.
        """
        planner = _planner()
        rotation = self._value(variables, f"{OWN}rotation")
        hosts = self._value(variables, "dcos_playbook_hosts")
        try:
            if hosts:
                self._refuse_all(hosts, variables, rotation)
                known = [variables["hostvars"][host] for host in hosts]
                # An account may be called so, too.
                limited = "localhost" not in set(variables["ansible_play_hosts_all"]) - set(hosts)
                identities = planner.plan_of_hosts(known, limited, lambda name: self._value(variables, name))
            else:
                identities = planner.plan(variables, lambda name: self._value(variables, name))
        except DcosError as exc:
            return {"identities": [], "steps": "refused", "refused": str(exc)}
        if rotation:
            # One file of variables serves both playbooks.
            identities = [identity for identity in identities if identity["state"] == "present"]
        for identity in identities:
            for warning in identity.pop("warnings"):
                Display().warning(f"{identity['uid']}: {warning}")
        states = sorted({identity["state"] for identity in identities if not identity["problem"]})
        steps = "nothing" if not states else "rotation" if rotation else "both" if len(states) > 1 else states[0]
        return {"identities": identities, "steps": steps, "refused": None}

    def _refuse_all(self, hosts: list[str], variables: Mapping[str, Any], rotation: bool) -> None:
        """Raise InputError where nobody has said that the keys of a whole cluster are to be rotated."""
        chosen = [variables.get("ansible_limit"), self._value(variables, "service_identities")]
        if rotation and not any(chosen) and not boolean(self._value(variables, "service_identities_all") or False):
            raise InputError(
                f"This would rotate the keys of all {len(hosts)} identities of the inventory. Choose with --limit or "
                "with service_identities, or set service_identities_all to true."
            )

    def _value(self, variables: Mapping[str, Any], name: str) -> Any:
        """Return a variable's value, None where it is not given. Core hands variables over as they were written."""
        if variables.get(name) is None:
            return None
        try:
            value = self._templar.template(variables[name])
        except Omitted:
            return None
        omit = variables.get("omit")
        return _without(value, omit) if isinstance(omit, str) else value


def _planner() -> ModuleType:
    """Return what makes the plan, which only the role's first task needs."""
    with bytecode_cached():
        from ansible_collections.dcos.security.plugins.plugin_utils import _identities
    return _identities


def _without(value: Any, omit: str) -> Any:
    """Return a value in which what is omitted is None, as it is the text ``omit`` before ansible-core 2.19."""
    if isinstance(value, Mapping):
        return {key: _without(kept, omit) for key, kept in value.items()}
    if isinstance(value, list):
        return [_without(kept, omit) for kept in value if kept != omit]
    return None if value == omit else value

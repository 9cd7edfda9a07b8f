# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lookups have in common: the connection options of the modules, their code, and one login a process.

This file is private to the collection.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible.errors import AnsibleLookupError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.lookup import LookupBase

from ansible_collections.dcos.security.plugins.module_utils._client import Client, connect
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, InputError
from ansible_collections.dcos.security.plugins.module_utils._options import CONNECTION_SPEC

# Options may be set as variables of these names, see the documentation fragment.
VARIABLES = [f"dcos_{name}" for name in CONNECTION_SPEC]


class _Reading(NamedTuple):
    """What connect() wants of a task. As in check mode, the transport then refuses whatever is no reading."""

    params: dict
    check_mode: bool = True


class ClusterLookup(LookupBase):
    """A lookup that asks a cluster; the rest is ``find(terms)``."""

    def run(self, terms, variables=None, **kwargs):
        """Return what find() finds. Raises AnsibleLookupError with the sentence that a module would fail with."""
        # Core hands variables over as they were written, templates and all.
        given = {name: self._templar.template(variables[name]) for name in VARIABLES if name in (variables or {})}
        self.set_options(var_options=given, direct=kwargs)
        try:
            if unknown := sorted(set(kwargs) - set(self.get_options())):
                raise InputError(f"There is no option '{unknown[0]}' of this lookup.")
            # A list in a variable comes as one term.
            return self.find(self._flatten(terms))
        except DcosError as exc:
            # Core would append the texts of all causes.
            raise AnsibleLookupError(str(exc)) from None

    def find(self, terms: list) -> list:
        """Return the values of the terms. May raise DcosError."""
        raise NotImplementedError

    def connect(self) -> Client:
        """Return the client for the lookup's options; it is kept for the next lookup of the process."""
        options: dict[str, Any] = {name: self.get_option(name) for name in CONNECTION_SPEC}
        result = ArgumentSpecValidator(CONNECTION_SPEC).validate(
            {name: value for name, value in options.items() if value is not None}
        )
        if result.error_messages:
            raise InputError(result.error_messages[0])
        return connect(_Reading(result.validated_parameters))

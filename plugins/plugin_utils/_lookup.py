# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lookups have in common: the connection options of the modules, their code, and one login a process.

This file is private to the collection.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.dcos.security.plugins.module_utils._client import Client, connect
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, InputError
from ansible_collections.dcos.security.plugins.module_utils._given import checked, shortened
from ansible_collections.dcos.security.plugins.module_utils._options import CONNECTION_SPEC, located
from ansible_collections.dcos.security.plugins.module_utils._redact import mask
from ansible_collections.dcos.security.plugins.plugin_utils._reading import Reading

# Options may be set as variables of these names, see the documentation fragment.
VARIABLES = [f"dcos_{name}" for name in CONNECTION_SPEC]


class ClusterLookup(LookupBase):
    """A lookup that asks a cluster; the rest is ``find(terms)``.

    ``spec`` are its own options, as a module has them, and ``subjects`` as checked() takes them.
    """

    spec: ClassVar[dict[str, dict[str, Any]]] = {}
    subjects: ClassVar[list[tuple[str, ...]]] = []
    _reading: Reading | None = None

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Return what find() finds. Raises AnsibleLookupError with the sentence that a module would fail with."""
        # Core hands variables over as they were written, templates and all.
        variables = variables or {}
        given = {name: self._templar.template(variables[name]) for name in VARIABLES if name in variables}
        try:
            return self._found(terms, given, kwargs)
        except DcosError as exc:
            # Core would append the texts of all causes.
            secrets = self._secrets({**given, **{f"dcos_{name}": value for name, value in kwargs.items()}}, terms)
            said = exc.told(lambda text: mask(text, secrets))
            raise AnsibleLookupError(shortened(said, [terms, kwargs])) from None

    def _found(self, terms: list[Any], variables: dict[str, Any], direct: dict[str, Any]) -> list[Any]:
        spec = {**CONNECTION_SPEC, **self.spec}
        of_variables = {f"dcos_{name}": option for name, option in CONNECTION_SPEC.items()}
        kwargs = self._placed(checked(spec, direct, self.subjects))
        variables = checked(of_variables, variables)
        placed = self._placed({name[len("dcos_") :]: value for name, value in variables.items()})
        self.set_options(var_options={f"dcos_{name}": value for name, value in placed.items()}, direct=kwargs)
        if unknown := sorted(set(kwargs) - set(self.get_options())):
            raise InputError(f"There is no option '{unknown[0]}' of this lookup.")
        # A list in a variable comes as one term.
        terms = self._flatten(terms)
        checked({"terms": {"type": "list", "elements": "str"}}, {"terms": terms})
        return self.find(terms)

    def _secrets(self, options: dict[str, Any], terms: list[Any]) -> set[str]:
        """Return what no text may show, of what was given and received; a private key is one wherever it stands."""
        found = set(self._reading.connected.secrets) if self._reading and self._reading.connected else set()
        hidden = {f"dcos_{name}" for name, option in CONNECTION_SPEC.items() if option.get("no_log")}
        for name, value in (*options.items(), *(("", term) for term in terms)):
            if isinstance(value, str) and (name in hidden or "PRIVATE KEY-----" in value):
                found.add(value)
        return found

    def _folder(self) -> str:
        """Return the folder of the playbook."""
        return os.path.abspath(str(self._loader.get_basedir()))

    def _placed(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return options with absolute paths, which core would make so with the folder of the command."""
        for name, value in options.items():
            if CONNECTION_SPEC.get(name, {}).get("type") == "path" and isinstance(value, str):
                options = {**options, name: os.path.expandvars(value)}
        return located(options, self._folder())

    def find(self, terms: list[Any]) -> list[Any]:
        """Return the values of the terms. May raise DcosError."""
        raise NotImplementedError

    def connect(self) -> Client:
        """Return the client for the lookup's options; it is kept for the next lookup of the process."""
        self._reading = Reading({name: self.get_option(name) for name in CONNECTION_SPEC}, self._folder())
        return connect(self._reading)

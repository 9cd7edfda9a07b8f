# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where modules meet Ansible: the only file that knows AnsibleModule.

A module's file holds its documentation, its argument spec and ``run(task)``; everything that Ansible wants around that
(validation, masking, check mode, results, failures) is here, once.

This file is private to the collection.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, Callable

from ansible.module_utils.basic import FILE_COMMON_ARGUMENTS, AnsibleModule

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError, one_line
from ansible_collections.dcos.security.plugins.module_utils._files import FileWriter
from ansible_collections.dcos.security.plugins.module_utils._given import checked, shortened
from ansible_collections.dcos.security.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.dcos.security.plugins.module_utils._redact import MIN_SECRET_LENGTH, mask, mask_within
from ansible_collections.dcos.security.plugins.module_utils._task import Many, Params, Spec, Task, attempt

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
PRIVATE_KEY = "PRIVATE KEY-----"
TEXTS = ("exception", "details")  # of a failure, beside its message


class Module(AnsibleModule):
    """AnsibleModule that takes the secrets out of the options before it ends, because core echoes these.

    Its own masking knows none of them where one option's suboptions have the wrong type.

    Args:
        spec: what one thing needs; ``many``: how the module takes a list of them, if it does.
        constraints: of one thing.

    Attributes:
        beside: names, aliases perhaps, of the options that were given beside a list.
        entries: the list if one was given, as it was given. Core never sees it: of its validation it would take every
            name in it for a secret, and tear holes into the results.
    """

    # Whether run() is being called: core's functions for files end a module that fails, and run() must not be ended.
    running = False
    params: Params
    no_log_values: set[str]

    def __init__(
        self, spec: Spec, many: Many | None, subjects: Iterable[Sequence[str]] = (), **constraints: Any
    ) -> None:
        self.entries: Any = None
        self.beside: set[str] = set()
        self._single, self._many, self._subjects = spec, many, subjects
        self._complaint = ""
        super().__init__(argument_spec=many.documented(spec) if many else spec, supports_check_mode=True, **constraints)
        if self._complaint:
            self.fail_json(self._complaint)

    def _load_params(self) -> None:
        super()._load_params()
        if self._many:
            self._take_the_list(self._many.option)
        try:
            self.params = checked(self.argument_spec, self.params, () if self.entries is not None else self._subjects)
        except InputError as exc:
            # Said later: what is secret among the options, and shall not be shown, is known by then.
            self._complaint = str(exc)
        self.beside = {name for name, value in self.params.items() if value is not None}

    def _take_the_list(self, option: str) -> None:
        """Demand of the options what one thing needs, or leave the demands to the entries of the list."""
        if option not in self.params:
            self.argument_spec.update({name: rules for name, rules in self._single.items() if "required" in rules})
            return
        # Null is no missing list: a task that is about several things must not be about another one.
        self.entries = self.params[option] or ([] if isinstance(self.params[option], list) else "")
        self.params[option] = []
        self.mutually_exclusive = self.required_together = self.required_one_of = None
        self.required_if = self.required_by = None

    def exit_json(self, **kwargs: Any) -> None:
        """End with a result."""
        self._hide_options()
        super().exit_json(**kwargs)

    def fail_json(self, msg: str, **kwargs: Any) -> None:
        """End with a failure, or raise InputError in the midst of run()."""
        if self.running:
            details = kwargs.get("details") or kwargs.get("exception")
            raise InputError(f"{msg.rstrip('.')}{f': {details}' if details else ''}.")
        secrets = tuple(self.no_log_values)
        msg = shortened(mask(self._complaint or msg, secrets), self.params)
        texts = {
            name: mask(value, secrets) for name, value in kwargs.items() if name in TEXTS and isinstance(value, str)
        }
        self._hide_options()
        super().fail_json(msg, **{**kwargs, **texts})

    def _log_invocation(self) -> None:
        # The first to show options. A private key where a path or a public key belongs is one all the same, and a
        # password in an URL is refused, but it was given.
        found = [value for value in self.params.values() if isinstance(value, str) and PRIVATE_KEY in value]
        found += filter(None, [str(self.params.get("url")).rpartition("@")[0].rpartition("//")[2]])
        self.no_log_values.update(found)
        if secrets := sys.modules.get("ansible.module_utils.secrets"):  # since ansible-core 2.22, which masks by these
            secrets.register_secrets(found)
        super()._log_invocation()

    def _hide_options(self) -> None:
        known = {name for option, rules in self.argument_spec.items() for name in (option, *rules.get("aliases", ()))}
        for name, value in self.params.items():
            # A password in an URL is refused, but it was given.
            secret = self.argument_spec.get(name, {}).get("no_log") or (name == "url" and "@" in str(value))
            secret = secret or name not in known  # misspelt, it may be anything
            if (secret and value is not None) or (isinstance(value, str) and PRIVATE_KEY in value):
                self.params[name] = HIDDEN
        secrets = {value for value in self.no_log_values if len(value) >= MIN_SECRET_LENGTH}
        self.params = mask_within(self.params, secrets, HIDDEN)
        # Core would mask what it knows wherever it finds it, as a part of a name, too: a password 'marathon' would make
        # results tell of 'dcos:adminrouter:service:********'. Results hold no secrets, and texts are masked by now.
        self.no_log_values = set()


class ModuleTask(Task):
    """The task of a module that runs: what it warns of and hides is AnsibleModule's affair."""

    def __init__(self, module: Module) -> None:
        files = FileWriter(module, module.params)
        super().__init__(dict(module.params), files, module.check_mode, module._diff, module.no_log_values)
        self.module = module

    def warn(self, text: str) -> None:
        """See Task."""
        self.module.warn(one_line(self.masked(text)))

    def execute(self, run: Callable[[Task], None]) -> None:
        """Call ``run(self)`` and end the module with its result or its failure."""
        self.module.running = True
        try:
            result = attempt(run, self)
        finally:
            self.module.running = False
        if self.connected and (said := self.connected.repetitions()):
            self.warn(said)
        if result.get("failed"):
            self.module.fail_json(**result)
        self.module.exit_json(**result)


def run_module(
    run: Callable[[Task], None],
    argument_spec: Spec,
    connection: bool = True,
    many: Many | None = None,
    add_file_common_args: bool = False,
    **constraints: Any,
) -> None:
    """Be the ``main()`` of a module: validate the options, call ``run(task)``, return its result.

    Args:
        run: does one thing. For a list it is called for each entry, with a task that has the entry's options.
        connection: add the options of section "connection" that all modules which talk to a cluster share.
        many: how the module takes a list, if it does.
        constraints: ``required_if``, ``mutually_exclusive`` and the like, as AnsibleModule takes them, and
            ``subjects``, as checked() does.
    """
    entry_spec = {**FILE_COMMON_ARGUMENTS, **argument_spec} if add_file_common_args else argument_spec
    module = Module({**CONNECTION_SPEC, **entry_spec} if connection else entry_spec, many, **constraints)
    task = ModuleTask(module)
    if many is None or module.entries is None:
        task.execute(run)
        return
    # Loaded only here, as an ordinary module compiles what it loads in each task.
    from ansible_collections.dcos.security.plugins.module_utils._many import Entries

    task.execute(Entries(run, many, entry_spec, constraints, module.entries, module.beside).run)

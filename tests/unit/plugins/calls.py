# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module called in this process, as Ansible runs it.

Its options are where AnsibleModule looks for them, so that what is tested is what Ansible would be told: the JSON on
standard output, byte for byte.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import pkgutil
import sys
from typing import Any
from unittest import mock

from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible.module_utils.common.parameters import PASS_VARS

from ansible_collections.dcos.security.plugins.module_utils import _client

MODULE_UTILS = "ansible_collections.dcos.security.plugins.module_utils"
MODULES = "ansible_collections.dcos.security.plugins.modules"
# POST requests that change nothing.
READING_POSTS = ("POST /acs/api/v1/auth/login", "POST /ca/api/v2/info", "POST /ca/api/v2/bundle")


class Outcome(dict[str, Any]):
    """What a module printed, as a dict.

    ``stdout`` is the text itself, ``stderr`` and ``log`` what else it said, ``sent`` the requests that reached the
    cluster as ``METHOD path``, ``writes`` those of them that may change it.
    """

    stdout = stderr = log = ""
    sent: list[str] = []

    @property
    def writes(self) -> list[str]:
        return [request for request in self.sent if not request.startswith("GET ") and request not in READING_POSTS]

    @property
    def warned(self) -> str:
        """The warnings, wherever this ansible-core has them, as one text.

        Where code of the controller is loaded in the process, it shows them and returns none.
        """
        shown = " ".join(self.stderr.split()) if "[WARNING]" in self.stderr else ""
        return json.dumps(self.get("warnings", [])) + shown


def call_module(name: str, options: dict[str, Any], **flags: Any) -> Outcome:
    """Run a module's ``main()`` with ``options``; ``flags`` are check_mode, diff and verbosity."""
    if "inject_invocation" in PASS_VARS:  # ansible-core 2.21 echoes the options only if it is told to
        flags["inject_invocation"] = True
    arguments = {**options, **{f"_ansible_{flag}": value for flag, value in flags.items()}}
    module = importlib.import_module(f"{MODULES}.{name}")
    stdout, stderr = io.StringIO(), io.StringIO()
    logged: list[Any] = []
    # What a process starts without.
    _client._last.clear()
    warnings._global_warnings.clear()
    if "ansible.utils.display" in sys.modules:  # which shows a warning once in the life of a process
        sys.modules["ansible.utils.display"].Display()._warns.clear()
    _forget_secrets()
    with contextlib.ExitStack() as stack:
        stack.enter_context(
            mock.patch.object(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        )
        # Since ansible-core 2.19 the way in which module and controller exchange data has a name.
        stack.enter_context(mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True))
        stack.enter_context(
            mock.patch.object(basic.AnsibleModule, "log", lambda _self, *args, **more: logged.append((args, more)))
        )
        stack.enter_context(contextlib.redirect_stdout(stdout))
        stack.enter_context(contextlib.redirect_stderr(stderr))
        with contextlib.suppress(SystemExit):
            module.main()
    outcome = Outcome(json.loads(stdout.getvalue()))
    outcome.stdout, outcome.stderr, outcome.log = stdout.getvalue(), stderr.getvalue(), repr(logged)
    if masker := sys.modules.get("ansible.module_utils.secrets"):
        # Since ansible-core 2.22 not the module masks its secrets but whoever shows something, who has them from here.
        outcome.pop("_ansible_new_secrets", None)
        outcome.stdout = masker.mask_secrets(json.dumps(outcome))
        outcome.log = masker.mask_secrets(outcome.log)
    return outcome


def _forget_secrets() -> None:
    """Empty the registry by which ansible-core masks what it shows since 2.22: a secret of one test is no other's."""
    if registry := sys.modules.get("ansible.module_utils._internal._secrets"):
        masker = registry._secret_masker
        masker._matcher = type(masker._matcher)()
        for known in (masker._secrets, masker._forms, masker._json_forms):
            known.clear()


def secrets_in(name: str, options: dict[str, Any]) -> list[str]:
    """Return the values of those options that a module must never show and that are long enough to look for."""
    module = importlib.import_module(f"{MODULES}.{name}")
    spec = {**_connection_spec(), **module.SPEC}
    entries = options.get(module.MANY.option) if hasattr(module, "MANY") else ()
    listed = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return [
        str(value)
        for source in (options, *listed)
        for option, value in source.items()
        if spec.get(option, {}).get("no_log") and value is not None and len(str(value)) >= 6
    ]


def _connection_spec() -> dict[str, Any]:
    options = importlib.import_module("ansible_collections.dcos.security.plugins.module_utils._options")
    spec: dict[str, Any] = options.CONNECTION_SPEC
    return spec


def load_modules() -> None:
    """Import what modules would import in each process forked for a test."""
    for package in (MODULE_UTILS, MODULES):
        for found in pkgutil.iter_modules(importlib.import_module(package).__path__):
            importlib.import_module(f"{package}.{found.name}")

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast path: the code of a module, run in the worker process of the controller that has the task anyway.

To pack a module, start an interpreter and import its libraries takes many times as long as what our modules do. Where
the host is the controller itself, none of that is needed. Everything that makes a result is the same code on both
paths: ``main()`` of the module, AnsibleModule, and the reader of module results in ansible-core.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import gc
import importlib
import importlib.util
import io
import json
import locale
import os
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any, Callable

from ansible import constants as C
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as OrdinaryExecution
from ansible.release import __version__ as CORE
from ansible.utils.display import Display

from ansible_collections.dcos.security.plugins.module_utils import _task
from ansible_collections.dcos.security.plugins.module_utils._deps import load
from ansible_collections.dcos.security.plugins.plugin_utils._bytecode import PLUGINS, bytecode_cached

try:
    from ansible.module_utils.common.json import Direction, get_module_encoder
except ImportError:  # ansible-core before 2.19
    from ansible.parsing.ajson import AnsibleJSONEncoder

    PROFILE: tuple[str, ...] = ()
    ENCODER = {"cls": AnsibleJSONEncoder, "vault_to_text": True}
else:
    PROFILE = ("legacy",)
    ENCODER = {"cls": get_module_encoder(*PROFILE, Direction.CONTROLLER_TO_MODULE)}

# What every task that talks to a cluster imports sooner or later, …
HTTP = ("requests", "http.cookiejar", "idna", "encodings.idna", "encodings.utf_8_sig")
# … and what those import that handle keys or certificates.
KEYS = (
    "jwt",
    "cryptography.x509",
    "cryptography.hazmat.primitives.asymmetric.ec",
    "cryptography.hazmat.primitives.asymmetric.rsa",
    "cryptography.hazmat.primitives.hashes",
    "cryptography.hazmat.primitives.serialization",
)
# Files of the collection that are imported by the tasks that need them.
OWN = (
    *(f"{PLUGINS}module_utils.{name}" for name in ("_cli", "_keys", "_many", "_rekey")),
    # Each task of the role service_identity asks it what to do.
    f"{PLUGINS}lookup.service_identity",
)

# No task runs here on an ansible-core that this was not tested with, because names are used that are private to it.
TESTED = ("2.17", "2.18", "2.19", "2.20", "2.21", "2.22")

DISCOVERED = ("auto", "auto_silent", "auto_legacy", "auto_legacy_silent")


def in_worker(name: str, keys: bool = False, files: tuple[str, ...] = ()) -> type:
    """Return the class ``ActionModule`` of the action plugin that runs the module ``name``.

    Call it as the plugin is loaded: that happens in the parent process, at the first task that uses it, so that what is
    imported here is inherited by every worker and no task pays for it.

    Args:
        name: of the Ansible module.
        keys: whether it handles keys, so that its libraries are worth being imported beforehand.
        files: options that name files to be written. A task that gives one of them runs as an ordinary module.
    """
    with bytecode_cached():
        module = importlib.import_module(f"{PLUGINS}modules.{name}")
        for own in OWN:
            importlib.import_module(own)
    installed = all(importlib.util.find_spec(library) for library in ("cryptography", "jwt"))
    known = tested(CORE)
    if not known:
        _say_that_tasks_are_ordinary()
    possible = known and installed and _imported((*HTTP, *(KEYS if keys else ())))
    if possible:
        # A worker is a fork, and what its garbage collector visits has to be copied: 15 ms for all that is here by now.
        # The price: of that, what becomes cyclic garbage later is never freed. Most of it lives as long as the play.
        gc.freeze()
    return type("ActionModule", (InWorker,), {"module": module, "files": files, "possible": possible})


def tested(core: str) -> bool:
    """Tell whether this version of ansible-core, such as 2.21.3 or 2.22.0b1, is of a release in TESTED."""
    return ".".join(core.split(".")[:2]) in TESTED


@functools.cache
def _say_that_tasks_are_ordinary() -> None:
    """Tell whoever asked for ``-v``, once, why tasks take longer here than the documentation says."""
    Display().v(
        "The tasks of dcos.security run as ordinary modules, which takes longer: it was tested with ansible-core "
        f"{TESTED[0]} to {TESTED[-1]}, and this is {CORE}."
    )


def _imported(names: Iterable[str]) -> bool:
    """Import modules; False if one cannot be. An ordinary module may run on a Python that can, or say what is wrong."""
    try:
        for name in names:
            load(name)
    except Exception:  # pylint: disable=broad-except
        return False
    return True


class InWorker(OrdinaryExecution):
    """Runs the module here if that makes no difference to the task, and as ansible-core would otherwise."""

    module: ModuleType
    files: tuple[str, ...] = ()
    possible = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the module's result. A failure is a result as well: what is raised here escapes ``until``."""
        task_vars = task_vars or {}
        if time := time_in(self._task.args):
            return {
                "failed": True,
                "changed": False,
                "msg": f"{time} is a point in time for YAML, which loses its spelling: put it in quotes.",
            }
        if self._belongs_here(task_vars):
            return self._run_here(task_vars)
        result: dict[str, Any] = super().run(tmp, task_vars)
        return result

    def _belongs_here(self, task_vars: dict[str, Any]) -> bool:
        # The connection knows what became of all keywords and variables that have a say in it.
        return bool(
            self.possible
            and self._connection.transport == "local"
            and self._connection.become is None
            and not self._task.async_val
            and not self._writes_files()
            and _is_this_python(self._interpreter(task_vars))
            and boolean(self._templar.template(task_vars.get("dcos_in_process", True)), strict=False)
        )

    def _writes_files(self) -> bool:
        """Tell whether the task, or an entry of its list, names a file to be written."""
        if not self.files:
            return False
        entries = self._task.args.get(self.module.MANY.option) or []
        if not (isinstance(entries, list) and all(isinstance(entry, Mapping) for entry in entries)):
            return True  # who knows what core makes of it
        return any(options.get(option) for options in (self._task.args, *entries) for option in self.files)

    def _interpreter(self, task_vars: dict[str, Any]) -> str:
        """Return the Python that the host's variables or the configuration name."""
        delegated = task_vars.get("ansible_delegated_vars") or {}
        variables = delegated.get(self._task.delegate_to, task_vars)
        configured = C.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        interpreter: str = self._templar.template(configured) or ""
        return interpreter

    def _run_here(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        args = dict(self._task.args)
        self._update_module_args(self._task.action, args, task_vars)
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        payload = json.dumps({"ANSIBLE_MODULE_ARGS": args}, **ENCODER).encode()
        # Where ansible-core starts an ordinary module on this machine, so that relative paths mean the same.
        with _environ(environment), _folder(self._loader.get_basedir()), _shown(self.module):
            answer = _call(self.module.main, payload)
        result = self._parse_returned_data(answer, *PROFILE)
        # ansible-core 2.21 has a class for results
        return result if isinstance(result, dict) else result.as_result_dict(for_round_trip=True)


def time_in(value: Any, label: str = "") -> str:
    """Return where in a task's arguments YAML found a point in time, such as ``secrets[2].value``, or an empty text.

    Any module would be given it in the spelling of ISO 8601, and none could tell. A mere date has one spelling only.
    """
    if isinstance(value, datetime.datetime):
        return label
    if isinstance(value, Mapping):
        found = (time_in(member, f"{label}.{name}" if label else str(name)) for name, member in value.items())
    elif isinstance(value, list):
        found = (time_in(item, f"{label}[{number}]") for number, item in enumerate(value))
    else:
        return ""
    return next(filter(None, found), "")


def _is_this_python(path: str) -> bool:
    """Tell whether a task that is to run on ``path`` sees the libraries of this process."""
    mine = sys.executable
    return path in ("", *DISCOVERED, mine) or (
        # python, python3 and python3.12 of one virtual environment, but not those of two
        os.path.dirname(path) == os.path.dirname(mine) and os.path.realpath(path) == os.path.realpath(mine)
    )


@contextlib.contextmanager
def _environ(changes: Mapping[str, Any]) -> Iterator[None]:
    """Set environment variables for as long as the context lasts: the items of a loop share the process."""
    before, language = dict(os.environ), locale.setlocale(locale.LC_ALL)
    os.environ.update({name: str(value) for name, value in changes.items()})
    try:
        yield
    finally:
        # Not only `changes`: AnsibleModule sets LANG and the like where a locale is missing.
        os.environ.clear()
        os.environ.update(before)
        # It takes the locale from them, which decides on the language of the system's own errors.
        locale.setlocale(locale.LC_ALL, language)


@contextlib.contextmanager
def _folder(path: str) -> Iterator[None]:
    """Be in a folder for as long as the context lasts."""
    before = os.open(".", getattr(os, "O_PATH", os.O_RDONLY))  # even where it may not be read
    try:
        os.chdir(path)
        yield
    finally:
        os.fchdir(before)
        os.close(before)


@contextlib.contextmanager
def _shown(module: ModuleType) -> Iterator[None]:
    """Show the progress of a long task of the module for as long as the context lasts.

    On standard error, because what callbacks print on standard output may be meant for a program.
    """
    name = module.__name__.rpartition(".")[2]
    _task.display = lambda text: Display().display(f"{name}: {text}", stderr=True)
    try:
        yield
    finally:
        _task.display = None


def _call(main: Callable[[], None], payload: bytes) -> dict[str, Any]:
    """Call the ``main()`` of a module as if it were a process: {rc, stdout, stderr}."""
    answer: dict[str, Any] = {"rc": 0, "stdout": "", "stderr": ""}
    # ansible-core before 2.19 collects warnings here, and only the end of a process would empty it.
    warnings._global_warnings.clear()
    warnings._global_deprecations.clear()
    basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = payload, "legacy"
    with contextlib.redirect_stdout(io.StringIO()) as stdout, contextlib.redirect_stderr(io.StringIO()) as stderr:
        try:
            main()
        except SystemExit as exc:
            answer["rc"] = exc.code
        except Exception:  # pylint: disable=broad-except
            traceback.print_exc()
            answer["rc"] = 1
        finally:
            basic._ANSIBLE_ARGS = basic._ANSIBLE_PROFILE = None
    return {**answer, "stdout": stdout.getvalue(), "stderr": stderr.getvalue()}

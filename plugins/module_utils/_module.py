# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task interface: the only file that knows AnsibleModule.

A module's file holds its documentation, its argument spec and ``run(task)``; everything that Ansible wants around that
(validation, masking, check mode, results, failures) is here, once.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import traceback
from typing import Callable

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, InputError
from ansible_collections.dcos.security.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.dcos.security.plugins.module_utils._redact import MIN_SECRET_LENGTH, mask

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


class Module(AnsibleModule):
    """AnsibleModule that takes the secrets out of the options before it ends, because core echoes these.

    Its own masking knows none of them where one option's suboptions have the wrong type.
    """

    def exit_json(self, **kwargs):
        """End with a result."""
        self._hide_options()
        super().exit_json(**kwargs)

    def fail_json(self, msg, **kwargs):
        """End with a failure."""
        self._hide_options()
        super().fail_json(msg, **kwargs)

    def _log_invocation(self):
        # The first to show options. A private key where a path or a public key belongs is one all the same.
        keys = [value for value in self.params.values() if isinstance(value, str) and "PRIVATE KEY-----" in value]
        self.no_log_values.update(keys)
        super()._log_invocation()

    def _hide_options(self):
        for name, value in self.params.items():
            # A password in an URL is refused, but it was given.
            secret = self.argument_spec.get(name, {}).get("no_log") or (name == "url" and "@" in str(value))
            if secret and value is not None:
                self.params[name] = HIDDEN
        # A short secret masked as a substring would tear holes into unrelated output; it is kept out of results by
        # construction, and out of the options here.
        self.no_log_values = {value for value in self.no_log_values if len(value) >= MIN_SECRET_LENGTH}


class Task:
    """One task as ``run(task)`` sees it.

    Attributes:
        params: validated options; ``check_mode``, ``diff_mode``: what the play asked for.
        result: what the task returns; ``changed`` starts as False.
    """

    def __init__(self, module: Module):
        self.module = module
        self.params = dict(module.params)
        self.check_mode = module.check_mode
        self.diff_mode = module._diff
        self.result: dict = {"changed": False}

    def given(self, *names: str) -> dict:
        """Return the named options that were given: unset options stay as they are on the cluster."""
        return {name: self.params[name] for name in names if self.params.get(name) is not None}

    def warn(self, text: str) -> None:
        """Warn the user. Masked here, because recent cores do not mask warnings."""
        self.module.warn(mask(text, self.module.no_log_values))

    def hide(self, secret: str) -> None:
        """Mask a secret that was made or read by this task wherever it might slip into the result."""
        if secret and len(secret) >= MIN_SECRET_LENGTH:
            self.module.no_log_values.add(secret)

    def reveal(self, text: str) -> None:
        """Let the task return ``text`` although an option holds it (a token that is reused)."""
        self.module.no_log_values.discard(text)

    def write_files(self, files: list) -> None:
        """Write [(path, text, mode)] so that no reader meets half a file, or some files new and others old for long.

        Each is written aside first and with its mode, and all are renamed at the end.
        """
        aside = []
        try:
            for path, text, mode in files:
                path = os.path.realpath(path)  # a link stays one
                handle, name = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=f".{os.path.basename(path)}.")
                aside.append((name, path))
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    stream.write(text)
                if os.path.exists(path):
                    # Who may replace a file need not be allowed to give one away.
                    with contextlib.suppress(PermissionError):
                        os.chown(name, os.stat(path).st_uid, os.stat(path).st_gid)
                self.set_attributes({name: mode})
            while aside:
                name, path = aside[0]
                os.replace(name, path)
                aside.pop(0)
        except OSError as exc:
            raise InputError(f"'{path}' cannot be written: {exc.strerror}.") from exc
        finally:
            for name, _path in aside:
                os.unlink(name)

    def set_attributes(self, modes: dict) -> bool:
        """Set owner, group, SELinux context and the given mode of files {path: mode}; True if that changed any."""
        changed = False
        for path, mode in modes.items():
            wanted = self.module.load_file_common_arguments(
                {**self.module.params, "mode": mode}, path=os.path.realpath(path)
            )
            changed |= self.module.set_fs_attributes_if_different(wanted, False)
        return changed

    @staticmethod
    def mode_of(path: str, default: str) -> str:
        """Return the mode of a file as an octal number, ``default`` where there is none."""
        try:
            return f"{stat.S_IMODE(os.stat(path).st_mode):04o}"
        except OSError:
            return default

    def execute(self, run: Callable[[Task], None]) -> None:
        """Call ``run(self)`` and end the module with its result or its failure."""
        try:
            run(self)
        except DcosError as exc:
            self._fail(str(exc), **exc.as_result())
        except BaseException as exc:  # pylint: disable=broad-except
            # What escapes a module is shown unmasked by recent cores. In a worker, what is no Exception would end the
            # play: a SystemExit, or a panic in cryptography's Rust. The time-out of a task is such a one and must pass.
            if not isinstance(exc, (Exception, SystemExit)) and type(exc).__module__ != "pyo3_runtime":
                raise
            secrets = self.module.no_log_values
            self._fail(
                f"Unexpected {type(exc).__name__}: {mask(str(exc), secrets)}. Please report this bug.",
                exception=mask(traceback.format_exc(), secrets),
            )
        self.module.exit_json(**self.result)

    def _fail(self, text, **more):
        self.module.fail_json(mask(text, self.module.no_log_values), **{**self.result, **more})


def run_module(run: Callable[[Task], None], argument_spec: dict, connection: bool = True, **constraints) -> None:
    """Be the ``main()`` of a module: validate the options, call ``run(task)``, return its result.

    Args:
        connection: add the options of section "connection" that all modules which talk to a cluster share.
        constraints: ``required_if``, ``mutually_exclusive`` and the like, as AnsibleModule takes them.
    """
    spec = {**CONNECTION_SPEC, **argument_spec} if connection else argument_spec
    Task(Module(argument_spec=spec, supports_check_mode=True, **constraints)).execute(run)

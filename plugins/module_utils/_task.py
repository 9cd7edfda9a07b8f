# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task as the code sees it that does the work: all that it knows of Ansible.

This file is private to the collection.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable
from typing import Any, Callable, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError
from ansible_collections.dcos.security.plugins.module_utils._files import FileWriter
from ansible_collections.dcos.security.plugins.module_utils._redact import mask

Spec = dict[str, dict[str, Any]]
Params = dict[str, Any]

# Options that several modules have; documented in doc_fragments of these names.
STATE: Spec = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}
STORE: Spec = {"store": {"type": "str", "default": "default"}}
MEMBERSHIPS: Spec = {
    "groups": {"type": "list", "elements": "str"},
    "exclusive_groups": {"type": "bool", "default": False},
}

# How long (seconds) a task works before it says how far it is, and how often it says so from then on.
SILENCE = 5.0

# Shows a line to the user while a task runs. The worker on the controller can; an ordinary module has nobody to tell.
display: Callable[[str], None] | None = None


class Task:
    """One task, or one entry of a task's list.

    Attributes:
        params: validated options; ``check_mode``, ``diff_mode``: what the play asked for.
        result: what the task returns; ``changed`` starts as False.
        files: writes files, as the options ``owner``, ``mode`` and so on ask for.
        secrets: what must not be shown, of the options and of what was read or made since.
        client: the client to use if there is one already, see ``_client.connect``.
        connected: the client that is used; its secrets are the task's, too.
    """

    client: Any = None
    connected: Any = None

    def __init__(
        self,
        params: Params,
        files: FileWriter,
        check_mode: bool = False,
        diff_mode: bool = False,
        secrets: set[str] | None = None,
    ) -> None:
        self.params = params
        self.files = files
        self.check_mode = check_mode
        self.diff_mode = diff_mode
        self.result: dict[str, Any] = {"changed": False}
        self.secrets = set() if secrets is None else secrets
        self._shown = time.monotonic()

    def given(self, *names: str) -> dict[str, Any]:
        """Return the named options that were given: unset options stay as they are on the cluster."""
        return {name: self.params[name] for name in names if self.params.get(name) is not None}

    def warn(self, text: str) -> None:
        """Warn the user. Masked here, because recent cores do not mask warnings."""
        raise NotImplementedError

    def hide(self, secret: str | None) -> None:
        """Mask a secret that was made or read by this task wherever it might slip into the result."""
        if secret:
            self.secrets.add(secret)

    def reveal(self, text: str) -> None:
        """Let the task return ``text`` although an option holds it (a token that is reused)."""
        self.secrets.discard(text)

    def masked(self, text: str) -> str:
        """Return ``text`` without this task's secrets."""
        # Copies, as other threads may add to them.
        return mask(text, (*tuple(self.secrets), *(tuple(self.connected.secrets) if self.connected else ())))

    def progress(self, done: int, total: int, what: str) -> None:
        """Show how far a long task is, where it can be shown: nothing in its first seconds, then every few.

        ``what`` is what is counted, in the plural. It must hold no secret. May be called from any thread.
        """
        now = time.monotonic()
        if display and done < total and now - self._shown >= SILENCE:
            self._shown = now
            display(f"{done:,} of {total:,} {what}")


class Many(NamedTuple):
    """How a module takes a list of what it otherwise does one of. The rest is in ``_many``.

    Attributes:
        option: the list. Its entries have the options of the module, less those of the connection.
        own: options that name one thing or hold its content. They stand in the entries; all others may be given beside
            the list, as defaults of the entries.
        item: what to call an entry in results and messages, from its options.
        things: what on the cluster or the disk an entry is about. No two entries may have one in common.
        unreturned: results of a single task that those of entries leave out.
    """

    option: str
    own: tuple[str, ...]
    item: Callable[[Params], str]
    things: Callable[[Params], Iterable[object]]
    unreturned: tuple[str, ...] = ()

    def documented(self, spec: Spec) -> Spec:
        """Return the spec of a module's options as they are documented: of one thing, or of a list."""
        optional = {
            name: {key: value for key, value in option.items() if key != "required"} for name, option in spec.items()
        }
        return {
            **optional,
            self.option: {"type": "list", "elements": "dict", "no_log": True},
            "on_failure": {"type": "str", "choices": ["fail", "continue"], "default": "fail"},
            "concurrency": {"type": "int", "default": 8},
        }


def attempt(run: Callable[[Task], None], task: Task) -> dict[str, Any]:
    """Call ``run(task)`` and return its result, or what it failed with: ``failed``, ``msg`` and what the error adds.

    Nothing escapes but what ends a process: recent cores show unmasked what escapes a module, and in a worker, what is
    no Exception would end the play: a SystemExit, or a panic in cryptography's Rust. The time-out of a task is such a
    one and must pass.
    """
    try:
        run(task)
    except DcosError as exc:
        return {**task.result, "failed": True, "msg": exc.told(task.masked), **exc.as_result(task.masked)}
    except BaseException as exc:  # pylint: disable=broad-except
        if not isinstance(exc, (Exception, SystemExit)) and type(exc).__module__ != "pyo3_runtime":
            raise
        return {
            **task.result,
            "failed": True,
            "msg": f"Unexpected {type(exc).__name__}: {task.masked(str(exc))}. Please report this bug.",
            "exception": task.masked(traceback.format_exc()),
        }
    return task.result

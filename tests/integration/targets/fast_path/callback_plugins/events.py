# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what reaches a callback to the file EVENTS_FILE, one JSON object a line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: events
type: notification
short_description: Write events to a file
description: For the comparison of the two paths that a task can take.
"""


class CallbackModule(CallbackBase):
    """Every event of a task, its items and retries, and whether the task ran as an ordinary module.

    The latter shows by the module's file, which stays in the temporary directory if ANSIBLE_KEEP_REMOTE_FILES is set.
    """

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "events"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        self._modules: set[Path] = set()

    def _write(self, event: str, result: Any) -> None:
        modules = set(Path(os.environ["ANSIBLE_REMOTE_TMP"]).glob("**/AnsiballZ_dcos_*"))
        line = {
            "event": event,
            "host": result._host.get_name(),
            "task": result._task.get_name(),
            "module": bool(modules - self._modules),
            "result": result._result,
        }
        self._modules = modules
        with open(os.environ["EVENTS_FILE"], "a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, default=repr, sort_keys=True) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        """A task is done."""
        self._write("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """A task has failed."""
        self._write("failed, ignored" if ignore_errors else "failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """A task was skipped."""
        self._write("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A host was not reached."""
        self._write("unreachable", result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        """An item of a loop is done."""
        self._write("item ok", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        """An item of a loop has failed."""
        self._write("item failed", result)

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        """An item of a loop was skipped."""
        self._write("item skipped", result)

    def v2_runner_retry(self, result: Any) -> None:
        """A task is tried again."""
        self._write("retry", result)

    def v2_runner_on_async_failed(self, result: Any) -> None:
        """A task in the background has failed."""
        self._write("async failed", result)

    def v2_runner_on_async_ok(self, result: Any) -> None:
        """A task in the background is done."""
        self._write("async ok", result)

    def v2_on_file_diff(self, result: Any) -> None:
        """A difference is shown."""
        self._write("diff", result)

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes when each task of a play starts, and whether it changed anything, in the file that BENCH_TASK_CLOCK names."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.playbook.task import Task
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_clock
type: aggregate
short_description: notes when each task starts
description: For the benchmarks. Writes [name, seconds, changed] of every task, and at the end the time of the end.
"""


class CallbackModule(CallbackBase):
    """A task lasts until the next one starts: forking, waiting and showing the result are part of its cost."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_clock"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._tasks: list[list[Any]] = []

    def v2_playbook_on_task_start(self, task: Task, is_conditional: bool) -> None:
        """Note name and time."""
        self._tasks.append([task.get_name(), time.perf_counter(), False])

    def v2_runner_on_ok(self, result: Any) -> None:
        """Note whether the task changed anything."""
        self._tasks[-1][2] = bool(result._result.get("changed"))

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Write it all down."""
        self._tasks.append(["", time.perf_counter(), False])
        with open(os.environ["BENCH_TASK_CLOCK"], "w", encoding="utf-8") as file:
            json.dump(self._tasks, file)

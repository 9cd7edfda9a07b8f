# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the integration tests, several targets at a time."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from ansible_test import Venv, provide_ssh_key
from mirror import COLLECTIONS, mirror

PROCESSORS = os.cpu_count() or 1


def run_integration(venv: Venv, arguments: list[str], in_process: bool = True) -> int:
    """Run the integration tests and return the exit status; without ``in_process`` every task is an ordinary module.

    Without ``arguments`` for ansible-test all targets run, as many at a time as there are processors. Each series of
    them has a copy of the tree to itself, because ansible-test has one folder for the output of all targets.
    """
    provide_ssh_key()
    if arguments:
        return run_targets(venv, mirror(), arguments, in_process)
    targets = sorted(path.name for path in (mirror() / "tests/integration/targets").glob("*/"))
    targets = [name for name in targets if not name.startswith("setup_")]
    series = [part for start in range(PROCESSORS) if (part := targets[start::PROCESSORS])]
    with ThreadPoolExecutor(len(series)) as pool, contextlib.ExitStack() as stack:
        # The first is shown as it goes, the others when all are done.
        outputs = [None, *(stack.enter_context(tempfile.TemporaryFile()) for _target in series[1:])]
        copies = [mirror(), *(mirror(COLLECTIONS / f"series-{number}") for number in range(2, len(series) + 1))]
        runs = [
            pool.submit(run_targets, venv, copy, part, in_process, output)
            for copy, part, output in zip(copies, series, outputs, strict=True)
        ]
        statuses = [run.result() for run in runs]
        sys.stdout.flush()
        for output in filter(None, outputs):
            output.seek(0)
            shutil.copyfileobj(output, sys.stdout.buffer)
    return max(statuses)


def run_targets(venv: Venv, copy: Path, arguments: list[str], in_process: bool, output: IO[bytes] | None = None) -> int:
    """Run one series of targets in a copy of the working tree; return the exit status of ansible-test."""
    # The only file from which ansible-test takes variables.
    variables = {"dcos_in_process": in_process}
    (copy / "tests/integration/integration_config.yml").write_text(json.dumps(variables), encoding="utf-8")
    return venv.ansible_test("integration", *arguments, cwd=copy, output=output)

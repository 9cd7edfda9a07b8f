# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the integration tests, several targets at a time."""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path

from ansible_test import Venv, provide_ssh_key, side_by_side
from mirror import COLLECTIONS, mirror

# A target waits now and then for a server or a lock: one series more than there are processors keeps these busy.
SERIES = (os.cpu_count() or 1) + 1
# It rests on what ansible-core keeps to itself, so it is in every share.
EVERYWHERE = {"fast_path"}
# Seconds that the longest targets take, roughly: enough to share them out. The others take USUAL.
USUAL = 15
LONG = {
    "fast_path": 260,
    "role_service_identity": 200,
    "playbook_export_identities": 140,
    "playbook_rotate_service_identity": 140,
    "authority": 120,
    "examples": 120,
    "playbook_provision_service_identity": 90,
    "inventory_service_identities": 65,
    "foreign_client": 50,
    "playbook_audit_identities": 50,
    "playbook_discover_permissions": 50,
    "connection": 30,
    "dcos_ca_cert": 30,
    "dcos_keypair": 30,
    "lost_answers": 30,
}


def run_integration(venv: Venv, arguments: list[str], in_process: bool = True, share: tuple[int, int] = (0, 1)) -> int:
    """Run the integration tests and return the exit status; without ``in_process`` every task is an ordinary module.

    Without ``arguments`` for ansible-test all targets run, or a share (number, of how many) of them, several at a time.
    Each series has a copy of the tree to itself, because ansible-test has one folder for the output of all targets.
    """
    provide_ssh_key()
    if arguments:
        return run_targets(venv, mirror(), arguments, in_process)
    names = (path.name for path in (mirror() / "tests/integration/targets").glob("*/"))
    targets = sorted(name for name in names if not name.startswith("setup_"))
    number, of = share
    series = share_out(sorted({*share_out(targets, of)[number], *EVERYWHERE}), SERIES)
    copies = [mirror(), *(mirror(COLLECTIONS / f"series-{number}") for number in range(2, len(series) + 1))]
    works = [
        functools.partial(run_targets, copy=copy, arguments=part, in_process=in_process)
        for copy, part in zip(copies, series, strict=True)
    ]
    return max(side_by_side(venv, works))


def share_out(targets: list[str], number: int) -> list[list[str]]:
    """Return so many series of targets, or fewer, that take about as long as each other."""
    series: list[list[str]] = [[] for _number in range(min(number, len(targets)))]
    for name in sorted(targets, key=lambda name: -LONG.get(name, USUAL)):
        min(series, key=lambda part: sum(LONG.get(other, USUAL) for other in part)).append(name)
    return series


def run_targets(venv: Venv, copy: Path, arguments: list[str], in_process: bool) -> int:
    """Run one series of targets in a copy of the working tree; return the exit status of ansible-test."""
    # The only file from which ansible-test takes variables.
    variables = {"dcos_in_process": in_process}
    (copy / "tests/integration/integration_config.yml").write_text(json.dumps(variables), encoding="utf-8")
    return venv.ansible_test("integration", "--continue-on-error", *arguments, cwd=copy)

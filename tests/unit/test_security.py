# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SECURITY.md: each promise names what tests it, and that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "SECURITY.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| promise")
]
COMMANDS = sorted(set(re.findall(r"`(make [^`]+)`", (ROOT / "SECURITY.md").read_text("utf-8"))))


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:40] for row in ROWS])
def test_each_promise_names_a_test(row: list[str]) -> None:
    promise, tested_by = row
    assert promise
    assert "`make " in tested_by or tested_by == "the same"


@pytest.mark.parametrize("command", COMMANDS)
def test_what_tests_it_exists(command: str) -> None:
    _make, stage, names = command.split(" ")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(rf"\b{stage}\b", makefile)
    variable, name = names.split("=")
    if stage == "units":
        assert variable == "NAMES"
        assert (ROOT / name).is_file()
    elif stage == "integration":
        assert variable == "NAMES"
        assert (ROOT / "tests" / "integration" / "targets" / name).is_dir()
    else:
        assert (stage, variable) == ("reliability", "ARGS")
        assert (ROOT / "tests" / "reliability" / f"{name}.py").is_file()


def test_there_are_promises() -> None:
    assert len(ROWS) >= 10
    assert len(COMMANDS) >= 10

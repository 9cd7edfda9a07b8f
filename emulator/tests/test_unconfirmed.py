# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every best guess is a function that the README names, and the other way round."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from dcos_emulator import unconfirmed

README = (Path(__file__).parent.parent / "README.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in README.partition("### Best guesses")[2].partition("\n## ")[0].splitlines()
    if re.match(r"\| [\d, ]+ \|", line)
]


def rows_of(function: object) -> set[int]:
    return {int(number) for number in re.findall(r"Row (\d+):", inspect.getdoc(function) or "")}


def test_every_row_is_there() -> None:
    numbers = [int(number) for row in ROWS for number in row[0].split(",")]
    assert sorted(numbers) == list(range(1, 34))


def test_table_and_functions_agree() -> None:
    documented = {(name, int(row[0])) for row in ROWS for name in re.findall(r"`(\w+)`", row[3]) if row[0].isdecimal()}
    written = {
        (name, number)
        for name, function in inspect.getmembers(unconfirmed, inspect.isfunction)
        for number in rows_of(function)
    }
    assert documented == written
    assert {name for name, _row in written} == {
        name for name, function in inspect.getmembers(unconfirmed, inspect.isfunction)
    }


def test_places_elsewhere_exist() -> None:
    package = Path(unconfirmed.__file__).parent
    places = [place for row in ROWS for place in re.findall(r"`([\w/]+\.py)`", row[3])]
    assert places
    assert all((package / place).is_file() for place in places)

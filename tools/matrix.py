# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the tests on every supported ansible-core for which this machine has a Python, and end with one table.

``make test`` runs everything on one of them. Here each runs the sanity tests that depend on it and every unit test, a
share of the cases where it has many; the integration targets are shared out between the oldest and the newest. With
MATRIX=full nothing is shared out, and integration tests run on both paths a task can take: in the worker, and as an
ordinary module. The oldest ansible-core runs with the oldest libraries.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import interpreters
import schemas
import verdicts
from ansible_test import ON_ALL_PROCESSORS, Venv, side_by_side
from integration import run_integration
from mirror import COLLECTIONS, ROOT, mirror

# Each ansible-core with the Pythons to run it on: the first that is found. They begin at the emulator's 3.11 and are
# turned around for the newest, so that a newer Python is met as well.
CORES = {
    "2.17": ("3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.14", "3.13", "3.12"),
    "2.22": ("3.13", "3.14"),
}
# Of these there are pre-releases only.
UNRELEASED = ("2.22",)
# The sanity tests that see the collection through ansible-core. What the others see does not depend on it.
THROUGH_CORE = ("action-plugin-docs", "ansible-doc", "import", "runtime-metadata", "validate-modules")
FAILED = "FAILED"


@dataclass
class Row:
    """One line of the table."""

    core: str
    python: str = "-"
    sanity: str = "-"
    units: str = "-"
    integration: str = "-"
    seconds: float = 0.0
    note: str = ""

    def __str__(self) -> str:
        columns = (
            f"{self.core:6} {self.python:7} {self.sanity:7} {self.units:7} {self.integration:12} {self.seconds:7.0f}"
        )
        return f"{columns}  {self.note}".rstrip()

    @property
    def failed(self) -> bool:
        return FAILED in (self.sanity, self.units, self.integration)


def libraries(oldest: bool) -> list[str]:
    """Requirements of the collection for pip; with ``oldest``, the lower bound of each instead of anything above it."""
    lines = (ROOT / "meta" / "ee-requirements.txt").read_text(encoding="utf-8").splitlines()
    needed = [line for line in lines if line and not line.startswith("#")]
    return [f"{line.replace('>=', '==')}.*" for line in needed] if oldest else needed


def environment(core: str, python: Path, oldest: bool) -> Venv:
    """Return a virtual environment with this ansible-core, made unless it is there.

    Raises CalledProcessError if it cannot be made. The emulator stays in the environment that runs this script: what it
    requires must not decide which libraries the modules meet.
    """
    root = COLLECTIONS / "matrix" / core
    version = f"{core}.0rc0" if core in UNRELEASED else f"{core}.0"
    requirements = [f"ansible-core~={version}", *libraries(oldest)]
    of_tests = ROOT / "tests/unit/requirements.txt"
    stamp = root / "requirements.txt"
    wanted = "\n".join((str(python), *requirements, of_tests.read_text(encoding="utf-8")))
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        subprocess.run([python, "-m", "venv", "--clear", root], check=True)
        pip = [f"{root}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *requirements, "-r", of_tests], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return Venv(root, Path(sys.prefix) / "bin")


def take_share(number: int, of: int) -> None:
    """Say to the next unit tests which share of the cases is theirs."""
    share = mirror() / "tests/unit/share.json"
    share.write_text(json.dumps({"number": number, "of": of}), encoding="utf-8")


def sanity(venv: Venv, full: bool) -> int:
    """Run the sanity tests that may tell something new, in a copy of their own; return the exit status."""
    chosen = () if full else (f"--test={name}" for name in THROUGH_CORE)
    return venv.ansible_test("sanity", *chosen, cwd=mirror(COLLECTIONS / "series-2"))


def units(venv: Venv, forked: bool) -> int:
    """Run the unit tests by pytest, or by ansible-test, which forks a process for each; return the exit status."""
    if forked:
        return venv.ansible_test("units")
    return venv.run("pytest", "-q", *ON_ALL_PROCESSORS, "tests/unit", cwd=mirror())


def verdict(*statuses: int) -> str:
    """``passed`` if every exit status is 0, else FAILED."""
    return FAILED if any(statuses) else "passed"


class Matrix:
    """What the rows have in common: which of them can run, and how the work is shared out among them."""

    def __init__(self, full: bool) -> None:
        self.full = full
        self.complaints: list[str] = []
        self._pythons = interpreters.find()
        self._versions = {
            core: next((version for version in versions if version in self._pythons), "")
            for core, versions in CORES.items()
        }
        self._runnable = [core for core, version in self._versions.items() if version]
        self._ends = [core for core in self._runnable if core in (self._runnable[0], self._runnable[-1])]

    def run(self, row: Row) -> None:
        """Run what there is to run on a row's ansible-core, and fill in the row."""
        version = self._versions[row.core]
        if not version:
            row.note = f"skipped: no Python {', '.join(CORES[row.core])} found"
            return
        print(f"\n=== ansible-core {row.core} on Python {version}", flush=True)
        row.python = version
        start = time.monotonic()
        try:
            venv = environment(row.core, self._pythons[version], oldest=self._is_oldest(row.core))
        except subprocess.CalledProcessError as error:
            row.units, row.note = FAILED, f"could not be installed: {error}"
            return
        self._run_units(row, venv)
        self._run_integration(row, venv)
        row.seconds = time.monotonic() - start
        said = venv.complaints.take()
        if row.failed:
            self.complaints += [f"{row.core}: {line}" for line in said]

    def _is_oldest(self, core: str) -> bool:
        return core == self._runnable[0]

    def _run_units(self, row: Row, venv: Venv) -> None:
        """Unit tests and, beside them, sanity."""
        schemas.fetch()
        if verdicts.known(venv):
            row.units, row.note = "passed", "units, and sanity, by make test"
            return
        if not self.full:
            take_share(self._runnable.index(row.core), len(self._runnable))
        works: list[Callable[[Venv], int]] = [
            functools.partial(units, forked=self._is_oldest(row.core)),
            functools.partial(sanity, full=self.full),
        ]
        row.units, row.sanity = map(verdict, side_by_side(venv, works))

    def _run_integration(self, row: Row, venv: Venv) -> None:
        """All targets on both paths, or on the oldest and the newest core a share of them."""
        if self.full:
            row.integration = verdict(*(run_integration(venv, [], in_process) for in_process in (True, False)))
        elif row.core in self._ends:
            share = (self._ends.index(row.core), len(self._ends))
            row.integration = verdict(run_integration(venv, [], share=share))


def main() -> int:
    """Run the matrix, print the table and return 0 if nothing failed."""
    matrix = Matrix(full=os.environ.get("MATRIX") == "full")
    rows = [Row(core) for core in CORES]
    for row in rows:
        matrix.run(row)
    print("", *matrix.complaints, sep="\n")
    print("\ncore   python  sanity  units   integration  seconds", *rows, sep="\n")
    return 1 if any(row.failed for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())

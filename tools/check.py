# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the checks of ``make test``, or those named on the command line, and stop at the first that fails.

The tools' own output goes to the terminal unchanged; beside it there is a headline before each stage and, at the end, a
table of the time each took.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import verdicts
from ansible_test import Venv
from integration import run_integration
from mirror import ROOT, mirror

# Each stage yields the exit status of one command after the other. What reads a collection's files runs in the mirror,
# what reads the repository's in the working tree, so that it names files where the reader can open them.
Stage = Callable[[Venv, list[str]], Iterator[int]]


def lint(venv: Venv, _names: list[str]) -> Iterator[int]:
    """Python: errors, import order, format, types."""
    yield venv.run("ruff", "check", ".", cwd=ROOT)
    yield venv.run("ruff", "format", "--check", ".", cwd=ROOT)
    yield venv.run("mypy", cwd=ROOT)


def sanity(venv: Venv, names: list[str]) -> Iterator[int]:
    """ansible-test sanity, with no ignore file."""
    yield venv.ansible_test("sanity", *names)


def units(venv: Venv, names: list[str]) -> Iterator[int]:
    """Unit tests of the collection."""
    status = venv.ansible_test("units", *names)
    if status == 0 and not names:
        verdicts.remember(venv)
    yield status


def emulator_tests(venv: Venv, names: list[str]) -> Iterator[int]:
    """dcos-emulator's own tests."""
    yield venv.run("pytest", "-q", *(names or ["tests"]), cwd=ROOT / "emulator")


def integration(venv: Venv, names: list[str]) -> Iterator[int]:
    """Integration tests against the emulator, where a task runs in the worker if it can (IN_PROCESS=false: never)."""
    yield run_integration(venv, names, in_process=os.environ.get("IN_PROCESS") != "false")


def ansible_lint(venv: Venv, _names: list[str]) -> Iterator[int]:
    """Playbooks and roles, production profile."""
    yield venv.run("ansible-lint", "--offline", "--profile", "production", cwd=mirror())


def docs_lint(venv: Venv, _names: list[str]) -> Iterator[int]:
    """Module documentation, guides and changelog."""
    yield venv.run(
        "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "all",
        "--check-extra-docs-refs", ".",
        cwd=mirror(),
    )  # fmt: skip
    yield venv.run("antsibull-changelog", "lint", cwd=mirror())


def reuse(venv: Venv, _names: list[str]) -> Iterator[int]:
    """Every file says its licence."""
    yield venv.run("reuse", "lint", "--quiet", cwd=ROOT)


STAGES: dict[str, Stage] = {
    stage.__name__.replace("_", "-"): stage
    for stage in (lint, sanity, units, emulator_tests, integration, ansible_lint, docs_lint, reuse)
}


def main() -> int:
    """Run the stages asked for and return 0 if all passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", nargs="?", choices=STAGES, help="only this stage")
    parser.add_argument(
        "names", nargs=argparse.REMAINDER, help="arguments of the stage's own runner: tests, files, targets"
    )
    arguments = parser.parse_args()

    venv = Venv(Path(sys.prefix))
    times: list[tuple[str, float, bool]] = []
    for name in [arguments.stage] if arguments.stage else STAGES:
        print(f"\n=== {name}: {STAGES[name].__doc__}", flush=True)
        start = time.monotonic()
        passed = all(status == 0 for status in STAGES[name](venv, arguments.names))
        times.append((name, time.monotonic() - start, passed))
        if not passed:
            break

    print()
    for name, seconds, passed in times:
        print(f"{name:14} {seconds:7.1f} s  {'passed' if passed else 'FAILED'}")
    return 0 if all(passed for _name, _seconds, passed in times) else 1


if __name__ == "__main__":
    sys.exit(main())

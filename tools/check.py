# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the checks of ``make test``, or one of them: every stage, also after one has failed, so that one run tells all.

The tools' own output goes to the terminal unchanged; beside it there is a headline before each stage and, at the end, a
table of the time each took and how to resume at the first that failed. Where the output goes to no terminal, what the
runners complained of stands above that table once more.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import schemas
import verdicts
from ansible_test import ON_ALL_PROCESSORS, Venv, side_by_side
from integration import run_integration
from mirror import COLLECTIONS, ROOT, mirror

# Each stage yields the exit status of one command after the other. What reads a collection's files runs in the mirror,
# what reads the repository's in the working tree, so that it names files where the reader can open them.
Stage = Callable[[Venv, list[str]], Iterator[int]]


def lint(venv: Venv, _names: list[str]) -> Iterator[int]:
    """Python: errors, import order, format, types."""
    yield venv.run("ruff", "check", ".", cwd=ROOT)
    yield venv.run("ruff", "format", "--check", ".", cwd=ROOT)
    yield venv.run("mypy", cwd=ROOT)
    # The collection by the name under which Ansible finds it, without the tests: their arguments are fixtures.
    collection = mirror().relative_to(COLLECTIONS)
    configured = ("mypy", "--config-file", str(ROOT / "mypy.ini"))
    packages = (option for part in ("plugins", "tests") for option in ("-p", ".".join((*collection.parts, part))))
    scripts = collection / "tests" / "integration" / "targets" / "fast_path"
    yield venv.run(*configured, *packages, "--exclude", rf"/test_[^/]*\.py$|{scripts}/", cwd=COLLECTIONS)
    # These import each other by their files' names.
    yield venv.run(*configured, str(scripts), cwd=COLLECTIONS)


def sanity(venv: Venv, names: list[str]) -> Iterator[int]:
    """ansible-test sanity, with no ignore file."""
    yield venv.ansible_test("sanity", *names)


def units(venv: Venv, names: list[str]) -> Iterator[int]:
    """Unit tests of the collection."""
    schemas.fetch()
    status = venv.run("pytest", "-q", *ON_ALL_PROCESSORS, *(names or ["tests/unit"]), cwd=mirror())
    if status == 0 and not names:
        verdicts.remember(venv)
    yield status


def emulator_tests(venv: Venv, names: list[str]) -> Iterator[int]:
    """dcos-emulator's own tests."""
    yield venv.run("pytest", "-q", *ON_ALL_PROCESSORS, *(names or ["tests"]), cwd=ROOT / "emulator")


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
    for stage in (lint, sanity, emulator_tests, units, integration, ansible_lint, docs_lint, reuse)
}


# Sanity keeps one processor busy, and the emulator's tests wait now and then, so they run at the same time.
AT_ONCE = {"sanity", "emulator-tests"}


def chosen(stage: str | None, start: str) -> list[str]:
    """Return the names of the stages to run: ``stage`` alone, or all from ``start`` on (empty: from the first)."""
    if stage:
        return [stage]
    names = list(STAGES)
    if start and start not in names:
        raise SystemExit(f"There is no stage '{start}' to begin with. The stages are {', '.join(names)}.")
    return names[names.index(start) :] if start else names


def batches(names: list[str]) -> list[list[str]]:
    """Return the stages in their order, those together that run at the same time."""
    return [
        batch
        for together, group in itertools.groupby(names, AT_ONCE.__contains__)
        for batch in ([list(group)] if together else [[name] for name in group])
    ]


def run_stage(venv: Venv, name: str, names: list[str]) -> tuple[str, float, bool]:
    """Run one stage; return its name, the seconds it took and whether it passed."""
    start = time.monotonic()
    statuses = list(STAGES[name](venv, names))
    return name, time.monotonic() - start, not any(statuses)


def main() -> int:
    """Run the stages asked for and return 0 if all passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="start", metavar="STAGE", default="", help="begin with this stage")
    parser.add_argument("stage", nargs="?", choices=STAGES, help="only this stage")
    parser.add_argument(
        "names", nargs=argparse.REMAINDER, help="arguments of the stage's own runner: tests, files, targets"
    )
    arguments = parser.parse_args()

    venv = Venv(Path(sys.prefix))
    times: list[tuple[str, float, bool]] = []
    complaints: list[str] = []
    for batch in batches(chosen(arguments.stage, arguments.start)):
        print(*(f"\n=== {name}: {STAGES[name].__doc__}" for name in batch), sep="", flush=True)
        done = side_by_side(venv, [functools.partial(run_stage, name=name, names=arguments.names) for name in batch])
        times += done
        said = venv.complaints.take()
        failed = [name for name, _seconds, passed in done if not passed]
        if failed:
            complaints += [f"{', '.join(failed)}: {line}" for line in said]

    print("", *complaints, "", sep="\n")
    for name, seconds, passed in times:
        print(f"{name:14} {seconds:7.1f} s  {'passed' if passed else 'FAILED'}")
    failed = [name for name, _seconds, passed in times if not passed]
    if failed and not arguments.stage:
        print(f"\nTo resume: make test FROM={failed[0]}; one stage alone: make {failed[0]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

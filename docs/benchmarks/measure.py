# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measuring commands: how long, how much of the processor and of memory, how many requests; and what that says."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from cluster import Cluster


class Command(NamedTuple):
    """Something to run: its arguments, the environment, and the directory in which it runs."""

    arguments: Sequence[str]
    environment: dict[str, str]
    directory: Path


@dataclass
class Series:
    """What was measured of one variant under one condition, a number for each round.

    ``seconds`` is the time on the clock, ``cpu_seconds`` that of the processors, for the command and its children,
    ``peak_mib`` the memory of the largest of them at its peak, and ``requests`` how many reached the cluster. ``case``
    is the condition, such as {"latency_ms": 20}.
    """

    scenario: str
    variant: str
    case: dict[str, Any]
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_mib: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Seconds on the clock, in the middle of all rounds."""
        return statistics.median(self.seconds)


class Results:
    """All series of a run, by scenario, variant and case."""

    def __init__(self, series: Sequence[Series] = ()) -> None:
        self.series = list(series)

    def of(self, scenario: str, variant: str, **case: Any) -> Series:
        """The one series of this name; a new one if there is none yet."""
        for known in self.series:
            if (known.scenario, known.variant, known.case) == (scenario, variant, case):
                return known
        self.series.append(Series(scenario, variant, case))
        return self.series[-1]

    def scenario(self, scenario: str, **case: Any) -> list[Series]:
        """The series of a scenario whose case has all that is given, in the order in which they were measured."""
        return [known for known in self.series if known.scenario == scenario and case.items() <= known.case.items()]

    def plain(self) -> list[dict[str, Any]]:
        """As plain data, for JSON."""
        return [asdict(known) for known in self.series]


def measure(series: Series, command: Command, cluster: Cluster, expect: str = "") -> str:
    """Run a command, add what it took to ``series``, and return its output.

    Ends the benchmark if the command fails or does not say ``expect``: the time of something that does not work is no
    measurement.
    """
    cluster.count()
    seconds, usage, output = timed(command)
    cpu_seconds = usage.ru_utime + usage.ru_stime
    if expect not in output:
        sys.exit(f"{series.variant} did not say '{expect}':\n{output}")
    series.seconds.append(round(seconds, 4))
    series.cpu_seconds.append(round(cpu_seconds, 4))
    series.peak_mib.append(round(usage.ru_maxrss / 1024, 1))
    series.requests.append(cluster.count())
    case = ", ".join(f"{name} {value}" for name, value in series.case.items())
    print(f"  {series.variant}, {case}: {seconds:.2f} s, {cpu_seconds:.2f} s of processor", flush=True)
    return output


def timed(command: Command) -> tuple[float, resource.struct_rusage, str]:
    """Run a command; return seconds on the clock, what it used, and its output. Ends the benchmark if it fails."""
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        with subprocess.Popen(
            command.arguments,
            env=command.environment,
            cwd=command.directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process:
            # Unlike wait() this tells what the process used, together with those of its children that have ended.
            _pid, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        sys.exit(f"{command.arguments} failed:\n{text}")
    return seconds, usage, text


class Ratio(NamedTuple):
    """A ratio of medians, and the smallest and largest ratio within one round."""

    middle: float
    low: float
    high: float


def ratio(series: Series, *base: Series) -> Ratio:
    """How many times as long as ``base`` (several are added up) something takes."""
    rounds = [
        seconds / sum(others) for seconds, *others in zip(series.seconds, *(each.seconds for each in base), strict=True)
    ]
    return Ratio(series.median / sum(each.median for each in base), min(rounds), max(rounds))


class Line(NamedTuple):
    """A straight line through points, and how well it fits (R², 1 is perfect)."""

    slope: float
    intercept: float
    r_squared: float


def fit(points: Sequence[tuple[float, float]]) -> Line:
    """The line through points (x, y) by least squares."""
    xs, ys = zip(*points, strict=True)
    slope, intercept = statistics.linear_regression(xs, ys)
    return Line(slope, intercept, statistics.correlation(xs, ys) ** 2)

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results as pictures, each as SVG and PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import facts
import growth
import many
import matplotlib as mpl
import matplotlib.pyplot as plt
import tasks
from bench import LATENCIES
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from measure import Results, fit, ratio
from targets import FAST_PATH, ORDINARY_PATH

# The salt makes the names inside an SVG the same every time.
STYLE: Any = {"svg.hashsalt": "dcos.security", "font.size": 10, "axes.spines.top": False, "axes.spines.right": False}
BLUE, ORANGE, GREY = "#1f6fb4", "#d9822b", "#8a8a8a"


def plots(results: Results, folder: Path) -> None:
    """Draw every scenario that was measured."""
    mpl.use("agg")
    mpl.rcParams.update(STYLE)
    folder.mkdir(exist_ok=True)
    measured = {series.scenario for series in results.series}
    for scenario, title in (
        ("identity", "One identity, 25 permissions, one certificate"),
        ("grants", "Permissions in bulk"),
        ("facts", f"Facts of {facts.SOME} identities"),
    ):
        if scenario in measured:
            _save(_bars(results, scenario, title), folder / scenario)
    if "tasks" in measured:
        _save(_tasks(results), folder / "tasks")
    if "many" in measured:
        _save(_many(results), folder / "many")
    if "growth_facts" in measured:
        _save(_growth_facts(results), folder / "growth_facts")
    for scenario, what in growth.SCENARIOS.items():
        if scenario in measured:
            _save(_growth(results, scenario, what), folder / scenario)


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
    figure.savefig(path.with_suffix(".png"), dpi=110)
    plt.close(figure)


def _bars(results: Results, scenario: str, title: str) -> Figure:
    """Seconds of each variant at each latency; the axis is logarithmic, the line the spread."""
    variants = [series.variant for series in results.scenario(scenario, latency_ms=LATENCIES[0])]
    figure, axes = plt.subplots(figsize=(9, 0.62 * len(variants) + 1.4), layout="constrained")
    height = 0.38
    for offset, latency_ms, colour in zip((-height / 2, height / 2), LATENCIES, (BLUE, ORANGE), strict=True):
        for row, variant in enumerate(variants):
            series = results.of(scenario, variant, latency_ms=latency_ms)
            low, high = min(series.seconds), max(series.seconds)
            axes.barh(
                row + offset, series.median, height, color=colour, label=f"{latency_ms} ms latency" if not row else None
            )
            axes.plot([low, high], [row + offset] * 2, color="black", linewidth=1)
            axes.annotate(f" {series.median:.2f} s", (high, row + offset), va="center", fontsize=9)
    axes.set_yticks(range(len(variants)), variants)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.set_xlim(right=axes.get_xlim()[1] * 1.6)
    axes.set_xlabel("seconds on the clock, whole process (logarithmic)")
    axes.set_title(title)
    axes.legend(loc="lower right", frameon=False)
    return figure


def _tasks(results: Results) -> Figure:
    """The cost of a task as a multiple of a no-op module's, on both paths."""
    base = results.of("tasks", tasks.NO_OP, latency_ms=0)
    rows = [*tasks.MODULES, tasks.URI, tasks.REQUESTS, tasks.NO_OP]
    figure, axes = plt.subplots(figsize=(9, 0.42 * len(rows) + 1.4), layout="constrained")
    for row, name in enumerate(rows):
        for path, colour in ((tasks.ORDINARY, GREY), (tasks.FAST, BLUE)):
            if path and name not in tasks.MODULES:
                continue
            value = ratio(results.of("tasks", name + path, latency_ms=0), base)
            own = GREY if name not in tasks.MODULES or (name == "dcos_keypair") else colour
            axes.barh(row, value.middle, 0.7, color=own, alpha=0.45 if path else 1)
            axes.plot([value.low, value.high], [row, row], color="black", linewidth=1)
            axes.annotate(f" {value.middle:.2f}", (value.high, row), va="center", fontsize=8)
    for limit, text in ((FAST_PATH, "fast path"), (ORDINARY_PATH, "ordinary path")):
        axes.axvline(limit, color=ORANGE, linestyle="--", linewidth=1)
        axes.annotate(f"target {limit}\n{text}", (limit, -0.6), color=ORANGE, fontsize=8, ha="center", va="bottom")
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylim(len(rows) - 0.4, -1.7)
    axes.set_xlim(left=0)
    axes.set_xlabel("times the cost of a task of ansible.builtin.ping; blue: fast path, light grey: ordinary path")
    axes.set_title("One unchanged task")
    return figure


def _many(results: Results) -> Figure:
    """Seconds over identities, both axes logarithmic, one panel a latency."""
    figure, panels = plt.subplots(1, len(LATENCIES), figsize=(10, 4), sharey=True, layout="constrained")
    for axes, latency_ms in zip(panels, LATENCIES, strict=True):
        for (first, second), colour, name in ((many.PLAYBOOK, BLUE, "playbook"), (many.DEPLOY, ORANGE, "dcos-deploy")):
            for variant, style, run in ((first, "-", "first run"), (second, "--", "second run")):
                series = [run for run in results.scenario("many", latency_ms=latency_ms) if run.variant == variant]
                points = sorted((each.case["identities"], each.median) for each in series)
                if points:
                    axes.plot(*zip(*points, strict=True), style, marker="o", color=colour, label=f"{name}, {run}")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_xlabel("identities")
        axes.set_title(f"{latency_ms} ms latency")
    panels[0].set_ylabel("seconds, whole process (logarithmic)")
    panels[0].legend(frameon=False)
    return figure


def _growth(results: Results, scenario: str, what: str) -> Figure:
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for variant, colour in ((growth.FIRST, BLUE), (growth.SECOND, ORANGE)):
        points = growth.points(results, scenario, variant)
        if not points:
            continue
        xs, ys = zip(*points, strict=True)
        axes.scatter(xs, ys, color=colour, s=16, label=variant, zorder=3)
        if scenario in growth.LOGARITHMIC:
            axes.set_xscale("log")
            axes.set_xticks(sorted(set(xs)), [f"{x:g}" for x in sorted(set(xs))])
            axes.minorticks_off()
        elif len(set(xs)) > 1:
            _line(axes, points, colour)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(what)
    axes.set_ylabel("seconds, whole process")
    axes.set_title(f"Growth with {what}")
    axes.legend(frameon=False)
    return figure


def _growth_facts(results: Results) -> Figure:
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    points = facts.points(results)
    xs, ys = zip(*points, strict=True)
    axes.scatter(xs, ys, color=BLUE, s=16, zorder=3)
    _line(axes, points, BLUE)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("identities in the cluster")
    axes.set_ylabel("seconds, whole process")
    axes.set_title(f"Facts of all identities, {facts.LATENCY} ms latency")
    return figure


def _line(axes: Axes, points: Sequence[tuple[float, float]], colour: str) -> None:
    line = fit(points)
    right = max(x for x, _y in points)
    axes.plot([0, right], [line.intercept, line.intercept + line.slope * right], color=colour, linewidth=1)
    axes.annotate(
        f"{1000 * line.slope:.2f} ms each, R² = {line.r_squared:.4f} ",
        (right * 0.97, line.intercept + line.slope * right),
        ha="right",
        va="bottom",
        color=colour,
        fontsize=9,
    )

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""results.md: what came of the measurements, as tables of ratios, and whether the targets are met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import facts
import grants
import growth
import identity
import many
import tasks
from bench import CONCURRENCY, LATENCIES
from measure import Ratio, Results, Series, fit, ratio
from targets import targets

METHOD = Path(__file__).resolve().parent / "method.md"


def report(document: dict[str, Any], results: Results) -> str:
    """The text of results.md."""
    sections = [
        _head(document),
        _table("Targets", ["target", "measured", ""], targets(results)),
        _identity(results),
        _many(results),
        _lists(results),
        _grants(results, document),
        _facts(results),
        _tasks(results),
        _growth_facts(results),
        *_growths(results),
        METHOD.read_text(),
    ]
    return "\n\n".join(section.rstrip() for section in sections if section) + "\n"


def _head(document: dict[str, Any]) -> str:
    others: dict[str, list[str]] = {}
    for scenario, date in document["dates"].items():
        if date != document["date"]:
            others.setdefault(date, []).append(scenario)
    lines = [
        "# Benchmarks",
        "",
        f"Measured on {document['date']} by `make bench`: {document['rounds']} rounds, {document['minutes']} minutes. "
        "The raw numbers are in [results.json](results.json). How it was measured, and how fair that is, stands "
        "[below](#method).",
        *(f"The scenarios {', '.join(names)} are those of {date}." for date, names in others.items()),
        "",
        *(f"* {name}: {value}" for name, value in document["machine"].items()),
    ]
    if document["quick"]:
        lines += ["", "**Made with --quick: one round and small sizes. These numbers mean nothing.**"]
    return "\n".join(lines)


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], text: str = "") -> str:
    if not rows:
        return ""
    lines = [f"## {title}", ""]
    if text:
        lines += [text, ""]
    lines += [_row(columns), _row(["---"] * len(columns)), *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def show(value: Ratio, digits: int = 2) -> str:
    """A ratio with its spread over the rounds."""
    return f"{value.middle:.{digits}f} ({value.low:.{digits}f}–{value.high:.{digits}f})"


def _compared(results: Results, scenario: str, base: str) -> Iterator[list[str]]:
    """A row for each variant: requests, and for each latency the seconds and the ratio to ``base``."""
    for first in results.scenario(scenario, latency_ms=LATENCIES[0]):
        row = [first.variant]
        if first.requests:
            row.append(str(max(first.requests)))
        for latency_ms in LATENCIES:
            series = results.of(scenario, first.variant, latency_ms=latency_ms)
            row += [f"{series.median:.3f}", show(ratio(series, results.of(scenario, base, latency_ms=latency_ms)))]
        yield row


def _columns(*before: str, base: str) -> list[str]:
    return [*before, *(column for ms in LATENCIES for column in (f"s at {ms} ms", f"× {base} at {ms} ms"))]


def _identity(results: Results) -> str:
    rows = list(_compared(results, "identity", identity.EMPTY))
    text = "Credential, account, 25 permissions and a certificate.\n\n![One identity](plots/identity.svg)"
    return _table("One identity", _columns("", "requests", base=identity.EMPTY), rows, text)


def _many(results: Results) -> str:
    rows = []
    for series in results.scenario("many"):
        case = series.case
        row = [series.variant, str(case["identities"]), str(case["latency_ms"]), str(max(series.requests))]
        bases = [results.of("many", name, **case) for name in (many.EMPTY, *_rival(series.variant))]
        row += [f"{series.median:.2f}", *(show(ratio(series, base)) if base.seconds else "" for base in bases)]
        rows.append([*row, *[""] * (7 - len(row)), f"{max(series.peak_mib):.0f}"])
    text = "A permission and a certificate each.\n\n![Many identities](plots/many.svg)"
    columns = ["", "identities", "latency, ms", "requests", "s", f"× {many.EMPTY}", "× dcos-deploy", "MiB"]
    return _table("Many identities", columns, rows, text)


def _rival(variant: str) -> tuple[str, ...]:
    return (many.DEPLOY[many.PLAYBOOK.index(variant)],) if variant in many.PLAYBOOK else ()


def _lists(results: Results) -> str:
    rows = list(_compared(results, "lists", many.EMPTY))
    return _table(f"{many.SECRETS} secrets", _columns("", "requests", base=many.EMPTY), rows)


def _grants(results: Results, document: dict[str, Any]) -> str:
    count = 50 if document["quick"] else 1000
    rows = list(_compared(results, "grants", grants.EMPTY))
    text = (
        f"All of them to one account: {2 * count} requests, {CONCURRENCY} at a time for dcos_acl and curl, one "
        f"after the other for the rest.\n\n![{count} permissions](plots/grants.svg)"
    )
    table = _table(f"{count} permissions", _columns("", "requests", base=grants.EMPTY), rows, text)
    return f"{table}\n\n{_extrapolated(results, 2 * count)}" if table else ""


def _extrapolated(results: Results, requests: int) -> str:
    times = []
    for ms in LATENCIES:
        series, empty = (results.of("grants", name, latency_ms=ms) for name in (grants.URI, grants.EMPTY))
        seconds = (series.median - empty.median) / max(series.requests) * requests + empty.median
        times.append(f"{seconds / 60:.0f} minutes at {ms} ms")
    return f"Extrapolated from the uri loop, {requests} requests by `ansible.builtin.uri` take {' and '.join(times)}."


def _facts(results: Results) -> str:
    rows = list(_compared(results, "facts", facts.EMPTY))
    text = (
        f"All that makes {facts.SOME} accounts somebody: permissions, memberships, credentials, certificates. curl "
        f"and the module have {facts.CONCURRENCY} requests at a time. dcos-deploy, which set them up, compares "
        "accounts and permissions, and sees whether secrets are there.\n\n![Facts](plots/facts.svg)"
    )
    return _table(f"Facts of {facts.SOME} identities", _columns("", "requests", base=facts.EMPTY), rows, text)


def _growth_facts(results: Results) -> str:
    rows = []
    for series in results.scenario("growth_facts"):
        cost = "" if not series.requests else str(max(series.requests))
        memory = "" if not series.peak_mib else f"{max(series.peak_mib):.0f}"
        rows.append([series.variant, str(series.case["accounts"]), cost, f"{series.median:.2f}", memory])
    if not rows:
        return ""
    line = fit(facts.points(results))
    text = (
        "Each with 5 permissions; a fifth have a credential and a tenth a certificate. "
        f"{facts.LATENCY} ms latency. Linear fit: {line.intercept:.2f} s + {1000 * line.slope:.2f} ms × identities "
        f"(R² = {line.r_squared:.4f}).\n\n"
        "![Facts](plots/growth_facts.svg)"
    )
    return _table("Growth with identities", ["", "identities", "requests", "s", "MiB"], rows, text)


def _tasks(results: Results) -> str:
    rows = list(_compared(results, "tasks", tasks.NO_OP))
    text = (
        "What a task costs that finds nothing to do, without what Ansible needs to start. `dcos_keypair` writes files "
        "and so takes the ordinary path always. `import_requests` is a no-op module that imports requests: "
        "the floor of an ordinary module that talks HTTP with it.\n\n![One task](plots/tasks.svg)"
    )
    return _table("One unchanged task", _columns("", base=tasks.NO_OP), rows, text)


def _growths(results: Results) -> Iterator[str]:
    for scenario, what in growth.SCENARIOS.items():
        rows = []
        for first, second in _pairs(results, scenario):
            (size,) = first.case.values()
            rows.append([str(size), *(text for run in (first, second) for text in _costs(run))])
        columns = [what, *(column for run in ("first", "second") for column in (f"{run} run, s", "requests", "MiB"))]
        text = f"![{what}](plots/{scenario}.svg)"
        if scenario != "growth_forks":
            text = f"{_fits(results, scenario, what)}\n\n{text}"
        yield _table(f"Growth with {what}", columns, rows, text if rows else "")


def _pairs(results: Results, scenario: str) -> list[tuple[Series, Series]]:
    runs = results.scenario(scenario)
    return [(run, results.of(scenario, growth.SECOND, **run.case)) for run in runs if run.variant == growth.FIRST]


def _costs(series: Series) -> tuple[str, str, str]:
    seconds = f"{series.median:.2f} ({min(series.seconds):.2f}–{max(series.seconds):.2f})"
    return seconds, str(max(series.requests)), f"{max(series.peak_mib):.0f}"


def _fits(results: Results, scenario: str, what: str) -> str:
    texts = []
    for variant in (growth.FIRST, growth.SECOND):
        points = growth.points(results, scenario, variant)
        if len(points) > 1:
            line = fit(points)
            texts.append(
                f"{variant}: {line.intercept:.2f} s + {1000 * line.slope:.3f} ms × {what} (R² = {line.r_squared:.4f})"
            )
    return "Linear fit, " + "; ".join(texts) + "." if texts else ""

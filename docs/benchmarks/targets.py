# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The targets that the collection is measured by, and whether they are met."""

from __future__ import annotations

from collections.abc import Iterator

import facts
import grants
import growth
import identity
import many
import tasks
from measure import Results, fit, ratio

FAST_PATH = 0.15  # × a no-op module
ORDINARY_PATH = 1.5  # × a no-op module
SECOND_RUN = {0: 1.64, 20: 2.14}  # × an empty play, by latency
URI_FIRST, URI_SECOND = 15, 20  # times faster than the uri playbook
GRANTS_FIRST = 1.3  # × (curl --parallel + an empty play)
GRANTS_SECOND = 1.3  # × an empty play
# Of 100 identities, × dcos-deploy, by latency and run; and of the second one, × an empty play.
MANY = {(0, "first"): 0.9, (0, "second"): 2.5, (20, "first"): 0.25, (20, "second"): 0.25}
MANY_SECOND = 4.0
IDENTITY = 0.020  # seconds each, of 1,000 on their second run
MEMORY = 300  # MiB for 1,000 identities
LIST = 0.12  # × a loop over 300 secrets
LINEAR = 0.99  # R²
# Of 10,000 identities: seconds and MiB to read them, seconds to look through them, and until their report is seen.
FACTS, FACTS_MEMORY, FINDINGS, PAINT = 60, 300, 5, 2
FACTS_OF_SOME = 1.5  # × an empty play, beside what curl takes for the same requests


def targets(results: Results) -> list[list[str]]:
    """A row for each target whose scenario was measured: what it is, what came out, and the verdict."""
    measured = {series.scenario for series in results.series}
    rows = []
    for scenario, judge in JUDGES.items():
        if scenario in measured:
            rows += [[target, value, "met" if met else "**not met**"] for target, value, met in judge(results)]
    return rows


Verdict = tuple[str, str, bool]


def _tasks(results: Results) -> Iterator[Verdict]:
    for path, limit, name in ((tasks.FAST, FAST_PATH, "fast path"), (tasks.ORDINARY, ORDINARY_PATH, "ordinary path")):
        # dcos_keypair writes files, and so never takes the fast path.
        names = [name for name in tasks.MODULES if not (name == "dcos_keypair" and path == tasks.FAST)]
        base = results.of("tasks", tasks.NO_OP, latency_ms=0)
        ratios = {name: ratio(results.of("tasks", name + path, latency_ms=0), base).middle for name in names}
        worst = max(ratios, key=ratios.__getitem__)
        within = sum(value <= limit for value in ratios.values())
        yield (
            f"unchanged task, {name}: ≤ {limit} × a no-op module",
            f"{within} of {len(ratios)} modules; most: {ratios[worst]:.2f} × ({worst})",
            within == len(ratios),
        )


def _identity(results: Results) -> Iterator[Verdict]:
    for latency_ms in (0, 20):
        empty, role_first, role_second, uri_first, uri_second = (
            results.of("identity", variant, latency_ms=latency_ms)
            for variant in (identity.EMPTY, *identity.ROLE, *identity.URI)
        )
        at = f"at {latency_ms} ms"
        second = ratio(role_second, empty).middle
        limit = SECOND_RUN[latency_ms]
        yield f"role, second run, {at}: ≤ {limit} × an empty play", f"{second:.2f} ×", second <= limit
        for run, role, uri, limit in (
            ("first", role_first, uri_first, URI_FIRST),
            ("second", role_second, uri_second, URI_SECOND),
        ):
            faster = ratio(uri, role).middle
            yield f"role, {run} run, {at}: ≥ {limit} × faster than uri", f"{faster:.1f} ×", faster >= limit


def _grants(results: Results) -> Iterator[Verdict]:
    empty, first, second, curl = (
        results.of("grants", variant, latency_ms=20) for variant in (grants.EMPTY, *grants.MODULE, grants.CURL[0])
    )
    value = ratio(first, curl, empty).middle
    yield (
        f"permissions, first run, at 20 ms: ≤ {GRANTS_FIRST} × (curl --parallel + an empty play)",
        f"{value:.2f} ×",
        value <= GRANTS_FIRST,
    )
    value = ratio(second, empty).middle
    yield (
        f"permissions, second run, at 20 ms: ≤ {GRANTS_SECOND} × an empty play",
        f"{value:.2f} ×",
        value <= GRANTS_SECOND,
    )


def _many(results: Results) -> Iterator[Verdict]:
    count = min(100, max(series.case["identities"] for series in results.scenario("many")))
    for (latency_ms, run), limit in MANY.items():
        case = {"latency_ms": latency_ms, "identities": count}
        number = ("first", "second").index(run)
        ours, theirs = (results.of("many", runs[number], **case) for runs in (many.PLAYBOOK, many.DEPLOY))
        if theirs.seconds:
            value = ratio(ours, theirs).middle
            target = f"{count} identities, {run} run, at {latency_ms} ms: ≤ {limit} × dcos-deploy"
            yield target, f"{value:.2f} ×", value <= limit
    case = {"latency_ms": 0, "identities": count}
    value = ratio(results.of("many", many.PLAYBOOK[1], **case), results.of("many", many.EMPTY, **case)).middle
    yield f"{count} identities, second run: ≤ {MANY_SECOND} × an empty play", f"{value:.2f} ×", value <= MANY_SECOND
    yield from _linear(results)


def _linear(results: Results) -> Iterator[Verdict]:
    runs = [series for series in results.scenario("many", latency_ms=0) if series.variant in many.PLAYBOOK]
    for variant, limit in ((many.PLAYBOOK[0], None), (many.PLAYBOOK[1], IDENTITY)):
        points = [(float(run.case["identities"]), run.median) for run in runs if run.variant == variant]
        line = fit(points)
        wanted = "linear" if limit is None else f"linear, ≤ {1000 * limit:.0f} ms each"
        yield (
            f"identities, {variant.partition(', ')[2]}: {wanted}",
            f"{1000 * line.slope:.1f} ms each, R² = {line.r_squared:.4f}",
            line.r_squared >= LINEAR and (limit is None or line.slope <= limit),
        )
    peak = max(max(run.peak_mib) for run in runs)
    yield f"identities: ≤ {MEMORY} MiB", f"{peak:.0f} MiB", peak <= MEMORY


def _lists(results: Results) -> Iterator[Verdict]:
    for latency_ms in (0, 20):
        for ours, theirs in zip(many.LIST, many.LOOP, strict=True):
            value = ratio(*(results.of("lists", name, latency_ms=latency_ms) for name in (ours, theirs))).middle
            run = ours.partition(", ")[2]
            target = f"{many.SECRETS} secrets in a list, {run}, at {latency_ms} ms: ≤ {LIST} × a loop over them"
            yield target, f"{value:.2f} ×", value <= LIST


def _growth_accounts(results: Results) -> Iterator[Verdict]:
    counts = [
        sorted(
            {
                count
                for series in results.scenario("growth_accounts")
                if series.variant == run
                for count in series.requests
            }
        )
        for run in (growth.FIRST, growth.SECOND)
    ]
    yield (
        "requests do not depend on the size of the cluster",
        "; ".join(", ".join(map(str, values)) for values in counts),
        all(len(values) == 1 for values in counts),
    )


def _growth_grants(results: Results) -> Iterator[Verdict]:
    for run in (growth.FIRST, growth.SECOND):
        line = fit(growth.points(results, "growth_grants", run))
        yield f"time linear in grants, {run}", f"R² = {line.r_squared:.4f}", line.r_squared >= LINEAR


def _facts(results: Results) -> Iterator[Verdict]:
    for latency_ms in (0, 20):
        read, empty = (results.of("facts", variant, latency_ms=latency_ms) for variant in (facts.FACTS, facts.EMPTY))
        # The requests' own time, by the program that is known to send them fastest, and by the library that we use.
        for sender, variant in (("curl", facts.CURL), ("requests", facts.REQUESTS)):
            own = results.of("facts", variant, latency_ms=latency_ms)
            value = (read.median - own.median) / empty.median
            yield (
                f"facts of {facts.SOME} identities, at {latency_ms} ms: ≤ {FACTS_OF_SOME} × an empty play + {sender}",
                f"{value:.2f} ×",
                value <= FACTS_OF_SOME,
            )


def _growth_facts(results: Results) -> Iterator[Verdict]:
    count = max(series.case["accounts"] for series in results.scenario("growth_facts"))
    for variant, limit in ((facts.FACTS, FACTS), (facts.FINDINGS, FINDINGS), (facts.PAINT, PAINT)):
        series = results.of("growth_facts", variant, accounts=count)
        if series.seconds:
            yield f"{count} identities, {variant}: ≤ {limit} s", f"{series.median:.1f} s", series.median <= limit
    read = results.of("growth_facts", facts.FACTS, accounts=count)
    peak = max(read.peak_mib)
    yield f"{count} identities, {facts.FACTS}: ≤ {FACTS_MEMORY} MiB", f"{peak:.0f} MiB", peak <= FACTS_MEMORY
    line = fit(facts.points(results))
    yield (
        "facts: linear in identities",
        f"{1000 * line.slope:.1f} ms each, R² = {line.r_squared:.4f}",
        line.r_squared >= LINEAR,
    )


JUDGES = {
    "tasks": _tasks,
    "identity": _identity,
    "many": _many,
    "lists": _lists,
    "grants": _grants,
    "facts": _facts,
    "growth_facts": _growth_facts,
    "growth_accounts": _growth_accounts,
    "growth_grants": _growth_grants,
}

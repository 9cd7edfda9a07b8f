# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The targets that the collection is measured by, and whether they are met."""

from __future__ import annotations

from collections.abc import Iterator

import grants
import growth
import identity
import tasks
from measure import Results, fit, ratio

FAST_PATH = 0.25  # × a no-op module
ORDINARY_PATH = 1.5  # × a no-op module
SECOND_RUN = 2.0  # × an empty play
URI_FIRST, URI_SECOND = 15, 20  # times faster than the uri playbook
GRANTS_FIRST = 1.3  # × (curl --parallel + an empty play)
GRANTS_SECOND = 1.3  # × an empty play
IDENTITY = 0.5  # seconds
LINEAR = 0.99  # R²


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
        yield f"role, second run, {at}: ≤ {SECOND_RUN} × an empty play", f"{second:.2f} ×", second <= SECOND_RUN
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


def _growth_identities(results: Results) -> Iterator[Verdict]:
    line = fit(growth.points(results, "growth_identities", growth.FIRST))
    yield (
        f"identities of a play: linear, ≤ {IDENTITY} s each",
        f"{line.slope:.2f} s each, R² = {line.r_squared:.4f}",
        line.slope <= IDENTITY and line.r_squared >= LINEAR,
    )


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


JUDGES = {
    "tasks": _tasks,
    "identity": _identity,
    "grants": _grants,
    "growth_identities": _growth_identities,
    "growth_accounts": _growth_accounts,
    "growth_grants": _growth_grants,
}

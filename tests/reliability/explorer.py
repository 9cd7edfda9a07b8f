# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interleavings of runs, third parties and faults around one account: all schedules of small cases, random ones else.

The real code of dcos_service_account runs in a simulated world, see tests/unit/plugins/explorer. What it has found once
is gone through first.
"""

from __future__ import annotations

from ansible_collections.dcos.security.tests.reliability.report import Options, Report
from ansible_collections.dcos.security.tests.unit.plugins.explorer import explore
from ansible_collections.dcos.security.tests.unit.plugins.explorer.scenarios import COMPLETE, RANDOM, regressions
from ansible_collections.dcos.security.tests.unit.plugins.explorer.simulation import simulated

# Random schedules of each scenario, and how many schedules of the others at most if only a sample is asked for.
WANDERS = 3000
WHOLE = 100_000


def section(options: Options) -> Report:
    """Explore; a failure is a schedule, step by step."""
    report = Report("schedules by scenario")
    states = checks = incomplete = 0

    def take(name: str, seen: explore.Report) -> None:
        nonlocal states, checks
        states += seen.states
        checks += seen.checks
        report.cases[name] += seen.schedules
        report.failures += [f"{name}: {failure}" for failure in seen.failures]

    with simulated():
        for name, (scenario, schedule) in regressions().items():
            take(f"once went wrong: {name}", explore.follow(scenario.play, schedule))
        for name, scenario in COMPLETE.items():
            seen = explore.explore(scenario.play, max(1, int(WHOLE * options.sample)))
            incomplete += not seen.complete
            take(f"all: {name}", seen)
        for name, scenario in RANDOM.items():
            take(f"random: {name}", explore.wander(scenario.play, options.seed, max(1, int(WANDERS * options.sample))))
    report.facts.append(
        f"{states:,} states, {checks:,} invariants checked, {len(COMPLETE) - incomplete} scenarios complete"
    )
    return report

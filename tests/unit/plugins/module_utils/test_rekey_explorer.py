# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key replacements beside each other, beside third parties and in every kind of trouble, in a simulated world.

This is a sample of what ``make reliability`` goes through. A schedule that fails is printed step by step; put it into
explorer/regressions.json.
"""

from __future__ import annotations

import pytest

from ansible_collections.dcos.security.tests.unit.plugins.explorer.explore import Report, explore, follow, wander
from ansible_collections.dcos.security.tests.unit.plugins.explorer.scenarios import (
    COMPLETE,
    RANDOM,
    SAMPLE,
    regressions,
)
from ansible_collections.dcos.security.tests.unit.plugins.explorer.simulation import simulated

SEED = 20261126


@pytest.fixture(autouse=True)
def _in_a_simulated_world():
    with simulated():
        yield


def assert_held(report: Report) -> None:
    """Fail with the schedule that breaks an invariant, if there is one."""
    assert report.checks
    assert not report.failures, "\n".join(map(str, report.failures))


@pytest.mark.parametrize("name", list(COMPLETE)[:SAMPLE])
def test_every_schedule(name):
    report = explore(COMPLETE[name].play)
    assert_held(report)
    assert report.complete


@pytest.mark.parametrize("name", RANDOM)
def test_some_schedules(name):
    assert_held(wander(RANDOM[name].play, SEED, 30))


@pytest.mark.parametrize("name", regressions())
def test_what_once_went_wrong(name):
    scenario, schedule = regressions()[name]
    assert_held(follow(scenario.play, schedule))

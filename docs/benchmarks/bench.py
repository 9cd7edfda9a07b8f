# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every scenario is given, and the permissions that all of them grant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cluster import Cluster
from commands import Workshop
from measure import Command, Results, measure

LATENCIES = (0, 20)  # milliseconds
CONCURRENCY = 8  # the default of dcos_acl


@dataclass
class Bench:
    """``quick`` is for trying the benchmark out: one round, small sizes."""

    results: Results
    workshop: Workshop
    rounds: int
    quick: bool
    dcos_deploy: str  # its version, or empty

    def measure(
        self, scenario: str, variant: str, command: Command, cluster: Cluster, expect: str = "", **case: Any
    ) -> str:
        """Measure a command once more and return its output; see measure.measure()."""
        return measure(self.results.of(scenario, variant, **case), command, cluster, expect)


def permissions(count: int) -> list[dict[str, Any]]:
    """So many permissions, on as many resources."""
    return [{"rid": f"dcos:service:marathon:marathon:services:/bench/{n}", "actions": ["full"]} for n in range(count)]


def as_mapping(granted: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Permissions as dcos-deploy has them."""
    return {entry["rid"]: entry["actions"] for entry in granted}

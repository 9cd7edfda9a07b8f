# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How cost grows: with the grants of an account, the size of the cluster, and forks."""

from __future__ import annotations

from bench import Bench, permissions
from cluster import Cluster, cluster, crowd
from grants import ACCOUNT, playbook
from measure import Command, Results

GRANTS = (10, 500, 1000, 2000, 5000)
ACCOUNTS = (10, 100, 1000, 10_000)
FORKS = (1, 2, 4, 8)
HOSTS = 20

FIRST, SECOND = "first run", "second run"

# What grows in each.
SCENARIOS = {
    "growth_grants": "grants of an account",
    "growth_accounts": "accounts in the cluster",
    "growth_forks": "forks",
}
LOGARITHMIC = ("growth_accounts", "growth_forks")


def points(results: Results, scenario: str, variant: str) -> list[tuple[float, float]]:
    """(size, median of the seconds) of each size."""
    return [
        (float(*series.case.values()), series.median)
        for series in results.scenario(scenario)
        if series.variant == variant
    ]


def growth_grants(bench: Bench) -> None:
    """One task of dcos_acl, with more and more permissions for one account."""
    with cluster(0) as dcos:
        for _round in range(bench.rounds):
            for count in (10, 20, 50) if bench.quick else GRANTS:
                dcos.reset(iter([ACCOUNT]))
                command = playbook(bench, dcos, permissions(count))
                _twice(bench, "growth_grants", command, dcos, grants=count)


def growth_accounts(bench: Bench) -> None:
    """One identity by the role, on clusters of more and more accounts with 5 grants each."""
    with cluster(0) as dcos:
        for _round in range(bench.rounds):
            for count in (10, 100) if bench.quick else ACCOUNTS:
                dcos.reset(crowd(count))
                command = bench.workshop.playbook(
                    "role.yml",
                    dcos,
                    service_identity_uid="bench",
                    service_identity_permissions=permissions(25),
                    service_identity_certificates=[{"name": "tls", "common_name": "bench.example.com"}],
                )
                _twice(bench, "growth_accounts", command, dcos, accounts=count)


def growth_forks(bench: Bench) -> None:
    """An identity for each of 20 hosts, with more and more forks."""
    hosts = 3 if bench.quick else HOSTS
    inventory = ",".join(f"host{n}" for n in range(hosts)) + ","
    with cluster(0) as dcos:
        for _round in range(bench.rounds):
            for forks in (1, 2) if bench.quick else FORKS:
                dcos.reset()
                options = ("--inventory", inventory, "--forks", str(forks))
                command = bench.workshop.playbook("hosts.yml", dcos, *options)
                _twice(bench, "growth_forks", command, dcos, forks=forks)


def _twice(bench: Bench, scenario: str, command: Command, dcos: Cluster, **case: int) -> None:
    """On the cluster as it is, and once more when there is nothing left to do."""
    bench.measure(scenario, FIRST, command, dcos, "", **case)
    bench.measure(scenario, SECOND, command, dcos, "changed=0 ", **case)

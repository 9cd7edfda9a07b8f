# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many identities, by the playbook and by dcos-deploy; and many secrets, in a list and in a loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench import LATENCIES, Bench, as_mapping, permissions
from cluster import Cluster, cluster

COUNTS = (1, 10, 100, 1000)
# Measured in the first round only: a run takes minutes.
ONCE = 1000
SECRETS = 300

EMPTY = "empty play"
PLAYBOOK = ("playbook, first run", "playbook, second run")
DEPLOY = ("dcos-deploy, first run", "dcos-deploy, second run")
LIST = ("list, first run", "list, second run")
LOOP = ("loop, first run", "loop, second run")


def counts(bench: Bench, latency_ms: int, number: int) -> Sequence[int]:
    """How many identities are measured in a round: 1,000 once, and only where no answer has to be waited for."""
    if bench.quick:
        return (1, 3)
    return [count for count in COUNTS if count != ONCE or (number == 0 and latency_ms == 0)]


def many(bench: Bench) -> None:
    """1 to 1,000 identities, by the playbook and by dcos-deploy, in turns."""
    for latency_ms in LATENCIES:
        with cluster(latency_ms) as dcos:
            for number in range(bench.rounds):
                for count in counts(bench, latency_ms, number):
                    case: dict[str, Any] = {"latency_ms": latency_ms, "identities": count}
                    bench.measure("many", EMPTY, bench.workshop.playbook("empty.yml", dcos), dcos, **case)
                    _playbook(bench, dcos, count, case)
                    if bench.dcos_deploy:
                        _dcos_deploy(bench, dcos, count, case)


def identity(n: int) -> dict[str, Any]:
    """One entry of the list service_identities."""
    return {
        "uid": f"bench-{n}",
        "permissions": permissions(1),
        "certificates": [{"name": "tls", "common_name": f"bench-{n}.example.com"}],
    }


def _playbook(bench: Bench, dcos: Cluster, count: int, case: dict[str, Any]) -> None:
    dcos.reset()
    command = bench.workshop.playbook(
        "dcos.security.provision_service_identity", dcos, service_identities=[identity(n) for n in range(count)]
    )
    bench.measure("many", PLAYBOOK[0], command, dcos, **case)
    bench.measure("many", PLAYBOOK[1], command, dcos, "changed=0 ", **case)


def entities(count: int) -> dict[str, Any]:
    """So many identities, as dcos-deploy wants them."""
    wanted: dict[str, Any] = {}
    for n in range(count):
        uid, host = f"bench-{n}", f"bench-{n}.example.com"
        wanted[f"account-{n}"] = {
            "type": "serviceaccount",
            "name": uid,
            "secret": f"{uid}/service-account",
            "permissions": as_mapping(permissions(1)),
        }
        wanted[f"certificate-{n}"] = {
            "type": "cert",
            "cert_secret": f"{uid}/tls-certificate",
            "key_secret": f"{uid}/tls-private-key",
            "dn": {"CN": host},
            "hostnames": [host],
        }
    return wanted


def _dcos_deploy(bench: Bench, dcos: Cluster, count: int, case: dict[str, Any]) -> None:
    dcos.reset()
    command = bench.workshop.dcos_deploy(dcos, entities(count))
    bench.measure("many", DEPLOY[0], command, dcos, "Finished", **case)
    bench.measure("many", DEPLOY[1], command, dcos, **case)


def lists(bench: Bench) -> None:
    """300 secrets as one task with a list, and as a loop over a task."""
    count = 5 if bench.quick else SECRETS
    secrets = [{"path": f"bench/{n}", "value": f"the value of secret {n}"} for n in range(count)]
    for latency_ms in LATENCIES:
        with cluster(latency_ms) as dcos:
            path = str(bench.workshop.file("secrets.json", secrets))
            for _round in range(bench.rounds):
                empty = bench.workshop.playbook("empty.yml", dcos)
                bench.measure("lists", EMPTY, empty, dcos, latency_ms=latency_ms)
                for playbook, runs in (("secrets_list.yml", LIST), ("secrets_loop.yml", LOOP)):
                    dcos.reset()
                    command = bench.workshop.playbook(playbook, dcos, token=True, secrets_file=path)
                    bench.measure("lists", runs[0], command, dcos, "changed=1 ", latency_ms=latency_ms)
                    bench.measure("lists", runs[1], command, dcos, "changed=0 ", latency_ms=latency_ms)

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""1,000 permissions for one account, on an empty cluster and once more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench import CONCURRENCY, LATENCIES, Bench, as_mapping, permissions
from cluster import Cluster, cluster
from measure import Command

UID = "bench"
ACCOUNT = ["user", [UID], {"uid": UID, "description": UID, "public_key": "none"}]
URI_REQUESTS = 50  # the time for all of them is extrapolated from so many

EMPTY = "empty play"
MODULE = ("dcos_acl, first run", "dcos_acl, second run")
CURL = ("curl --parallel, first run", "curl --parallel, second run")
DEPLOY = ("dcos-deploy, first run", "dcos-deploy, second run")
URI = f"uri loop of {URI_REQUESTS} requests"


def size(bench: Bench) -> int:
    """How many permissions."""
    return 50 if bench.quick else 1000


def grants(bench: Bench) -> None:
    """One task of dcos_acl against the other ways, in turns."""
    wanted = permissions(size(bench))
    for latency_ms in LATENCIES:
        with cluster(latency_ms) as dcos:
            for _round in range(bench.rounds):
                _module(bench, dcos, wanted)
                _curl(bench, dcos, wanted)
                _uri(bench, dcos)
                if bench.dcos_deploy:
                    _dcos_deploy(bench, dcos, wanted)


def playbook(bench: Bench, dcos: Cluster, wanted: list[dict[str, Any]]) -> Command:
    """The task of dcos_acl that grants what is ``wanted``."""
    path = str(bench.workshop.file("permissions.json", wanted))
    return bench.workshop.playbook("grants.yml", dcos, token=True, uid=UID, permissions_file=path)


def _module(bench: Bench, dcos: Cluster, wanted: list[dict[str, Any]]) -> None:
    ms = dcos.latency_ms
    bench.measure("grants", EMPTY, bench.workshop.playbook("empty.yml", dcos), dcos, latency_ms=ms)
    dcos.reset(iter([ACCOUNT]))
    command = playbook(bench, dcos, wanted)
    bench.measure("grants", MODULE[0], command, dcos, "changed=1 ", latency_ms=ms)
    bench.measure("grants", MODULE[1], command, dcos, "changed=0 ", latency_ms=ms)


def _curl(bench: Bench, dcos: Cluster, wanted: list[dict[str, Any]]) -> None:
    dcos.reset(iter([ACCOUNT]))
    command = bench.workshop.curl(dcos, _puts(wanted), CONCURRENCY)
    for variant, statuses in zip(CURL, (["201", "204"], ["409"]), strict=True):
        said = bench.measure("grants", variant, command, dcos, latency_ms=dcos.latency_ms)
        if sorted(set(said.split())) != statuses or len(said.split()) != 2 * len(wanted):
            raise SystemExit(f"{variant}: unexpected answers {sorted(set(said.split()))}")


def _puts(wanted: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The requests of dcos_acl, in an order in which each ACL is there before it is granted."""
    paths = [f"/acs/api/v1/acls/{entry['rid'].replace('/', '%252F')}" for entry in wanted]
    for path, entry in zip(paths, wanted, strict=True):
        yield path, {"description": entry["rid"]}
    for path, entry in zip(paths, wanted, strict=True):
        yield f"{path}/users/{UID}/{entry['actions'][0]}", None


def _uri(bench: Bench, dcos: Cluster) -> None:
    dcos.reset(iter([ACCOUNT]))
    some = permissions((4 if bench.quick else URI_REQUESTS) // 2)
    command = bench.workshop.playbook("uri_grants.yml", dcos, token=True, uid=UID, permissions=some)
    bench.measure("grants", URI, command, dcos, "changed=2 ", latency_ms=dcos.latency_ms)


def _dcos_deploy(bench: Bench, dcos: Cluster, wanted: list[dict[str, Any]]) -> None:
    # It insists on a secret, and makes it only together with the account.
    secret = ["secret", ["default", f"{UID}/service-account"], {"value": "none"}]
    dcos.reset(iter([ACCOUNT, secret]))
    account = {"type": "serviceaccount", "name": UID, "secret": f"{UID}/service-account"}
    command = bench.workshop.dcos_deploy(dcos, {"account": {**account, "permissions": as_mapping(wanted)}})
    bench.measure("grants", DEPLOY[0], command, dcos, "Updating permissions", latency_ms=dcos.latency_ms)
    bench.measure("grants", DEPLOY[1], command, dcos, latency_ms=dcos.latency_ms)

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One unchanged task of each module, on both paths, against a no-op module and ansible.builtin.uri.

All of them are tasks of one play, in turns. A task's cost is the time from its start to the start of the next one,
which is the slope of the time over the tasks; what Ansible needs to start, and to load a plugin the first time, is not
in it.
"""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

from bench import LATENCIES, Bench, permissions
from cluster import Cluster, cluster
from commands import HERE
from measure import timed

UID = "bench"
NO_OP = "ansible.builtin.ping"
REQUESTS = "import_requests"  # of the directory library: another no-op
URI = "ansible.builtin.uri"
PIPELINED = ", pipelining"
FAST, ORDINARY = "", ", ordinary path"

CYCLES = 3  # the first makes what the others find unchanged, and loads the plugins; it is not counted


def options(folder: Path) -> dict[str, dict[str, Any]]:
    """An idempotent task of each module."""
    secret = f"{UID}/service-account"
    certificate = {f"{part}_secret": f"{UID}/tls-{part}" for part in ("certificate", "privatekey", "chain")}
    return {
        "dcos_keypair": {"private_key_path": f"{folder}/task.pem", "public_key_path": f"{folder}/task.pub"},
        "dcos_service_account_secret": {"path": secret, "uid": UID},
        "dcos_service_account": {"uid": UID, "public_key": "{{ credential.public_key }}"},
        "dcos_acl": {"uid": UID, "permissions": permissions(25)},
        "dcos_secret": {"path": f"{UID}/secret", "value": "a secret value"},
        "dcos_ca_cert": {"common_name": "bench.example.com", **certificate},
        "dcos_login": {},
        "dcos_group": {"gid": UID, "description": UID},
        "dcos_user": {
            "uid": f"{UID}-user",
            "user_password": UID * 4,
            "update_password": "on_create",
        },
        "dcos_service_account_info": {"uid": UID},
        "dcos_acl_info": {"uid": UID},
        "dcos_secret_info": {"path": secret},
        "dcos_ca_info": {},
        "dcos_group_info": {"gid": UID},
        "dcos_user_info": {"uid": f"{UID}-user"},
    }


MODULES = tuple(options(Path()))


def tasks(bench: Bench) -> None:
    """Run the play once a round; a round's number is the median of its cycles."""
    for latency_ms in LATENCIES:
        with cluster(latency_ms) as dcos:
            for _round in range(bench.rounds):
                dcos.reset()
                _round_of_tasks(bench, dcos)


def _round_of_tasks(bench: Bench, dcos: Cluster) -> None:
    cycles = 2 if bench.quick else CYCLES
    play = bench.workshop.file("tasks.json", _play(bench.workshop.folder, dcos, cycles))
    clock = bench.workshop.folder / "clock.json"
    command = bench.workshop.playbook(play, dcos, token=True)
    command.environment.update(
        ANSIBLE_CALLBACK_PLUGINS=str(HERE / "callback_plugins"),
        ANSIBLE_CALLBACKS_ENABLED="task_clock",
        ANSIBLE_LIBRARY=str(HERE / "library"),
        BENCH_TASK_CLOCK=str(clock),
    )
    timed(command)
    noted = json.loads(clock.read_text())
    kinds = (len(noted) - 1) // cycles
    costs: dict[str, list[float]] = {}
    for (name, start, changed), (_name, end, _changed) in zip(noted[kinds:], noted[kinds + 1 :], strict=False):
        if changed:
            raise SystemExit(f"{name} is not unchanged")
        costs.setdefault(name, []).append(end - start)
    for name, seconds in costs.items():
        series = bench.results.of("tasks", name, latency_ms=dcos.latency_ms)
        series.seconds.append(round(statistics.median(seconds), 4))
    print(f"  tasks: {dcos.latency_ms} ms, {kinds} kinds, {cycles - 1} times each", flush=True)


def _play(folder: Path, dcos: Cluster, cycles: int) -> list[dict[str, Any]]:
    uri = {
        "url": f"{dcos.url}/acs/api/v1/users/{UID}",
        "ca_path": dcos.ca_path,
        "headers": {"Authorization": f"token={dcos.token}"},
    }
    cycle = []
    for name, given in options(folder).items():
        # Without it on the other path, because each task has its own variables and not every one needs it.
        register = {"register": "credential"} if name == "dcos_service_account_secret" else {}
        for path, in_process in ((FAST, True), (ORDINARY, False)):
            cycle.append(
                {
                    "name": name + path,
                    f"dcos.security.{name}": given,
                    "vars": {"dcos_in_process": in_process},
                    **register,
                }
            )
    cycle.append({"name": REQUESTS, REQUESTS: {}})
    for name, given in ((NO_OP, {}), (URI, uri)):
        cycle.append({"name": name, name: given})
        cycle.append({"name": name + PIPELINED, name: given, "vars": {"ansible_pipelining": True}})
    return [{"name": "Tasks", "hosts": "localhost", "gather_facts": False, "tasks": cycle * cycles}]

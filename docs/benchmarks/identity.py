# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One service identity: credential, account, 25 permissions and one certificate, on an empty cluster and once more."""

from __future__ import annotations

import shutil

from bench import LATENCIES, Bench, as_mapping, permissions
from cluster import Cluster, cluster

UID = "bench"
HOST = "bench.example.com"

EMPTY = "empty play"
ROLE = ("role, first run", "role, second run")
URI = ("uri playbook, first run", "uri playbook, second run")
DEPLOY = ("dcos-deploy, first run", "dcos-deploy, second run")


def identity(bench: Bench) -> None:
    """The role against the other ways, in turns."""
    for latency_ms in LATENCIES:
        with cluster(latency_ms) as dcos:
            for _round in range(bench.rounds):
                _role(bench, dcos)
                _uri(bench, dcos)
                if bench.dcos_deploy:
                    _dcos_deploy(bench, dcos)


def _role(bench: Bench, dcos: Cluster) -> None:
    empty = bench.workshop.playbook("empty.yml", dcos)
    bench.measure("identity", EMPTY, empty, dcos, latency_ms=dcos.latency_ms)
    dcos.reset()
    command = bench.workshop.playbook(
        "role.yml",
        dcos,
        service_identity_uid=UID,
        service_identity_permissions=permissions(25),
        service_identity_certificates=[{"name": "tls", "common_name": HOST}],
    )
    bench.measure("identity", ROLE[0], command, dcos, "changed=4 ", latency_ms=dcos.latency_ms)
    bench.measure("identity", ROLE[1], command, dcos, "changed=0 ", latency_ms=dcos.latency_ms)


def _uri(bench: Bench, dcos: Cluster) -> None:
    dcos.reset()
    folder = bench.workshop.folder / "keys"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    count = 2 if bench.quick else 25
    command = bench.workshop.playbook(
        "uri_identity.yml", dcos, uid=UID, host=HOST, folder=str(folder), permissions=permissions(count)
    )
    bench.measure("identity", URI[0], command, dcos, "changed=8 ", latency_ms=dcos.latency_ms)
    bench.measure("identity", URI[1], command, dcos, "changed=0 ", latency_ms=dcos.latency_ms)


def _dcos_deploy(bench: Bench, dcos: Cluster) -> None:
    dcos.reset()
    entities = {
        "account": {
            "type": "serviceaccount",
            "name": UID,
            "secret": f"{UID}/service-account",
            "permissions": as_mapping(permissions(25)),
        },
        "certificate": {
            "type": "cert",
            "cert_secret": f"{UID}/tls-certificate",
            "key_secret": f"{UID}/tls-private-key",
            "dn": {"CN": HOST},
            "hostnames": [HOST],
        },
    }
    command = bench.workshop.dcos_deploy(dcos, entities)
    bench.measure("identity", DEPLOY[0], command, dcos, "Finished", latency_ms=dcos.latency_ms)
    bench.measure("identity", DEPLOY[1], command, dcos, latency_ms=dcos.latency_ms)

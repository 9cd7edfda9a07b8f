# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients ask of a cluster before they get to work, as a cluster of one master and no agents answers it.

Mesos, Marathon, Metronome, Exhibitor and the history service are not emulated: this is the least that lets a client go
on which waits for them (dcos/dcos-test-utils, ``wait_for_dcos`` in dcos_api.py).
"""

from __future__ import annotations

from typing import Any

DCOS_VERSION = "2.2.0"


def version() -> dict[str, Any]:
    """GET /dcos-metadata/dcos-version.json"""
    return {
        "version": DCOS_VERSION,
        "dcos-variant": "enterprise",
        "dcos-image-commit": "0" * 40,
        "bootstrap-id": "0" * 40,
    }


def metadata(cluster_id: str) -> dict[str, Any]:
    """GET /metadata"""
    return {"PUBLIC_IPV4": "127.0.0.1", "CLUSTER_ID": cluster_id}


def state_summary() -> dict[str, Any]:
    """GET /mesos/state-summary: a cluster without agents; the CLI takes its name from here."""
    return {"hostname": "127.0.0.1", "cluster": "dcos-emulator", "slaves": [], "frameworks": []}


def hosts() -> list[dict[str, str]]:
    """GET /mesos_dns/v1/hosts/master.mesos"""
    return [{"host": "master.mesos.", "ip": "127.0.0.1"}]


def slaves() -> dict[str, Any]:
    """GET /mesos/master/slaves: no agents."""
    return {"slaves": [], "recovered_slaves": []}


def exhibitor_list() -> dict[str, Any]:
    """GET /exhibitor/exhibitor/v1/cluster/list: the one master."""
    return {"servers": ["127.0.0.1"], "port": 2181}


def exhibitor_status() -> list[dict[str, Any]]:
    """GET /exhibitor/exhibitor/v1/cluster/status: its ZooKeeper serves."""
    return [{"hostname": "127.0.0.1", "code": 3, "description": "serving", "isLeader": True}]


def marathon_info() -> dict[str, Any]:
    """GET /marathon/v2/info"""
    return {"name": "marathon", "version": "0", "elected": True, "leader": "127.0.0.1:8443"}


def jobs() -> list[Any]:
    """GET /service/metronome/v1/jobs: none."""
    return []


def history() -> dict[str, Any]:
    """GET /dcos-history-service/history/last: no agents."""
    return {"slaves": []}


def units() -> dict[str, Any]:
    """GET /system/health/v1/units: nothing that could be unhealthy."""
    return {"units": []}


def nodes() -> dict[str, Any]:
    """GET /system/health/v1/nodes: one healthy master."""
    return {"nodes": [{"host_ip": "127.0.0.1", "health": 0, "role": "master"}]}


def bootstrap_config() -> dict[str, Any]:
    """GET /dcos-metadata/bootstrap-config.json: the security mode is strict."""
    return {"auth_enabled": True, "security": "strict", "ssl_enabled": True}


def buildinfo() -> dict[str, Any]:
    """GET /pkgpanda/active.buildinfo.full.json: no packages."""
    return {}

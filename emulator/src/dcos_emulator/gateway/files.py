# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients ask of a cluster before they get to work, as a cluster of one master and no agents answers it."""

from __future__ import annotations

from typing import Any

DCOS_VERSION = "2.2.0"

FRONT_PAGE = (
    '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Mesosphere DC/OS</title></head>\n'
    "<body><p>DC/OS emulator</p></body>\n</html>\n"
)


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


def nodes() -> dict[str, Any]:
    """GET /system/health/v1/nodes: one healthy master."""
    return {"nodes": [{"host_ip": "127.0.0.1", "health": 0, "role": "master"}]}


def bootstrap_config() -> dict[str, Any]:
    """GET /dcos-metadata/bootstrap-config.json: the security mode is strict."""
    return {"auth_enabled": True, "security": "strict", "ssl_enabled": True}


def buildinfo() -> dict[str, Any]:
    """GET /pkgpanda/active.buildinfo.full.json: no packages."""
    return {}

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a playbook on slices of an inventory as an automation controller does: imported once, cut up, run side by side.

    python slices.py FOLDER INVENTORY PLAYBOOK SLICES

The environment has the cluster. Prints [{status, hosts}] as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ansible_runner


def imported(inventory: str) -> dict[str, Any]:
    """Return what a controller stores of an inventory."""
    listed = subprocess.run(
        ["ansible-inventory", "-i", inventory, "--list"], check=True, capture_output=True, text=True
    )
    stored: dict[str, Any] = json.loads(listed.stdout)
    return stored


def part(stored: dict[str, Any], hosts: set[str]) -> dict[str, Any]:
    """Return a slice, as an inventory script prints it: its hosts with their variables, in their groups."""
    groups = {
        name: {"hosts": [host for host in group["hosts"] if host in hosts]}
        for name, group in stored.items()
        if name not in ("_meta", "all") and "hosts" in group
    }
    variables = {host: values for host, values in stored["_meta"]["hostvars"].items() if host in hosts}
    return {"_meta": {"hostvars": variables}, **groups}


def run(folder: Path, playbook: str, inventory: dict[str, Any]) -> dict[str, Any]:
    """Run the playbook on one slice, in a folder of its own."""
    folder.mkdir(parents=True)
    script = folder / "inventory.py"
    script.write_text(f"#!{sys.executable}\nprint({json.dumps(inventory)!r})\n", encoding="utf-8")
    script.chmod(0o700)
    outcome = ansible_runner.run(
        private_data_dir=str(folder),
        inventory=str(script),
        playbook=playbook,
        extravars={"service_identities_all": True},
        quiet=True,
    )
    text = outcome.stdout.read()
    return {"status": outcome.status, "hosts": sorted(inventory["_meta"]["hostvars"]), "text": text}


def main() -> None:
    """See above."""
    folder, inventory, playbook, slices = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    stored = imported(inventory)
    hosts = sorted(stored["dcos_service_identities"]["hosts"])
    parts = [part(stored, set(hosts[number::slices])) for number in range(slices)]
    with ThreadPoolExecutor(slices) as pool:
        done = list(pool.map(lambda one: run(folder / str(one[0]), playbook, one[1]), enumerate(parts)))
    print(json.dumps(done))


if __name__ == "__main__":
    main()

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Throughput of authenticated reads, with a small and with a large cluster. Needs wrk (Debian package wrk).

    python benchmarks/throughput.py [--seconds 2] [--rounds 8] [--connections 16]

wrk runs in a process of its own and keeps its connections. The figures are requests a second of
GET /acs/api/v1/users/{uid} without TLS.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ACCOUNTS = 10_000
ACLS = 500
GRANTS_PER_ACCOUNT = 5


def call(url: str, method: str, path: str, data: Any = None, token: str = "") -> Any:
    """One request; returns the decoded body, None if it is empty."""
    request = urllib.request.Request(url + path, method=method)
    if token:
        request.add_header("Authorization", f"token={token}")
    body = None
    if data is not None:
        request.add_header("Content-Type", "application/json")
        body = json.dumps(data).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, body) as response:
        content = response.read()
    return json.loads(content) if content else None


def large(records: list[Any]) -> list[Any]:
    """The state with 10,000 accounts, 500 ACLs and 50,000 grants more."""
    account = {"description": "an account", "password_hash": "none", "provider_type": "internal", "provider_id": ""}
    records = list(records)
    records += [["user", [f"user{n}"], {"uid": f"user{n}", **account}] for n in range(ACCOUNTS)]
    records += [["acl", [f"dcos:acl:{n}"], {"rid": f"dcos:acl:{n}", "description": ""}] for n in range(ACLS)]
    for n in range(ACCOUNTS):
        for k in range(GRANTS_PER_ACCOUNT):
            records.append(["grant", [f"dcos:acl:{(n + k * 97) % ACLS}", "users", f"user{n}"], ["read"]])
    return records


class Emulator:
    """An emulator process; ``records`` changes its state before anything is measured."""

    def __init__(self, records: Callable[[list[Any]], list[Any]]) -> None:
        command = [sys.executable, "-m", "dcos_emulator", "--port", "0", "--no-tls"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        ready = json.loads(self.process.stdout.readline())
        self.url = ready["url"]
        state = call(self.url, "GET", "/_emulator/state")
        call(self.url, "PUT", "/_emulator/state", {"records": records(state["records"])})
        credentials = {"uid": ready["username"], "password": ready["password"]}
        self.token = call(self.url, "POST", "/acs/api/v1/auth/login", credentials)["token"]
        self.figures: list[float] = []
        self.cpu: list[float] = []

    def cpu_seconds(self) -> float:
        """Processor time that the emulator has used so far (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(emulator: Emulator, seconds: int, connections: int) -> None:
    """Note requests a second and processor time a request; ends the program unless every answer was 200."""
    before = emulator.cpu_seconds()
    result = subprocess.run(
        [
            *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-H", f"Authorization: token={emulator.token}"),
            f"{emulator.url}/acs/api/v1/users/bootstrapuser",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    rate = re.search(r"Requests/sec:\s+([\d.]+)", result.stdout)
    total = re.search(r"(\d+) requests in", result.stdout)
    if rate is None or total is None or "Non-2xx" in result.stdout or "Socket errors" in result.stdout:
        raise SystemExit(result.stdout)
    emulator.figures.append(float(rate[1]))
    emulator.cpu.append((emulator.cpu_seconds() - before) / int(total[1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=2, help="length of a measurement")
    parser.add_argument("--rounds", type=int, default=8, help="measurements of each cluster, taken in turns")
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    small, big = Emulator(list), Emulator(large)
    try:
        for _round in range(options.rounds):
            for emulator in (small, big):
                measure(emulator, options.seconds, options.connections)
    finally:
        for emulator in (small, big):
            emulator.process.terminate()
            emulator.process.wait()
    # The best round of each: what else runs on the machine only ever takes away.
    figures = {
        "requests_per_second": round(max(small.figures)),
        "requests_per_second_large": round(max(big.figures)),
        "cpu_microseconds_per_request": round(min(small.cpu) * 1e6, 1),
        "cpu_microseconds_per_request_large": round(min(big.cpu) * 1e6, 1),
        "accounts": ACCOUNTS,
        "grants": ACCOUNTS * GRANTS_PER_ACCOUNT,
        "ratio": round(max(big.figures) / max(small.figures), 3),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

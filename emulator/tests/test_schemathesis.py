# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schemathesis drives the emulator by its own description: whatever is sent, the answer is one that is described.

A 5xx is described for two operations, where the cluster answers so: a login that the IAM does not survive, and
unsealing with a wrong key.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from emulator_process import Running

CASES = 2_000
CHECKS = (
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


def test_generated_requests(fresh: Running, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    result = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{fresh.url}/_emulator/openapi.json"),
            *("--header", f"Authorization: token={fresh.token()}"),
            *("--checks", ",".join(CHECKS)),
            *("--phases", "coverage,fuzzing"),
            *("--max-examples", "20", "--seed", "1", "--continue-on-failure", "--no-color"),
            *("--report", "json", "--report-json-path", str(report)),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
    found = json.loads(report.read_text())
    assert found["operations"]["tested"] == found["operations"]["total"]
    assert found["test_cases"]["generated"] >= CASES
    assert found["test_cases"]["with_failures"] == 0
    assert found["errors"] == []
    summary = fresh.send("GET", "/_emulator/journal/summary").json()
    assert summary["total"] >= CASES

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local cluster as scripts of years have left it, with 40 identities and every kind of fault, and the audit of it."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

import demo

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "build" / "identity-audit"


def main() -> None:
    """Show it; ends with a message and status 1 at the first thing that is not as it should be."""
    with tempfile.TemporaryDirectory(prefix="dcos-demo-") as name, demo.cluster(Path(name)) as dcos:
        demo.say("A cluster that somebody else has set up")
        told = dcos.environment
        script = [sys.executable, str(ROOT / "tests" / "faulty_cluster.py"), dcos.url, told["DCOS_TLS_CA_PATH"]]
        demo.run(dcos, *script, told["DCOS_USERNAME"], told["DCOS_PASSWORD"], "40")

        demo.say("What is there, and what is wrong with it")
        shutil.rmtree(REPORT, ignore_errors=True)
        before = dcos.records()
        playbook = str(ROOT / "playbooks" / "audit_identities.yml")
        demo.run(dcos, "ansible-playbook", playbook, "-e", f"audit_path={REPORT}")
        found = json.loads((REPORT / "identities.json").read_text("utf-8"))["findings"]
        demo.check(len(found) >= 30, f"the audit has found {len(found)} faults")
        demo.check(dcos.records() == before, "it changed nothing on the cluster")
        report = "".join(path.read_text("utf-8") for path in REPORT.iterdir())
        demo.check(not [key for key in dcos.private_keys() if key in report], "there is no private key in the report")
        print(f"\n\nThe report: {(REPORT / 'identities.html').as_uri()}", flush=True)


if __name__ == "__main__":
    main()

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the sections of ``make reliability`` and count: nothing is lost and nothing leaks, by exhaustion.

Each section is a file of this folder with ``section(options) -> Report``. The seed is printed; with it, the same runs.
"""

from __future__ import annotations

import argparse
import importlib
import secrets
import sys
import time

from ansible_collections.dcos.security.tests.reliability.report import Options

PACKAGE = __name__.rpartition(".")[0] or "ansible_collections.dcos.security.tests.reliability"
# In this order they run; the quick ones first.
SECTIONS = ("explorer", "answers", "crashes")


def main() -> int:
    """Run what is asked for; return 0 if nothing failed."""
    parser = argparse.ArgumentParser(prog="make reliability", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; by default all")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31), help="of what is drawn by lot")
    parser.add_argument("--sample", type=float, default=1.0, help="how much of each section, from 0 to 1 (%(default)s)")
    arguments = parser.parse_args()
    if unknown := set(arguments.sections) - set(SECTIONS):
        parser.error(f"there is no section {', '.join(sorted(unknown))}")
    options = Options(arguments.seed, arguments.sample)
    print(f"seed {options.seed}", flush=True)
    failed = 0
    for name in arguments.sections or SECTIONS:
        start = time.monotonic()
        report = importlib.import_module(f"{PACKAGE}.{name}").section(options)
        failed += len(report.failures)
        print(f"\n=== {name}: {report.text()}\n{time.monotonic() - start:.0f} s", flush=True)
    print(f"\n{failed} failures" if failed else "\nno failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

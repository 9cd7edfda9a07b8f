# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the collection against what one would use otherwise; see method.md. ``make bench`` calls it.

Writes results.json, results.md and plots. With --quick it only shows that everything works, in a directory of its own.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench import Bench
from commands import BIN, HERE, Workshop, install_dcos_deploy
from facts import facts, growth_facts
from grants import grants
from growth import growth_accounts, growth_forks, growth_grants
from identity import identity
from many import lists, many
from measure import Results, Series
from plots import plots
from report import report
from tasks import tasks

SCENARIOS: dict[str, Callable[[Bench], None]] = {
    scenario.__name__: scenario
    for scenario in (
        identity,
        many,
        lists,
        grants,
        facts,
        tasks,
        growth_facts,
        growth_grants,
        growth_accounts,
        growth_forks,
    )
}


def machine(dcos_deploy: str) -> dict[str, Any]:
    """What was measured on and with."""
    model = [
        line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": f"{model[0]}, {os.cpu_count()} cores",
        "memory": f"{memory / 2**30:.0f} GiB",
        "system": platform.platform(),
        "python": platform.python_version(),
        "ansible-core": _first_line(BIN / "ansible", "--version"),
        "curl": _first_line("curl", "--version"),
        "dcos-deploy": dcos_deploy or "not available",
        "load average at the start": ", ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def kept(path: Path, chosen: Sequence[str]) -> tuple[Results, dict[str, str]]:
    """What earlier results say of scenarios that are not ``chosen``, and when each was measured: {scenario: date}."""
    earlier: dict[str, Any] = (
        json.loads(path.read_text()) if path.exists() else {"series": [], "date": "", "quick": False}
    )
    others = set(SCENARIOS) - set(chosen)
    series = [Series(**known) for known in earlier["series"] if known["scenario"] in others]
    dates = earlier.get("dates", {})
    return Results(series), {known.scenario: dates.get(known.scenario, earlier["date"]) for known in series}


def _first_line(*command: str | os.PathLike[str]) -> str:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.splitlines()[0]


def main() -> None:
    """Run the scenarios and write what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(SCENARIOS)}; default: all")
    parser.add_argument(
        "--rounds", type=int, default=5, help="how often everything is measured, in turns (%(default)s)"
    )
    parser.add_argument("--quick", action="store_true", help="one round, small sizes: does it work?")
    parser.add_argument("--output", type=Path, help="directory for the results (default: that of this file)")
    options = parser.parse_args()
    if unknown := set(options.scenarios) - set(SCENARIOS):
        parser.error(f"there is no scenario {', '.join(unknown)}")
    output = options.output or (Path(tempfile.mkdtemp(prefix="bench-")) if options.quick else HERE)
    output.mkdir(parents=True, exist_ok=True)
    start = time.time()
    dcos_deploy = install_dcos_deploy()
    description = machine(dcos_deploy)
    chosen = options.scenarios or list(SCENARIOS)
    results, dates = kept(output / "results.json", chosen)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(
            results, Workshop(Path(folder)), 1 if options.quick else options.rounds, options.quick, dcos_deploy
        )
        for name in chosen:
            print(f"{name}: {SCENARIOS[name].__doc__}", flush=True)
            SCENARIOS[name](bench)
    date = datetime.date.fromtimestamp(start).isoformat()
    document = {
        "date": date,
        "dates": dates | dict.fromkeys(chosen, date),
        "minutes": round((time.time() - start) / 60, 1),
        "rounds": bench.rounds,
        "quick": options.quick,
        "machine": description,
        "series": results.plain(),
    }
    (output / "results.json").write_text(json.dumps(document, indent=1) + "\n")
    (output / "results.md").write_text(report(document, results))
    plots(results, output / "plots")
    print(f"Results are in {output}")


if __name__ == "__main__":
    main()

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to know all identities of a cluster, and what is wrong with them."""

from __future__ import annotations

import contextlib
import shutil
import sys
from pathlib import Path

from bench import LATENCIES, Bench
from cluster import Cluster, cluster
from commands import HERE
from estate import Estate
from many import entities
from measure import Command, Results, timed

CONCURRENCY = 16  # the default of dcos_service_identity_info
SOME = 100
ACCOUNTS = (1000, 2500, 5000, 10_000)
LATENCY = 20
# A run takes a minute, and the line has points of its own.
ROUNDS_OF_GROWTH = 2

EMPTY = "empty play"
FACTS, CURL, LOOP = "facts", "curl --parallel of the same requests", "loop of _info modules and lookups"
REQUESTS = "the same requests by requests, in a program that does nothing else"
DEPLOY = "dcos-deploy, nothing to do"
AUDIT, FINDINGS, PAINT = "audit with all reports", "findings, as a process", "report in Chromium, first paint"


def facts(bench: Bench) -> None:
    """100 identities that dcos-deploy has set up, read in several ways, in turns."""
    count = 5 if bench.quick else SOME
    for latency_ms in LATENCIES:
        with cluster(latency_ms) as dcos:
            deploy = _set_up(bench, dcos, count)
            read = bench.workshop.playbook("facts.yml", dcos, token=True)
            timed(read)
            sent = dcos.sent()
            curl = bench.workshop.curl(dcos, ((path, None) for path in sent), CONCURRENCY, "GET")
            for _round in range(bench.rounds):
                ways = {
                    EMPTY: bench.workshop.playbook("empty.yml", dcos),
                    FACTS: read,
                    CURL: curl,
                    REQUESTS: bench.workshop.requests(dcos, sent, CONCURRENCY),
                    LOOP: bench.workshop.playbook("info_loop.yml", dcos, token=True),
                    **({DEPLOY: deploy} if deploy else {}),
                }
                for variant, command in ways.items():
                    said = bench.measure("facts", variant, command, dcos, latency_ms=latency_ms)
                    if variant in (CURL, REQUESTS) and set(said.split()) != {"200"}:
                        raise SystemExit(f"{variant}: unexpected answers {sorted(set(said.split()))}")


def _set_up(bench: Bench, dcos: Cluster, count: int) -> Command | None:
    """Have dcos-deploy make the identities, and return its command; if it is not there, the records of an estate."""
    if not bench.dcos_deploy:
        dcos.reset(Estate(dcos, count).records(count))
        return None
    command = bench.workshop.dcos_deploy(dcos, entities(count))
    timed(command)
    dcos.count()
    return command


def growth_facts(bench: Bench) -> None:
    """All identities of clusters of up to 10,000; and an audit of the largest."""
    sizes = (10, 20, 50) if bench.quick else ACCOUNTS
    with cluster(LATENCY) as dcos:
        estate = Estate(dcos, max(sizes))
        for _round in range(min(bench.rounds, ROUNDS_OF_GROWTH)):
            for count in sizes:
                dcos.reset(estate.records(count))
                read = bench.workshop.playbook("facts.yml", dcos, token=True)
                bench.measure("growth_facts", FACTS, read, dcos, accounts=count)
        _audit(bench, dcos, max(sizes))


def _audit(bench: Bench, dcos: Cluster, count: int) -> None:
    folder = bench.workshop.folder / "audit"
    command = bench.workshop.playbook(
        "dcos.security.audit_identities", dcos, token=True, audit_path=str(folder), audit_people=False
    )
    bench.measure("growth_facts", AUDIT, command, dcos, "findings", accounts=count)
    search = Command(
        [sys.executable, str(HERE / "find.py"), str(folder / "identities.json")], command.environment, HERE
    )
    bench.measure("growth_facts", FINDINGS, search, dcos, "findings", accounts=count)
    if (seconds := _first_paint(folder / "identities.html")) is not None:
        bench.results.of("growth_facts", PAINT, accounts=count).seconds.append(seconds)
        print(f"  {PAINT}, accounts {count}: {seconds:.2f} s", flush=True)


def _first_paint(page: Path) -> float | None:
    """Seconds until the page shows something; None without Chromium, its driver and selenium."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    with contextlib.suppress(ImportError):
        from selenium import webdriver

        if chromium and driver:
            options = webdriver.ChromeOptions()
            options.binary_location = chromium
            for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
                options.add_argument(argument)
            with webdriver.Chrome(options=options, service=webdriver.ChromeService(driver)) as browser:
                browser.get(page.as_uri())
                script = "return performance.getEntriesByName('first-contentful-paint')[0].startTime"
                return round(float(browser.execute_script(script)) / 1000, 3)
    return None


def points(results: Results) -> list[tuple[float, float]]:
    """(accounts, median of the seconds) of each size."""
    return [
        (float(series.case["accounts"]), series.median)
        for series in results.scenario("growth_facts")
        if series.variant == FACTS
    ]

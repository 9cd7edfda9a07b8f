# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is explored of key replacements, and how much of it: the least for every test run, all for make reliability."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.dcos.security.tests.unit.plugins.explorer.accounts import (
    Scenario,
    grant,
    joining,
    leaving,
    revocation,
)
from ansible_collections.dcos.security.tests.unit.plugins.explorer.events import KINDS, Faults
from ansible_collections.dcos.security.tests.unit.plugins.explorer.ledger import DESCRIPTION, KEYS, MARK, UID

NEW, OTHER, ABSENT = {"public_key": KEYS[1]}, {"public_key": KEYS[2]}, {"state": "absent"}
ANY = {"grant": [grant("dcos:b"), grant("dcos:a")], "revoke": [revocation("dcos:a"), revocation("dcos:b")]}
MEMBER = {"join": [joining("readers")], "leave": [leaving("brokers")]}
ONE, TWO = Faults(1, KINDS), Faults(2, KINDS)
DEATHS = Faults(1, ("die-before", "die-during", "die-after"))

# The journal of an earlier version: it kept no old key, and its account was not marked before it was deleted.
EARLIER = {
    "v": 1,
    "uid": UID,
    "run": "earlier",
    "target_public_key": KEYS[3],
    "description": DESCRIPTION,
    "permissions": [{"rid": "dcos:a", "actions": ["full"]}],
    "groups": ["brokers"],
}

# All schedules of these are gone through. The first ones are the sample of the unit tests.
COMPLETE: dict[str, Scenario] = {
    "one run, anything goes wrong once": Scenario({"A": NEW}, faults=ONE),
    "one run, anything goes wrong once, and the next wants another key": Scenario({"A": NEW}, faults=ONE, last=OTHER),
    "one run dies, and the account is deleted": Scenario({"A": NEW}, faults=DEATHS, last=ABSENT),
    "a deletion, anything goes wrong once": Scenario({"A": ABSENT}, faults=ONE, last=NEW),
    "two deletions": Scenario({"A": ABSENT, "B": ABSENT}, last=ABSENT),
    "an account made, anything goes wrong once": Scenario({"A": NEW}, faults=ONE, account=None, last=NEW),
    "a journal of an earlier version without an account": Scenario(
        {"A": NEW}, faults=DEATHS, journal=EARLIER, account=None, last=NEW
    ),
    "a journal of an earlier version with a half restored account": Scenario(
        {"A": NEW}, faults=DEATHS, journal=EARLIER, account=(KEYS[3], DESCRIPTION + MARK), last=NEW
    ),
    "grants and revocations": Scenario({"A": NEW}, ANY),
    "memberships": Scenario({"A": NEW}, MEMBER),
    "beside another description": Scenario({"A": NEW, "B": {"description": "New"}}),
    "beside other groups": Scenario({"A": NEW, "B": {"groups": ["readers"]}}),
    "two runs, one key": Scenario({"A": NEW, "B": NEW}),
    "two runs, two keys": Scenario({"A": NEW, "B": OTHER}),
    "a replacement and a deletion": Scenario({"A": NEW, "B": ABSENT}, last=NEW),
    "two runs find a journal of an earlier version": Scenario(
        {"A": NEW, "B": NEW}, journal=EARLIER, account=None, last=NEW
    ),
    "grants and revocations, and anything goes wrong once": Scenario({"A": NEW}, ANY, ONE),
    "two runs, and one dies": Scenario({"A": NEW, "B": NEW}, faults=DEATHS),
}

# Of these random schedules are gone through.
RANDOM: dict[str, Scenario] = {
    "two runs, one key": Scenario({"A": NEW, "B": NEW}, ANY, TWO),
    "two runs, two keys": Scenario({"A": NEW, "B": OTHER}, {**ANY, **MEMBER}, TWO, last=OTHER),
    "a replacement and a deletion": Scenario({"A": NEW, "B": ABSENT}, ANY, TWO, last=NEW),
    "two replacements and a deletion": Scenario({"A": NEW, "B": OTHER, "C": ABSENT}, ANY, TWO, last=NEW),
    "three replacements": Scenario({"A": NEW, "B": OTHER, "C": NEW}, ANY, Faults(3, KINDS), last=OTHER),
    "many requests at a time": Scenario({"A": NEW, "B": OTHER}, ANY, TWO, parallel=True),
    "a journal of an earlier version": Scenario(
        {"A": NEW, "B": OTHER, "C": ABSENT}, faults=TWO, journal=EARLIER, account=None, last=NEW
    ),
}
SAMPLE = 12  # how many of COMPLETE every test run goes through


def regressions() -> dict[str, tuple[Scenario, list[Any]]]:
    """Return the schedules by which the exploration has found faults: {name: (scenario, steps of script())}."""
    others = {"grant": [grant("dcos:b")], "revocation": [revocation("dcos:a")]}
    kept = json.loads(Path(__file__).with_name("regressions.json").read_text(encoding="utf-8"))
    return {
        entry["name"]: (
            Scenario(
                entry["runs"],
                {name: others[name] for name in entry.get("others", [])},
                Faults(len(entry["schedule"]), KINDS),
                last=entry["last"],
            ),
            entry["schedule"],
        )
        for entry in kept
    }

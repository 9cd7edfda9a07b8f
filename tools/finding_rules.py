# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the table of the rules of an audit into the guide, after a change of them."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_taking_over.rst"
BEGIN, END = ".. rules\n", ".. end of rules\n"


def said(rule: Any) -> str:
    """What is said of a rule, with what is to be decided where that is its own."""
    own = rule.decide != type(rule)._field_defaults["decide"]
    return f"{rule.title}. {rule.why}{' ' + rule.decide if own else ''}"


def table() -> str:
    """The rules as a list table."""
    rules = importlib.import_module("ansible_collections.dcos.security.plugins.plugin_utils._findings").ALL_RULES
    lines = [".. list-table::", "   :header-rows: 1", "", "   * - rule", "     - severity", "     - what, and why"]
    for rule in rules.values():
        lines += [f"   * - ``{rule.id}``", f"     - {rule.severity}", f"     - {said(rule)}"]
    return "\n".join(lines)


def current() -> str:
    """The text of the guide with the table in its place."""
    before, rest = GUIDE.read_text("utf-8").split(BEGIN, 1)
    _old, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    from mirror import COLLECTIONS, mirror

    mirror()
    sys.path.insert(0, str(COLLECTIONS))
    GUIDE.write_text(current(), "utf-8")

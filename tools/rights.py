# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the table of the rights that an account needs, from docs/rights.yml, into the guide on them, after a change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "docs" / "rights.yml"
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_rights.rst"
BEGIN, END = ".. rights\n", ".. end of rights\n"

SUPERUSER = "dcos:superuser"

Row = dict[str, Any]


def rows() -> list[Row]:
    """What the data says: {name, kind, needs: [{rid, action, why, when, without}]}, see there."""
    loaded: list[Row] = yaml.safe_load(DATA.read_text("utf-8"))
    return loaded


def permissions(row: Row, in_folder: bool = False) -> list[dict[str, Any]]:
    """What to grant, as dcos_acl takes it: [{rid, actions}]; ``in_folder`` for many secrets of one folder."""
    found: dict[str, list[str]] = {}
    for need in row["needs"]:
        if need["rid"] == SUPERUSER:  # nobody should copy that along with the rest
            continue
        rid = need["rid"].replace("<path>", "<folder>/*") if in_folder else need["rid"]
        actions = found.setdefault(rid, [])
        actions += [need["action"]] if need["action"] not in actions else []
    return [{"rid": rid, "actions": actions} for rid, actions in found.items()]


def _block(granted: list[dict[str, Any]]) -> list[str]:
    if not granted:
        return ["nothing"]
    lines = [f'- {{rid: "{one["rid"]}", actions: [{", ".join(one["actions"])}]}}' for one in granted]
    return [".. code-block:: yaml", "", "    permissions:", *(f"      {line}" for line in lines)]


def _title(row: Row) -> list[str]:
    name = f"dcos.security.{row['name']}"
    named = f"the playbook ``{name}``" if row["kind"] == "playbook" else f":ansplugin:`{name}#{row['kind']}`"
    return [named + (f", {row['about']}" if "about" in row else "")]


def _explained(row: Row) -> list[str]:
    lines = []
    for need in row["needs"]:
        text = f"``{need['action']}`` on ``{need['rid']}``: {need['why']}"
        text += f"; {need['when']}" if "when" in need else ""
        text += f". Without it {need['without']}" if "without" in need else ""
        text += " (not in the list)" if need["rid"] == SUPERUSER else ""
        lines.append(f"* {text}.")
    return lines or ["No request that asks for any."]


def _granted(row: Row) -> list[str]:
    single, many = permissions(row), permissions(row, in_folder=True)
    if single == many or "many" not in row:
        return _block(single)
    return [*_block(single), "", f"For a list (``{row['many']}``) of things in one folder:", "", *_block(many)]


def restructured() -> str:
    """The table for the guide."""
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: 20 45 35", ""]
    lines += ["   * - For", "     - Grant", "     - Which request asks for it, and when"]
    for row in rows():
        for number, cell in enumerate([_title(row), _granted(row), _explained(row)]):
            for first, line in enumerate(cell):
                lead = ("   * - " if number == 0 else "     - ") if first == 0 else " " * 7
                lines.append((lead + line).rstrip())
    return "\n".join(lines)


def current() -> str:
    """The text of the guide with the table in its place."""
    before, rest = GUIDE.read_text("utf-8").split(BEGIN, 1)
    _old, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{restructured()}\n\n{END}{after}"


if __name__ == "__main__":
    GUIDE.write_text(current(), "utf-8")

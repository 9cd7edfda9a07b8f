# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the table of the role's presets, from their data, into its README and its guide, after a change of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
ROLE = ROOT / "roles" / "service_identity"
HEADER = ["preset", "for", "role", "user", "from"]
# How the table names what follows from the service.
SHOWN = {"{service_role}": "`<service>-role`", "{uid}": "the uid"}


def rows() -> list[list[str]]:
    """The cells of the table, one row a preset, in Markdown."""
    found = []
    for path in sorted((ROLE / "vars" / "presets").glob("*.yml")):
        preset: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))["service_identity_preset"]
        role, user = preset.get("role", ""), preset.get("user", "")
        found.append(
            [
                f"`{path.stem}`",
                preset["title"] + (f" (`/{preset['service']}`)" if "service" in preset else ""),
                SHOWN.get(role, f"`{role}`" if role else ""),
                f"`{user}`" if user else "",
                ", ".join(f"[{number}]({url})" for number, url in enumerate(preset["sources"], 1)),
            ]
        )
    return found


def markdown() -> str:
    """The table for the README."""
    lines = [HEADER, ["---"] * len(HEADER), *rows()]
    return "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |").replace("|  |", "| |") for line in lines)


def restructured() -> str:
    """The table for the guide."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for cells in [HEADER, *rows()]:
        for number, cell in enumerate(cells):
            text = re.sub(r"`([^`]+)`", r"``\1``", cell)
            text = re.sub(r"\[(\d+)\]\(([^)]+)\)", r"`\1 <\2>`__", text)
            lines.append(f"   {'*' if number == 0 else ' '} - {text}".rstrip())
    return "\n".join(lines)


# Where the table stands, between a line that begins it and one that ends it.
PLACES = [
    (ROLE / "README.md", "<!-- presets -->", "<!-- end of presets -->", markdown),
    (ROOT / "docs" / "docsite" / "rst" / "guide_role.rst", ".. presets", ".. end of presets", restructured),
]


def current(path: Path, begin: str, end: str, table: str) -> str:
    """The text of a file with the table in its place."""
    before, rest = path.read_text("utf-8").split(f"{begin}\n", 1)
    _old, after = rest.split(f"{end}\n", 1)
    return f"{before}{begin}\n\n{table}\n\n{end}\n{after}"


if __name__ == "__main__":
    for file, first, last, make in PLACES:
        file.write_text(current(file, first, last, make()), "utf-8")

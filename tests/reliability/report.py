# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a section of ``make reliability`` is given, and what it tells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Options:
    """``seed`` decides all that is drawn by lot; ``sample`` is how much of a section is run, 1.0 being all of it."""

    seed: int
    sample: float = 1.0


@dataclass
class Report:
    """Counted cases by the row of a table that they belong to, and a line for each that failed."""

    title: str
    cases: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The table, the facts beside it, and what failed."""
        width = max(map(len, [*self.cases, "all"]))
        lines = [f"{name:{width}}  {count:>9,}" for name, count in self.cases.items()]
        lines.append(f"{'all':{width}}  {sum(self.cases.values()):>9,}  {len(self.failures)} failed")
        return "\n".join([self.title, *lines, *self.facts, *self.failures])

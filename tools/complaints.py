# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the runners complained of, said again at the end: of a long run often only the end is kept."""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Iterable

KEPT = 40  # lines
WIDTH = 300  # characters of a line
# What pytest says and sums up, ansible-test, and what names a place in a file: ruff, mypy, the sanity tests.
COMPLAINT = re.compile(rb"(FAILED(?! - RETRYING)|ERROR|FATAL)\b|E   |\S+:\d+:\d+: ")
# ansible-test names the targets that failed in the lines after this one.
LIST = re.compile(rb"(ERROR|FATAL): .* listed below ")


class Complaints:
    """The last complaints among the lines that were shown since ``take`` was last called."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=KEPT)

    def show(self, output: Iterable[bytes]) -> None:
        """Write ``output``, what one command says, to the terminal, line by line as it comes."""
        listing = False
        for line in output:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            listing = listing or bool(LIST.match(line))
            if listing or COMPLAINT.match(line):
                self._lines.append(line.decode(errors="replace").rstrip()[:WIDTH])

    def take(self) -> list[str]:
        """Return them, and forget them."""
        taken = list(self._lines)
        self._lines.clear()
        return taken

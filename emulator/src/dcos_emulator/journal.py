# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request journal: what clients asked of the cluster, for tests that count requests or look at them."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from .call import Call
from .clock import Clock

KEPT_ENTRIES = 100_000


@dataclass(slots=True)
class Entry:
    """One request; ``status`` is None while it runs and for a request that was never answered."""

    n: int
    time: float
    method: str
    path: str
    query: str
    status: int | None = None
    uid: str | None = None
    fault: str | None = None


class Journal:
    """The last requests in the order in which they came; those to the test controls are not among them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=KEPT_ENTRIES)
        self._total = 0

    def begin(self, call: Call) -> Entry:
        """Note a request that has just come in."""
        self._total += 1
        entry = Entry(self._total, self._clock.now(), call.method, call.raw_path, call.query)
        self._entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget every request and count from 1 again."""
        self._entries.clear()
        self._total = 0

    def summary(self) -> dict[str, Any]:
        """How many requests there were: all, by method, and by method and path."""
        return {
            "total": self._total,
            "by_method": Counter(entry.method for entry in self._entries),
            "by_request": Counter(f"{entry.method} {entry.path}" for entry in self._entries),
        }

    @property
    def total(self) -> int:
        """How many requests there were."""
        return self._total

    def latest(self, limit: int) -> list[dict[str, Any]]:
        """The last requests, the newest first."""
        return [asdict(entry) for entry in islice(reversed(self._entries), limit)]

    def entries(self) -> list[dict[str, Any]]:
        """The requests as plain data."""
        return [asdict(entry) for entry in self._entries]

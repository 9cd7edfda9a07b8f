# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can happen in a world: requests on their way, and what may go wrong."""

from __future__ import annotations

from typing import Any, NamedTuple

READS = ("GET", "HEAD")
# How long one request may take if nobody gave it a deadline (seconds), and how much longer the cluster may need for it
# after its sender has given up, as a share of that.
PATIENT = 15.0
LATE = 1 / 3
# die: before a request is sent, while it is on its way, after it was processed; lose: its answer, refuse: the request
# itself; busy: 503 with Retry-After; stall: the run stops for long after the answer; wait: time passes although
# requests are on their way.
KINDS = ("die-before", "die-during", "die-after", "lose", "refuse", "busy", "stall", "wait")
RETRY_AFTER = 25

Option = tuple[Any, ...]  # what can happen next: its kind, the name of what it happens to, and more


class Request(NamedTuple):
    """What a run sends; ``body`` is JSON text or None."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: str | None
    deadline: float


class Flight:
    """A request on its way: its sender gives up at ``until``, and it is processed by ``latest`` or never."""

    def __init__(self, request: Request, now: float, run: str) -> None:
        self.request, self.sent, self.run = request, now, run
        self.until = now + request.deadline
        self.latest = now + request.deadline * (1 + LATE)


class Faults(NamedTuple):
    """What may go wrong in one schedule, and how often in all (``budget``).

    Attributes:
        kinds: of ``KINDS``; ``stalls``: for how many seconds a run may stop between two requests.
        reads: whether reads go wrong, too.
    """

    budget: int = 0
    kinds: tuple[str, ...] = ()
    stalls: tuple[float, ...] = (25.0, 200.0)
    reads: bool = False


NOTHING_WRONG = Faults()

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several things at a time: as many for the whole of a task as it allows, however they are nested.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from queue import Empty, SimpleQueue
from typing import Any, Callable, Generic, Optional, TypeVar

from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, InputError

# How many requests of a task may be under way at the same time, where it has no option for that.
Item = TypeVar("Item")
# What became of an item: itself, its result (None where it failed) and its error.
Outcome = tuple[Item, Any, Optional[DcosError]]

CONCURRENCY = 8
MOST_AT_ONCE = 100


def check_concurrency(number: int) -> int:
    """Return ``number``; raises InputError unless so many requests at a time make sense."""
    if not 1 <= number <= MOST_AT_ONCE:
        raise InputError(
            f"concurrency is how many requests may be under way at the same time, 1 to {MOST_AT_ONCE}, not {number}. "
            "More than some 16 are seldom faster."
        )
    return number


class _Crew:
    """The threads that work for one task, however its work is nested: ``size`` with the one that started it."""

    def __init__(self, size: int) -> None:
        self.idle = threading.Semaphore(max(0, size - 1))
        self.dismissed = False


class _Dismissed(BaseException):
    """Ends the work of a thread whose task has ended."""


# The crew that the present thread belongs to.
_mine = threading.local()


def together(
    job: Callable[[Item], Any],
    items: Iterable[Item],
    concurrency: int,
    finished: Callable[[int], None] | None = None,
    crew_size: int | None = None,
) -> list[Outcome[Item]]:
    """Call ``job(item)`` for every item, ``concurrency`` at a time; return [(item, result, error)] in order.

    An item's DcosError is returned as its ``error`` and leaves the others alone; any other exception is raised.
    ``finished`` is told, by any thread, how many are done.

    The caller works as well. If it does so for an outer call already, the threads of that one help which have nothing
    to do, and no others: so ``concurrency`` of the outermost call, or its ``crew_size``, bounds the requests of a task,
    and nobody waits for a thread that waits for him.
    """
    work = _Work(job, list(items), finished)
    outer = getattr(_mine, "crew", None)
    crew = outer or _Crew(concurrency if crew_size is None else crew_size)
    _mine.crew = crew
    try:
        work.join(crew, threading.Semaphore(max(0, min(concurrency, len(work.items)) - 1)))
        return work.outcomes(crew)
    except BaseException:
        work.drop()
        crew.dismissed = crew.dismissed or outer is None
        raise
    finally:
        _mine.crew = outer


class _Work(Generic[Item]):
    """The items of one call of together()."""

    def __init__(self, job: Callable[[Item], Any], items: list[Item], finished: Callable[[int], None] | None) -> None:
        self.items = items
        self._job = job
        self._finished = finished
        self._waiting: SimpleQueue[tuple[int, Item]] = SimpleQueue()
        for entry in enumerate(items):
            self._waiting.put(entry)
        self._outcomes: dict[int, Outcome[Item]] = {}
        self._errors: list[BaseException] = []
        self._helpers: list[threading.Thread] = []

    def join(self, crew: _Crew, places: threading.Semaphore) -> None:
        """Work until no item is left, with the help of those of the crew who are idle and for whom there is a place."""
        with contextlib.suppress(Empty):
            while True:
                number, item = self._waiting.get_nowait()
                if crew.dismissed:
                    raise _Dismissed
                self._recruit(crew, places)
                self._outcomes[number] = self._attempt(item)
                if self._finished:
                    self._finished(len(self._outcomes))

    def _attempt(self, item: Item) -> Outcome[Item]:
        try:
            return item, self._job(item), None
        except DcosError as exc:
            return item, None, exc

    def _recruit(self, crew: _Crew, places: threading.Semaphore) -> None:
        """Have one more thread help, if any is idle; it will do the same."""
        if self._waiting.empty() or not places.acquire(blocking=False):
            return
        if not crew.idle.acquire(blocking=False):
            places.release()
            return

        def help_out() -> None:
            _mine.crew = crew
            try:
                self.join(crew, places)
            except BaseException as exc:  # pylint: disable=broad-except
                self._errors.append(exc)
                self.drop()
            finally:
                crew.idle.release()
                places.release()

        # No executor: the process of a task that timed out would wait for its threads, and the play for the process.
        helper = threading.Thread(target=help_out, daemon=True)
        helper.start()
        self._helpers.append(
            helper
        )  # after its start, as it is joined; and before the end of the thread that started it

    def drop(self) -> None:
        """Let nobody start another item."""
        with contextlib.suppress(Empty):
            while True:
                self._waiting.get_nowait()

    def outcomes(self, crew: _Crew) -> list[Outcome[Item]]:
        """Wait for the helpers and return what became of the items, in order. Raises what was no DcosError."""
        if self._helpers:
            # Who waits leaves his place to another; those who have one never wait for it, so he gets one again.
            crew.idle.release()
            while self._helpers:
                self._helpers.pop().join()
            crew.idle.acquire()
        if self._errors:
            raise self._errors[0]
        return [self._outcomes[number] for number in range(len(self.items))]


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Call ``jobs`` at the same time and return their results in order. Raises the first one's DcosError, if any."""
    outcomes = together(lambda job: job(), jobs, len(jobs), crew_size=CONCURRENCY)
    for _job, _result, error in outcomes:
        if error:
            raise error
    return [result for _job, result, _error in outcomes]

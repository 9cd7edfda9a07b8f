# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A world of its own for the collection's code: an in-memory cluster, a virtual clock, and runs that take turns.

Each run is a greenlet with the real code of a module in it. Where it would send a request or sleep it stops, and the
world decides what happens next: a request is processed, somebody dies, an answer is lost, time passes. All of that is
a function of the decisions, so a schedule is a list of numbers and can be gone through again.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Callable

from greenlet import GreenletExit, getcurrent, greenlet

from ansible_collections.dcos.security.plugins.module_utils._errors import ConnectError, DcosError
from ansible_collections.dcos.security.plugins.module_utils._response import Response
from ansible_collections.dcos.security.tests.unit.plugins.explorer.events import (
    NOTHING_WRONG,
    READS,
    RETRY_AFTER,
    Faults,
    Flight,
    Option,
    Request,
)
from ansible_collections.dcos.security.tests.unit.plugins.explorer.model import Model

# More steps than any schedule that comes to an end has.
STEPS = 2000


class Pruned(Exception):
    """The state has been met before: all that can follow is known."""


class Strand:
    """One thread of a run."""

    def __init__(self, world: World, run: Run, work: Callable[[], Any], name: str, parent: Strand | None = None):
        self.world, self.run, self.name, self.parent = world, run, name, parent
        self.history = hash(name)
        self.flight: Flight | None = None
        self.wake: float | None = None
        self.held: Any = None
        self.children = 0
        self.over = False
        self.greenlet = greenlet(work, parent=world.hub)

    def state(self) -> tuple[Any, ...]:
        """Return what tells this strand's future apart from others."""
        flight = self.flight and (self.flight.request, self.flight.sent)
        return self.history, flight, self.wake, self.children, self.over


class Run:
    """One run of a module: ``outcome`` is ("ok", result), ("failed", text), ("dead",) or None while it lasts."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.outcome: tuple[Any, ...] | None = None
        self.warnings: list[str] = []


class World:
    """See the module. ``decide(world, options)`` returns the number of the option that happens.

    ``observe(run, method, path, body, status)`` is told of each request as soon as it was processed.
    """

    def __init__(
        self,
        model: Model,
        decide: Callable[[World, list[Option]], int],
        faults: Faults = NOTHING_WRONG,
        observe: Callable[..., None] | None = None,
        parallel: bool = False,
    ) -> None:
        self.model, self.decide, self.faults, self.observe = model, decide, faults, observe
        self.parallel = parallel
        self.hub = getcurrent()
        self.now = 0.0
        self.left = faults.budget
        self.runs: dict[str, Run] = {}
        self.strands: list[Strand] = []
        self.orphans: list[Flight] = []
        self.others: dict[str, list[Request]] = {}
        self.current: Strand | None = None
        self.trace: list[str] = []
        self.steps = 0
        self.extra: Callable[[], Any] = lambda: None

    # --- what the runs ask for -------------------------------------------------------------------------------------

    def call(self, request: Request) -> Response:
        """Send a request of the current strand; return its answer or raise ConnectError."""
        answer: Response = self.hub.switch(("call", request))
        return answer

    def sleep(self, seconds: float) -> None:
        """Let the current strand sleep."""
        self.hub.switch(("sleep", seconds))

    def together(self, job: Callable[[Any], Any], items: Any, concurrency: int) -> list[tuple[Any, Any, Any]]:
        """Stand in for _client.together()."""

        def guarded(item: Any) -> tuple[Any, Any, Any]:
            try:
                return item, job(item), None
            except DcosError as exc:
                return item, None, exc

        items = list(items)
        if not self.parallel or len(items) < 2 or concurrency < 2:
            return [guarded(item) for item in items]
        found: dict[int, tuple[Any, Any, Any]] = {}
        raised: list[Exception] = []

        def work(number: int) -> None:
            try:
                found[number] = guarded(items[number])
            except Exception as exc:
                raised.append(exc)

        for start in range(0, len(items), concurrency):
            if not raised:
                last = min(start + concurrency, len(items))
                self.hub.switch(("fork", [partial(work, number) for number in range(start, last)]))
        if raised:
            raise raised[0]
        return [found[number] for number in range(len(items))]

    # --- the world -------------------------------------------------------------------------------------------------

    def start(self, name: str, work: Callable[[Run], Any]) -> Run:
        """Let a run begin: it goes as far as its first request."""
        run = self.runs[name] = Run(name)

        def body() -> None:
            try:
                run.outcome = ("ok", work(run))
            except DcosError as exc:
                run.outcome = ("failed", str(exc))

        strand = Strand(self, run, body, name)
        self.strands.append(strand)
        self._resume(strand)
        return run

    def play(self) -> None:
        """Let everything happen until no run is left."""
        while any(not strand.over for strand in self.strands):
            self.steps += 1
            if self.steps > STEPS:
                raise AssertionError("this goes on for ever")
            options = self.options()
            chosen = options[self.decide(self, options)] if len(options) > 1 else options[0]
            self._happen(chosen)

    def finish_others(self) -> None:
        """What was on its way has run out by now, and third parties come too late."""
        self.orphans.clear()
        self.others.clear()

    def stop(self) -> None:
        """End what is left of the runs."""
        for strand in self.strands:
            self._kill(strand)

    def key(self) -> int:
        """Return a fingerprint of everything that the future depends on."""
        return hash(
            (
                self.model.state(),
                self.now,
                self.left,
                tuple(strand.state() for strand in self.strands),
                tuple((flight.request, flight.sent) for flight in self.orphans),
                tuple((name, len(requests)) for name, requests in self.others.items()),
                self.extra(),
            )
        )

    def options(self) -> list[Option]:
        """Return what can happen next; the first is that nothing goes wrong and whoever was at work goes on."""
        flying = [strand for strand in self.strands if strand.flight]
        if self.current in flying:
            flying.remove(self.current)
            flying.insert(0, self.current)
        found: list[Option] = [("serve", strand.name) for strand in flying]
        found += [
            ("wake", strand.name) for strand in self.strands if strand.wake is not None and strand.wake <= self.now
        ]
        found += [("other", name) for name, requests in self.others.items() if requests]
        found += [("land", number) for number in range(len(self.orphans))]
        if self.left:
            for strand in flying:
                found += self._mishaps(strand)
        timers = bool(self.orphans) or any(strand.wake is not None or strand.flight for strand in self.strands)
        if (
            not found
            or (not flying and timers and not any(option[0] == "wake" for option in found))
            or (timers and self.left and "wait" in self.faults.kinds)
        ):
            found.append(("tick",))
        return found

    def _mishaps(self, strand: Strand) -> list[Option]:
        assert strand.flight
        kinds = self.faults.kinds
        read = strand.flight.request.method in READS
        found: list[Option] = []
        if "stall" in kinds:
            found += [("stall", strand.name, seconds) for seconds in self.faults.stalls]
        for kind in ("die-before", "die-during", "die-after"):
            # To die before a read, or to leave one behind, is the same as to die after what came before it.
            if kind in kinds and (not read or kind == "die-after"):
                found.append((kind, strand.name))
        if not read or self.faults.reads:
            found += [(kind, strand.name) for kind in ("lose", "refuse", "busy") if kind in kinds]
        return found

    def _happen(self, option: Option) -> None:
        kind = option[0]
        if kind == "other":
            request = self.others[option[1]].pop(0)
            self.trace.append(f"{option[1]}: {request.method} {request.path}")
            self._process(request, option[1])
        elif kind == "land":
            flight = self.orphans.pop(option[1])
            self._note(f"late, of {flight.run}", flight.request)
            self._process(flight.request, flight.run)
        elif kind == "wake":
            self._wake(next(strand for strand in self.strands if strand.name == option[1]))
        elif kind == "tick":
            if any(strand.flight for strand in self.strands):
                self.left -= 1
            self._tick()
        else:
            self._turn(kind, *option[1:])

    def _turn(self, kind: str, name: str, *more: Any) -> None:
        strand = next(strand for strand in self.strands if strand.name == name)
        flight, strand.flight = strand.flight, None
        assert flight
        self._note(name, flight.request, *(() if kind == "serve" else (kind, *more)))
        if kind != "serve":
            self.left -= 1
        if kind == "busy":
            answer = Response(503, {"Retry-After": str(RETRY_AFTER)}, b"")
            self._resume(strand, answer)
            return
        if kind in ("serve", "stall", "die-after", "lose"):
            answer = self._process(flight.request, strand.run.name)
        if kind == "serve":
            self._resume(strand, answer)
        elif kind == "stall":
            strand.wake, strand.held = self.now + more[0], answer
        elif kind in ("lose", "refuse"):
            self._resume(strand, error=ConnectError("No answer.", uncertain=kind == "lose"))
        else:
            if kind == "die-during":
                self.orphans.append(flight)
            self._die(strand.run)

    def _tick(self) -> None:
        """Go to the next moment at which something happens by itself, and let it."""
        moments: list[tuple[float, int, Any]] = [
            (strand.wake, 0, strand) for strand in self.strands if strand.wake is not None
        ]
        moments += [(strand.flight.until, 1, strand) for strand in self.strands if strand.flight]
        moments += [(flight.latest, 2, flight) for flight in self.orphans]
        when, kind, what = min(moments, key=lambda moment: moment[:2])
        self.now = max(self.now, when)
        if kind == 0:
            self._wake(what)
        elif kind == 1:
            flight, what.flight = what.flight, None
            self.orphans.append(flight)
            self._note(what.name, flight.request, "gives up")
            self._resume(what, error=ConnectError("No answer in time.", uncertain=True))
        else:
            self.orphans.remove(what)

    def _wake(self, strand: Strand) -> None:
        strand.wake = None
        held, strand.held = strand.held, None
        self._resume(strand, held)

    def _process(self, request: Request, run: str) -> Response:
        body = None if request.body is None else json.loads(request.body)
        status, answer = self.model.handle(request.method, request.path, dict(request.query), body)
        if self.observe:
            self.observe(run, request.method, request.path, body, status)
        if answer is None:
            return Response(status, {}, b"")
        return Response(status, {"Content-Type": "application/json"}, json.dumps(answer).encode())

    def _resume(self, strand: Strand, value: Any = None, error: Exception | None = None) -> None:
        self.current = strand
        seen = (value.status, value.content) if isinstance(value, Response) else value
        strand.history = hash((strand.history, seen, repr(error), self.now))
        wish = strand.greenlet.throw(error) if error else strand.greenlet.switch(*(() if value is None else (value,)))
        if strand.greenlet.dead:
            self._end(strand)
        elif wish[0] == "call":
            strand.flight = Flight(wish[1], self.now, strand.run.name)
        elif wish[0] == "sleep":
            strand.wake = self.now + wish[1]
        else:
            self._fork(strand, wish[1])

    def _fork(self, strand: Strand, jobs: list[Callable[[], None]]) -> None:
        strand.children = len(jobs)
        children = [Strand(self, strand.run, job, f"{strand.name}.{number}", strand) for number, job in enumerate(jobs)]
        self.strands += children
        for child in children:
            if not child.over:
                self._resume(child)

    def _end(self, strand: Strand) -> None:
        strand.over = True
        self.strands.remove(strand)
        if strand.parent:
            strand.parent.children -= 1
            if not strand.parent.children:
                self._resume(strand.parent)

    def _die(self, run: Run) -> None:
        run.outcome = ("dead",)
        for strand in [strand for strand in self.strands if strand.run is run]:
            if strand.flight:
                self.orphans.append(strand.flight)
            self._kill(strand)
            self.strands.remove(strand)

    @staticmethod
    def _kill(strand: Strand) -> None:
        strand.over = True
        strand.flight = None
        if not strand.greenlet.dead:
            strand.greenlet.throw(GreenletExit)

    def _note(self, who: str, request: Request, *what: Any) -> None:
        self.trace.append(" ".join(map(str, (f"{who}:", request.method, request.path, *what))))

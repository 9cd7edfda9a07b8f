# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Going through schedules: all of them, as long as no state is met twice, or random ones."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Iterable
from typing import Any, Callable, NamedTuple

from ansible_collections.dcos.security.tests.unit.plugins.explorer.events import Option
from ansible_collections.dcos.security.tests.unit.plugins.explorer.world import Pruned, World

# How probable it is, in a random schedule, that things go on as they were, and that something goes wrong.
GOES_ON = 0.6
GOES_WRONG = 0.15


class Broken(Exception):
    """An invariant does not hold."""


class Failure(NamedTuple):
    """A schedule that breaks an invariant: the decisions, and what happened, in words."""

    why: str
    decisions: tuple[int, ...]
    trace: tuple[str, ...]

    def __str__(self) -> str:
        steps = "\n  ".join(self.trace)
        return f"{self.why}\n  {steps}\n  decisions: {list(self.decisions)}"


class Report(NamedTuple):
    """What an exploration has seen. ``complete``: there is no other schedule."""

    schedules: int
    states: int
    checks: int
    failures: list[Failure]
    complete: bool


# Plays one schedule with the given decide(world, options); returns the number of invariants checked. Raises Broken.
Decide = Callable[[World, list[Option]], int]
Play = Callable[[Decide, list[str]], int]


def explore(play: Play, limit: int | None = None, failures: int = 1) -> Report:
    """Go through all schedules, or ``limit`` of them; stop after so many ``failures``."""
    seen: set[int] = set()
    waiting: list[bytes] = [b""]
    schedules = checks = 0
    found: list[Failure] = []
    while waiting and (limit is None or schedules < limit) and len(found) < failures:
        prefix = waiting.pop()
        taken = bytearray()

        def decide(world: World, options: list[Option], prefix: bytes = prefix, taken: bytearray = taken) -> int:
            depth = len(taken)
            if depth < len(prefix):
                taken.append(prefix[depth])
                return prefix[depth]
            key = world.key()
            if key in seen:
                raise Pruned
            seen.add(key)
            waiting.extend(bytes([*taken, other]) for other in range(len(options) - 1, 0, -1))
            taken.append(0)
            return 0

        schedules += 1
        checks += _played(play, decide, taken, found)
    return Report(schedules, len(seen), checks, found, not waiting)


def wander(play: Play, seed: int, schedules: int, failures: int = 1) -> Report:
    """Go through random schedules, which ``seed`` determines."""
    seen: set[int] = set()
    checks = number = 0
    found: list[Failure] = []
    for number in range(1, schedules + 1):
        chance = random.Random(f"{seed}/{number}")
        taken: list[int] = []
        checks += _played(play, functools.partial(_decide_by_lot, chance, seen, taken), taken, found)
        if len(found) >= failures:
            break
    return Report(number, len(seen), checks, found, False)


def _decide_by_lot(chance: random.Random, seen: set[int], taken: list[int], world: World, options: list[Option]) -> int:
    seen.add(world.key())
    taken.append(_pick(options, chance))
    return taken[-1]


def _pick(options: list[Option], chance: random.Random) -> int:
    wrong = [
        number for number, option in enumerate(options) if option[0] not in ("serve", "wake", "other", "land", "tick")
    ]
    if wrong and chance.random() < GOES_WRONG:
        return chance.choice(wrong)
    if chance.random() < GOES_ON:
        return 0
    right = [number for number in range(len(options)) if number not in wrong]
    return chance.choice(right or wrong)


def again(play: Play, decisions: Any) -> Report:
    """Play one schedule; where it goes on longer than its decisions, nothing goes wrong any more."""
    left = list(decisions)
    taken: list[int] = []
    found: list[Failure] = []

    def decide(_world: World, options: list[Option]) -> int:
        taken.append(min(left.pop(0), len(options) - 1) if left else 0)
        return taken[-1]

    checks = _played(play, decide, taken, found)
    return Report(1, 0, checks, found, False)


def follow(play: Play, steps: list[list[str]]) -> Report:
    """Play one schedule that is written as steps of script()."""
    found: list[Failure] = []
    return Report(1, 0, _played(play, script(steps), (), found), found, False)


def script(steps: list[list[str]]) -> Decide:
    """Return a decide() that follows directions, and after them lets things go on as they were.

    A step is [who, what, request]: let that run go on until the next request that it sends matches the pattern
    ("METHOD path"), and then let that happen: of events.KINDS, "until" to do nothing, or "end" (without a request) to
    let it go on to its end. For a third party, [who] is enough. What does not come to pass is left out.
    """
    left = [list(step) for step in steps]

    def decide(world: World, options: list[Option]) -> int:
        while left:
            who, what, pattern = [*left[0], "", ""][:3]
            if ("other", who) in options:
                left.pop(0)
                return options.index(("other", who))
            strand = next((strand for strand in world.strands if strand.name == who), None)
            if strand and strand.flight:
                request = f"{strand.flight.request.method} {strand.flight.request.path}"
                if what != "end" and re.search(pattern, request):
                    left.pop(0)
                    happens = [number for number, option in enumerate(options) if option[:2] == (what, who)]
                    if not happens:
                        continue
                    return happens[-1]
                return options.index(("serve", who))
            if ("wake", who) in options:
                return options.index(("wake", who))
            if strand and ("tick",) in options:
                return options.index(("tick",))
            left.pop(0)
        return 0

    return decide


def _played(play: Play, decide: Decide, taken: Iterable[int], found: list[Failure]) -> int:
    trace: list[str] = []
    try:
        return play(decide, trace)
    except Pruned:
        return 0
    except (Broken, AssertionError) as exc:
        found.append(Failure(str(exc), tuple(taken), tuple(trace)))
        return 1

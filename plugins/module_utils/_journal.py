# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of one account: a group on the cluster whose description says who is at work on the account, and on what.

The IAM has no locks and no compare-and-swap, but a PUT of a group succeeds once, and a request is processed soon or
never. That is enough for a lease:

- Whoever makes the group owns it. What it writes there holds for ``patience`` seconds from the moment it began to
  write; it sends nothing that would not have run out by then, and writes again (another turn) where it needs longer.
- Others wait. If the text has not changed for ``patience`` seconds, every request of its owner has run out, and one of
  the others takes over as in Fischer's algorithm: it looks, writes its name within a bound of that look, waits for as
  long as anybody else's name may be on its way, and looks whose name is there.

All times follow from ``deadline``, the longest time in seconds that one request may take, which the first owner writes
into the journal for all who come after it.

This file is private to the collection.
"""

from __future__ import annotations

import json
import time
import uuid
from functools import partial
from typing import Any, Callable, NamedTuple, TypeVar

from ansible_collections.dcos.security.plugins.module_utils import _iam
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._errors import ConnectError, DcosError, HttpError

VERSION = 2
# Seconds that one request may take at most, whatever ``timeout`` says, and what a journal without a word of it means.
LONGEST = 15.0
ATTEMPTS = 5
# Answers that say: not now. And those of a proxy that does not know what has become of the request.
BUSY = (429, 503)
LOST = (502, 504)

Ground = TypeVar("Ground")
Answer = TypeVar("Answer")


class Overtaken(Exception):
    """The journal is not this run's any more: whatever is to be done, another one does it."""


class Times(NamedTuple):
    """How long things may take, in seconds, all told from the ``deadline`` of one request."""

    deadline: float

    @property
    def bound(self) -> float:
        """After this a request has been processed or never will be: the cluster may be late by a third."""
        return self.deadline * 4 / 3

    @property
    def patience(self) -> float:
        """For so long an owner that writes nothing is taken to be at work: 60 where ``timeout`` is 15 or more."""
        return self.bound * 3

    @property
    def poll(self) -> float:
        """The pause between two looks of somebody who waits."""
        return self.deadline / 30


def now() -> float:
    """Return a time in seconds that goes on while the machine sleeps, as the leases of others do."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def content_of(text: str | None) -> dict[str, Any]:
    """Return what a journal says, {} if that is nothing of ours."""
    try:
        content = json.loads(text or "")
    except ValueError:
        content = None
    return content if isinstance(content, dict) else {}


def times_of(content: dict[str, Any]) -> Times:
    """Return the times that a journal asks for. Earlier versions did not say."""
    deadline = content.get("deadline")
    if isinstance(deadline, (int, float)) and not isinstance(deadline, bool) and 0 < deadline <= LONGEST:
        return Times(float(deadline))
    return Times(LONGEST)


class Journal:
    """The journal of ``uid`` as one run has to do with it.

    Args:
        tell: is told, in a sentence, when there is something to wait for.
        progress: is told how long the waiting takes: (seconds, seconds at most, what is counted).
    """

    def __init__(
        self, client: Client, uid: str, tell: Callable[[str], None], progress: Callable[[int, int, str], None]
    ):
        self.gid = _iam.journal_gid(uid)
        self.content: dict[str, Any] = {}
        self._client = client
        self._uid = uid
        self._tell = tell
        self._progress = progress
        self._run = uuid.uuid4().hex
        self._turn = 0
        self._text: str | None = None
        self._ends = 0.0
        self.times = Times(min(client.transport.timeout, LONGEST))

    def read(self) -> str | None:
        """Return the journal's text; None if there is none, or no groups at all (open DC/OS)."""
        group = _iam.read_group(self._client, self.gid, accept=(404,))
        return str(group["description"]) if group else None

    def open(self, content: dict[str, Any]) -> bool | None:
        """Make the journal, saying ``content``: True if it is this run's, False if there is one, None if no groups."""
        text, begun = self._written(content), now()

        def send(_ground: None, seconds: float) -> bool | None:
            fate = _iam.create_group(self._client, self.gid, text, accept=(404,), once=True, deadline=seconds)
            return None if fate is None else bool(fate)

        def made() -> bool | None:
            found = self.read()
            return None if found is None else found == text

        mine = self.step(lambda: None, send, made, leased=False)
        if mine:
            self._own(content, text, begun)
        return mine

    def write(self, content: dict[str, Any]) -> None:
        """Write ``content`` into this run's journal, right after a look. Whether it was kept, the next look tells."""
        text, begun = self._written(content), now()
        self.step(
            lambda: None,
            lambda _ground, seconds: _iam.update_group(self._client, self.gid, text, once=True, deadline=seconds),
            lambda: self.read() == text or None,
        )
        self._own(content, text, begun)

    def look(self) -> None:
        """Make sure that the journal is this run's, and for long enough to send a request.

        Raises Overtaken if it is not, DcosError if the cluster has not kept what was written.
        """
        if self._ends - now() < 2 * self.times.bound:
            self._check()
            self.write(self.content)
        self._check()

    def _check(self) -> None:
        found = self.read()
        if found == self._text:
            return
        if found is None or content_of(found).get("run") not in (None, self._run):
            raise Overtaken
        raise DcosError(
            f"Could not replace the key of '{self._uid}': the cluster did not keep the journal in group '{self.gid}' "
            "unchanged. Nothing was deleted."
        )

    def step(
        self,
        look: Callable[[], Ground],
        send: Callable[[Ground, float], Answer],
        done: Callable[[], Answer | None],
        leased: bool = True,
    ) -> Answer:
        """Take a step that must not be taken by two, or too late: ``look()``, and at once ``send(what it saw, time)``.

        ``look`` calls self.look() where the journal is to be this run's. The request is sent once, and may take
        ``time`` seconds. If its answer is lost, ``done()`` is asked what came of it (None: nothing yet) until the
        request has run out. Only an answer that says "not now" is followed by another look and another try, all within
        one deadline. Raises what ``send`` raises, and Overtaken where the lease is over; a step that is not ``leased``
        needs none.
        """
        first = None
        for _attempt in range(ATTEMPTS):
            begun = now()
            ground = look()
            seconds = self._seconds(begun, leased)
            if seconds < self.times.deadline / 2:
                continue  # This process, or the cluster, was so slow that what was seen may be history.
            first = now() if first is None else first
            try:
                return self._sent(partial(send, ground, seconds), done)
            except HttpError as exc:
                pause = exc.retry_after or self.times.poll
                if exc.status not in BUSY or now() + pause > first + self.times.deadline:
                    raise
                time.sleep(pause)
        raise DcosError(
            f"Could not go on with '{self._uid}': the cluster answers too slowly, or keeps being busy. Run this again, "
            f"which finishes what is begun. (What the account had is kept in the description of group '{self.gid}'.)"
        )

    def close(self) -> None:
        """Delete this run's journal."""
        self.step(
            self.look,
            lambda _ground, seconds: _iam.delete_group(
                self._client, self.gid, accept=(404,), once=True, deadline=seconds
            ),
            lambda: None if self.read() == self._text else True,
        )

    def take_over(self) -> dict[str, Any] | None:
        """Wait until the journal is gone, and return None, or until it is this run's, and return what it says."""
        seen, since, told = "", 0.0, False
        while True:
            looked = now()
            text = self.read()
            if text is None:
                return None
            if text != seen or not since:
                seen, since = text, now()
            times = times_of(content_of(text))
            if now() - since >= times.patience:
                if self._claim(text, times, looked):
                    return self.content
                since = 0.0
                continue
            if not told:
                told = True
                self._tell(
                    f"Another run is at work on '{self._uid}', or has died there: waiting until it is done, and "
                    f"{times.patience:g} s at most if it shows no sign of life."
                )
            waiting = f"seconds of waiting for another run at work on '{self._uid}'"
            self._progress(int(now() - since), int(times.patience), waiting)
            time.sleep(times.poll)

    def _claim(self, text: str, times: Times, looked: float) -> bool:
        """Write this run's name under a dead one's; True if it is the one that stands there in the end."""
        content, self.times = content_of(text), times
        claim, begun = self._written(content), now()
        try:
            _iam.update_group(
                self._client, self.gid, claim, once=True, deadline=max(times.deadline - (begun - looked), 0.001)
            )
        except DcosError as exc:
            if not getattr(exc, "uncertain", False):
                raise
        # Whoever has looked before this arrived may still be writing.
        time.sleep(times.bound)
        if self.read() != claim:
            return False
        self._own(content, claim, begun)
        return True

    def _written(self, content: dict[str, Any]) -> str:
        self._turn += 1
        about = {"v": VERSION, "uid": self._uid, "run": self._run, "turn": self._turn, "deadline": self.times.deadline}
        return json.dumps({**content, **about}, sort_keys=True)

    def _own(self, content: dict[str, Any], text: str, begun: float) -> None:
        self.content, self._text, self._ends = content, text, begun + self.times.patience

    def _seconds(self, begun: float, leased: bool) -> float:
        """Return how long a request may take that is sent now after a look at ``begun``."""
        seconds = self.times.deadline - (now() - begun)
        if leased:
            lease = (self._ends - now()) * self.times.deadline / self.times.bound
            if lease < self.times.deadline / 2 <= seconds:
                raise Overtaken
            seconds = min(seconds, lease)
        return seconds

    def _sent(self, send: Callable[[], Answer], done: Callable[[], Answer | None]) -> Answer:
        """Send a request once; where its answer is lost, look what came of it until it has run out."""
        begun = now()
        try:
            return send()
        except (ConnectError, HttpError) as exc:
            if not exc.uncertain or (isinstance(exc, HttpError) and exc.status not in LOST):
                raise
            while (found := done()) is None:
                if now() - begun >= self.times.bound:
                    raise
                time.sleep(self.times.poll)
            return found

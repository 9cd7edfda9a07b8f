# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which requests are repeated, how often, after which pauses and for how long in all.

Not urllib3's own Retry: it knows neither a time for the whole, nor a body that was cut off, nor whether what is
repeated may have been processed before.

This file is private to the collection.
"""

from __future__ import annotations

from typing import Callable, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils._deps import load
from ansible_collections.dcos.security.plugins.module_utils._errors import ConnectError
from ansible_collections.dcos.security.plugins.module_utils._response import Response

RETRIED_STATUSES = (429, 502, 503, 504)
LONGEST_PAUSE = 30  # seconds that a Retry-After header may ask for
BACKOFF = 0.3  # the second repetition waits twice that, and each further one twice as long as the one before


class Repeated(NamedTuple):
    """A request that was repeated: how many ``more`` times, how many ``seconds`` all took, and ``why`` at last."""

    more: int
    seconds: float
    why: str


class Tries:
    """The tries of one request.

    Attributes:
        uncertain: an earlier try may have been processed, although it brought no answer to live with.
        seconds: that all may take.

    Args:
        retries: how many more there may be after the first; ``seconds``: that all may take, pauses included.
        once: none after one that the cluster may have got.
    """

    def __init__(
        self, retries: int, seconds: float, once: bool, clock: Callable[[], float], sleep: Callable[[float], None]
    ):
        self.uncertain = False
        self.seconds = seconds
        self._failed = 0
        self._why = ""
        self._retries = retries
        self._once = once
        self._clock = clock
        self._sleep = sleep
        self._begun = clock()

    def left(self) -> float:
        """Return the seconds that are left."""
        return self._begun + self.seconds - self._clock()

    def effort(self) -> str:
        """Say how often it was tried and how long that took, as it follows the request; nothing for a single try."""
        if not self._failed:
            return ""
        passed = self._clock() - self._begun
        return f", {self._failed + 1} tries in {passed:.{0 if passed >= 10 else 1}f} s"

    def after_failure(self, error: ConnectError) -> bool:
        """Pause and return True if the request is to be sent again after there was no (whole) answer."""
        return not error.hopeless and self._again(error.uncertain, None, str(error).split(". ", maxsplit=1)[0])

    def after_answer(self, answer: Response) -> bool:
        """Pause and return True if the request is to be sent again after an answer of RETRIED_STATUSES."""
        # A gateway's 5xx does not tell how far the request has got; a 429 was not processed.
        return not self._once and self._again(answer.status >= 500, retry_after(answer), f"status {answer.status}")

    def repeated(self) -> Repeated | None:
        """Tell of the repetitions, or None if there were none."""
        return Repeated(self._failed, self._clock() - self._begun, self._why) if self._failed else None

    def _again(self, uncertain: bool, asked: float | None, why: str) -> bool:
        if self._failed >= self._retries or (uncertain and self._once):
            return False
        pause = min(asked, LONGEST_PAUSE) if asked else BACKOFF * 2**self._failed if self._failed else 0.0
        if pause >= self.left():
            return False
        self._failed += 1
        self._why = why
        self.uncertain |= uncertain
        if pause:
            self._sleep(pause)
        return True


def retry_after(answer: Response) -> float | None:
    """Return the seconds that the answer asks for, or None if it does not, or not in a way that one can read."""
    asked = answer.headers.get("Retry-After")
    if asked is None or answer.status not in (429, 503):
        return None
    try:
        seconds: float | None = load("urllib3.util.retry").Retry().parse_retry_after(asked)
        return seconds
    except (load("urllib3.exceptions").InvalidHeader, ValueError, OverflowError):
        return None


def summary(repeated: list[Repeated]) -> str:
    """Say in one sentence how often requests were repeated, why, and how long that took."""
    more = sum(each.more for each in repeated)
    seconds = sum(each.seconds for each in repeated)
    what = "A request was" if len(repeated) == 1 else f"{len(repeated)} requests were"
    times = "once" if more == 1 else f"{more} times in all"
    longest = max(repeated, key=lambda each: each.seconds)
    return f"{what} repeated, {times}, which took {seconds:.{0 if seconds >= 10 else 1}f} s: {longest.why}."

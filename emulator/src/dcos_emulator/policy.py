# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what: the question that Admin Router and the secrets service ask the IAM for every request."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from . import unconfirmed
from .clock import Clock
from .store import Store


class Policy:
    """Evaluates grants, direct and through groups.

    With ``cache_seconds`` an answer is kept for so long, as Admin Router keeps it on a cluster: a new grant then takes
    a while to act, and so does a revoked one.
    """

    def __init__(self, store: Store, clock: Clock, cache_seconds: float = 0.0) -> None:
        self._store = store
        self._clock = clock
        self.cache_seconds = cache_seconds
        self._cache: dict[tuple[str, str, str], tuple[bool, float]] = {}

    def allows(self, uid: str, rid: str, action: str) -> bool:
        """Whether the user may do ``action`` on exactly this rid; nothing is inherited from shorter rids."""
        if not self.cache_seconds:
            return self._evaluate(uid, rid, action)
        question, now = (uid, rid, action), self._clock.now()
        answer, until = self._cache.get(question, (False, 0.0))
        if now >= until:
            answer = self._evaluate(uid, rid, action)
            self._cache[question] = (answer, now + self.cache_seconds)
        return answer

    def is_superuser(self, uid: str) -> bool:
        """Whether the user has any action on ``dcos:superuser``."""
        return self.allows(uid, "dcos:superuser", "full")

    def forget(self) -> None:
        """Empty the cache."""
        self._cache.clear()

    def _evaluate(self, uid: str, rid: str, action: str) -> bool:
        def granted(on: str) -> Iterator[Collection[str]]:
            yield self._store.actions(on, ("users", uid))
            for gid in self._store.groups_of.get(uid, ()):
                yield self._store.actions(on, ("groups", gid))

        return unconfirmed.is_allowed(granted, rid, action)

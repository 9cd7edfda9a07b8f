# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One way from what is to what is wanted: read, decide, apply, and look again where others may have written.

This file is private to the collection.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError
from ansible_collections.dcos.security.plugins.module_utils._redact import redact_pair

# How often what lost a race is decided anew before giving up.
ATTEMPTS = 3


class Fate(enum.Enum):
    """What became of a request that creates, changes or deletes something. Only DONE is true."""

    DONE = "this run did it"
    BEATEN = "it was so already, by somebody else"
    UNSURE = "it was so already, and an earlier try of this very request may have done it"

    def __bool__(self) -> bool:
        return self is Fate.DONE


def fate_of(answer: Any, done: bool) -> Fate:
    """Return the fate of the request that a Response of _http answers.

    ``done``: the answer is a success, and not one that says "already so" (409 on create, an unknown name on delete).
    """
    if done:
        return Fate.DONE
    return Fate.UNSURE if answer.repeated else Fate.BEATEN


def fate_of_all(fates: Iterable[Fate]) -> Fate:
    """Return what became of several requests that belong together: DONE if this run did any of it."""
    present = set(fates)
    return next((fate for fate in (Fate.DONE, Fate.UNSURE) if fate in present), Fate.BEATEN)


class Plan(NamedTuple):
    """What decide() found to be done: ``before`` is what read() returned, ``changes`` is the entity's own affair.

    Of an Entity of fields, ``changes`` are the fields to set, and None stands for a deletion.
    """

    before: Any
    changes: Any


class Applied(NamedTuple):
    """What became of a plan.

    ``changed``: this run has changed something, or (with ``again``) may have. ``after``: what there is now.
    ``again``: it has to be looked at again, because others have written or may have; ``after`` is not used then.
    """

    changed: bool
    after: Any = None
    again: bool = False


class Outcome(NamedTuple):
    """What converge() found and left: ``before`` and ``after`` are None where the thing does not exist."""

    changed: bool
    before: Any
    after: Any


class Convergent:
    """What converge() asks of everything that it brings to a wanted state.

    Only read(), check(), look_ahead(), predict() and apply() send requests. decide() is pure: it neither reads nor
    writes, so that check mode and the real run decide alike, and a test can ask it about every state there can be.
    """

    label = "object"  # as it stands in a sentence: "service account 'kafka'"
    attempts = ATTEMPTS
    secret_fields: tuple[str, ...] = ()  # members of what shown() returns whose values no diff shows

    def read(self) -> Any:
        """Return what is there, or None."""
        raise NotImplementedError

    def decide(self, before: Any, desired: Any, again: bool) -> Plan | None:
        """Return what is to be done, or None where nothing is. ``again``: this run has tried before."""
        raise NotImplementedError

    def check(self, before: Any, changes: Any) -> None:
        """Refuse what must not happen. Called with each plan before it is applied, in check mode, too."""

    def look_ahead(self, plan: Plan) -> None:
        """Tell, in check mode, what apply() would need that is not there yet. Sends reads only."""

    def predict(self, plan: Plan) -> Any:
        """Return what there would be after apply(), in check mode."""
        raise NotImplementedError

    def apply(self, plan: Plan) -> Applied:
        """Do what the plan says."""
        raise NotImplementedError

    def shown(self, fields: Any) -> dict[str, Any]:
        """Return what a diff shows of what is there, where that is not the fields themselves."""
        return dict(fields)


class Entity(Convergent):
    """A thing on the cluster (or in files) that has fields.

    ``read()`` returns its fields as a dict, or None. ``create``, ``update`` and ``delete`` tell what became of it as a
    bool or a Fate: false where somebody else was faster (409 on create, gone on update), so that it is read
    and compared again; Fate.UNSURE where that may have been this run itself.
    """

    # Lists whose order means nothing. What is wanted is added to what is there or, if exclusive, replaces it.
    set_fields: tuple[str, ...] = ()
    exclusive = False
    # What a cluster may keep to itself: not compared where it is not returned, but sent along with every change.
    silent_fields: tuple[str, ...] = ()

    def create(self, desired: dict[str, Any]) -> Any:
        """Create it; false if it exists by now."""
        raise NotImplementedError

    def update(self, before: dict[str, Any], changes: dict[str, Any]) -> Any:
        """Apply the changed fields; false if it is gone by now, or was changed to just that by somebody else."""
        raise NotImplementedError

    def delete(self, before: dict[str, Any]) -> Any:
        """Delete it; no error if it is gone by now, which a false value tells. None is a success."""
        raise NotImplementedError

    def check(self, before: dict[str, Any] | None, changes: dict[str, Any] | None) -> None:
        """Refuse what must not happen: a creation (``before`` is None), an update, a deletion (``changes`` is None).

        It is asked in check mode, too.
        """

    def decide(self, before: dict[str, Any] | None, desired: dict[str, Any] | None, again: bool = False) -> Plan | None:
        """Compare the fields that are wanted; None for ``desired`` means absence."""
        if desired is None:
            return None if before is None else Plan(before, None)
        if before is None:
            return Plan(None, desired)
        changes = {name: value for name, value in desired.items() if self.differs(name, before.get(name), value)}
        if not changes:
            return None
        return Plan(before, {**changes, **{name: desired[name] for name in self.silent_fields if name in desired}})

    def predict(self, plan: Plan) -> dict[str, Any] | None:
        """Return the fields as they are after a creation (``before`` is None), an update, a deletion."""
        return None if plan.changes is None else self.merged(plan.before or {}, plan.changes)

    def apply(self, plan: Plan) -> Applied:
        """Create, update or delete it."""
        if plan.changes is None:
            fate = self.delete(plan.before)
            return Applied(fate is None or bool(fate) or fate is Fate.UNSURE)
        fate = self.create(plan.changes) if plan.before is None else self.update(plan.before, plan.changes)
        if fate:
            return Applied(True, self.predict(plan))
        return Applied(fate is Fate.UNSURE, again=True)

    def merged(self, before: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
        """Return the fields as they are after a creation (``before`` is empty) or an update."""
        after = {**before, **changes}
        for field in set(self.set_fields) & set(changes):
            kept = () if self.exclusive else before.get(field) or ()
            after[field] = sorted({*kept, *changes[field]})
        return after

    def differs(self, field: str, present: Any, desired: Any) -> bool:
        """Tell whether a field's two values differ in meaning."""
        if field in self.silent_fields and present is None:
            return False
        if field in self.set_fields:
            present, desired = set(present or ()), set(desired)
            return present != desired if self.exclusive else not desired <= present
        return bool(present != desired)


def converge(task: Any, entity: Convergent, desired: Any) -> Outcome:
    """Bring ``entity`` to ``desired`` (fields that are not in it stay as they are), or to absence if it is None.

    ``desired`` may be a function of what is there, ``desired(before) -> dict``.

    In check mode nothing is sent but reads, and the outcome is the prediction. ``changed`` and the redacted ``diff``
    are put into ``task.result``. ``changed`` tells what this run did: not what somebody else was faster with, but a
    request whose answer was lost, where the thing is now as this run asked for. Raises DcosError if the entity keeps
    changing under our hands.
    """
    outcome = _converge(task, entity, desired)
    before, after = (fields and entity.shown(fields) for fields in (outcome.before, outcome.after))
    report(task, entity.label, outcome.changed, before, after, entity.secret_fields)
    return outcome


def _converge(task: Any, entity: Convergent, desired: Any) -> Outcome:
    tried: list[
        tuple[Any, Any]
    ] = []  # what there was before each attempt that may have changed it, and what was wanted then
    for attempt in range(entity.attempts + 1):
        before = entity.read()
        wanted = desired(before) if callable(desired) else desired
        plan = entity.decide(before, wanted, attempt > 0)
        if plan is None:
            ours = [earlier for earlier, sent in tried if entity.decide(before, sent, True) is None]
            return Outcome(bool(ours), ours[0] if ours else before, before)
        if attempt == entity.attempts:
            break
        entity.check(*plan)
        if task.check_mode:
            entity.look_ahead(plan)
            return Outcome(True, before, entity.predict(plan))
        applied = entity.apply(plan)
        if not applied.again:
            return Outcome(applied.changed, before if applied.changed else applied.after, applied.after)
        if applied.changed:
            tried.append((before, wanted))
    raise DcosError(f"Could not converge {entity.label}: something else keeps changing it at the same time.")


def report(task: Any, label: str, changed: bool, before: Any, after: Any, secret_fields: tuple[str, ...] = ()) -> None:
    """Set ``changed`` and, in diff mode, ``diff`` with every secret replaced by a marker."""
    task.result["changed"] = changed
    if task.diff_mode:
        old, new = redact_pair(before, after, secret_fields)
        task.result["diff"] = {"before_header": label, "after_header": label, "before": old or {}, "after": new or {}}

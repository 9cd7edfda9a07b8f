# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One way from what is to what is wanted, for every entity: create, update or delete, predicted or done.

This file is private to the collection.
"""

from __future__ import annotations

import os
from typing import Callable, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError
from ansible_collections.dcos.security.plugins.module_utils._options import read_text
from ansible_collections.dcos.security.plugins.module_utils._redact import redact_pair

# How often a create or update that lost a race is decided anew before giving up.
ATTEMPTS = 3


class Entity:
    """What converge() needs to know of one kind of thing on the cluster.

    ``read()`` returns its fields as a dict, or None. ``create(desired)`` and ``update(before, changes)`` return False
    where somebody else was faster (409 on create, gone on update): then it is read and compared again.
    """

    label = "object"  # as it stands in a sentence: "service account 'kafka'"
    secret_fields: tuple = ()
    # Lists whose order means nothing. What is wanted is added to what is there or, if exclusive, replaces it.
    set_fields: tuple = ()
    exclusive = False
    # What a cluster may keep to itself: not compared where it is not returned, but sent along with every change.
    silent_fields: tuple = ()

    def read(self) -> dict | None:
        """Return the present fields, or None if it does not exist."""
        raise NotImplementedError

    def create(self, desired: dict) -> bool:
        """Create it; False if it exists by now."""
        raise NotImplementedError

    def update(self, before: dict, changes: dict) -> bool:
        """Apply the changed fields; False if it is gone by now."""
        raise NotImplementedError

    def delete(self, before: dict) -> bool | None:
        """Delete it; no error if it is gone by now, which False may tell."""
        raise NotImplementedError

    def check(self, before: dict | None, changes: dict | None) -> None:
        """Refuse what must not happen: a creation (``before`` is None), an update, a deletion (``changes`` is None).

        It is asked in check mode, too.
        """

    def merged(self, before: dict, changes: dict) -> dict:
        """Return the fields as they are after a creation (``before`` is empty) or an update."""
        after = {**before, **changes}
        for field in set(self.set_fields) & set(changes):
            kept = () if self.exclusive else before.get(field) or ()
            after[field] = sorted({*kept, *changes[field]})
        return after

    def shown(self, fields: dict) -> dict:
        """Return what a diff shows of the fields, where that is not the fields themselves."""
        return fields

    def differs(self, field: str, present, desired) -> bool:
        """Tell whether a field's two values differ in meaning."""
        if field in self.silent_fields and present is None:
            return False
        if field in self.set_fields:
            present, desired = set(present or ()), set(desired)
            return present != desired if self.exclusive else not desired <= present
        return present != desired


class Outcome(NamedTuple):
    """What converge() found and left: ``before`` and ``after`` are None where the thing does not exist."""

    changed: bool
    before: dict | None
    after: dict | None


def converge(task, entity: Entity, desired: dict | Callable | None) -> Outcome:
    """Bring ``entity`` to ``desired`` (fields that are not in it stay as they are), or to absence if it is None.

    ``desired`` may be a function of what is there, ``desired(before) -> dict``.

    In check mode nothing is sent but reads, and the outcome is the prediction. ``changed`` and the redacted ``diff``
    are put into ``task.result``. Raises DcosError if the entity keeps changing under our hands.
    """
    for _attempt in range(ATTEMPTS):
        before = entity.read()
        outcome = _step(task, entity, before, desired(before) if callable(desired) else desired)
        if outcome is not None:
            before, after = (fields and entity.shown(fields) for fields in (outcome.before, outcome.after))
            report(task, entity.label, outcome.changed, before, after, entity.secret_fields)
            return outcome
    raise DcosError(f"Could not converge {entity.label}: something else keeps changing it at the same time.")


def _step(task, entity, before, desired):
    """Do what is to be done, once; None where a race makes it necessary to look again."""
    if desired is None:
        if before is not None:
            entity.check(before, None)
            if not task.check_mode and entity.delete(before) is False:
                before = None
        return Outcome(before is not None, before, None)
    if before is None:
        entity.check(None, desired)
        done = task.check_mode or entity.create(desired)
        return Outcome(True, None, entity.merged({}, desired)) if done else None
    changes = {name: value for name, value in desired.items() if entity.differs(name, before.get(name), value)}
    if not changes:
        return Outcome(False, before, before)
    changes.update({name: desired[name] for name in entity.silent_fields if name in desired})
    entity.check(before, changes)
    done = task.check_mode or entity.update(before, changes)
    return Outcome(True, before, entity.merged(before, changes)) if done else None


def report(task, label, changed, before, after, secret_fields=()) -> None:
    """Set ``changed`` and, in diff mode, ``diff`` with every secret replaced by a marker."""
    task.result["changed"] = changed
    if task.diff_mode:
        old, new = redact_pair(before, after, secret_fields)
        task.result["diff"] = {"before_header": label, "after_header": label, "before": old or {}, "after": new or {}}


def read_or_predict(task, path: str, option: str, predict: Callable[[], str]) -> str:
    """Return the text of the file that ``option`` names.

    In check mode a missing file is taken for one that an earlier task would have made, and ``predict()`` stands in.
    Raises InputError if it cannot be read.
    """
    if task.check_mode and not os.path.exists(path):
        task.warn(f"{option} '{path}' does not exist; check mode assumes that an earlier task makes it.")
        return predict()
    return read_text(path, option)

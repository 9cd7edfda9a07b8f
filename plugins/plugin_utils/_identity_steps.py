# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the role service_identity: what its tasks are given for the identities that are well, and what came out.

A step is one task of a module for all identities. Which entries it gets follows from what is wanted and from what the
steps before it returned, so that each task can tell it anew, and nothing but results is kept in between.

This file is private to the collection.
"""

from __future__ import annotations

import functools
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any, Callable

from ansible_collections.dcos.security.plugins.plugin_utils import _rights
from ansible_collections.dcos.security.plugins.plugin_utils._identity_entries import Entries, Entry, Identity
from ansible_collections.dcos.security.plugins.plugin_utils._marathon import merged

PRESENT = ("look", "seen", "foreseen", "groups", "credentials", "accounts", "subjects", "certificates", "proofs")
ABSENT = ("found", "stored", "gone_certificates", "gone_accounts", "gone_credentials", "gone_groups")
ROTATION = ("looked", "current", "next", "rekeyed", "proven", "switched")
# What a rotation does about those that failed at one of these steps, and then for all that are settled.
BACKING_OUT = ("rekeyed", "proven", "switched")
AFTER_ROTATION = ("kept", "restored", "cleared")
# Before the first step of each chain that writes, it is known whether its user will certainly be refused.
WRITING = ("groups", "gone_certificates", "next")
# Readings of what is no thing of one identity: groups, permissions of who is logged in, secrets below a folder.
READINGS = ("known", "rights", "listed", "left")
# Which part of an identity a step changes, in the words of the report.
ALTERED = {
    "groups": "group of permissions",
    "credentials": "credential",
    "accounts": "account",
    "subjects": "permissions",
    "certificates": "certificates",
    "gone_certificates": "certificates",
    "gone_accounts": "account",
    "gone_credentials": "credential",
    "gone_groups": "group of permissions",
    "rekeyed": "key",
    "switched": "credential",
}
STEPS = (*PRESENT, *ABSENT, *ROTATION, *AFTER_ROTATION, *READINGS)


class Run(Entries):
    """One run of the role.

    Args:
        identities: of _identities.plan().
        done: what the steps returned so far, {step: result of its task}.
        coming: groups that are made before, and in check mode would be.
        rotation: whether the keys are rotated, instead of identities being provided or removed.
    """

    def __init__(
        self,
        identities: list[Identity],
        done: Mapping[str, Any],
        check_mode: bool,
        rotation: bool,
        coming: frozenset[str] = frozenset(),
    ) -> None:
        self.identities = identities
        self._done = done
        self.check_mode = check_mode
        self.rotation = rotation
        self._coming = coming if check_mode else frozenset()
        self._cached_jobs = functools.lru_cache(maxsize=None)(self._jobs)
        self._cached_results = functools.lru_cache(maxsize=None)(self._results)

    def entries(self, step: str) -> list[Any]:
        """Return the list that the task of a step is given."""
        if step == "known":
            return sorted({gid for number in self._well("groups") for gid in self._joining(number)})
        if step in ("listed", "left"):
            return self._folders()
        if step == "rights":
            return [] if self._done.get("rights") else [n for n in range(len(self.identities)) if self.writes(n)]
        return [entry for _number, entry in self.jobs(step)]

    # --- what is well -----------------------------------------------------------------------------------------------

    def chain(self, number: int) -> tuple[str, ...]:
        """Return the steps of an identity, in their order."""
        if self.rotation:
            return ROTATION
        return PRESENT if self.identities[number]["state"] == "present" else ABSENT

    def problem(self, number: int, before: str | None = None) -> dict[str, Any] | None:
        """Return why an identity is not well, as {msg, failure}, by the steps before one if that is given, or None."""
        if self.identities[number]["problem"]:
            return {"msg": self.identities[number]["problem"]}
        for step in self.chain(number):
            if step == before:
                return None
            missing = self._missing(number, step)
            if missing:
                return {"msg": missing}
            failed = self.failed(number, (step,))
            if failed:
                return failed
        return None

    def _missing(self, number: int, step: str) -> str | None:
        """Return what the readings before a step miss."""
        if step in WRITING and self.writes(number) and (rights := self.lacking(self._needed(number))):
            return _rights.refusal(rights)
        known = self._done.get("known", {}).get("groups")
        if step == "groups" and known is not None:
            gids = {group["gid"] for group in known} | self._coming
            missing = [gid for gid in self._joining(number) if gid not in gids]
            if missing:
                return f"There is no group '{missing[0]}' to join: create it with dcos_group, or take it out of groups."
        if step == "current" and "results" in self._done.get("listed", {}):
            identity = self.identities[number]
            present = self._paths("listed", identity["store"])
            account = "service_account" in self.one("looked", number)
            # An account may be missing in a rotation that was interrupted while it was made anew.
            begun = identity["next"] in present
            what = [] if identity["path"] in present else [f"secret '{identity['path']}'"]
            what += [] if account or begun else [f"service account '{identity['uid']}'"]
            if what:
                return (
                    f"There is nothing to rotate, as the cluster has no {' and no '.join(what)}. Provide the identity "
                    "first, with the role service_identity."
                )
        return None

    def _well(self, step: str) -> Iterator[int]:
        for number in range(len(self.identities)):
            if (
                step in self.chain(number)
                and self.problem(number, before=step) is None
                and not self._missing(number, step)
            ):
                yield number

    def _joining(self, number: int) -> list[str]:
        """Return the groups that an identity will join, or might, and that nobody makes for it."""
        identity = self.identities[number]
        if not self.one("look", number) or not self.changes(number):
            return []
        return [gid for gid in identity["account"].get("groups", ()) if gid != identity["group"]]

    # --- rights ------------------------------------------------------------------------------------------------------

    def writes(self, number: int) -> bool:
        """Tell whether something of an identity is to be written, by what is known before that."""
        identity = self.identities[number]
        if identity["problem"]:
            return False
        if self.rotation:
            return bool(self.one("current", number))
        if identity["state"] == "present":
            return bool(self.one("look", number)) and self.changes(number)
        looks = [*self.results("found").get(number, ()), *self.results("stored").get(number, ())]
        return any(result.get("changed") for result in looks)

    def lacking(self, rights: list[_rights.Right]) -> list[_rights.Right]:
        """Return the rights that the user who is logged in certainly lacks: none where that is not known."""
        read = self._done.get("rights", {})
        return _rights.lacking([*read["permissions"], *read["inherited"]], rights) if "permissions" in read else []

    def _needed(self, number: int) -> list[_rights.Right]:
        """Return rights that the rest of the steps of an identity is certain to need."""
        identity = self.identities[number]
        if self.rotation:
            return _rights.of_rotation(identity, identity["next"] in self._paths("listed", identity["store"]))
        if identity["state"] == "absent":
            return _rights.of_removal(identity, self.results("stored").get(number, ()))
        return _rights.of_provision(identity, self.one("seen", number), self.results("foreseen").get(number, ()))

    # --- the entries of the steps -----------------------------------------------------------------------------------

    def jobs(self, step: str) -> list[tuple[Any, Entry]]:
        """Return the entries of a step with the numbers of the identities that they belong to."""
        return self._cached_jobs(step)

    def results(self, step: str) -> dict[int, list[dict[str, Any]]]:
        """Return what a step returned for each identity. A task that failed as a whole has failed for all of them."""
        return self._cached_results(step)

    def _jobs(self, step: str) -> list[tuple[int, Entry]]:
        make: Callable[[int], list[Entry]] = getattr(self, f"_{step}")
        numbers = self._settled(step) if step in AFTER_ROTATION else self._well(step)
        jobs = [(number, entry) for number in numbers for entry in make(number)]
        return merged(jobs) if step == "subjects" else jobs

    def _results(self, step: str) -> dict[int, list[dict[str, Any]]]:
        done = self._done.get(step) or {}
        jobs = self.jobs(step)
        results = done.get("results")
        if results is None:
            results = [done] * len(jobs) if done.get("failed") else []
        found: dict[int, list[dict[str, Any]]] = {}
        for (owners, _entry), result in zip(jobs, results):
            for number in owners if isinstance(owners, tuple) else (owners,):
                found.setdefault(number, []).append(result)
        return found

    def one(self, step: str, number: int) -> dict[str, Any]:
        """Return the first that a step returned for an identity, or nothing."""
        return next(iter(self.results(step).get(number, ())), {})

    def changes(self, number: int) -> bool:
        """Tell whether credential and account are not yet as they shall be."""
        look, seen = self.one("look", number), self.one("seen", number)
        account = look.get("service_account")
        same = account and account["fingerprint"] == seen.get("fingerprint")
        return not same or look["changed"] or seen["changed"] or self.identities[number]["rotate"]

    def altered(self, number: int) -> list[str]:
        """Return which parts of an identity were changed by this run, or in check mode would be."""
        steps = [step for step in self.chain(number) if step in ALTERED and self._alters(number, step)]
        return list(dict.fromkeys(ALTERED[step] for step in steps))

    def _alters(self, number: int, step: str) -> bool:
        results = self.results(step).get(number, ())
        if step != "subjects" or not results:
            return any(result.get("changed") for result in results)
        # Marathon's own account is granted at once what several identities need.
        granted = {row["rid"] for result in results[1:] for row in result.get("granted", ())}
        own = {row["rid"] for entry in self._subjects(number)[1:] for row in entry["permissions"]}
        return bool(granted & own) or any(result.get("changed") for result in results[:1])

    def unfinished(self, number: int) -> dict[str, Any] | None:
        """Return as a problem that a step has not been done for an identity, because the run ended early."""
        for step in self.chain(number):
            due = sum(
                number in owners if isinstance(owners, tuple) else number == owners
                for owners, _entry in self.jobs(step)
            )
            if due > len(self.results(step).get(number, ())):
                return {"msg": "It was not finished, see the error above."}
        if self.rotation and not self.one("cleared", number):
            return {"msg": "It was not finished, see the error above."}
        return self.failed(number, ("cleared",)) if self.rotation else None

    def failed(self, number: int, steps: tuple[str, ...]) -> dict[str, Any] | None:
        """Return why one of these steps failed for an identity, as {msg, failure}, or None."""
        for step in steps:
            for result in self.results(step).get(number, ()):
                if result.get("failed"):
                    return {key: result[key] for key in ("msg", "failure") if key in result}
        return None

    def backed_out(self, number: int) -> bool:
        """Tell whether a rotation has to be taken back, for this identity alone."""
        return self.failed(number, BACKING_OUT) is not None

    def _settled(self, step: str) -> Iterator[int]:
        for number in range(len(self.identities)):
            if self.backed_out(number):
                before = {"kept": (), "restored": ("kept",), "cleared": ("kept", "restored")}[step]
                if all(self.one(name, number) and not self.one(name, number).get("failed") for name in before):
                    yield number
            elif step == "cleared" and self.one("switched", number):
                yield number

    # --- listings ---------------------------------------------------------------------------------------------------

    def _folders(self) -> list[Entry]:
        """Return the folder below which all secrets of the identities lie, for each store, as {path, store}."""
        folders: dict[str, list[str]] = {}
        for number, identity in enumerate(self.identities):
            if self.rotation and not identity["problem"]:
                folders.setdefault(identity["store"], []).append(posixpath.dirname(identity["path"]))
            elif not self.rotation and identity["state"] == "absent" and self.problem(number) is None:
                folders.setdefault(identity["store"], []).append(identity["folder"])
        return [{"path": posixpath.commonpath(paths) or "/", "store": store} for store, paths in folders.items()]

    def _paths(self, step: str, store: str) -> set[str]:
        """Return the paths of a store that a listing found."""
        return {
            secret["path"]
            for listing in (self._done.get(step) or {}).get("results", ())
            for secret in listing.get("secrets", ())
            if secret["store"] == store
        }

    def left(self, number: int) -> list[str]:
        """Return the paths of secrets in the folder of a removed identity that are not its own."""
        identity = self.identities[number]
        paths = self._paths("left", identity["store"]) - self._removed
        return sorted(path for path in paths if path.startswith(identity["prefix"]))

    @functools.cached_property
    def _removed(self) -> set[str]:
        return {entry["path"] for step in ("gone_certificates", "gone_credentials") for _n, entry in self.jobs(step)}

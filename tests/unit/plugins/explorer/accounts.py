# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of dcos_service_account for one account beside each other and beside third parties, and what must hold."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.dcos.security.plugins.modules import dcos_service_account
from ansible_collections.dcos.security.tests.unit.plugins.explorer.events import NOTHING_WRONG, PATIENT, Faults, Request
from ansible_collections.dcos.security.tests.unit.plugins.explorer.explore import Broken, Decide
from ansible_collections.dcos.security.tests.unit.plugins.explorer.ledger import (
    DESCRIPTION,
    GID,
    IAM,
    KEYS,
    MARK,
    RIDS,
    UID,
    Ledger,
)
from ansible_collections.dcos.security.tests.unit.plugins.explorer.model import KEY, Model
from ansible_collections.dcos.security.tests.unit.plugins.explorer.simulation import SimulatedTransport, run_module
from ansible_collections.dcos.security.tests.unit.plugins.explorer.world import Run, World


def grant(rid: str) -> Request:
    """Return a third party's grant of 'full'."""
    return Request("PUT", f"{IAM}/acls/{rid}/users/{UID}/full", (), None, PATIENT)


def revocation(rid: str) -> Request:
    """Return a third party's revocation of 'full'."""
    return Request("DELETE", f"{IAM}/acls/{rid}/users/{UID}/full", (), None, PATIENT)


def joining(gid: str) -> Request:
    """Return a third party's request that makes the account a member."""
    return Request("PUT", f"{IAM}/groups/{gid}/users/{UID}", (), None, PATIENT)


def leaving(gid: str) -> Request:
    """Return a third party's request that takes a membership away."""
    return Request("DELETE", f"{IAM}/groups/{gid}/users/{UID}", (), None, PATIENT)


class Scenario:
    """Runs for one account: ``play`` goes through one schedule of them.

    Args:
        wishes: {name of a run: its options}, the names being of RUNS.
        others: {name: requests} of third parties, each party's in their order.
        faults: what may go wrong.
        last: options of the undisturbed run that follows.
        journal: what an earlier run has left as a journal, with ``account`` None, or (key, description) of the account.
    """

    def __init__(
        self,
        wishes: dict[str, dict[str, Any]],
        others: dict[str, list[Request]] | None = None,
        faults: Faults = NOTHING_WRONG,
        last: dict[str, Any] | None = None,
        journal: dict[str, Any] | None = None,
        account: tuple[str, str] | None = (KEYS[0], DESCRIPTION),
        parallel: bool = False,
    ) -> None:
        self.wishes, self.others, self.faults, self.parallel = wishes, others or {}, faults, parallel
        self.last = {} if last is None else last
        self._journal, self._account = journal, account

    def _model(self) -> Model:
        model = Model()
        model.acls = {rid: rid for rid in RIDS}
        model.groups = {"brokers": "", "readers": ""}
        recorded = self._journal or {}
        if self._account is not None:
            key, description = self._account
            model.users[UID] = {KEY: key, "description": description}
            if not description.endswith(MARK):
                model.grants = {("dcos:a", "users", UID, "full")}
                model.members = {("brokers", UID)}
        if self._journal is not None:
            model.groups[GID] = json.dumps(recorded)
        return model

    def play(self, decide: Decide, trace: list[str]) -> int:
        """Play one schedule and the last run; return the number of checks. Raises Broken."""
        model = self._model()
        absent = {name for name, wish in {**self.wishes, "last": self.last}.items() if wish.get("state") == "absent"}
        ledger = Ledger(model, absent)
        if self._journal and self._journal.get("permissions"):
            ledger.must |= {("grant", e["rid"], a) for e in self._journal["permissions"] for a in e["actions"]}
            ledger.must |= {("group", gid) for gid in self._journal["groups"]}
        world = World(model, decide, self.faults, ledger.observe, self.parallel)
        world.trace = trace
        world.others = {name: list(requests) for name, requests in self.others.items()}
        world.extra = ledger.state
        SimulatedTransport.world = world
        try:
            for name, wish in self.wishes.items():
                self._start(world, name, wish)
            world.play()
            checks = sum(self._check_report(run, ledger) for run in list(world.runs.values()))
            world.finish_others()
            world.left = 0
            world.decide = lambda _world, _options: 0
            trace.append("-- the last run")
            ledger.keys_seen[:-1] = []
            last = self._start(world, "last", self.last)
            world.play()
            return checks + self._check_report(last, ledger) + self._check_end(model, ledger, last)
        finally:
            world.stop()

    @staticmethod
    def _start(world: World, name: str, wish: dict[str, Any]) -> Run:
        return world.start(name, lambda run: run_module(dcos_service_account, run, uid=UID, **wish))

    def _check_report(self, run: Run, ledger: Ledger) -> int:
        """Nobody reports what did not happen, or keeps quiet about what it did."""
        assert run.outcome
        if run.outcome[0] != "ok":
            return 1
        result, wish = run.outcome[1], (self.last if run.name == "last" else self.wishes[run.name])
        absent = wish.get("state") == "absent"
        if absent and None not in ledger.keys_seen:
            raise Broken(f"{run.name} reports that the account is gone, and it never was")
        had = {seen[0] for seen in ledger.keys_seen if seen}
        if not absent and wish.get("public_key") not in {None, *had}:
            raise Broken(f"{run.name} reports a key that the account never had")
        if not result["changed"] and ledger.applied.get(run.name, set()) & {"PUT account", "DELETE account"}:
            raise Broken(f"{run.name} reports no change, and has deleted or created the account")
        if result["changed"] and not ledger.applied.get(run.name):
            raise Broken(f"{run.name} reports a change, and has changed nothing")
        return 3

    def _check_end(self, model: Model, ledger: Ledger, last: Run) -> int:
        assert last.outcome
        if last.outcome[0] != "ok":
            raise Broken(f"the last run fails: {last.outcome}")
        if GID in model.groups:
            raise Broken(f"a journal is left: {model.groups[GID]}")
        user = model.users.get(UID)
        if self.last.get("state") == "absent":
            if user:
                raise Broken("the account is there after absent")
            return 2
        if user is None:
            # Without a key nobody can make it again; that is right where somebody deleted it.
            if self.last.get("public_key") or not any(w.get("state") == "absent" for w in self.wishes.values()):
                raise Broken("the account is gone")
            return 2
        if user["description"].endswith(MARK):
            raise Broken(f"a mark is left: {user['description']}")
        asked = {wish.get("description", DESCRIPTION) for wish in (*self.wishes.values(), self.last)} | {DESCRIPTION}
        recreated = self._account is None or any(wish.get("state") == "absent" for wish in self.wishes.values())
        if user["description"] not in asked | ({""} if recreated else set()):
            raise Broken(f"the description is {user['description']!r}")
        keys = {wish.get("public_key") for wish in (*self.wishes.values(), self.last)}
        keys |= {self._account and self._account[0], (self._journal or {}).get("target_public_key")}
        if user[KEY] not in keys:
            raise Broken("the account has a key that nobody asked for")
        if self.last.get("public_key", user[KEY]) != user[KEY]:
            raise Broken("the account has not the last key")
        return 5 + ledger.check()

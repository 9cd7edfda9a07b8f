# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module, from every state, cut off at every request in every way: the next run finishes, the one after is idle.

The end is compared with that of a run that nobody disturbed: by what is on the cluster, and keys and certificates by
whether they fit together, as each run makes its own.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import threading
from collections.abc import Iterator
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _http, _keys, _x509
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.tests.reliability.report import Options, Report
from ansible_collections.dcos.security.tests.reliability.starts import Case, Keys, cases, common
from ansible_collections.dcos.security.tests.unit.plugins.cluster import Cluster, in_child

# What becomes of a request: refused, lost on its way, answered to nobody, answered by half, …
FAULTS: dict[str, dict[str, Any]] = {
    "503 before": {"action": "status", "status": 503, "retry_after": 0},
    "cut before": {"action": "reset"},
    "cut after": {"action": "reset", "when": "after"},
    "truncated": {"action": "truncate"},
}
# … or what becomes of who sends it.
KILLED = ("killed before", "killed after")
RETRIES = {"no retries": 0, "default retries": 3}

Cut = tuple[int, str, str]  # number of the request, what happens, retries


def section(options: Options) -> Report:
    """Run the matrix, or a sample of it."""
    cluster = Cluster()
    try:
        return matrix(cluster, options)
    finally:
        cluster.stop()


def matrix(cluster: Cluster, options: Options) -> Report:
    """Run the matrix on a cluster that is there."""
    report = Report("crashes, by module and state")
    draw, keys = random.Random(options.seed), Keys()
    for name, case in cases(keys).items():
        Trial(cluster, keys, name, case, report).run(draw, options.sample)
    return report


class Trial:
    """All the ways to cut off one task."""

    def __init__(self, cluster: Cluster, keys: Keys, name: str, case: Case, report: Report) -> None:
        self._cluster, self._case, self._name, self._report = cluster, case, name, report
        cluster.reset()
        common(cluster, keys)
        for method, path, body in case.before:
            cluster.api(method, path, body)
        if case.first:
            cluster.run(case.module, **case.first)
        self._start = cluster.control("GET", "/state").json()
        self._requests = len(cluster.run(case.module, **case.options, **case.once).sent)
        self._whole = meaning(cluster)

    def run(self, draw: random.Random, sample: float) -> None:
        """Try each way, or some that are drawn by lot; never none."""
        cuts = list(self._cuts())
        for cut in draw.sample(cuts, max(1, round(sample * len(cuts)))):
            self._report.cases[self._name] += 1
            try:
                self._try(*cut)
            except AssertionError as error:
                number, what, retries = cut
                self._report.failures.append(f"{self._name}, request {number}, {what}, {retries}: {error}")

    def _cuts(self) -> Iterator[Cut]:
        for number in range(1, self._requests + 1):
            yield from itertools.product([number], FAULTS, RETRIES)
            yield from ((number, what, "no retries") for what in KILLED)

    def _try(self, number: int, what: str, retries: str) -> None:
        cluster, case = self._cluster, self._case
        cluster.control("PUT", "/state", self._start)
        wish = {**case.options, **case.once}
        if what in KILLED:
            died = killed(cluster, number, what == "killed after", case.module, wish)
            assert died == signal.SIGKILL, f"died of {died}"
        else:
            cluster.fault(**FAULTS[what], nth=number)
            outcome = cluster.attempt(case.module, **wish, retries=RETRIES[retries])
            cluster.heal()
            assert "Unexpected" not in outcome.get("msg", ""), outcome["msg"]
            if not outcome.get("failed"):
                assert meaning(cluster) == self._whole, "it succeeds, and has not done everything"
                assert outcome["changed"] is True, "it succeeds, and hides that it has changed something"
        finished = cluster.attempt(case.module, **case.options)
        assert not finished.get("failed"), f"the next run fails: {finished.get('msg')}"
        assert meaning(cluster) == self._whole, f"the next run ends with {difference(meaning(cluster), self._whole)}"
        idle = cluster.attempt(case.module, **case.options)
        assert idle.get("changed") is False, f"the run after it changes something: {idle}"
        assert not idle.writes, f"the run after it writes: {idle.writes}"


def killed(cluster: Cluster, number: int, after: bool, module: str, wish: dict[str, Any]) -> int:
    """Run a module in a process that is killed as it sends its request ``number``, or as it has the answer.

    Returns the signal that it died of.
    """
    send, counter, lock = _http.Transport._send, itertools.count(1), threading.Lock()

    def deadly(self: _http.Transport, *arguments: Any, **more: Any) -> Any:
        with lock:
            hit = next(counter) == number
        if hit and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = send(self, *arguments, **more)
        if hit:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def run() -> dict[str, Any]:
        _http.Transport._send = deadly  # type: ignore[method-assign]
        return dict(cluster.attempt(module, **wish))

    return int(in_child(run)()[1])


def meaning(cluster: Cluster) -> dict[Any, Any]:
    """What is on the cluster, less what differs between two runs that do the same: keys, serial numbers, times."""
    state = cluster.state()
    texts = {key: value.get("value") for key, value in state.items() if key[0] == "secret"}
    return {key: _meaning_of(key, value, texts) for key, value in state.items() if key[0] != "certificate"}


def _meaning_of(key: tuple[str, ...], value: Any, texts: dict[Any, Any]) -> Any:
    if key[0] == "secret":
        return _meaning_of_text(value.get("value"), texts)
    if isinstance(value, dict):
        volatile = ("created", "updated", "modified", "password", "password_hash", "passwordhash")
        return {name: content for name, content in value.items() if name not in volatile}
    return value


def _meaning_of_text(text: Any, texts: dict[Any, Any]) -> Any:
    if not isinstance(text, str):
        return text
    if text.startswith("{"):
        members = json.loads(text)
        return {**members, "private_key": _keys.key_size(members["private_key"])}
    if "PRIVATE KEY-----" in text:
        return "a private key"
    if "BEGIN CERTIFICATE" in text:
        described = _x509.describe_certificate(text)
        fits = [key[2] for key, other in texts.items() if _is_key_of(other, text)]
        return {name: described[name] for name in ("subject", "subject_alt_name", "issuer", "key_type", "key_size")} | {
            "keys": sorted(fits)
        }
    return text


def _is_key_of(key: Any, certificate: str) -> bool:
    if not isinstance(key, str) or not key.startswith("-----BEGIN") or "PRIVATE KEY" not in key:
        return False
    try:
        return _x509.matches(certificate, key)
    except InputError:
        return False


def difference(found: dict[Any, Any], wanted: dict[Any, Any]) -> dict[Any, Any]:
    """What two states do not have in common, as {key: (found, wanted)}."""
    return {key: (found.get(key), wanted.get(key)) for key in {*found, *wanted} if found.get(key) != wanted.get(key)}

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests against a real peer share: an emulator, and keys, which take long to make.

ansible-test runs each test in a process forked for it, in which a fixture would be made anew for each. So both are made
where the tests are collected, before the first fork, and only if a test asks for them.
"""

from __future__ import annotations

import os
import time
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _journal, _keys, _rekey
from ansible_collections.dcos.security.tests.unit.plugins.calls import load_modules
from ansible_collections.dcos.security.tests.unit.plugins.cluster import Cluster

_made: dict[str, Any] = {}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Make what the collected tests need."""
    wanted = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    if "cluster" in wanted and not session.config.option.collectonly:
        _made["cluster"] = Cluster()
        load_modules()
    if "pems" in wanted:
        _made["pems"] = [_keys.generate_private_key() for _number in range(4)]


def pytest_sessionfinish() -> None:
    """End what was started."""
    if "cluster" in _made:
        _made.pop("cluster").stop()


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """Return a cluster as its installation leaves it; no variable of the environment says another one."""
    for name in [name for name in os.environ if name.startswith("DCOS_")]:
        monkeypatch.delenv(name)
    made: Cluster = _made["cluster"]
    made.reset()
    return made


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time pass at once where a run waits for another one, which is dead here."""
    skipped = [0.0]

    def sleep(seconds: float) -> None:
        skipped[0] += seconds

    monkeypatch.setattr(_journal.Times, "poll", property(lambda times: times.deadline))
    for module in (_journal, _rekey):
        monkeypatch.setattr(module, "time", SimpleNamespace(sleep=sleep))
        monkeypatch.setattr(module, "now", lambda: time.monotonic() + skipped[0])


@pytest.fixture
def pems() -> list[str]:
    """Return four RSA private keys as PKCS#8 PEM."""
    made: list[str] = _made["pems"]
    return made

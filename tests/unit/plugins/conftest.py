# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests against a real peer share: an emulator, and keys, which take long to make.

ansible-test runs each test in a process forked for it, in which a fixture would be made anew for each. So both are made
where the tests are collected, before the first fork, and only if a test asks for them.
"""

from __future__ import annotations

import os

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.tests.unit.plugins.cluster import Cluster

_made: dict = {}


def pytest_collection_finish(session):
    """Make what the collected tests need."""
    wanted = {name for item in session.items for name in item.fixturenames}
    if "cluster" in wanted and not session.config.option.collectonly:
        _made["cluster"] = Cluster()
    if "pems" in wanted:
        _made["pems"] = [_keys.generate_private_key() for _number in range(4)]


def pytest_sessionfinish():
    """End what was started."""
    if "cluster" in _made:
        _made.pop("cluster").stop()


@pytest.fixture
def cluster(monkeypatch):
    """Return a cluster as its installation leaves it; no variable of the environment says another one."""
    for name in [name for name in os.environ if name.startswith("DCOS_")]:
        monkeypatch.delenv(name)
    _made["cluster"].reset()
    return _made["cluster"]


@pytest.fixture
def pems():
    """Return four RSA private keys as PKCS#8 PEM."""
    return _made["pems"]

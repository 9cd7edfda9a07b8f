# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that die in their midst, and several that overlap."""

from __future__ import annotations

import signal

import pytest

from ansible_collections.dcos.security.tests.unit.plugins.cluster import at_once, killed_after
from ansible_collections.dcos.security.tests.unit.plugins.lists import KINDS, NAMES


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_a_list_that_dies_is_continued_by_the_next_run(cluster, pems, kind):
    kind.prepare(cluster, pems)
    wish = {kind.option: kind.entries(pems, NAMES[:2])}
    state = cluster.control("GET", "/state").json()
    requests = len(cluster.run(kind.module, **wish).sent)
    whole = set(cluster.state())
    for number in range(1, requests):
        cluster.control("PUT", "/state", state)
        assert killed_after(cluster, number, kind.module, **wish) == signal.SIGKILL
        left = cluster.state()
        finished = cluster.run(kind.module, **wish)
        assert finished["changed"] == (left != cluster.state())
        assert set(cluster.state()) == whole
        assert cluster.run(kind.module, **wish)["changed"] is False


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_two_tasks_with_overlapping_lists_end_right(cluster, pems, kind):
    names = (*NAMES, "delta")
    kind.prepare(cluster, pems, names)
    cluster.control("PATCH", "/settings", {"latency_ms": 2})
    first, second = kind.entries(pems, names[:3]), kind.entries(pems, names[:0:-1])
    at_once(cluster, kind.module, {kind.option: first}, {kind.option: second})
    again = cluster.run(kind.module, **{kind.option: kind.entries(pems, names)})
    assert again["changed"] is False

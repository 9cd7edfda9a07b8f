# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of ``make reliability``: some ways to cut off each module, from each state."""

from __future__ import annotations

from ansible_collections.dcos.security.tests.reliability.crashes import matrix
from ansible_collections.dcos.security.tests.reliability.report import Options


def test_crashes(cluster):
    report = matrix(cluster, Options(seed=1, sample=0.02))
    assert sum(report.cases.values()) >= 40
    assert report.failures == []

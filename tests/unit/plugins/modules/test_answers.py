# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of what ``make reliability`` runs of answers that lie, which takes another seed each time."""

from __future__ import annotations

from ansible_collections.dcos.security.tests.reliability.answers import section
from ansible_collections.dcos.security.tests.reliability.report import Options


def test_answers_that_lie():
    report = section(Options(seed=2026, sample=0.05))
    assert not report.failures, report.text()
    assert min(report.cases.values()) >= 20, report.text()

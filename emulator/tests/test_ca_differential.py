# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The embedded CA and the real cfssl answer the same requests alike."""

from __future__ import annotations

from itertools import count

import pytest
from ca_cases import Case, cases
from ca_client import Ca
from ca_compare import assert_alike

pytest_plugins = ("ca_fixtures",)
pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length must be|Country names should be")

_number = count(1)


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: f"{next(_number)}-{case}")
def test_both_backends_answer_alike(embedded: Ca, cfssl: Ca, case: Case) -> None:
    assert_alike(embedded, cfssl, case.operation, case.body(), method=case.method)

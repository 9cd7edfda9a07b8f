# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix shares out the cases of unit tests: no case may be lost on the way."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from ansible_collections.dcos.security.tests.unit.conftest import shared_out

# Name: cases, and whether it is marked for every core.
TESTS = {"test_one": (1, False), "test_few": (3, False), "test_many": (23, False), "test_leaks": (17, True)}


def collected():
    """Return what pytest collects, in its order."""
    return [
        SimpleNamespace(nodeid=f"test_file.py::{name}[{case}]", get_closest_marker=lambda mark, marked=marked: marked)
        for name, (cases, marked) in TESTS.items()
        for case in range(cases)
    ]


@pytest.mark.parametrize("of", [1, 2, 4, 5, 24])
def test_all_shares_together_are_all_cases(of):
    everything = [item.nodeid for item in collected()]
    met = Counter()
    for number in range(of):
        kept, left = shared_out(collected(), number, of)
        assert sorted(item.nodeid for item in (*kept, *left)) == sorted(everything)
        met.update(item.nodeid for item in kept)
    assert set(met) == set(everything)
    for name, (cases, marked) in TESTS.items():
        times = {count for item, count in met.items() if f"::{name}[" in item}
        assert times == {of if marked or cases < of else 1}, name


def test_a_share_has_its_part_of_many_cases():
    kept, _left = shared_out(collected(), number=1, of=5)
    assert Counter(item.nodeid.split("::")[1].split("[")[0] for item in kept) == {
        "test_one": 1,
        "test_few": 3,
        "test_many": 5,
        "test_leaks": 17,
    }

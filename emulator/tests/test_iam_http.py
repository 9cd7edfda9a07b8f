# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the IAM prints its answers: as Python's json module indents them, two spaces a level, and a line end."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dcos_emulator.iam.http import answer

# No lone surrogates: the IAM refuses them as input.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@given(st.dictionaries(TEXT, JSON) | st.lists(JSON))
def test_answers_are_indented_by_two_spaces(data: Any) -> None:
    wrapped = {"array": data} if isinstance(data, list) else data
    assert answer(data).body.decode() == json.dumps(wrapped, ensure_ascii=False, indent=2) + "\n"

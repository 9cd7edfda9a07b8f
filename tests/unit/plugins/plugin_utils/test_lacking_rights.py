# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is called certain to be refused: never what may cover a secret, and what Admin Router does not find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils._reissue import Reason
from ansible_collections.dcos.security.plugins.plugin_utils._rights import MENDED, lacking

ACTIONS = ("create", "read", "update", "delete", "full")
PARTS = st.lists(st.sampled_from(["a", "b", "ab", "a-b"]), min_size=1, max_size=3).map("/".join)
SIGN = ("dcos:adminrouter:ops:ca:rw", "full")


@given(PARTS, st.sampled_from(ACTIONS), st.data())
def test_what_covers_a_secret_is_never_taken_for_nothing(path: str, action: str, data: st.DataObject) -> None:
    """Each rid above it, in every form that the documentation shows, and shorter ones."""
    parts = path.split("/")
    above = "/".join(parts[: data.draw(st.integers(0, len(parts)))])
    form = data.draw(st.sampled_from(["{0}", "{0}/*", "{0}/", "{0}*"]))
    rid = data.draw(
        st.sampled_from(
            ["dcos:secrets", "dcos:secrets:default", "dcos:secrets:*", f"dcos:secrets:default:/{form.format(above)}"]
        )
    )
    held = [{"rid": rid, "actions": [data.draw(st.sampled_from([action, "full"]))]}]
    assert lacking(held, [(f"dcos:secrets:default:/{path}", action)]) == []


@pytest.mark.parametrize(
    ("rid", "actions"),
    [
        ("dcos:secrets:default:/a/b/c", ["full"]),
        ("dcos:secrets:default:/b/*", ["full"]),
        ("dcos:secrets:list:default:/a", ["full"]),
        ("dcos:secrets:default:/a/*", ["read", "update"]),
        ("dcos:secrets:default:/a/*", []),
        ("dcos:superuser", []),
    ],
)
def test_what_cannot_cover_a_secret(rid: str, actions: list[str]) -> None:
    needed = ("dcos:secrets:default:/a/b", "create")
    assert lacking([{"rid": rid, "actions": actions}], [needed, needed]) == [needed]


@pytest.mark.parametrize(
    ("rid", "action", "enough"),
    [
        ("dcos:adminrouter:ops:ca:rw", "full", True),
        ("dcos:superuser", "read", True),
        ("dcos:adminrouter:ops:ca:rw", "read", False),
        ("dcos:adminrouter:ops:ca", "full", False),
        ("dcos:adminrouter:*", "full", False),
        ("dcos:adminrouter:ops:ca:ro", "full", False),
    ],
)
def test_admin_router_compares_rids_as_they_are(rid: str, action: str, enough: bool) -> None:
    assert (lacking([{"rid": rid, "actions": [action]}], [SIGN]) == []) == enough


def test_reasons_that_call_for_another_certificate() -> None:
    """Compared with the order of the enumeration, which tells the two kinds apart."""
    names = [reason for reason in Reason if reason.value.startswith(MENDED)]
    assert names == list(Reason)[list(Reason).index(Reason.CHAIN_ABSENT) :]

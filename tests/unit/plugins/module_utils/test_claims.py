# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a token says."""

from __future__ import annotations

import time

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _auth
from ansible_collections.dcos.security.tests.unit.plugins.peer import token


class TestClaims:
    """A token is read without being verified, and may be anything."""

    def test_whole(self):
        assert _auth.claims(token("kafka", 60))["uid"] == "kafka"
        assert _auth.expiry(token(left=None, exp=1_700_000_000)) == 1_700_000_000

    @pytest.mark.parametrize("length", range(12))
    def test_whatever_base64_leaves_out_at_its_end(self, length):
        assert _auth.claims(token("x" * length))["uid"] == "x" * length

    @pytest.mark.parametrize(
        ("exp", "expected"),
        [(-5, 0), (0, 0), (1, 1), (253402300799, 253402300799), (253402300800, None), (1e300, None)],
    )
    def test_the_ends_of_time(self, exp, expected):
        """The last second that a calendar has is in the year 9999."""
        assert _auth.expiry(token(left=None, exp=exp)) == expected

    @pytest.mark.parametrize(
        "text", ["", "abc", "a.b", "a.b.c", "..", "a.e30.c", "a.W10.c", "a.bnVsbA.c", "ä.ö.ü", "a." + "A" * 5 + ".c"]
    )
    def test_nonsense(self, text):
        assert _auth.claims(text) == {}
        assert _auth.expiry(text) is None

    @pytest.mark.parametrize("exp", ["1700000000", None, True, [], {}])
    def test_odd_exp(self, exp):
        assert _auth.expiry(token(left=None, exp=exp)) is None

    def test_float_exp(self):
        assert _auth.expiry(token(left=None, exp=1.5)) == 1.5

    @pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
    def test_timestamp(self, monkeypatch, zone):
        with monkeypatch.context() as patched:
            patched.setenv("TZ", zone)
            time.tzset()
            assert _auth.timestamp(1_700_000_000.9) == "2023-11-14T22:13:20Z"
        time.tzset()

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redaction of diffs and masking of texts."""

from __future__ import annotations

import base64
import json
import time
import urllib.parse

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils._redact import MASK, mask, redact, redact_pair

values = st.none() | st.text() | st.binary()


def test_markers():
    entity = {"path": "a/b", "value": "s3cret", "empty": "", "gone": None}
    assert redact(entity, ["value", "empty", "gone", "missing"]) == {
        "path": "a/b",
        "value": "(set)",
        "empty": "(set)",
        "gone": "(absent)",
        "missing": "(absent)",
    }
    assert entity["value"] == "s3cret"


@pytest.mark.parametrize("absent", [None, {}])
def test_an_absent_entity_stays_empty(absent):
    assert redact(absent, ["value"]) == {}
    assert redact_pair(absent, {"value": "x"}, ["value"]) == ({}, {"value": "(set)"})
    assert redact_pair({"value": "x"}, absent, ["value"]) == ({"value": "(set)"}, {})


@given(before=values, after=values)
def test_a_pair_says_whether_a_secret_changed_and_nothing_else(before, after):
    shown_before, shown_after = redact_pair({"value": before}, {"value": after}, ["value"])
    assert (shown_before == shown_after) == (before == after)
    assert shown_before["value"] in ("(set)", "(absent)")
    assert shown_after["value"] in ("(set)", "(absent)", "(changed)")


@given(
    secret=st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=6).filter(str.strip),
    around=st.text(max_size=20),
)
@example(secret="a\"'\\b\n/?\u00fc", around="")
def test_no_spelling_of_a_secret_survives(secret, around):
    for spelling in (
        secret,
        json.dumps(secret),
        json.dumps({"value": secret}, ensure_ascii=False),
        repr({"value": secret}),
        urllib.parse.quote(secret, safe=""),
        urllib.parse.urlencode({"value": secret}),
        base64.b64encode(secret.encode()).decode(),
        base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    ):
        masked = mask(f"{around} {spelling} {around}", [secret])
        assert MASK in masked
        assert spelling not in masked or spelling in around


def test_longest_secret_first():
    assert mask("id=password-two x=password", ["password", "password-two"]) == f"id={MASK} x={MASK}"


def test_single_lines_of_a_private_key_are_masked():
    pem = "-----BEGIN PRIVATE KEY-----\n" + "\n".join(c * 64 for c in "abcd") + "\n-----END PRIVATE KEY-----\n"
    assert mask(f"bad line {'b' * 64}, sorry", [pem]) == f"bad line {MASK}, sorry"
    assert mask("-----BEGIN PRIVATE KEY-----", [pem]) == "-----BEGIN PRIVATE KEY-----"


@given(text=st.text(), secrets=st.lists(st.none() | st.text(max_size=5)))
def test_short_secrets_leave_the_text_alone(text, secrets):
    assert mask(text, secrets) == text


def test_a_lone_surrogate_is_masked_like_any_text():
    # What os.fsdecode and JSON make of bytes that are no UTF-8.
    for secret in ("\ud800-secret", "\udcff-secret"):
        assert mask(f"x {secret} y", [secret]) == f"x {MASK} y"


def test_a_secret_of_the_largest_size_is_masked_in_no_time():
    secret = "x y" * 400_000
    start = time.process_time()
    assert mask(f"<{secret[:1000]}> and <{secret}>", [secret]) == f"<{secret[:1000]}> and <{MASK}>"
    assert time.process_time() - start < 3

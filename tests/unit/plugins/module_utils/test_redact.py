# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redaction of diffs and masking of texts."""

from __future__ import annotations

import base64
import json
import urllib.parse

import pytest
from ansible.module_utils.common.parameters import remove_values
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils import _redact
from ansible_collections.dcos.security.plugins.module_utils._redact import MASK, mask, mask_within, redact, redact_pair

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


@given(secret=st.from_regex(r"\A\w{1,5}\Z"), around=st.sampled_from(list(" .,:;'\"/=(){}\n")))
def test_short_secrets_are_masked_as_words(secret, around):
    assert mask(f"somebody{around}{secret}{around}anybody", [secret]) == f"somebody{around}{MASK}{around}anybody"
    assert mask(f"somebody{secret}anybody", [secret]) == f"somebody{secret}anybody"


@given(text=st.text(), secrets=st.lists(st.none() | st.just("")))
def test_no_secrets_leave_the_text_alone(text, secrets):
    assert mask(text, secrets) == text


@pytest.mark.parametrize("secret", ["two  blanks  in it", "a tab\tand a\nline break", "a\r\nb c d e"])
def test_a_secret_whose_white_space_was_squeezed(secret):
    assert mask(f"x {' '.join(secret.split())} y", [secret]) == f"x {MASK} y"


def test_a_lone_surrogate_is_masked_like_any_text():
    # What os.fsdecode and JSON make of bytes that are no UTF-8.
    for secret in ("\ud800-secret", "\udcff-secret"):
        assert mask(f"x {secret} y", [secret]) == f"x {MASK} y"


def test_a_secret_of_the_largest_size():
    secret = "x y" * 400_000
    assert mask(f"<{secret[:1000]}> and <{secret}>", [secret]) == f"<{secret[:1000]}> and <{MASK}>"


PIECES = st.lists(st.sampled_from(["marathon", "12345678", "path/", "x", "\n"]), max_size=4).map("".join)
LEAVES = st.one_of(PIECES, st.integers(), st.sampled_from([12345678, 912345678.5, 1234567]), st.booleans(), st.none())
STRUCTURES = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(PIECES, inner, max_size=3))
)


@given(STRUCTURES)
def test_a_structure_is_masked_as_by_ansible_core(value):
    masked = mask_within(value, ["marathon", "12345678"], "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")
    assert masked == remove_values(value, ["marathon", "12345678"])


def test_in_a_structure_the_longest_secret_goes_first():
    assert mask_within(["x-secret-of-mine"], {"secret", "secret-of"}, "whole") == [f"x-{MASK}-mine"]


def test_what_cannot_be_there_is_not_spelt(monkeypatch):
    """It takes seconds for a secret of 1 MiB."""
    monkeypatch.setattr(_redact, "quote", None)
    assert mask("a short text", ["x y" * 400_000]) == "a short text"

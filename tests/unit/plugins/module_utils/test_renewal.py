# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be written to keep a certificate: every state that its parts can be in, and every set of them."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.dcos.security.plugins.module_utils import _keystores, _x509
from ansible_collections.dcos.security.plugins.module_utils._certificate_storage import PARTS
from ansible_collections.dcos.security.plugins.module_utils._reissue import Reason, WantedCertificate
from ansible_collections.dcos.security.plugins.module_utils._renewal import (
    Found,
    Java,
    Terms,
    decide_renewal,
    kept_as_it_is,
)
from ansible_collections.dcos.security.tests.unit.plugins.module_utils.authority import (
    NOW,
    WANTED,
    Ca,
    csr_for,
    truststore,
)

JAVA = Java("broker", "changeit")
WISH = WantedCertificate(
    None, WANTED["common_name"], tuple(WANTED["hosts"]), WANTED["subject"], WANTED["key_type"], WANTED["key_size"]
)
DERIVED = ("chain", "keystore", "truststore")


@pytest.fixture(scope="module")
def cas():
    return [Ca(rsa.generate_private_key(65537, 2048)) for _number in range(2)]


@pytest.fixture(scope="module")
def world(cas):
    """Return {part: {state: content}}, and what the CA says of itself. What is "other" fits, but to something else."""
    ca, other = cas
    keys = [_x509.generate_key("ECDSA", 256) for _number in range(2)]
    mine, theirs = ca.sign(csr_for(keys[0]), days=300), other.sign(csr_for(keys[1]), days=300)
    states = {
        "private_key": keys,
        "certificate": [mine, theirs],
        "chain": [ca.pem, other.pem],
        "keystore": [
            _keystores.build_keystore(keys[0], mine, [ca.pem], *JAVA),
            _keystores.build_keystore(keys[1], theirs, [other.pem], *JAVA),
        ],
        "truststore": [truststore(authority.pem, JAVA.password) for authority in (ca, other)],
    }
    return {part: dict(zip(("right", "other"), contents)) for part, contents in states.items()}, {
        "certificate": ca.pem,
        "expiry": "87600h",
    }


def decided(world, state, stored=PARTS, **terms):
    contents, authority = world
    parts = {part: contents[part][state[part]] for part in stored if state[part] != "absent"}
    return decide_renewal(Found(parts, authority), WISH, stored, Terms(**terms), JAVA, NOW)


def test_every_state_of_the_parts(world):
    """A new certificate only where that one, or its key, is not right; and then all that is made of it is made anew."""
    for combination in itertools.product(("right", "other", "absent"), repeat=len(PARTS)):
        state = dict(zip(PARTS, combination))
        for size in range(len(DERIVED) + 1):
            for derived in itertools.combinations(DERIVED, size):
                stored = ("private_key", *derived, "certificate")
                renewal, kept = decided(world, state, stored)
                pair_is_right = state["private_key"] == state["certificate"] == "right"
                assert renewal.issue is not pair_is_right, state
                wrong = {part for part in derived if state[part] != "right"}
                assert renewal.parts == (wrong if pair_is_right else set(stored)), state
                assert bool(renewal.reasons) is bool(renewal.parts)
                assert kept is False
                # With force, whatever the state.
                forced, _kept = decided(world, state, stored, force=True)
                assert forced == ((Reason.FORCED,), True, set(stored))


def test_reasons_tell_what_is_absent_from_what_differs(world):
    right = dict.fromkeys(PARTS, "right")
    for part in DERIVED:
        for state, word in (("absent", "absent"), ("other", "differs")):
            renewal, _kept = decided(world, {**right, part: state})
            assert [reason.value for reason in renewal.reasons] == [f"{part} {word}"]


@pytest.mark.parametrize("key_format", _x509.KEY_FORMATS)
@pytest.mark.parametrize("wanted", [None, *_x509.KEY_FORMATS])
def test_the_format_of_the_key_is_no_reason_for_another_certificate(world, key_format, wanted):
    contents, authority = world
    contents = {**contents, "private_key": {"right": _x509.encode_key(contents["private_key"]["right"], key_format)}}
    renewal, _kept = decided((contents, authority), dict.fromkeys(PARTS, "right"), key_format=wanted)
    fits = wanted in (None, key_format)
    assert renewal == (((), False, frozenset()) if fits else ((Reason.KEY_FORMAT,), False, {"private_key"}))


@pytest.mark.parametrize("days", [299, 300, 301, 100_000])
def test_what_expires_soon_is_kept_where_a_new_one_would_as_well(world, days):
    renewal, kept = decided(world, dict.fromkeys(PARTS, "right"), remaining_days=days)
    assert kept is (days > 3650)
    assert renewal.issue is (300 < days <= 3650)
    # It is put up with, but what belongs to it is kept in order.
    renewal, kept = decided(world, {**dict.fromkeys(PARTS, "right"), "chain": "absent"}, remaining_days=days)
    assert renewal.reasons == ((Reason.EXPIRES_SOON,) if 300 < days <= 3650 else (Reason.CHAIN_ABSENT,))


@pytest.mark.parametrize("content", ["", "garbage", b"\x30garbage", b"\x00"])
@pytest.mark.parametrize("part", PARTS)
def test_garbage_is_never_taken_for_right(world, part, content):
    contents, authority = world
    contents = {**contents, part: {"right": content}}
    renewal, _kept = decided((contents, authority), dict.fromkeys(PARTS, "right"))
    assert part in renewal.parts


def test_all_is_judged_at_one_moment(world, cas):
    """A certificate that ends with its CA, looked at shortly before that: a new one would end no later."""
    contents, authority = world
    ca_end = 3650
    certificate = cas[0].sign(csr_for(contents["private_key"]["right"]), days=ca_end)
    parts = {"private_key": contents["private_key"]["right"], "certificate": certificate}
    found, stored = Found(parts, {**authority, "certificate": cas[0].pem}), ("private_key", "certificate")
    for days_before, renewal_is_put_up_with in ((40, False), (20, True)):
        now = NOW + timedelta(days=ca_end - days_before)
        renewal, kept = decide_renewal(found, WISH, stored, Terms(), JAVA, now)
        assert (renewal, kept) == (((), False, frozenset()), renewal_is_put_up_with)


@pytest.mark.parametrize("stored", [("certificate",), ("certificate", "chain"), ("certificate", "truststore")])
def test_with_a_request_the_key_is_somebody_elses(world, stored):
    """Nothing but what is stored is ever written, and never a key: a CSR brings its own."""
    contents, authority = world
    csr = csr_for(contents["private_key"]["right"])
    wish = WISH._replace(csr=csr)
    for terms in (Terms(), Terms(force=True)):
        renewal, _kept = decide_renewal(Found({}, authority), wish, stored, terms, JAVA, NOW)
        assert renewal.issue and renewal.parts == set(stored)
        renewal, _kept = decide_renewal(Found({}, authority), wish, (*stored, "private_key"), terms, JAVA, NOW)
        assert renewal.parts == set(stored)


def test_without_a_place_for_the_key_none_is_written(world):
    _contents, authority = world
    renewal, _kept = decide_renewal(Found({}, authority), WISH, ("certificate",), Terms(), JAVA, NOW)
    assert renewal.issue and renewal.parts == {"certificate"}


@pytest.mark.parametrize("wanted", [None, *_x509.KEY_FORMATS])
@pytest.mark.parametrize("stored", _x509.KEY_FORMATS)
def test_a_key_that_is_kept_as_it_is(world, stored, wanted):
    contents, _authority = world
    key, other = contents["private_key"]["right"], contents["private_key"]["other"]
    content = _x509.encode_key(key, stored)
    assert kept_as_it_is(content, key, wanted) is (wanted in (None, stored))
    assert not kept_as_it_is(content, other, wanted)
    assert not kept_as_it_is(content, None, wanted)
    assert not kept_as_it_is(None, key, wanted)
    assert not kept_as_it_is("garbage", key, wanted)


def test_stores_are_only_looked_at_where_there_is_a_password(world):
    contents, authority = world
    parts = {part: states["right"] for part, states in contents.items()} | {"keystore": b"", "truststore": b""}
    renewal, _kept = decide_renewal(Found(parts, authority), WISH, PARTS, Terms(), None, NOW)
    assert not renewal.parts


def test_the_alias_is_part_of_a_keystore(world):
    contents, authority = world
    parts = {part: states["right"] for part, states in contents.items()}
    renewal, _kept = decide_renewal(Found(parts, authority), WISH, PARTS, Terms(), Java("other", "changeit"), NOW)
    assert renewal == ((Reason.KEYSTORE_DIFFERS,), False, {"keystore"})


def test_a_key_that_is_no_key_is_unreadable_not_absent(world):
    contents, authority = world
    parts = {part: states["right"] for part, states in contents.items()}
    for content in (b"\x30garbage", "garbage"):
        found = Found({**parts, "private_key": content}, authority)
        renewal, _kept = decide_renewal(found, WISH, PARTS, Terms(), JAVA, NOW)
        assert renewal.reasons == (Reason.KEY_UNREADABLE,)


def test_a_chain_may_be_bytes_that_are_no_text(world):
    contents, authority = world
    parts = {part: states["right"] for part, states in contents.items()} | {"chain": b"\xff\xfe"}
    renewal, _kept = decide_renewal(Found(parts, authority), WISH, PARTS, Terms(), JAVA, NOW)
    assert renewal.reasons == (Reason.CHAIN_DIFFERS,)

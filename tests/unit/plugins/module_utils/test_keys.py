# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in every spelling that reaches a task, and the errors for what is no key."""

from __future__ import annotations

import base64
import hashlib
import random
import re
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError


def body_lines(pem):
    """Return the base64 lines of a PEM text."""
    return [line for line in pem.splitlines() if line and not line.startswith("-----")]


@st.composite
def spellings(draw):
    """Draw a function that respells a PEM text without changing the key."""
    line_end = draw(st.sampled_from(["\n", "\r\n", "\r", "\\n", "\\r\\n", "\\\\n", "\n\n", " "]))
    indent = draw(st.sampled_from(["", " ", "    ", "\t"]))
    before = draw(st.sampled_from(["", "\n\n", "  ", "\ufeff", "Bag Attributes\n  friendlyName: x\n", "\u00e9\n"]))
    after = draw(st.sampled_from(["", "\n", "\r\n\r\n", "   ", "\ntrailing text - with dashes --\n"]))

    def respell(pem):
        return before + line_end.join(indent + line for line in pem.strip().splitlines()) + after

    return respell


@given(respell=spellings(), form=st.sampled_from(["pkcs8", "pkcs1"]))
def test_private_key_spelling_makes_no_difference(rsa_key, forms, respell, form):
    assert _keys.normalize_private_key(respell(forms[form](rsa_key))) == forms["pkcs8"](rsa_key)


@given(respell=spellings(), form=st.sampled_from(["spki", "pkcs1_public"]))
def test_public_key_spelling_makes_no_difference(rsa_key, forms, respell, form):
    wild = respell(forms[form](rsa_key))
    canonical = forms["spki"](rsa_key)
    assert _keys.normalize_public_key(wild) == canonical
    assert _keys.same_public_key(canonical, wild)
    assert _keys.fingerprint(wild) == _keys.fingerprint(canonical)


@given(text=st.text() | st.text(alphabet="-BEGIN PUBLICKEYRSAD\n\\=+/abc0"))
def test_any_text_gives_an_input_error_and_nothing_else(text):
    for normalize in (_keys.normalize_public_key, _keys.normalize_private_key):
        with pytest.raises(InputError):
            normalize(text)
    assert not _keys.same_public_key(text, text)
    assert not _keys.is_pkcs8(text)


@given(data=st.data())
def test_a_damaged_key_is_refused_without_showing_it(rsa_key, forms, data):
    lines = forms["pkcs8"](rsa_key).splitlines()
    victim = data.draw(st.integers(1, len(lines) - 2))
    damage = data.draw(st.sampled_from(["drop", "cut", "garble"]))
    if damage == "drop":
        del lines[victim]
    elif damage == "cut":
        lines[victim] = lines[victim][:7]
    else:
        lines[victim] = "!" + lines[victim][1:]
    with pytest.raises(InputError) as error:
        _keys.normalize_private_key("\n".join(lines))
    assert not any(line in str(error.value) for line in lines[1:-1])


def der(tag, content):
    """Return one DER value."""
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, *([size] if size < 128 else [0x80 + len(octets), *octets])]) + content


def pkcs1_of(numbers):
    """Return the PKCS#1 PEM of any eight numbers, whether they are a key or not."""
    integers = b"".join(der(2, number.to_bytes(number.bit_length() // 8 + 1, "big")) for number in (0, *numbers))
    body = base64.encodebytes(der(0x30, integers)).decode()
    return f"-----BEGIN RSA PRIVATE KEY-----\n{body}-----END RSA PRIVATE KEY-----\n"


@pytest.fixture
def numbers(rsa_key):
    """Return the numbers of an RSA private key: n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p."""
    key = rsa_key.private_numbers()
    public = key.public_numbers
    return [public.n, public.e, key.d, key.p, key.q, key.dmp1, key.dmq1, key.iqmp]


def test_numbers_that_belong_together_are_a_key(numbers, rsa_key, forms):
    assert _keys.normalize_private_key(pkcs1_of(numbers)) == forms["pkcs8"](rsa_key)


@pytest.mark.parametrize("position", range(8))
@pytest.mark.parametrize("wrong", [0, 1, 2, "one more", "two more", "another key's"])
def test_numbers_that_do_not_belong_together_are_no_key(numbers, other_rsa_key, position, wrong):
    other = other_rsa_key.private_numbers()
    others = [other.public_numbers.n, 3, other.d, other.p, other.q, other.dmp1, other.dmq1, other.iqmp]
    right = numbers[position]
    numbers[position] = {"one more": right + 1, "two more": right + 2, "another key's": others[position]}.get(
        wrong, wrong
    )
    with pytest.raises(InputError, match="damaged"):
        _keys.normalize_private_key(pkcs1_of(numbers))


def test_generated_keys_are_canonical_pkcs8_and_differ():
    first, second = _keys.generate_private_key(), _keys.generate_private_key()
    assert first != second
    assert _keys.is_pkcs8(first)
    assert _keys.normalize_private_key(first) == first
    assert _keys.key_size(first) == _keys.key_size(_keys.public_key_of(first)) == 2048


@pytest.mark.parametrize("size", [3072, 4096])
def test_generated_keys_have_the_wanted_size(size):
    assert _keys.key_size(_keys.generate_private_key(size)) == size


@pytest.mark.parametrize("size", [0, 1024, 2047, 8192])
def test_other_sizes_are_refused(size):
    with pytest.raises(InputError, match="2048, 3072 or 4096"):
        _keys.generate_private_key(size)


def test_is_pkcs8_holds_only_for_what_every_consumer_reads(rsa_key, forms):
    canonical = forms["pkcs8"](rsa_key)
    assert _keys.is_pkcs8(canonical)
    assert _keys.is_pkcs8(canonical.strip())
    assert not _keys.is_pkcs8(forms["pkcs1"](rsa_key))
    assert not _keys.is_pkcs8(forms["pkcs8"](rsa_key, "passphrase"))
    assert not _keys.is_pkcs8(canonical.replace("\n", "\\n"))
    assert not _keys.is_pkcs8("  " + canonical)


def test_public_key_of_and_fingerprint_agree_with_the_library(rsa_key, forms):
    assert _keys.public_key_of(forms["pkcs1"](rsa_key)) == forms["spki"](rsa_key)
    der = base64.b64decode("".join(body_lines(forms["spki"](rsa_key))))
    pairs = _keys.fingerprint(forms["pkcs1_public"](rsa_key)).split(":")
    assert "".join(pairs) == hashlib.sha256(der).hexdigest()
    assert {len(pair) for pair in pairs} == {2}


def test_different_keys_are_different(rsa_key, other_rsa_key, forms):
    assert not _keys.same_public_key(forms["spki"](rsa_key), forms["spki"](other_rsa_key))


@pytest.mark.parametrize("stored", [None, "", "garbage", "ssh-rsa AAAA x"])
def test_an_unreadable_stored_key_is_a_different_key(rsa_key, forms, stored):
    assert not _keys.same_public_key(forms["spki"](rsa_key), stored)
    assert not _keys.same_public_key(stored, forms["spki"](rsa_key))
    assert _keys.fingerprint(stored) is None


def test_two_keys_in_one_text(rsa_key, other_rsa_key, forms):
    both = forms["spki"](rsa_key) + forms["spki"](other_rsa_key)
    with pytest.raises(InputError, match="holds 2 public keys"):
        _keys.normalize_public_key(both)
    # The IAM stores such a text and goes by its first key.
    assert _keys.same_public_key(forms["spki"](rsa_key), both)
    assert not _keys.same_public_key(forms["spki"](other_rsa_key), both)
    assert _keys.fingerprint(both) == _keys.fingerprint(forms["spki"](rsa_key))
    with pytest.raises(InputError, match="holds 2 private keys"):
        _keys.normalize_private_key(forms["pkcs8"](rsa_key) * 2)


@pytest.mark.parametrize("name", ["EC P-256", "EC P-521", "Ed25519", "DSA"])
def test_foreign_keys_are_named(foreign_keys, forms, name):
    key = foreign_keys[name]
    with pytest.raises(InputError, match=rf"^The file /k\.pem is of type {name}.*openssl pkey .*-pubout"):
        _keys.normalize_public_key(forms["spki"](key), "file /k.pem")
    with pytest.raises(InputError, match=rf"^The private key is of type {name}.*dcos_keypair"):
        _keys.normalize_private_key(forms["pkcs8"](key))


def test_foreign_keys_in_traditional_pem_are_named(foreign_keys, forms):
    with pytest.raises(InputError, match="EC P-256"):
        _keys.normalize_private_key(forms["pkcs1"](foreign_keys["EC P-256"]))


@pytest.mark.parametrize("form", ["pkcs8", "pkcs1"])
def test_a_private_key_is_no_public_key_and_is_not_repeated(rsa_key, forms, form):
    pem = forms[form](rsa_key)
    with pytest.raises(InputError, match="holds a private key") as error:
        _keys.normalize_public_key(forms["spki"](rsa_key) + pem)
    assert not any(line in str(error.value) for line in body_lines(pem))


@pytest.mark.parametrize("form", ["pkcs8", "pkcs1"])
def test_an_encrypted_key_says_how_to_decrypt_it(rsa_key, forms, form):
    with pytest.raises(InputError, match="encrypted with a passphrase.*openssl pkey -in"):
        _keys.normalize_private_key(forms[form](rsa_key, "passphrase"))


def test_openssh_keys_say_how_to_convert_them(rsa_key):
    public = rsa_key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    with pytest.raises(InputError, match="OpenSSH.*ssh-keygen -e -m PKCS8"):
        _keys.normalize_public_key(public.decode() + " user@host\n")
    private = rsa_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    with pytest.raises(InputError, match="OpenSSH.*ssh-keygen -p"):
        _keys.normalize_private_key(private.decode())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (None, "is empty"),
        (" \n", "is empty"),
        ("hello", "is not PEM"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n", "is cut off"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "is a certificate"),
        ("-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----", "type PKCS7"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "is damaged"),
        ("-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----", "is damaged"),
    ],
)
def test_what_is_no_public_key_is_named(text, said):
    with pytest.raises(InputError, match=said):
        _keys.normalize_public_key(text)


def test_a_public_key_is_no_private_key(rsa_key, forms):
    with pytest.raises(InputError, match="is a PEM block of type PUBLIC KEY"):
        _keys.normalize_private_key(forms["spki"](rsa_key))


def test_weak_keys_that_a_cluster_may_hold_are_readable(forms):
    # PUT /acs/api/v1/users/{uid} sets no minimum size.
    weak = rsa.generate_private_key(65537, 1024)
    assert _keys.key_size(forms["spki"](weak)) == 1024
    assert _keys.same_public_key(forms["spki"](weak), forms["pkcs1_public"](weak))


def test_login_token_verifies_and_holds_two_claims(rsa_key, forms):
    before = int(time.time())
    token = _keys.sign_login_token("kafka", forms["pkcs1"](rsa_key))
    after = int(time.time())
    claims = jwt.decode(token, forms["spki"](rsa_key), algorithms=["RS256"])
    assert set(claims) == {"uid", "exp"}
    assert claims["uid"] == "kafka"
    assert isinstance(claims["exp"], int)
    assert before + 300 <= claims["exp"] <= after + 300
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT"}


def test_login_token_of_a_given_time(rsa_key, forms):
    token = _keys.sign_login_token("kafka", forms["pkcs8"](rsa_key), lifetime=60, now=1000.9)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] == 1060


def test_a_token_signed_with_another_key_does_not_verify(rsa_key, other_rsa_key, forms):
    token = _keys.sign_login_token("kafka", forms["pkcs8"](other_rsa_key))
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, forms["spki"](rsa_key), algorithms=["RS256"])


def test_long_texts_are_scanned():
    """Half a million openings: a scanner whose time grows with their square would not end today."""
    assert _keys.pem_blocks("-----BEGIN PUBLIC KEY-----" * 500_000 + "-" * 500_000) == []


def test_a_shuffled_body_is_refused(rsa_key, forms):
    lines = forms["spki"](rsa_key).splitlines()
    shuffled = lines[1:-1]
    random.Random(1).shuffle(shuffled)
    with pytest.raises(InputError):
        _keys.normalize_public_key("\n".join([lines[0], *shuffled, lines[-1]]))


# As PEM is found, character by character: slower, and easier to see through.
PLAIN_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----((?:[^-]|-(?!----))*)-----END \1-----")
PEM_PIECES = ["-", "----", "-----", "-----BEGIN A-----", "-----END A-----", "-----END B-----", "x\n", "A"]


@given(st.lists(st.sampled_from(PEM_PIECES), max_size=12).map("".join))
def test_pem_is_found_as_character_by_character(text):
    found = [(match["label"], match["body"]) for match in _keys._PEM_BLOCK.finditer(text)]
    assert found == PLAIN_PEM.findall(text)

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, signing requests, names and certificates."""

from __future__ import annotations

import ipaddress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils import _keys, _x509, _x509_names
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.tests.unit.plugins.module_utils.authority import Ca, csr_for


@pytest.fixture(scope="module")
def ca():
    return Ca(rsa.generate_private_key(65537, 2048))


@pytest.fixture(scope="module")
def ec_key():
    return _x509.generate_key("ECDSA", 256)


@pytest.fixture(scope="module")
def certificate(ca, ec_key):
    return ca.sign(csr_for(ec_key))


# --- keys and requests


@pytest.mark.parametrize(
    ("kind", "size"), [("RSA", 2048), ("RSA", 3072), ("ECDSA", 256), ("ECDSA", 384), ("ECDSA", 521)]
)
def test_generated_keys_sign_requests_that_say_so(kind, size):
    key = _x509.generate_key(kind, size)
    assert _keys.is_pkcs8(key)
    described = _x509.describe_csr(_x509.build_csr(key, "a.example.com"))
    assert (described["key_type"], described["key_size"]) == (kind, size)
    assert described["subject"] == {"CN": "a.example.com"}
    assert described["subject_alt_name"] == ["DNS:a.example.com"]


@pytest.mark.parametrize(
    ("kind", "size"), [("RSA", 1024), ("RSA", 256), ("ECDSA", 2048), ("ECDSA", 512), ("DSA", 2048)]
)
def test_keys_that_the_ca_does_not_take(kind, size):
    with pytest.raises(InputError, match="Choose"):
        _x509.generate_key(kind, size)


def test_a_request_holds_what_was_asked_for(ec_key):
    csr = x509.load_pem_x509_csr(
        _x509.build_csr(
            ec_key,
            "kafka",
            [
                "Kafka.Example.com.",
                "*.kafka.mesos",
                "10.1.2.3",
                "2001:DB8:0::1",
                "ops@Example.com",
                "spiffe://mesh/Kafka",
                "kafka.example.com",
            ],
            {"O": "Example", "OU": "", "ST": None, "C": "US", "L": "Hamburg"},
        ).encode()
    )
    assert csr.is_signature_valid
    assert csr.subject.rfc4514_string() == "CN=kafka,O=Example,L=Hamburg,C=US"
    assert list(csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value) == [
        x509.DNSName("kafka.example.com"),
        x509.DNSName("*.kafka.mesos"),
        x509.IPAddress(ipaddress.ip_address("10.1.2.3")),
        x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
        x509.RFC822Name("ops@example.com"),
        x509.UniformResourceIdentifier("spiffe://mesh/Kafka"),
    ]


def test_a_long_common_name_says_where_to_put_it(ec_key):
    assert _x509.build_csr(ec_key, "a" * 64, ["x.example.com"])
    with pytest.raises(InputError, match="65 characters.*hosts"):
        _x509.build_csr(ec_key, "a" * 65, ["x.example.com"])
    with pytest.raises(InputError, match="0 characters"):
        _x509.build_csr(ec_key, "", ["x.example.com"])


@pytest.mark.parametrize("subject", [{"C": "USA"}, {"X": "y"}])
def test_impossible_subjects(ec_key, subject):
    with pytest.raises(InputError, match="subject"):
        _x509.build_csr(ec_key, "a", ["a"], subject)


def test_only_rsa_and_ec_keys(foreign_keys, forms):
    with pytest.raises(InputError, match="Ed25519"):
        _x509.build_csr(forms["pkcs8"](foreign_keys["Ed25519"]), "a", ["a"])


# --- hosts


@pytest.mark.parametrize(
    ("host", "san"),
    [
        ("A.Example.COM.", ("DNS", "a.example.com")),
        ("kafka-0_x", ("DNS", "kafka-0_x")),
        ("*.example.com", ("DNS", "*.example.com")),
        ("b\u00fccher.example", ("DNS", "xn--bcher-kva.example")),
        ("*.B\u00dcCHER.example.", ("DNS", "*.xn--bcher-kva.example")),
        ("stra\u00dfe.example", ("DNS", "xn--strae-oqa.example")),
        ("10.0.0.1", ("IP", "10.0.0.1")),
        ("2001:0DB8:0:0::0001", ("IP", "2001:db8::1")),
        ("[2001:db8::1]", ("IP", "2001:db8::1")),
        ("::ffff:10.0.0.1", ("IP", "10.0.0.1")),
        ("Ops@Example.com", ("email", "Ops@example.com")),
        ("SPIFFE://Mesh/Ns/A", ("URI", "spiffe://mesh/Ns/A")),
        (" a.example.com\n", ("DNS", "a.example.com")),
    ],
)
def test_canonical_san(host, san):
    assert _x509_names.canonical_san(host) == san


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "a b",
        "a..b",
        ".a",
        "-a",
        "a-",
        "a.example.com:443",
        "a/b",
        "10.0.0.256",
        "10.0.0.0/24",
        "fe80::1%eth0",
        "a" * 64,
        ".".join(["a" * 60] * 5),
        "a@",
        "@b",
        "\u2603..x",
        "http://",
    ],
)
def test_what_no_certificate_can_hold(host):
    with pytest.raises(InputError, match="The host"):
        _x509_names.canonical_san(host)


@given(host=st.text() | st.text(alphabet="ab.-*:@/1[]%\u00df\u3002_"))
def test_any_host_is_canonical_or_refused_and_a_request_can_hold_it(ec_key, host):
    try:
        kind, value = _x509_names.canonical_san(host)
    except InputError:
        return
    assert _x509_names.canonical_san(value) == (kind, value)
    described = _x509.describe_csr(_x509.build_csr(ec_key, "a", [host]))
    assert described["subject_alt_name"] == [f"{kind}:{value}"]


# --- certificates


def test_describe_certificate(ca, ec_key):
    pem = ca.sign(csr_for(ec_key), serial=2**150 + 1)
    described = _x509.describe_certificate("leading text\r\n" + pem.replace("\n", "\r\n"))
    parsed = x509.load_pem_x509_certificate(pem.encode())
    assert described == {
        "serial_number": str(2**150 + 1),
        "not_before": "2026-11-17T08:00:00Z",
        "not_after": "2027-11-22T08:00:00Z",
        "fingerprint": ":".join(f"{byte:02x}" for byte in parsed.fingerprint(hashes.SHA256())),
        "subject": {"C": "US", "O": "Example", "CN": "kafka.example.com"},
        "subject_alt_name": [
            "DNS:kafka.example.com",
            "DNS:*.kafka.l4lb.thisdcos.directory",
            "IP:10.1.2.3",
            "IP:2001:db8::1",
        ],
        "issuer": {"CN": "DC/OS Root CA"},
        "key_type": "ECDSA",
        "key_size": 256,
        "public_key_fingerprint": _x509.describe_csr(csr_for(ec_key))["public_key_fingerprint"],
    }


def test_fingerprint_of_an_rsa_key_is_that_of_keys(rsa_key, forms):
    described = _x509.describe_csr(_x509.build_csr(forms["pkcs8"](rsa_key), "a"))
    assert described["public_key_fingerprint"] == _keys.fingerprint(forms["spki"](rsa_key))


@given(text=st.text(), kind=st.sampled_from(["CERTIFICATE", "CERTIFICATE REQUEST"]))
def test_garbage_is_an_input_error(text, kind):
    for garbage in (text, f"-----BEGIN {kind}-----\n{text}\n-----END {kind}-----"):
        with pytest.raises(InputError, match="file x"):
            _x509.describe_certificate(garbage, "file x")
        with pytest.raises(InputError, match="file x"):
            _x509.describe_csr(garbage, "file x")


def test_a_request_with_a_foreign_signature_is_refused(ec_key):
    der = x509.load_pem_x509_csr(csr_for(ec_key).encode()).public_bytes(serialization.Encoding.DER)
    tampered = x509.load_der_x509_csr(der.replace(b"kafka.example.com", b"kafka.example.org"))
    with pytest.raises(InputError, match="signature"):
        _x509.describe_csr(tampered.public_bytes(serialization.Encoding.PEM).decode())


def test_split_bundle(ca, certificate):
    bundle = f"{certificate}junk\n{ca.pem.replace(chr(10), chr(13) + chr(10))}"
    assert _x509.split_bundle(bundle) == [certificate, ca.pem]
    assert _x509.split_bundle(None) == _x509.split_bundle("x") == []


@pytest.mark.parametrize("curve", [None, ec.SECP256R1(), ec.SECP384R1()])
def test_signatures_of_rsa_and_ec_authorities(ca, ec_key, curve):
    mine = Ca(ec.generate_private_key(curve) if curve else rsa.generate_private_key(65537, 2048))
    certificate = mine.sign(csr_for(ec_key))
    assert _x509.is_signed_by(certificate, mine.pem)
    assert _x509.is_signed_by(mine.pem, mine.pem)
    # The same name, another key; and the same key under another name.
    assert not _x509.is_signed_by(certificate, ca.pem)
    assert not _x509.is_signed_by(certificate, Ca(mine.key, name="Other CA").pem)


def test_issuer_chain(ca, ec_key):
    middle = Ca(ec.generate_private_key(ec.SECP256R1()), name="Middle CA", parent=ca)
    stranger = Ca(ec.generate_private_key(ec.SECP256R1()), name="Stranger")
    leaf = middle.sign(csr_for(ec_key))
    assert _x509.issuer_chain(leaf, stranger.pem + ca.pem + middle.pem) == [middle.pem, ca.pem]
    assert _x509.issuer_chain(leaf, middle.pem) == [middle.pem]
    assert _x509.issuer_chain(leaf, ca.pem + stranger.pem) == []
    assert _x509.issuer_chain(ca.pem, ca.pem * 2) == [ca.pem]


def test_matches(certificate, ec_key):
    assert _x509.matches(certificate, ec_key)
    assert not _x509.matches(certificate, _x509.generate_key("ECDSA", 256))
    with pytest.raises(InputError):
        _x509.matches(certificate, "garbage")


def test_key_fits(ec_key, rsa_key, forms):
    assert _x509.key_fits(ec_key, "ECDSA", 256)
    assert _x509.key_fits(forms["pkcs1"](rsa_key), "RSA", 2048)
    assert not _x509.key_fits(ec_key, "ECDSA", 384)
    assert not _x509.key_fits(ec_key, "RSA", 256)
    assert not _x509.key_fits("garbage", "RSA", 2048)

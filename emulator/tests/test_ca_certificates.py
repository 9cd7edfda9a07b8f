# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contents of what the CA makes, on both backends."""

from __future__ import annotations

import ipaddress
import json

import pytest
from ca_client import Ca
from ca_material import csr, name, pem_csr, private_pem
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

pytest_plugins = ("ca_fixtures",)

CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH


def certificate_of(ca: Ca, operation: str, body: object) -> x509.Certificate:
    """The certificate that a call returns, checked to be signed by the root."""
    certificate = x509.load_pem_x509_certificate(ca.result(operation, body)["certificate"].encode())
    certificate.verify_directly_issued_by(ca.root.certificate)
    return certificate


def sans_of(document: x509.Certificate | x509.CertificateSigningRequest) -> list[str]:
    """The SANs as text, in order; nothing for none."""
    try:
        sans = document.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [f"{type(san).__name__} {san.value}" for san in sans]


def test_info_shows_the_default_profile(ca: Ca) -> None:
    assert ca.result("info", {}) == {
        "certificate": ca.root.certificate_pem.strip(),
        "usages": ["signing", "key encipherment", "client auth", "server auth"],
        "expiry": "87600h",
    }


@pytest.mark.parametrize(
    ("profile", "usages"),
    [("", [CLIENT, SERVER]), ("nothing", [CLIENT, SERVER]), ("client", [CLIENT]), ("server", [SERVER])],
)
def test_profile_decides_the_usages(ca: Ca, profile: str, usages: list[x509.ObjectIdentifier]) -> None:
    wishes = [x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])]
    certificate = certificate_of(ca, "sign", {"certificate_request": pem_csr(extensions=wishes), "profile": profile})
    assert [*certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value] == usages
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.key_encipherment) == (True, True)
    assert not usage.value.key_cert_sign
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert not constraints.value.ca


def test_profile_ca_makes_a_ca_without_names(ca: Ca) -> None:
    request = pem_csr(sans=[x509.DNSName("a.example")])
    certificate = certificate_of(ca, "sign", {"certificate_request": request, "profile": "ca"})
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    assert sans_of(certificate) == []


HOSTS = ["a.example", "10.0.0.1", "ops@a.example", "*.b.example", "::1", "https://a.example/x"]
# By kind: names, e-mail addresses, IP addresses. This cfssl knows no URIs.
SANS = [
    "DNSName a.example",
    "DNSName *.b.example",
    "DNSName https://a.example/x",
    "RFC822Name ops@a.example",
    "IPAddress 10.0.0.1",
    "IPAddress ::1",
]


def test_hosts_become_sans_of_their_kind(ca: Ca) -> None:
    result = ca.result("newcert", {"request": {"CN": "a.example", "hosts": HOSTS}})
    assert sans_of(x509.load_pem_x509_csr(result["certificate_request"].encode())) == SANS
    assert sans_of(x509.load_pem_x509_certificate(result["certificate"].encode())) == SANS


@pytest.mark.parametrize(
    ("members", "sans"),
    [
        ({}, ["DNSName csr.example", "IPAddress 10.0.0.9"]),
        ({"hosts": None}, ["DNSName csr.example", "IPAddress 10.0.0.9"]),
        ({"hosts": []}, []),
        ({"hosts": HOSTS}, SANS),
        ({"hostname": "b.example,10.0.0.2"}, ["DNSName b.example", "IPAddress 10.0.0.2"]),
        ({"hostname": "b.example", "hosts": ["c.example"]}, ["DNSName b.example"]),
    ],
)
def test_hosts_of_sign_replace_those_of_the_csr(ca: Ca, members: dict[str, object], sans: list[str]) -> None:
    request = pem_csr(sans=[x509.DNSName("csr.example"), x509.IPAddress(ipaddress.ip_address("10.0.0.9"))])
    assert sans_of(certificate_of(ca, "sign", {"certificate_request": request, **members})) == sans


@pytest.mark.parametrize(
    ("override", "subject"),
    [
        (None, "CN=csr,O=Example,L=Here,C=US"),
        ({}, "CN=csr,O=Example,L=Here,C=US"),
        ({"CN": "new"}, "CN=new,O=Example,L=Here,C=US"),
        ({"names": [{"O": "Other", "OU": "Ops"}]}, "CN=csr,OU=Ops,O=Other,L=Here,C=US"),
    ],
)
def test_subject_of_sign_completes_that_of_the_csr(ca: Ca, override: object, subject: str) -> None:
    names = name(country_name="US", locality_name="Here", organization_name="Example", common_name="csr")
    body = {"certificate_request": pem_csr(subject=names), "subject": override}
    assert certificate_of(ca, "sign", body).subject.rfc4514_string() == subject


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ({"algo": "rsa", "size": 2048}, "RSA PRIVATE KEY"),
        ({"algo": "rsa", "size": 4096}, "RSA PRIVATE KEY"),
        ({"algo": "ecdsa", "size": 384}, "EC PRIVATE KEY"),
        (None, "EC PRIVATE KEY"),
    ],
)
def test_newkey_makes_a_key_in_the_older_format(ca: Ca, key: object, label: str) -> None:
    result = ca.result("newkey", {"CN": "a.example", "names": [{"O": "Example"}], "key": key})
    assert result["private_key"].startswith(f"-----BEGIN {label}-----\n")
    private_key = serialization.load_pem_private_key(result["private_key"].encode(), None)
    request = x509.load_pem_x509_csr(result["certificate_request"].encode())
    assert request.is_signature_valid
    assert request.public_key() == private_key.public_key()
    assert request.subject.rfc4514_string() == "CN=a.example,O=Example"
    assert private_key.key_size == (key["size"] if key else 256)


def test_long_names_and_foreign_letters_are_issued(ca: Ca) -> None:
    body = {"request": {"CN": "x" * 100, "names": [{"C": "Österreich"}], "hosts": ["a"]}}
    with pytest.warns(UserWarning, match="Attribute's length|Country names"):
        subject = certificate_of(ca, "newcert", body).subject
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "x" * 100
    assert subject.get_attributes_for_oid(NameOID.COUNTRY_NAME)[0].value == "Österreich"


@pytest.mark.parametrize("operation", ["newkey", "newcert"])
def test_hosts_that_crash_cfssl_are_a_bad_gateway(ca: Ca, operation: str) -> None:
    answer = ca.call(operation, {"hosts": ["münchen.example"], "request": {"hosts": ["münchen.example"]}})
    assert answer.status == 502
    assert answer.content_type == "text/html"
    assert b"502 Bad Gateway" in answer.body
    assert ca.call("info", {}).status == 200


def test_bundle_of_a_leaf_is_the_leaf_and_the_root(ca: Ca) -> None:
    issued = ca.result("newcert", {"request": {"CN": "leaf", "hosts": ["leaf.example"]}})
    result = ca.result("bundle", {"certificate": issued["certificate"], "private_key": issued["private_key"]})
    assert result["bundle"] == result["crt"] == issued["certificate"].strip()
    assert result["root"] == ca.root.certificate_pem.strip()
    assert result["key"] == issued["private_key"].strip()
    assert result["subject"] == "/CommonName=leaf"


def test_bundle_refuses_another_key(ca: Ca) -> None:
    issued = ca.result("newcert", {"request": {"CN": "leaf", "hosts": ["leaf.example"]}})
    answer = ca.call("bundle", {"certificate": issued["certificate"], "private_key": private_pem("ec-384")})
    assert json.loads(answer.body)["errors"] == [{"code": 2300, "message": "Private key does not match public key"}]


def test_serial_numbers_do_not_repeat(ca: Ca) -> None:
    body = {"certificate_request": csr().public_bytes(serialization.Encoding.PEM).decode()}
    assert len({certificate_of(ca, "sign", body).serial_number for _round in range(20)}) == 20

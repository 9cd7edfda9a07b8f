# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root, the server certificate, and what is derived from the emulator's clock."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ca_client import Ca
from ca_material import key, pem_csr, shared_root
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from dcos_emulator.ca import BACKENDS, Root, make_backend

pytest_plugins = ("ca_fixtures",)


def test_default_root_is_as_a_cluster_makes_it() -> None:
    certificate = Root.generate("0f5e4f4c").certificate
    assert [(attribute.oid, attribute.value) for attribute in certificate.subject] == [
        (NameOID.COUNTRY_NAME, "US"),
        (NameOID.STATE_OR_PROVINCE_NAME, "CA"),
        (NameOID.LOCALITY_NAME, "San Francisco"),
        (NameOID.ORGANIZATION_NAME, "Mesosphere, Inc."),
        (NameOID.COMMON_NAME, "DC/OS Root CA 0f5e4f4c"),
    ]
    certificate.verify_directly_issued_by(certificate)
    public_key = certificate.public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)
    assert public_key.key_size == 2048
    assert certificate.signature_hash_algorithm is not None
    assert certificate.signature_hash_algorithm.name == "sha256"
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=3650)
    [constraints] = certificate.extensions
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=None)


def test_root_survives_its_dictionary() -> None:
    root = Root.generate("a")
    again = Root.from_dict(json.loads(json.dumps(root.to_dict())))
    assert again.to_dict() == root.to_dict()
    assert again.certificate_pem == root.certificate_pem
    assert again.private_key_pem.startswith("-----BEGIN RSA PRIVATE KEY-----\n")


@pytest.mark.parametrize("change", [{"private_key": "x"}, {"certificate": "x"}, {"private_key": "another"}])
def test_root_of_broken_or_mismatched_parts_is_refused(change: dict[str, str]) -> None:
    data = Root.generate("a").to_dict() | change
    if change.get("private_key") == "another":
        data["private_key"] = Root.generate("b").private_key_pem
    with pytest.raises(ValueError):
        Root.from_dict(data)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_server_certificate_serves_tls_for_each_host(tmp_path: Path, host: str) -> None:
    root = shared_root()
    certificate, private_key = root.issue_server_certificate(["127.0.0.1", "::1", "localhost"])
    assert isinstance(x509.load_pem_x509_certificate(certificate.encode()).public_key(), ec.EllipticCurvePublicKey)
    (tmp_path / "server.pem").write_text(certificate + private_key)
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(tmp_path / "server.pem")
    client_context = ssl.create_default_context(cadata=root.certificate_pem)
    # Python 3.13 and later are strict by default, and then refuse DC/OS' own root, which has no KeyUsage.
    client_context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    near, far = socket.socketpair()

    def serve() -> None:
        with server_context.wrap_socket(far, server_side=True) as connection:
            connection.sendall(b"hello")

    server = threading.Thread(target=serve)
    server.start()
    with client_context.wrap_socket(near, server_hostname=host) as connection:
        assert connection.recv(5) == b"hello"
    server.join()


def test_server_certificate_is_for_no_other_host() -> None:
    certificate, _key = shared_root().issue_server_certificate(["127.0.0.1", "node.example"])
    names = x509.load_pem_x509_certificate(certificate.encode()).extensions
    sans = names.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(sans) == [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("node.example")]


@pytest.mark.parametrize("kind", ["rsa-3072", "rsa-4096", "ec-256", "ec-384", "ec-521"])
def test_custom_roots_sign_with_the_hash_that_cfssl_takes(cfssl: Ca, kind: str) -> None:
    """A CA of the operator's own, with the extensions that the default root lacks."""
    authority = _custom_root(kind)
    answers = []
    for backend in BACKENDS:
        ca = Ca(backend, authority)
        try:
            pem = ca.result("sign", {"certificate_request": pem_csr()})["certificate"]
        finally:
            ca.close()
        certificate = x509.load_pem_x509_certificate(pem.encode())
        certificate.verify_directly_issued_by(authority.certificate)
        identifiers = [(one.oid, one.critical, one.value) for one in certificate.extensions]
        answers.append((certificate.signature_algorithm_oid, certificate.issuer.public_bytes(), identifiers))
    assert answers[0] == answers[1]


def _custom_root(kind: str) -> Root:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Custom CA")])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key(kind).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(True, None), True)
        .add_extension(usage, True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key(kind).public_key()), False)
        .sign(key(kind), hashes.SHA256())
    )
    return Root(certificate, key(kind))


def test_certificates_are_dated_by_the_emulated_clock() -> None:
    moment = datetime(2031, 5, 6, 7, 8, 31, tzinfo=UTC)
    backend = make_backend("embedded", shared_root(), clock=lambda: moment)
    body = json.dumps({"request": {"CN": "a", "hosts": ["a"]}}).encode()
    result = json.loads(asyncio.run(backend.call("POST", "newcert", {}, body)).body)["result"]
    certificate = x509.load_pem_x509_certificate(result["certificate"].encode())
    assert certificate.not_valid_before_utc == datetime(2031, 5, 6, 7, 4, tzinfo=UTC)
    assert certificate.not_valid_after_utc == certificate.not_valid_before_utc + timedelta(hours=87600)


def test_large_keys_do_not_hold_up_other_requests() -> None:
    backend = make_backend("embedded", shared_root())
    large = json.dumps({"key": {"algo": "rsa", "size": 3072}}).encode()

    async def answers_meanwhile() -> int:
        slow = asyncio.create_task(backend.call("POST", "newkey", {}, large))
        answered = 0
        while not slow.done():
            await backend.call("POST", "info", {}, b"{}")
            answered += 1
        assert (await slow).status == 200
        return answered

    # Some keys are found at once: what counts is the sum, which would be one a key if each held up the others.
    assert sum(asyncio.run(answers_meanwhile()) for _round in range(5)) > 20


def test_unknown_backend_is_refused() -> None:
    with pytest.raises(ValueError, match="embedded, cfssl"):
        make_backend("openssl", shared_root())


def test_generating_a_root_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator's ready line is to come within a second: one key, of the size that a cluster's has."""
    made = []
    generate = rsa.generate_private_key

    def counting(public_exponent: int, key_size: int) -> rsa.RSAPrivateKey:
        made.append(key_size)
        return generate(public_exponent=public_exponent, key_size=key_size)

    monkeypatch.setattr(rsa, "generate_private_key", counting)
    Root.generate("a")
    assert made == [2048]


def test_bundle_of_trusted_certificates(ca: Ca) -> None:
    assert ca.bundle_pem() == shared_root().certificate_pem

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, CSRs and certificates for the CA's tests, well-made and broken."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import NameOID

from dcos_emulator.ca import Root

PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER


@cache
def key(kind: str) -> Any:
    """A private key, the same for every caller; ``rsa-2048``, ``ec-256``, ``ed25519``…"""
    algorithm, _separator, size = kind.partition("-")
    if algorithm == "rsa":
        return rsa.generate_private_key(65537, int(size))
    if algorithm == "ec":
        curves = {
            "224": ec.SECP224R1,
            "256": ec.SECP256R1,
            "384": ec.SECP384R1,
            "521": ec.SECP521R1,
            "k1": ec.SECP256K1,
        }
        return ec.generate_private_key(curves[size]())
    makers = {
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "ed448": ed448.Ed448PrivateKey.generate,
        "dsa": lambda: dsa.generate_private_key(2048),
    }
    return makers[algorithm]()


@cache
def shared_root() -> Root:
    """The root of both backends."""
    return Root.generate("6a1d3f0c-0c2f-4d6b-9d0a-1f5f0c9e7a11")


def name(**attributes: str) -> x509.Name:
    """A name of attributes given by their NameOID names, in order."""
    return x509.Name([x509.NameAttribute(getattr(NameOID, oid.upper()), value) for oid, value in attributes.items()])


def csr(
    kind: str = "ec-256",
    subject: x509.Name | None = None,
    sans: Sequence[x509.GeneralName] = (),
    extensions: Sequence[x509.ExtensionType] = (),
    algorithm: Any = None,
    **padding: Any,
) -> x509.CertificateSigningRequest:
    """A CSR, for CN c.d by default."""
    builder = x509.CertificateSigningRequestBuilder(name(common_name="c.d") if subject is None else subject)
    if sans:
        builder = builder.add_extension(x509.SubjectAlternativeName(sans), critical=False)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    if algorithm is None and not kind.startswith("ed"):
        algorithm = hashes.SHA256()
    return builder.sign(key(kind), algorithm, **padding)


def pem(request: x509.CertificateSigningRequest) -> str:
    """A CSR as PEM."""
    return request.public_bytes(PEM).decode()


def pem_csr(*arguments: Any, **options: Any) -> str:
    """The PEM of :func:`csr`."""
    return pem(csr(*arguments, **options))


def block(der: bytes, label: str = "CERTIFICATE REQUEST") -> str:
    """Any bytes as a PEM block."""
    return f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n"


def flipped(der: bytes, position: int) -> str:
    """A CSR with one bit changed."""
    changed = bytearray(der)
    changed[position] ^= 1
    return block(bytes(changed))


def certificate(
    issuer: Root,
    subject: str = "made.example",
    start: float = -2,
    end: float = 100,
    signer: Any = None,
    extensions: Sequence[x509.ExtensionType] = (),
    kind: str = "ec-256",
) -> str:
    """A certificate (PEM) that the CA's API would not make; ``start`` and ``end`` are days from now."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(issuer_name=issuer.certificate.subject, subject_name=name(common_name=subject))
        .public_key(key(kind).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=start))
        .not_valid_after(now + timedelta(days=end))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signer or issuer.private_key, hashes.SHA256()).public_bytes(PEM).decode()


def private_pem(kind: str, pkcs8: bool = False, password: bytes | None = None) -> str:
    """A private key as PEM, encrypted if a password is given."""
    form = serialization.PrivateFormat.PKCS8 if pkcs8 else serialization.PrivateFormat.TraditionalOpenSSL
    protection = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key(kind).private_bytes(PEM, form, protection).decode()

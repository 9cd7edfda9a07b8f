# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, CSRs and certificates as cfssl makes them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, SignatureAlgorithmOID

from . import names, pem
from .envelope import CaError, bad_request
from .pki import BACKDATE, IssuerKey, Root, add_authority_key_identifier, certificate_to_pem, signature_hash
from .profiles import Profile

_CURVES: dict[int, ec.EllipticCurve] = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 521: ec.SECP521R1()}
_GO_CURVES = ("secp224r1", "secp256r1", "secp384r1", "secp521r1")

_CHECKED_SIGNATURES = (
    SignatureAlgorithmOID.RSA_WITH_SHA1,
    SignatureAlgorithmOID.RSA_WITH_SHA256,
    SignatureAlgorithmOID.RSA_WITH_SHA384,
    SignatureAlgorithmOID.RSA_WITH_SHA512,
    SignatureAlgorithmOID.ECDSA_WITH_SHA1,
    SignatureAlgorithmOID.ECDSA_WITH_SHA256,
    SignatureAlgorithmOID.ECDSA_WITH_SHA384,
    SignatureAlgorithmOID.ECDSA_WITH_SHA512,
)

_EXTENDED_USAGES = {
    "client auth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "server auth": ExtendedKeyUsageOID.SERVER_AUTH,
}

# What cryptography raises for encodings that Go's parser refuses.
_MALFORMED = (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


class UnencodableCsr(Exception):
    """The hosts of a newkey or newcert body cannot be written into a CSR."""


def default_key() -> dict[str, object]:
    """The key of a newkey or newcert body that names none; unconfirmed for DC/OS' fork, whose samples show RSA."""
    return {"algo": "ecdsa", "size": 256}


def generate_key(request: Mapping[str, Any]) -> IssuerKey:
    """The key that a newkey body asks for: ``{"algo": "rsa"|"ecdsa", "size": bits}``; slow for large RSA keys."""
    algorithm, size = request.get("algo", ""), request.get("size", 0)
    if algorithm == "rsa":
        if size < 2048:
            raise CaError(2400, "RSA key is too weak")
        if size > 8192:
            raise CaError(2400, "RSA key size too large")
        return _rsa_key(size)
    if algorithm != "ecdsa":
        raise CaError(2400, "invalid algorithm")
    if size not in _CURVES:
        raise CaError(2400, "invalid curve")
    return ec.generate_private_key(_CURVES[size])


def _rsa_key(size: int) -> rsa.RSAPrivateKey:
    """A key of exactly this many bits; OpenSSL makes one bit less of an odd number, as its primes are of one length."""
    if size % 2 == 0:
        return rsa.generate_private_key(public_exponent=65537, key_size=size)
    # Its primes start with two set bits, so that the product of one of each length has all its bits.
    p = rsa.generate_private_key(public_exponent=65537, key_size=size + 1).private_numbers().p
    q = rsa.generate_private_key(public_exponent=65537, key_size=size - 1).private_numbers().q
    d = rsa.rsa_recover_private_exponent(65537, p, q)
    public = rsa.RSAPublicNumbers(65537, p * q)
    dmp1, dmq1, iqmp = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, dmp1, dmq1, iqmp, public).private_key()


def build_csr(key: IssuerKey, request: Mapping[str, Any]) -> x509.CertificateSigningRequest:
    """The CSR of a newkey body; raises UnencodableCsr for hosts that are not ASCII."""
    sans = names.sans_of_hosts(request.get("hosts") or [])
    if sans.not_ascii() is not None:
        raise UnencodableCsr
    builder = x509.CertificateSigningRequestBuilder(names.x509_name(names.subject_of_request(request)))
    if sans:
        builder = builder.add_extension(sans.extension(), critical=False)
    return builder.sign(key, signature_hash(key))


def csr_to_pem(csr: x509.CertificateSigningRequest) -> str:
    """One PEM block with a final newline."""
    return csr.public_bytes(serialization.Encoding.PEM).decode()


def digests(document: x509.CertificateSigningRequest | x509.Certificate) -> dict[str, str]:
    """``sums`` of newkey and newcert: upper-case hexadecimal digests of the DER.

    Unconfirmed for DC/OS' fork: later cfssl adds ``sha-256``; its Swagger description knows these two.
    """
    der = document.public_bytes(serialization.Encoding.DER)
    return {
        "md5": hashlib.md5(der, usedforsecurity=False).hexdigest().upper(),
        "sha-1": hashlib.sha1(der, usedforsecurity=False).hexdigest().upper(),
    }


def load_csr(text: str) -> x509.CertificateSigningRequest:
    """Read and verify the CSR of a sign body; raises CaError with cfssl's codes."""
    block = pem.decode(text)
    if block is None:
        raise CaError(9002, "CSR Decode failed")
    if block.label not in ("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"):
        raise CaError(9300, "not a certificate or csr")
    try:
        csr = x509.load_der_x509_csr(block.der)
        csr.subject, csr.extensions  # noqa: B018  # cryptography parses them when first asked
    except _MALFORMED as error:
        raise CaError(9003, _asn1_error(block.der)) from error
    _verify_csr(csr, block.der)
    return csr


def _verify_csr(csr: x509.CertificateSigningRequest, der: bytes) -> None:
    unimplemented = CaError(9300, "x509: cannot verify signature: algorithm unimplemented")
    try:
        key = csr.public_key()
    except UnsupportedAlgorithm as error:
        raise unimplemented from error
    except _MALFORMED as error:
        raise CaError(9003, _asn1_error(der)) from error
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name not in _GO_CURVES:
        raise CaError(9003, "x509: unsupported elliptic curve")
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise unimplemented
    if csr.signature_algorithm_oid not in _CHECKED_SIGNATURES:
        raise unimplemented
    # Not is_signature_valid, which refuses SHA-1.
    digest = csr.signature_hash_algorithm
    assert digest is not None  # all of _CHECKED_SIGNATURES have one
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(csr.signature, csr.tbs_certrequest_bytes, padding.PKCS1v15(), digest)
        else:
            key.verify(csr.signature, csr.tbs_certrequest_bytes, ec.ECDSA(digest))
    except InvalidSignature as error:
        rsa_key = isinstance(key, rsa.RSAPublicKey)
        message = "crypto/rsa: verification error" if rsa_key else "x509: ECDSA verification failure"
        raise CaError(9300, message) from error


def _asn1_error(der: bytes) -> str:
    """Go's words for the common ways to break an encoding, and one wording for the rest."""
    if len(der) < 2:
        return "asn1: syntax error: sequence truncated"
    octets = der[1] & 0x7F if der[1] & 0x80 else 0
    length = int.from_bytes(der[2 : 2 + octets], "big") if octets else der[1]
    if 2 + octets + length > len(der):
        return "asn1: syntax error: data truncated"
    if 2 + octets + length < len(der):
        return "asn1: syntax error: trailing data"
    return "asn1: structure error: tags don't match"


def sign_csr(
    root: Root,
    csr: x509.CertificateSigningRequest,
    profile: Profile,
    now: datetime,
    *,
    hosts: list[str] | None = None,
    subject: names.Subject | None = None,
) -> x509.Certificate:
    """A certificate for the CSR's key, under a profile.

    ``hosts`` replaces the CSR's SANs (an empty list removes them), ``subject`` its subject. Of the CSR's extensions
    only the SANs are taken over, and a request for a CA certificate is refused unless the profile is for CAs.
    """
    if _wants_ca(csr) and not profile.is_ca:
        raise CaError(5300, "Policy violation request")
    sans = names.sans_of_csr(csr) if hosts is None else names.sans_of_hosts(hosts)
    if profile.is_ca:
        sans = sans._replace(dns=[], email=[])
    unencodable = sans.not_ascii()
    if unencodable is not None:
        raise CaError(1000, names.ia5_error(unencodable))
    requested = names.subject_of_csr(csr.subject)
    name = names.x509_name(requested if subject is None else names.override_subject(subject, requested))
    key = csr.public_key()
    not_before = _round_to_minute(now) - BACKDATE
    builder = (
        x509.CertificateBuilder(issuer_name=root.certificate.subject, subject_name=name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_before + profile.lifetime)
        .add_extension(_key_usage(profile), critical=True)
    )
    extended = [_EXTENDED_USAGES[usage] for usage in profile.usages if usage in _EXTENDED_USAGES]
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(profile.is_ca, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    builder = add_authority_key_identifier(builder, root.certificate)
    if sans:
        # RFC 5280: critical where they are the only name.
        builder = builder.add_extension(sans.extension(), critical=not name.rdns)
    return builder.sign(root.private_key, signature_hash(root.private_key))


def _wants_ca(csr: x509.CertificateSigningRequest) -> bool:
    try:
        return csr.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _round_to_minute(moment: datetime) -> datetime:
    return (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)


def _key_usage(profile: Profile) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature="signing" in profile.usages,
        key_encipherment="key encipherment" in profile.usages,
        key_cert_sign="cert sign" in profile.usages,
        crl_sign="crl sign" in profile.usages,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def create(request: Mapping[str, Any]) -> tuple[IssuerKey, x509.CertificateSigningRequest]:
    """Key and CSR of a newkey body; ``ca``, for cfssl's initca only, is refused."""
    if request.get("ca") is not None:
        raise bad_request("ca section only permitted in initca")
    key = generate_key(default_key() if request.get("key") is None else request["key"])
    return key, build_csr(key, request)


def sign_request(root: Root, request: Mapping[str, Any], profile: Profile, now: datetime) -> str:
    """The certificate (PEM) of a sign body."""
    if not request.get("certificate_request"):
        raise bad_request("missing parameter 'certificate_request'")
    hosts = request["hostname"].split(",") if request.get("hostname") else request.get("hosts")
    override = request.get("subject")
    subject = None if override is None else names.subject_of_request(override)
    csr = load_csr(request["certificate_request"])
    return certificate_to_pem(sign_csr(root, csr, profile, now, hosts=hosts, subject=subject))

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and signing requests: made and read. Pure functions on PEM text.

The CA of DC/OS is a cfssl: it copies subject and SANs from the CSR, ignores every other extension, and backdates.

This file is private to the collection.
"""

from __future__ import annotations

import hashlib
from datetime import timezone

from ansible_collections.dcos.security.plugins.module_utils import _deps, _keys, _x509_names
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

# What POST /ca/api/v2/newkey makes; the first is the default.
KEY_SIZES = {"RSA": (2048, 3072, 4096, 8192), "ECDSA": (256, 384, 521)}


def generate_key(key_type: str = "RSA", size: int | None = None) -> str:
    """Return a new private key as PKCS#8 PEM.

    ``key_type`` is RSA (2048, 3072, 4096, 8192 bits) or ECDSA (256, 384, 521); no ``size`` means the first of these.
    Raises InputError for others.
    """
    size = checked_size(key_type, size)
    if key_type == "RSA":
        return _keys.private_pem(_asymmetric("rsa").generate_private_key(65537, size))
    return _keys.private_pem(_asymmetric("ec").generate_private_key(getattr(_asymmetric("ec"), f"SECP{size}R1")()))


def checked_size(key_type: str, size: int | None) -> int:
    """Return the size in bits of a key of that type, by default the usual one. Raises InputError for what is none."""
    sizes = KEY_SIZES.get(key_type)
    if not sizes:
        raise InputError(f"A key of type {key_type} cannot be made here. Choose RSA or ECDSA.")
    if size and size not in sizes:
        raise InputError(f"The CA takes no {key_type} key of {size} bits. Choose {', '.join(map(str, sizes))}.")
    return size or sizes[0]


def load_key(pem: str, what: str = "private key"):
    """Return the RSA or EC private key in ``pem`` as a cryptography key object. Raises InputError for others."""
    key = _keys.load_any_private(pem, what)
    if not isinstance(key, (_asymmetric("rsa").RSAPrivateKey, _asymmetric("ec").EllipticCurvePrivateKey)):
        raise InputError(f"The {what} is of type {_keys.key_type(key)}, and the CA signs for RSA and ECDSA keys only.")
    return key


def build_csr(private_key: str, common_name: str, hosts=None, subject: dict | None = None) -> str:
    """Return the PEM of a CSR signed by ``private_key``.

    ``hosts`` are the SANs, none meaning the common name: IP addresses become IP, ``x@y`` e-mail, ``scheme://…`` URI,
    the rest DNS names (international ones are IDNA-encoded). ``subject`` has the keys C, ST, L, O, OU; None is left
    out. Raises InputError for what cannot stand in a certificate.
    """
    x509 = _deps.load("cryptography.x509")
    csr = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(_x509_names.subject_name(common_name, subject))
        .add_extension(_x509_names.sans_extension(hosts or [common_name]), critical=False)
        .sign(load_key(private_key), _deps.load("cryptography.hazmat.primitives.hashes").SHA256())
    )
    return csr.public_bytes(_deps.load("cryptography.hazmat.primitives.serialization").Encoding.PEM).decode()


def describe_csr(pem: str, what: str = "certificate signing request") -> dict:
    """Return {subject, subject_alt_name, key_type, key_size, public_key_fingerprint} of a CSR.

    Raises InputError for what is no CSR, and for one whose signature does not fit its content.
    """
    return _describe(_request(pem, what), what)


def describe_certificate(pem: str, what: str = "certificate") -> dict:
    """Return what the first certificate in ``pem`` says.

    {serial_number (decimal, as text), not_before and not_after (ISO 8601, UTC, ``Z``), fingerprint (SHA-256 of the
    DER, colon-separated hex), subject and issuer {CN, O, …}, subject_alt_name [``DNS:…``, ``IP:…``, ``email:…``,
    ``URI:…``], key_type (RSA, ECDSA), key_size (bits), public_key_fingerprint}. Raises InputError for what is none.
    """
    hashes = _deps.load("cryptography.hazmat.primitives.hashes")
    certificate = _certificate(pem, what)
    return {
        **_describe(certificate, what),
        "serial_number": str(certificate.serial_number),
        "not_before": _validity(certificate, "not_valid_before"),
        "not_after": _validity(certificate, "not_valid_after"),
        "fingerprint": _keys.colon_hex(certificate.fingerprint(hashes.SHA256())),
        "issuer": _x509_names.describe_name(certificate.issuer),
    }


def split_bundle(pem: str | None) -> list[str]:
    """Return the certificates in ``pem``, each as canonical PEM, in their order."""
    return [block for label, block in _keys.pem_blocks(pem) if label == "CERTIFICATE"]


def is_signed_by(certificate: str, ca_certificate: str) -> bool:
    """Return whether the first certificate in the one PEM was issued by the first one in the other (RSA or EC CA)."""
    return _issued(_certificate(certificate), _certificate(ca_certificate, "CA certificate"))


def issuer_chain(certificate: str, candidates: str) -> list[str]:
    """Return the issuers of a certificate found in the bundle ``candidates``, the nearest first, the root included."""
    chain: list[str] = []
    pool = split_bundle(candidates)
    current = certificate
    while pool:
        issuer = next((pem for pem in pool if is_signed_by(current, pem)), None)
        if issuer is None:
            break
        chain.append(issuer)
        pool.remove(issuer)
        if is_signed_by(issuer, issuer):
            break
        current = issuer
    return chain


def matches(certificate: str, private_key: str) -> bool:
    """Return whether a certificate was made for this private key. Raises InputError where one cannot be read."""
    public = _certificate(certificate).public_key()
    return _keys.public_pem(public) == _keys.public_pem(load_key(private_key).public_key())


def key_fits(private_key: str, key_type: str, key_size: int) -> bool:
    """Return whether a private key is readable, and of the type (RSA, ECDSA) and size in bits that are wanted."""
    try:
        key = load_key(private_key)
    except InputError:
        return False
    kind = "ECDSA" if isinstance(key, _asymmetric("ec").EllipticCurvePrivateKey) else "RSA"
    return (kind, key.key_size) == (key_type, key_size)


def _describe(signed, what: str) -> dict:
    unsupported = _deps.load("cryptography.exceptions").UnsupportedAlgorithm
    try:
        key = signed.public_key()
        sans = _x509_names.sans_of(signed)
    except (ValueError, unsupported):
        raise InputError(f"The {what} is damaged, or holds what is not supported.") from None
    serialization = _deps.load("cryptography.hazmat.primitives.serialization")
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {
        "subject": _x509_names.describe_name(signed.subject),
        "subject_alt_name": _x509_names.show_sans(sans),
        "key_type": "ECDSA" if isinstance(key, _asymmetric("ec").EllipticCurvePublicKey) else _keys.key_type(key),
        "key_size": getattr(key, "key_size", None),
        "public_key_fingerprint": _keys.colon_hex(hashlib.sha256(der).digest()),
    }


def _certificate(pem: str | None, what: str = "certificate"):
    blocks = split_bundle(pem)
    return _parse("load_pem_x509_certificate", blocks, "certificate in PEM", what)


def _request(pem: str | None, what: str):
    labels = ("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")
    blocks = [block for label, block in _keys.pem_blocks(pem) if label in labels]
    request = _parse("load_pem_x509_csr", blocks, "certificate signing request in PEM", what)
    if not request.is_signature_valid:
        raise InputError(f"The {what} has a signature that does not fit its content. Make it anew.")
    return request


def _parse(loader: str, blocks: list[str], wanted: str, what: str):
    if not blocks:
        raise InputError(f"The {what} is no {wanted}.")
    try:
        return getattr(_deps.load("cryptography.x509"), loader)(blocks[0].encode("ascii"))
    except ValueError:
        raise InputError(f"The {what} is damaged.") from None


def _issued(certificate, ca) -> bool:
    exceptions = _deps.load("cryptography.exceptions")
    key = ca.public_key()
    try:
        if isinstance(key, _asymmetric("rsa").RSAPublicKey):
            scheme = (_asymmetric("padding").PKCS1v15(), certificate.signature_hash_algorithm)
        elif isinstance(key, _asymmetric("ec").EllipticCurvePublicKey):
            scheme = (_asymmetric("ec").ECDSA(certificate.signature_hash_algorithm),)
        else:
            return False
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, *scheme)
    except (exceptions.InvalidSignature, exceptions.UnsupportedAlgorithm, TypeError, ValueError):
        return False
    return certificate.issuer == ca.subject


def _validity(certificate, name: str) -> str:
    # The aware attributes exist since cryptography 42, which deprecates the naive ones.
    moment = getattr(certificate, f"{name}_utc", None) or getattr(certificate, name).replace(tzinfo=timezone.utc)
    return moment.isoformat().replace("+00:00", "Z")


def _asymmetric(name: str):
    return _deps.load(f"cryptography.hazmat.primitives.asymmetric.{name}")

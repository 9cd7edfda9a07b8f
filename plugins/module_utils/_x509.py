# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and signing requests: made and read. Pure functions on PEM text.

The CA of DC/OS is a cfssl: it copies subject and SANs from the CSR, ignores every other extension, and backdates.

This file is private to the collection.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ansible_collections.dcos.security.plugins.module_utils import _deps, _keys, _x509_names
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, CertificateSigningRequest

# How a private key may be kept; the first is the default.
KEY_FORMATS = ("pkcs8", "pkcs1", "pkcs8_der", "pkcs1_der")
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


def pem_of_key(content: str | bytes) -> str:
    """Return a private key, in PEM or (bytes) in DER, as PKCS#8 PEM. Raises InputError where it cannot be read."""
    return _keys.private_pem(load_key(content))


def encode_key(pem: str, key_format: str) -> str | bytes:
    """Return a private key in one of KEY_FORMATS: PEM as text, DER as bytes. "PKCS#1" of an EC key is SEC 1."""
    serialization = _deps.load("cryptography.hazmat.primitives.serialization")
    kinds = serialization.PrivateFormat
    encoded: bytes = load_key(pem).private_bytes(
        serialization.Encoding.DER if key_format.endswith("_der") else serialization.Encoding.PEM,
        kinds.TraditionalOpenSSL if key_format.startswith("pkcs1") else kinds.PKCS8,
        serialization.NoEncryption(),
    )
    return encoded if key_format.endswith("_der") else encoded.decode()


def load_key(content: str | bytes, what: str = "private key") -> Any:
    """Return the RSA or EC private key in PEM or (bytes) in DER as a cryptography key object.

    Raises InputError for others.
    """
    key = _keys.load_any_private(content, what) if isinstance(content, str) else _load_der_key(content, what)
    if not isinstance(key, (_asymmetric("rsa").RSAPrivateKey, _asymmetric("ec").EllipticCurvePrivateKey)):
        raise InputError(f"The {what} is of type {_keys.key_type(key)}, and the CA signs for RSA and ECDSA keys only.")
    return key


def _load_der_key(content: bytes, what: str) -> Any:
    serialization = _deps.load("cryptography.hazmat.primitives.serialization")
    unsupported = _deps.load("cryptography.exceptions").UnsupportedAlgorithm
    try:
        return serialization.load_der_private_key(content, None)
    except (ValueError, TypeError, unsupported):
        raise InputError(f"The {what} is no key in DER without passphrase, or it is damaged.") from None


def build_csr(
    private_key: str, common_name: str, hosts: Iterable[str] | None = None, subject: dict[str, str] | None = None
) -> str:
    """Return the PEM of a CSR signed by ``private_key``.

    ``hosts`` are the SANs, none meaning the common name: IP addresses become IP, ``x@y`` e-mail, ``scheme://…`` URI,
    the rest DNS names (international ones are IDNA-encoded). ``subject`` has the keys C, ST, L, O, OU; None is left
    out. Raises InputError for what cannot stand in a certificate.
    """
    x509 = _deps.load("cryptography.x509")
    csr: CertificateSigningRequest = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(_x509_names.subject_name(common_name, subject))
        .add_extension(_x509_names.sans_extension(hosts or [common_name]), critical=False)
        .sign(load_key(private_key), _deps.load("cryptography.hazmat.primitives.hashes").SHA256())
    )
    return csr.public_bytes(_deps.load("cryptography.hazmat.primitives.serialization").Encoding.PEM).decode()


def describe_csr(pem: str, what: str = "certificate signing request") -> dict[str, Any]:
    """Return {subject, subject_alt_name, key_type, key_size, public_key_fingerprint} of a CSR.

    Raises InputError for what is no CSR, and for one whose signature does not fit its content.
    """
    return _describe(_request(pem, what), what)


def describe_certificate(pem: str, what: str = "certificate") -> dict[str, Any]:
    """Return what the first certificate in ``pem`` says.

    {serial_number (decimal, as text), not_before and not_after (ISO 8601, UTC, ``Z``), fingerprint (SHA-256 of the
    DER, colon-separated hex), subject and issuer {CN, O, …}, subject_alt_name [``DNS:…``, ``IP:…``, ``email:…``,
    ``URI:…``], key_type (RSA, ECDSA), key_size (bits), public_key_fingerprint}. Raises InputError for what is none.
    """
    return copy.deepcopy(_description(pem, what))


# A run looks at a certificate several times, and each entry of a list at that of the CA. What is kept is public.
@functools.lru_cache(maxsize=64)
def _description(pem: str, what: str) -> dict[str, Any]:
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


def is_ca(pem: str) -> bool:
    """Return whether the first certificate in ``pem`` is one of a CA (RFC 5280, basic constraints)."""
    x509 = _deps.load("cryptography.x509")
    try:
        return bool(_certificate(pem).extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False
    except ValueError:
        raise InputError("The certificate is damaged, or holds what is not supported.") from None


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


def _describe(signed: Certificate | CertificateSigningRequest, what: str) -> dict[str, Any]:
    unsupported = _deps.load("cryptography.exceptions").UnsupportedAlgorithm
    try:
        key = signed.public_key()
        sans = _x509_names.sans_of(signed)
    except (ValueError, unsupported):
        raise InputError(f"The {what} is damaged, or holds what is not supported.") from None
    return {
        "subject": _x509_names.describe_name(signed.subject),
        "subject_alt_name": _x509_names.show_sans(sans),
        "key_type": "ECDSA" if isinstance(key, _asymmetric("ec").EllipticCurvePublicKey) else _keys.key_type(key),
        "key_size": getattr(key, "key_size", None),
        "public_key_fingerprint": _keys.fingerprint_of(key),
    }


@functools.lru_cache(maxsize=64)
def _certificate(pem: str | None, what: str = "certificate") -> Certificate:
    blocks = split_bundle(pem)
    certificate: Certificate = _parse("load_pem_x509_certificate", blocks, "certificate in PEM", what)
    return certificate


def _request(pem: str | None, what: str) -> CertificateSigningRequest:
    labels = ("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")
    blocks = [block for label, block in _keys.pem_blocks(pem) if label in labels]
    request: CertificateSigningRequest = _parse("load_pem_x509_csr", blocks, "certificate signing request in PEM", what)
    if not request.is_signature_valid:
        raise InputError(f"The {what} has a signature that does not fit its content. Make it anew.")
    return request


def _parse(loader: str, blocks: list[str], wanted: str, what: str) -> Any:
    if not blocks:
        raise InputError(f"The {what} is no {wanted}.")
    try:
        return getattr(_deps.load("cryptography.x509"), loader)(blocks[0].encode("ascii"))
    except ValueError:
        raise InputError(f"The {what} is damaged.") from None


def _issued(certificate: Certificate, ca: Certificate) -> bool:
    exceptions = _deps.load("cryptography.exceptions")
    key: Any = ca.public_key()
    try:
        if isinstance(key, _asymmetric("rsa").RSAPublicKey):
            scheme: tuple[Any, ...] = (_asymmetric("padding").PKCS1v15(), certificate.signature_hash_algorithm)
        elif isinstance(key, _asymmetric("ec").EllipticCurvePublicKey):
            scheme = (_asymmetric("ec").ECDSA(certificate.signature_hash_algorithm),)
        else:
            return False
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, *scheme)
    except (exceptions.InvalidSignature, exceptions.UnsupportedAlgorithm, TypeError, ValueError):
        return False
    return certificate.issuer == ca.subject


def _validity(certificate: Certificate, name: str) -> str:
    # The aware attributes exist since cryptography 42, which deprecates the naive ones.
    moment: datetime = getattr(certificate, f"{name}_utc", None) or getattr(certificate, name).replace(
        tzinfo=timezone.utc
    )
    return moment.isoformat().replace("+00:00", "Z")


def _asymmetric(name: str) -> Any:
    return _deps.load(f"cryptography.hazmat.primitives.asymmetric.{name}")

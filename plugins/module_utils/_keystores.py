# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PKCS#12 as Java reads it: keystores with a key and its certificates, truststores with those of a CA.

Salts make each of them other bytes, so they are compared by what they hold.

This file is private to the collection.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils import _deps, _keys, _x509
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

SHORTEST_PASSWORD = 6  # of keytool, which can do nothing with a shorter one
_TRUSTSTORES_SINCE = 45
_CA_ALIAS = "ca"


class KeystoreContent(NamedTuple):
    """What a PKCS#12 holds: a private key (PKCS#8 PEM), its certificate (PEM) and alias; ``others``, [(alias, PEM)]."""

    private_key: str | None
    certificate: str | None
    alias: str | None
    others: tuple[tuple[str | None, str], ...]


def check_password(password: str) -> None:
    """Raise InputError unless Java takes this password for a keystore."""
    if len(password) < SHORTEST_PASSWORD:
        raise InputError(
            f"The password of the keystores has fewer than {SHORTEST_PASSWORD} characters, and Java's keytool takes "
            "none that is shorter. Give a longer one."
        )
    if not password.isprintable():
        raise InputError("The password of the keystores holds characters that cannot be typed, such as a line break.")


def check_truststores() -> None:
    """Raise InputError where the cryptography library is too old to mark certificates as trusted by Java."""
    if not hasattr(_pkcs12(), "serialize_java_truststore"):
        version = _deps.load("cryptography").__version__
        raise InputError(
            f"A truststore needs cryptography {_TRUSTSTORES_SINCE} or later, and here it is {version}: pip install "
            f"'cryptography>={_TRUSTSTORES_SINCE}'. Keystores, and the chain as PEM, need no newer one."
        )


def build_keystore(private_key: str, certificate: str, chain: list[str], alias: str, password: str) -> bytes:
    """Return a PKCS#12 with a private key, its certificate and the issuers of it, under ``alias``.

    It is encrypted with AES-256 by PBES2, as openssl and keytool do by now. Java reads that from 8u301, 11.0.12 and 17
    on.
    """
    store: bytes = _pkcs12().serialize_key_and_certificates(
        alias.encode(),
        _x509.load_key(private_key),
        _load(certificate),
        [_load(pem) for pem in chain],
        _encryption(password),
    )
    return store


def build_truststore(certificates: list[str], password: str) -> bytes:
    """Return a PKCS#12 with certificates that Java trusts: ``ca``, ``ca-2`` …. Needs check_truststores()."""
    pkcs12 = _pkcs12()
    entries = [pkcs12.PKCS12Certificate(_load(pem), alias.encode()) for alias, pem in zip(_ca_aliases(), certificates)]
    store: bytes = pkcs12.serialize_java_truststore(entries, _encryption(password))
    return store


def read_keystore(data: bytes, password: str) -> KeystoreContent | None:
    """Return what a PKCS#12 holds, None if it is none or has another password."""
    unsupported = _deps.load("cryptography.exceptions").UnsupportedAlgorithm
    try:
        found = _pkcs12().load_pkcs12(data, password.encode())
        return KeystoreContent(
            _keys.private_pem(found.key) if found.key else None,
            _pem(found.cert.certificate) if found.cert else None,
            _name(found.cert) if found.cert else None,
            tuple((_name(entry), _pem(entry.certificate)) for entry in found.additional_certs),
        )
    except (ValueError, TypeError, unsupported):
        return None


def keystore_fits(
    content: KeystoreContent | None, private_key: str, certificate: str, signer: list[str], alias: str
) -> bool:
    """Return whether a keystore holds this key and certificate under this alias, and the CA ``signer`` (PEM) with it.

    The case of an alias makes no difference to Java.
    """
    if content is None or content.private_key is None or content.certificate is None:
        return False
    return (
        (content.alias or "").lower() == alias.lower()
        and content.private_key == _keys.private_pem(_x509.load_key(private_key))
        and [content.certificate] == _x509.split_bundle(certificate)[:1]
        and any(pem in signer for _alias, pem in content.others)
    )


def truststore_fits(content: KeystoreContent | None, signer: list[str]) -> bool:
    """Return whether a truststore holds the CA ``signer`` (PEM), under an alias of build_truststore()."""
    if content is None or content.private_key is not None:
        return False
    return any(pem in signer and (alias or "").split("-")[0] == _CA_ALIAS for alias, pem in content.others)


def _ca_aliases() -> Any:
    number = 1
    while True:
        yield _CA_ALIAS if number == 1 else f"{_CA_ALIAS}-{number}"
        number += 1


def _name(entry: Any) -> str | None:
    return entry.friendly_name.decode("utf-8", "replace") if entry.friendly_name else None


def _load(pem: str) -> Any:
    return _deps.load("cryptography.x509").load_pem_x509_certificate(pem.encode("ascii"))


def _pem(certificate: Any) -> str:
    encoding = _deps.load("cryptography.hazmat.primitives.serialization").Encoding.PEM
    return _x509.split_bundle(certificate.public_bytes(encoding).decode())[0]


def _encryption(password: str) -> Any:
    return _deps.load("cryptography.hazmat.primitives.serialization").BestAvailableEncryption(password.encode())


def _pkcs12() -> Any:
    return _deps.load("cryptography.hazmat.primitives.serialization.pkcs12")

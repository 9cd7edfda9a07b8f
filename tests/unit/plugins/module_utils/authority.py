# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority that never existed, for the tests of certificates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from ansible_collections.dcos.security.plugins.module_utils import _keystores, _x509

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=timezone.utc)


def truststore(pem: str, password: str) -> bytes:
    """Return a truststore; with a cryptography before 45 one that lacks Java's mark, and is read all the same."""
    if hasattr(pkcs12, "serialize_java_truststore"):
        return _keystores.build_truststore([pem], password)
    entry = pkcs12.PKCS12Certificate(x509.load_pem_x509_certificate(pem.encode()), b"ca")
    return pkcs12.serialize_key_and_certificates(
        None, None, None, [entry], serialization.BestAvailableEncryption(password.encode())
    )


class Ca:
    """A certificate authority that copies subject and SANs from the CSR, as that of DC/OS does."""

    def __init__(
        self, key: CertificateIssuerPrivateKeyTypes, name: str = "DC/OS Root CA", parent: Ca | None = None
    ) -> None:
        self.key = key
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = parent or self
        self.pem = self._pem(
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(issuer.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW.replace(tzinfo=None) - timedelta(days=10))
            .not_valid_after(NOW.replace(tzinfo=None) + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(issuer.key, hashes.SHA256())
        )

    @staticmethod
    def _pem(certificate: x509.Certificate) -> str:
        return certificate.public_bytes(serialization.Encoding.PEM).decode()

    def sign(
        self,
        csr_pem: str,
        days: int = 365,
        extra_sans: Iterable[x509.GeneralName] = (),
        extra_names: Iterable[x509.NameAttribute[str]] = (),
        serial: int | None = None,
    ) -> str:
        """Return the PEM of a certificate for the CSR that ends ``days`` after NOW."""
        csr = x509.load_pem_x509_csr(csr_pem.encode())
        sans = [*csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value, *extra_sans]
        return self._pem(
            x509.CertificateBuilder()
            .subject_name(x509.Name([*extra_names, *csr.subject]))
            .issuer_name(self.name)
            .public_key(csr.public_key())
            .serial_number(serial or x509.random_serial_number())
            .not_valid_before(NOW.replace(tzinfo=None) - timedelta(days=5))
            .not_valid_after(NOW.replace(tzinfo=None) + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName(sans), critical=False)
            .sign(self.key, hashes.SHA256())
        )


WANTED: dict[str, Any] = {
    "common_name": "kafka.example.com",
    "hosts": ["kafka.example.com", "*.kafka.l4lb.thisdcos.directory", "10.1.2.3", "2001:db8::1"],
    "subject": {"O": "Example", "OU": None, "C": "US"},
    "key_type": "ECDSA",
    "key_size": 256,
}


def csr_for(key: str, **changes: Any) -> str:
    """Return a CSR for WANTED with changes."""
    wanted = {**WANTED, **changes}
    return _x509.build_csr(key, wanted["common_name"], wanted["hosts"], wanted["subject"])

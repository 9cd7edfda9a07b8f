# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Certificate Authority's root: the key and certificate that both backends sign with."""

from __future__ import annotations

import functools
import ipaddress
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# cfssl dates its certificates back by this much, so that a clock slightly behind the CA's accepts them.
BACKDATE = timedelta(minutes=5)

ROOT_LIFETIME = timedelta(days=3650)

# Below the 398 days that TLS clients allow a server certificate; an emulator does not run for so long.
SERVER_CERTIFICATE_LIFETIME = timedelta(days=397)

IssuerKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def signature_hash(key: IssuerKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512:
    """The hash that cfssl signs with, chosen by the strength of the signing key."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        strong, stronger = key.key_size >= 384, key.key_size >= 521
    else:
        strong, stronger = key.key_size >= 3072, key.key_size >= 4096
    return hashes.SHA512() if stronger else hashes.SHA384() if strong else hashes.SHA256()


def private_key_to_pem(key: IssuerKey) -> str:
    """PKCS#1 (RSA) or SEC1 (EC) PEM: the encodings that cfssl reads and writes."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


def certificate_to_pem(certificate: x509.Certificate) -> str:
    """One PEM block with a final newline."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


# A key is checked for tens of milliseconds, and a state that is loaded has mostly the root that is in use.
@functools.lru_cache(maxsize=2)
def _loaded(certificate_pem: str, private_key_pem: str) -> tuple[x509.Certificate, IssuerKey]:
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    key = serialization.load_pem_private_key(private_key_pem.encode(), password=None)
    if not isinstance(key, IssuerKey) or key.public_key() != certificate.public_key():
        raise ValueError("The CA's private key must be RSA or EC, and that of its certificate.")
    return certificate, key


def root_subject(cluster_id: str) -> x509.Name:
    """Subject of a cluster's own root (documentation of ``dcos security cluster ca cacert``, sample certificate)."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
            x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, "CA"),
            x509.NameAttribute(NameOID.LOCALITY_NAME, "San Francisco"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Mesosphere, Inc."),
            x509.NameAttribute(NameOID.COMMON_NAME, f"DC/OS Root CA {cluster_id}"),
        ]
    )


def add_authority_key_identifier(builder: x509.CertificateBuilder, issuer: x509.Certificate) -> x509.CertificateBuilder:
    """Point to the issuer's key; without effect for a cluster's own root, which has no SubjectKeyIdentifier."""
    try:
        key_identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return builder
    extension = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_identifier)
    return builder.add_extension(extension, critical=False)


class Root:
    """A CA certificate with its private key; RSA or EC, self-signed or (custom CA) an intermediate."""

    def __init__(self, certificate: x509.Certificate, private_key: IssuerKey) -> None:
        self.certificate = certificate
        self.private_key = private_key

    @classmethod
    def generate(cls, cluster_id: str) -> Root:
        """A root as a cluster makes it at installation: RSA-2048, 10 years, BasicConstraints as its one extension.

        A verifier with X509_V_FLAG_X509_STRICT (the default context of Python 3.13 and later) refuses such a root for
        its missing KeyUsage and SubjectKeyIdentifier: it would refuse the cluster's too.
        """
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        subject = root_subject(cluster_id)
        not_before = datetime.now(UTC) - BACKDATE
        certificate = (
            x509.CertificateBuilder(issuer_name=subject, subject_name=subject, public_key=key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_before)
            .not_valid_after(not_before + ROOT_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    @classmethod
    def from_dict(cls, data: dict[str, str]) -> Root:
        """The inverse of :meth:`to_dict`; raises ValueError for what is no PEM, or a key of another certificate."""
        return cls(*_loaded(data["certificate"], data["private_key"]))

    def to_dict(self) -> dict[str, str]:
        """``{"certificate": PEM, "private_key": PEM}``, for the emulator's saved state."""
        return {"certificate": self.certificate_pem, "private_key": self.private_key_pem}

    @property
    def certificate_pem(self) -> str:
        """PEM of the CA certificate."""
        return certificate_to_pem(self.certificate)

    @property
    def private_key_pem(self) -> str:
        """PEM of the CA's private key (PKCS#1 or SEC1, unencrypted)."""
        return private_key_to_pem(self.private_key)

    def issue_server_certificate(self, hosts: list[str]) -> tuple[str, str]:
        """Certificate and private key (both PEM) for the gateway's TLS listener.

        ``hosts`` are IP addresses and DNS names; each becomes a SAN of its kind. EC P-256, because an RSA key would
        cost start-up time and handshakes for nothing.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        names = [general_host_name(host) for host in hosts]
        builder = (
            x509.CertificateBuilder(
                issuer_name=self.certificate.subject,
                subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])]),
                public_key=key.public_key(),
            )
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - BACKDATE)
            .not_valid_after(now + SERVER_CERTIFICATE_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
        )
        builder = add_authority_key_identifier(builder, self.certificate)
        certificate = builder.sign(self.private_key, signature_hash(self.private_key))
        return certificate_to_pem(certificate), private_key_to_pem(key)


def general_host_name(host: str) -> x509.GeneralName:
    """An IP address as an iPAddress SAN, anything else as a dNSName."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)

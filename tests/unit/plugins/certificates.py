# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of dcos_ca_cert share: where a certificate is kept, and certificates and requests of others."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

    from ansible_collections.dcos.security.tests.unit.plugins.calls import Outcome
    from ansible_collections.dcos.security.tests.unit.plugins.cluster import Cluster

MODULE = "dcos_ca_cert"
CN = "kafka.example.com"
ISSUING = [f"POST /ca/api/v2/{operation}" for operation in ("sign", "newcert")]


class Files:
    """A certificate in files."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.paths = {part: str(folder / f"{part}.pem") for part in ("certificate", "private_key", "chain")}
        self.options = dict(zip(("path", "privatekey_path", "chain_path"), self.paths.values()))
        self.certificate_only = {"path": self.paths["certificate"]}

    def read(self, part: str) -> str:
        with open(self.paths[part], encoding="utf-8") as stream:
            return stream.read()

    def write(self, part: str, text: str) -> None:
        with open(self.paths[part], "w", encoding="utf-8") as stream:
            stream.write(text)

    def remove(self, part: str) -> None:
        os.unlink(self.paths[part])


class Secrets:
    """A certificate in secrets."""

    def __init__(self, cluster: Cluster, _folder: Path) -> None:
        self.cluster = cluster
        self.paths = {part: f"kafka/{part}" for part in ("certificate", "private_key", "chain")}
        self.options = dict(zip(("certificate_secret", "privatekey_secret", "chain_secret"), self.paths.values()))
        self.certificate_only = {"certificate_secret": self.paths["certificate"]}

    def _url(self, part: str) -> str:
        return f"/secrets/v1/secret/default/{self.paths[part]}"

    def read(self, part: str) -> str:
        return str(self.cluster.api("GET", self._url(part))["value"])

    def write(self, part: str, text: str) -> None:
        self.cluster.api("PATCH", self._url(part), {"value": text})

    def remove(self, part: str) -> None:
        self.cluster.api("DELETE", self._url(part))


def unseen(cluster: Cluster, place: Files | Secrets, outcome: Outcome) -> None:
    """Check that no line of the private key is in what the module said."""
    try:
        lines = place.read("private_key").splitlines()[1:-1]
    except (OSError, AssertionError, UnicodeDecodeError):  # there is none, or it is in DER
        return
    assert not any(line in outcome.stdout + outcome.stderr + outcome.log for line in lines)


def issued(outcome: Outcome) -> list[str]:
    return [request for request in outcome.sent if request in ISSUING]


def load(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def csr(
    key: CertificateIssuerPrivateKeyTypes,
    name: str = CN,
    sans: Iterable[str] = (CN,),
    more: Iterable[tuple[x509.ObjectIdentifier, str]] = (),
) -> str:
    """Return a CSR that somebody made for a key of their own; ``more`` are [(OID, value)] of its subject."""
    names = [x509.NameAttribute(oid, value) for oid, value in ((x509.NameOID.COMMON_NAME, name), *more)]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(san) for san in sans]), False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def foreign(pem_key: str, name: str = CN, days: int = 400) -> str:
    """Return a certificate for a key as wanted, but of another CA."""
    key = serialization.load_pem_private_key(pem_key.encode(), None)
    assert isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey))
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=days))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

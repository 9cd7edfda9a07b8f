# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters as operators inherit them, to be loaded into an emulator: accounts, grants, credentials, certificates.

Of 100 accounts, 20 have a credential and 10 of those a certificate with key and chain; each has 5 grants, as a service
of the SDK has.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from itertools import combinations, islice
from typing import Any

from cluster import Cluster, Record
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

GRANTS_EACH = 5
CREDENTIAL_EVERY, CERTIFICATE_EVERY = 5, 10
ENDPOINT = "https://leader.mesos/acs/api/v1/auth/login"
SHARED = ("dcos:mesos:master:task:user:nobody", "dcos:mesos:agent:task:user:nobody")
OWN = ("framework", "reservation", "volume")
EXPONENT = 65537


def uid_of(number: int) -> str:
    """The accounts are spread over 50 folders."""
    return f"team-{number % 50}__service-{number}"


class Root:
    """The root of a cluster's CA."""

    def __init__(self, dcos: Cluster) -> None:
        self.pem = dcos.root["certificate"]
        self.certificate = x509.load_pem_x509_certificate(self.pem.encode())
        self.key: Any = serialization.load_pem_private_key(
            dcos.root["private_key"].encode(), None, unsafe_skip_rsa_key_validation=True
        )


class Estate:
    """Makes clusters of many sizes with the CA of one; keys and certificates are made once."""

    def __init__(self, dcos: Cluster, accounts: int) -> None:
        self._root = Root(dcos)
        credentials = range(0, accounts, CREDENTIAL_EVERY)
        self._keys = dict(zip(credentials, _rsa_keys(len(credentials)), strict=True))
        self._certificates: dict[int, tuple[str, str]] = {}

    def records(self, accounts: int) -> Iterator[Record]:
        """Records of a cluster with so many accounts."""
        for rid in SHARED:
            yield ["acl", [rid], {"rid": rid, "description": rid}]
        for number in range(accounts):
            yield from self._account(number)
            if number in self._keys:
                yield from self._secrets(number)

    def _account(self, number: int) -> Iterator[Record]:
        uid = uid_of(number)
        key = self._keys.get(number)
        public = key.public_key() if key else _public_key_alone(number)
        yield ["user", [uid], {"uid": uid, "description": f"Service {number}", "public_key": _spki(public)}]
        own = [f"dcos:mesos:master:{kind}:role:{uid}-role" for kind in OWN]
        for rid in own:
            yield ["acl", [rid], {"rid": rid, "description": rid}]
        for rid in (*own, *SHARED):
            yield ["grant", [rid, "users", uid], ["create"]]

    def _secrets(self, number: int) -> Iterator[Record]:
        uid = uid_of(number)
        folder = uid.replace("__", "/")
        credential = {"uid": uid, "private_key": _pkcs8(self._keys[number]), "scheme": "RS256"}
        stored = {"service-account": json.dumps({**credential, "login_endpoint": ENDPOINT})}
        if number % CERTIFICATE_EVERY == 0:
            if number not in self._certificates:
                self._certificates[number] = _certificate(self._root, f"{uid.replace('_', '-')}.example.com")
            certificate, key = self._certificates[number]
            stored |= {"tls-certificate": certificate, "tls-private-key": key, "tls-ca-chain": self._root.pem}
        for name, value in stored.items():
            yield ["secret", ["default", f"{folder}/{name}"], {"value": value}]


def _rsa_keys(count: int) -> Iterator[rsa.RSAPrivateKey]:
    """So many different keys. To find primes takes long, so that few are found and each is used with every other."""
    needed = 2
    while needed * (needed - 1) // 2 < count:
        needed += 2
    primes = []
    for _pair in range(needed // 2):
        numbers = rsa.generate_private_key(EXPONENT, 2048).private_numbers()
        primes += [numbers.p, numbers.q]
    for p, q in islice(combinations(primes, 2), count):
        d = pow(EXPONENT, -1, (p - 1) * (q - 1))
        crt = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
        public = rsa.RSAPublicNumbers(EXPONENT, p * q)
        yield rsa.RSAPrivateNumbers(p, q, d, *crt, public).private_key(unsafe_skip_rsa_key_validation=True)


def _public_key_alone(number: int) -> rsa.RSAPublicKey:
    """A public key to which nobody has a private one, of an account whose credential is not in the store."""
    return rsa.RSAPublicNumbers(EXPONENT, (1 << 2047) + 2 * number + 1).public_key()


def _spki(key: rsa.RSAPublicKey) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def _pkcs8(key: Any) -> str:
    formats = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return str(key.private_bytes(*formats).decode())


def _certificate(root: Root, host: str) -> tuple[str, str]:
    """A certificate of the cluster's CA and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)]))
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(root.key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), _pkcs8(key)

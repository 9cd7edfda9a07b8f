# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys shared by the tests of one session, as making RSA keys is slow, and servers that misbehave."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._http import Transport
from ansible_collections.dcos.security.plugins.module_utils._options import resolve
from ansible_collections.dcos.security.tests.unit.plugins.peer import Peer

PEM = serialization.Encoding.PEM


def pkcs8(key, passphrase: str | None = None) -> str:
    """Return a private key object as PKCS#8 PEM."""
    encryption = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else None
    return key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, encryption or serialization.NoEncryption()
    ).decode()


def pkcs1(key, passphrase: str | None = None) -> str:
    """Return a private key object in its traditional PEM (PKCS#1 or SEC1)."""
    encryption = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else None
    return key.private_bytes(
        PEM, serialization.PrivateFormat.TraditionalOpenSSL, encryption or serialization.NoEncryption()
    ).decode()


def spki(key) -> str:
    """Return the public half of a private key object as SPKI PEM."""
    return key.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def pkcs1_public(key) -> str:
    """Return the public half of an RSA private key object as PKCS#1 PEM."""
    return key.public_key().public_bytes(PEM, serialization.PublicFormat.PKCS1).decode()


@pytest.fixture(scope="session")
def forms():
    """Return the functions that spell a key object as PEM, by name."""
    return {"pkcs8": pkcs8, "pkcs1": pkcs1, "spki": spki, "pkcs1_public": pkcs1_public}


@pytest.fixture(scope="session")
def rsa_key():
    """Return an RSA key object of 2048 bits."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def other_rsa_key():
    """Return another RSA key object of 2048 bits."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def foreign_keys():
    """Return key objects of the types that DC/OS does not take, by the name that errors give them."""
    return {
        "EC P-256": ec.generate_private_key(ec.SECP256R1()),
        "EC P-521": ec.generate_private_key(ec.SECP521R1()),
        "Ed25519": ed25519.Ed25519PrivateKey.generate(),
        "DSA": dsa.generate_private_key(2048),
    }


@pytest.fixture
def peers(monkeypatch, tmp_path):
    """Return a function that starts a Peer. The environment says nothing of proxies, CAs and users."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    started = []

    def start(*answers, tls=None):
        started.append(Peer(*answers, tls=tls))
        return started[-1]

    yield start
    for peer in started:
        peer.stop()


@pytest.fixture
def serve(peers):
    """Return a function that starts a Peer and a Transport to it: (peer, transport)."""

    def start(*answers, tls=None, **options):
        peer = peers(*answers, tls=tls)
        return peer, Transport(peer.origin, **{"retries": 0, "timeout": 5, **options})

    return start


@pytest.fixture
def client_of(peers):
    """Return a function that starts a Peer and a Client of it with the given options: (peer, client)."""

    def start(*answers, environ=None, read_only=False, anonymous=False, **options):
        peer = peers(*answers)
        params = {"url": peer.origin, "retries": 0, "timeout": 5, **options}
        return peer, Client(resolve(params, environ or {}, anonymous), read_only)

    return start

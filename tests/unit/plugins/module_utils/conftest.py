# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys shared by the tests of one session, as making RSA keys is slow, and servers that misbehave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from ssl import SSLContext
from typing import TYPE_CHECKING, Any, Callable

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._http import Transport
from ansible_collections.dcos.security.plugins.module_utils._options import resolve
from ansible_collections.dcos.security.tests.unit.plugins.peer import Answer, Peer

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

PEM = serialization.Encoding.PEM


def pkcs8(key: PrivateKeyTypes, passphrase: str | None = None) -> str:
    """Return a private key object as PKCS#8 PEM."""
    encryption = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else None
    return key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, encryption or serialization.NoEncryption()
    ).decode()


def pkcs1(key: PrivateKeyTypes, passphrase: str | None = None) -> str:
    """Return a private key object in its traditional PEM (PKCS#1 or SEC1)."""
    encryption = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else None
    return key.private_bytes(
        PEM, serialization.PrivateFormat.TraditionalOpenSSL, encryption or serialization.NoEncryption()
    ).decode()


def spki(key: PrivateKeyTypes) -> str:
    """Return the public half of a private key object as SPKI PEM."""
    return key.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def pkcs1_public(key: PrivateKeyTypes) -> str:
    """Return the public half of an RSA private key object as PKCS#1 PEM."""
    return key.public_key().public_bytes(PEM, serialization.PublicFormat.PKCS1).decode()


@pytest.fixture(scope="session")
def forms() -> dict[str, Callable[..., str]]:
    """Return the functions that spell a key object as PEM, by name."""
    return {"pkcs8": pkcs8, "pkcs1": pkcs1, "spki": spki, "pkcs1_public": pkcs1_public}


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    """Return an RSA key object of 2048 bits."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def other_rsa_key() -> rsa.RSAPrivateKey:
    """Return another RSA key object of 2048 bits."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def foreign_keys() -> dict[str, PrivateKeyTypes]:
    """Return key objects of the types that DC/OS does not take, by the name that errors give them."""
    return {
        "EC P-256": ec.generate_private_key(ec.SECP256R1()),
        "EC P-521": ec.generate_private_key(ec.SECP521R1()),
        "Ed25519": ed25519.Ed25519PrivateKey.generate(),
        "DSA": dsa.generate_private_key(2048),
    }


@pytest.fixture
def peers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Peer]]:
    """Return a function that starts a Peer. The environment says nothing of proxies, CAs and users."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    started: list[Peer] = []

    def start(*answers: Answer, tls: SSLContext | None = None) -> Peer:
        started.append(Peer(*answers, tls=tls))
        return started[-1]

    yield start
    for peer in started:
        peer.stop()


@pytest.fixture
def serve(peers: Callable[..., Peer]) -> Callable[..., tuple[Peer, Transport]]:
    """Return a function that starts a Peer and a Transport to it: (peer, transport)."""

    def start(*answers: Answer, tls: SSLContext | None = None, **options: Any) -> tuple[Peer, Transport]:
        peer = peers(*answers, tls=tls)
        return peer, Transport(peer.origin, **{"retries": 0, "timeout": 5, **options})

    return start


@pytest.fixture
def time_of() -> Callable[[], tuple[list[float], dict[str, Any]]]:
    """Return a function that makes a time of one's own: (the pauses that passed, the options of a Transport)."""

    def start() -> tuple[list[float], dict[str, Any]]:
        passed: list[float] = []
        return passed, {"clock": lambda: sum(passed), "sleep": passed.append}

    return start


@pytest.fixture
def client_of(peers: Callable[..., Peer]) -> Callable[..., tuple[Peer, Client]]:
    """Return a function that starts a Peer and a Client of it with the given options: (peer, client)."""

    def start(
        *answers: Answer,
        environ: dict[str, str] | None = None,
        read_only: bool = False,
        anonymous: bool = False,
        **options: Any,
    ) -> tuple[Peer, Client]:
        peer = peers(*answers)
        params = {"url": peer.origin, "retries": 0, "timeout": 5, **options}
        return peer, Client(resolve(params, environ or {}, anonymous), read_only)

    return start

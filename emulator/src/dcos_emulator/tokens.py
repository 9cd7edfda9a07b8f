# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DC/OS authentication tokens: RS256 JWTs with nothing but ``uid`` and ``exp`` (GET /acs/api/v1/auth/jwks)."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections import OrderedDict

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .clock import Clock

CACHED_TOKENS = 10_000


def generate_key_pem() -> str:
    """A fresh RSA-2048 signing key as PKCS#8 PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


# A key is checked for tens of milliseconds, and a state that is loaded has mostly the key that is in use.
@functools.lru_cache(maxsize=2)
def load_key(private_key_pem: str) -> rsa.RSAPrivateKey:
    """The signing key of a PEM; raises ValueError or TypeError for anything else."""
    key = serialization.load_pem_private_key(private_key_pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("The token key is no RSA key.")
    return key


def _unsigned_base64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class TokenAuthority:
    """Signs tokens as the IAM does and verifies them as Admin Router does."""

    def __init__(self, private_key: rsa.RSAPrivateKey, clock: Clock) -> None:
        self._clock = clock
        self.use_key(private_key)

    def use_key(self, private_key: rsa.RSAPrivateKey) -> None:
        """Sign and verify with this key from now on."""
        self._private_key = private_key
        self._public_key = private_key.public_key()
        # A signature once verified stays valid: only the expiry is looked at again.
        self._verified: OrderedDict[str, tuple[str, float | None]] = OrderedDict()

    def issue(self, uid: str, expires_at: int | None) -> str:
        """A token for ``uid``; ``expires_at`` in seconds since the epoch, None for a token without ``exp``."""
        claims: dict[str, object] = {"uid": uid}
        if expires_at is not None:
            claims["exp"] = expires_at
        return jwt.encode(claims, self._private_key, algorithm="RS256", sort_headers=False)

    def verify(self, token: str) -> str | None:
        """The token's uid; None if it is no token of this cluster or has expired. ``exp`` may be absent."""
        if (known := self._verified.get(token)) is None:
            if (known := self._verify_signature(token)) is None:
                return None
            self._verified[token] = known
            if len(self._verified) > CACHED_TOKENS:
                self._verified.popitem(last=False)
        uid, expires_at = known
        return uid if expires_at is None or self._clock.now() < expires_at else None

    def _verify_signature(self, token: str) -> tuple[str, float | None] | None:
        try:
            claims = jwt.decode(
                token,
                self._public_key,
                algorithms=["RS256"],
                # The expiry is checked against the cluster's clock, and Admin Router looks at no other claim.
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False},
            )
        except (jwt.InvalidTokenError, UnicodeError):
            return None
        uid, expires_at = claims.get("uid"), claims.get("exp")
        if not isinstance(uid, str) or not isinstance(expires_at, int | float | None):
            return None
        return uid, expires_at

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The JSON Web Key Set that verifies the tokens issued here."""
        numbers = self._public_key.public_numbers()
        key_id = hashlib.sha256(f"{numbers.e}{numbers.n}RSA".encode()).hexdigest()
        return {
            "keys": [
                {
                    "kid": key_id,
                    "kty": "RSA",
                    "n": _unsigned_base64(numbers.n),
                    "e": _unsigned_base64(numbers.e),
                    "alg": "RS256",
                    "use": "sig",
                }
            ]
        }

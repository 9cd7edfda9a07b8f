# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service login tokens: the JWT that a service account signs to log in (POST /acs/api/v1/auth/login).

The signature is PyJWT's business. The claims are judged here, by the rules of the release that the IAM ships (1.7.1),
because later releases of PyJWT refuse what the cluster accepts and the other way round.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

import jwt

from .public_keys import load_public_key

ALGORITHM = "RS256"


class InvalidServiceToken(Exception):
    """The token proves nothing: the login is refused."""


def claims_of(token: str, public_key: str, now: float) -> dict[str, Any]:
    """The claims of a token signed with the account's key; ``now`` in seconds since the epoch.

    Raises InvalidServiceToken; TypeError and OverflowError for claims that make the IAM fail with 500 (a null ``exp``).
    """
    claims = _verified_payload(token, public_key)
    now = int(now)
    if "iat" in claims:
        _number(claims["iat"])
    if "nbf" in claims and _number(claims["nbf"]) > now:
        raise InvalidServiceToken("not yet valid")
    if "exp" in claims and _number(claims["exp"]) < now:
        raise InvalidServiceToken("expired")
    if "aud" in claims:
        raise InvalidServiceToken("unexpected audience")
    return claims


def _verified_payload(token: str, public_key: str) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            # The IAM has no minimum key size: an account with a key of 1024 bits may log in.
            warnings.simplefilter("ignore")
            payload = jwt.api_jws.PyJWS().decode(token, load_public_key(public_key), algorithms=[ALGORITHM])
        claims = json.loads(payload)
    except (jwt.PyJWTError, ValueError) as error:
        raise InvalidServiceToken(str(error)) from error
    if not isinstance(claims, dict):
        raise InvalidServiceToken("the payload is no JSON object")
    return claims


def _number(value: Any) -> int:
    """A NumericDate as the IAM reads it: numeric strings pass, words do not, and null makes it crash."""
    try:
        return int(value)
    except ValueError as error:
        raise InvalidServiceToken("a time is no number") from error

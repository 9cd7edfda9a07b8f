# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication tokens: how to get one, when to replace it, and what to say when there is none to be had.

Endpoints: ``POST /acs/api/v1/auth/login``. A token is a JWT whose payload holds ``uid`` and ``exp``; it is read here
without verifying it, because only the cluster can and must do that.

This file is private to the collection.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from datetime import datetime, timezone
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils._errors import AuthError, HttpError, InputError
from ansible_collections.dcos.security.plugins.module_utils._files import read_text
from ansible_collections.dcos.security.plugins.module_utils._http import LOGIN_PATH, Transport
from ansible_collections.dcos.security.plugins.module_utils._options import ANONYMOUS, Connection, Credentials
from ansible_collections.dcos.security.plugins.module_utils._redact import mask
from ansible_collections.dcos.security.plugins.module_utils._response import parsed
from ansible_collections.dcos.security.plugins.module_utils._shapes import TOKEN, misfit

# A token with less time left than this (seconds) is replaced before it is used.
RENEW_BEFORE = 60
YEAR_10000 = 253402300800  # in seconds since the epoch
PUBLIC = ("auth_username", "auth_private_key_path")  # options of a login that are no secrets


def claims(token: str) -> dict[str, Any]:
    """Return the payload of a JWT, or {} if it cannot be read. Nothing is verified."""
    try:
        payload = token.split(".")[1]
        content = parsed(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def expiry(token: str) -> float | None:
    """Return the ``exp`` claim in seconds since the epoch, or None where the token has none.

    A time that no calendar has is somebody's "never".
    """
    exp = claims(token).get("exp")
    if isinstance(exp, bool) or not isinstance(exp, (int, float)) or exp >= YEAR_10000:
        return None
    return max(exp, 0)


def timestamp(seconds: float) -> str:
    """Write seconds since the epoch as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_credential(text: str, what: str) -> dict[str, Any]:
    """Return the JSON object of a service-account secret, which has at least ``uid`` and ``private_key``.

    ``what`` names the source in the error. Raises InputError.
    """
    try:
        credential = json.loads(text)
    except ValueError:
        credential = None
    if not isinstance(credential, dict) or not all(
        isinstance(credential.get(name), str) and credential[name] for name in ("uid", "private_key")
    ):
        raise InputError(
            f"{what} is not a service account credential: it must be a JSON object with uid and private_key, "
            "as dcos_service_account_secret or 'dcos security secrets create-sa-secret' writes it."
        )
    return credential


def login(transport: Transport, uid: str, password: str | None = None, private_key: str | None = None) -> str:
    """Log in with a password or with an RSA private key (PEM) and return the authentication token.

    Raises AuthError if the cluster refuses, HttpError for any other bad answer, InputError for an unusable key.
    """
    if private_key is not None:
        # Loaded only here, as an ordinary module compiles what it loads in each task.
        from ansible_collections.dcos.security.plugins.module_utils import _keys

        body: dict[str, str | None] = {"uid": uid, "token": _keys.sign_login_token(uid, private_key)}
    else:
        body = {"uid": uid, "password": password}
    answer = transport.send("POST", LOGIN_PATH, body=body)
    doing = f"log in as '{uid}'"
    if answer.status == 401:
        if private_key is not None:
            remedy = (
                "The account does not exist, its public key does not belong to this private key, or this machine's "
                "clock is wrong."
            )
        else:
            remedy = "Check auth_username and auth_password (a service account logs in with its private key instead)."
        raise AuthError(
            f"Could not {doing}: the cluster refused the credentials (401 {answer.code or 'Unauthorized'}). {remedy}"
        ).about("POST", LOGIN_PATH, 401, answer.code)
    wrong = misfit(answer.json, TOKEN)
    if answer.status != 200 or wrong or not answer.json["token"]:
        raise HttpError(
            doing,
            "POST",
            LOGIN_PATH,
            answer.status,
            answer.code,
            # What does not fit its schema, the IAM quotes.
            mask(answer.words, [password, body.get("token")]) or f"the answer is not that of a login: {wrong}",
            "Check that url is the address of a DC/OS cluster.",
        )
    token: str = answer.json["token"]
    return token


class Authenticator:
    """Holds the current token of a connection and renews it; safe to use from several threads.

    ``given`` is the token that the options or the environment gave, or None; ``method`` says how it was to be obtained.
    """

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self._connection = connection
        self._transport = transport
        # Read from a file, it may have come with a line break.
        self.given = (connection.credentials.options.get("auth_token") or "").strip() or None
        self.method = connection.method
        self._token: str | None = self.given
        # What no text may show: the credentials, wherever they came from, and the tokens that there have been.
        self.secrets: set[str] = {
            value
            for way in (connection.credentials, *connection.renewals)
            for name, value in way.options.items()
            if name not in PUBLIC and isinstance(value, str)
        }
        self._lock = threading.Lock()

    def token(self, min_validity: float | None = None) -> str | None:
        """Return the token at hand if it has ``min_validity`` seconds left, else that of a new login, be it shorter.

        If no validity is asked for, a token about to expire is renewed where that is possible. None if the connection
        is anonymous. Raises AuthError if the token is too short-lived and nothing allows a new login.
        """
        if self._connection.credentials == ANONYMOUS:
            return None
        with self._lock:
            if self._token is None:
                self._token = self._login(self._connection.credentials)
            elif _seconds_left(self._token) < (RENEW_BEFORE if min_validity is None else min_validity):
                if self._connection.renewals:
                    self._token = self._login(self._connection.renewals[0])
                else:
                    self._insist_on(self._token, min_validity or 0)
            return self._token

    def _insist_on(self, token: str, min_validity: float) -> None:
        left = _seconds_left(token)
        expires = timestamp(expiry(token) or 0)
        if left <= 0:
            raise AuthError(f"The authentication token expired at {expires}. {self._remedy()}")
        if left < min_validity:
            raise AuthError(
                f"The authentication token expires at {expires}, and so is not valid for min_validity ({min_validity}) "
                f"seconds more. {self._remedy()}"
            )

    def renew(self, rejected: str) -> str:
        """Replace the token that the cluster answered with a 401; raises AuthError if nothing allows that."""
        with self._lock:
            if self._token is None or self._token == rejected:
                if not self._connection.renewals:
                    raise AuthError(
                        "The cluster rejected the authentication token (401): it is of another cluster, was "
                        f"signed by an earlier key, or has expired. {self._remedy()}"
                    )
                self._token = self._login(self._connection.renewals[0])
            return self._token

    def _login(self, way: Credentials) -> str:
        options = way.options
        if "auth_credential" in options:
            credential = parse_credential(_read_credential(options["auth_credential"]), "auth_credential")
            return self._get(credential["uid"], private_key=credential["private_key"])
        private_key = options.get("auth_private_key")
        if "auth_private_key_path" in options:
            private_key = read_text(options["auth_private_key_path"], "auth_private_key_path")
        return self._get(options["auth_username"], options.get("auth_password"), private_key)

    def _get(self, uid: str, password: str | None = None, private_key: str | None = None) -> str:
        self.secrets.update(secret for secret in (password, private_key) if secret)
        token = login(self._transport, uid, password, private_key)
        self.secrets.add(token)
        return token

    def _remedy(self) -> str:
        return (
            "Get a new one (dcos.security.dcos_login, or 'dcos auth login'), or also give auth_username with "
            "auth_password or auth_private_key_path, so that it can be renewed."
        )


def _seconds_left(token: str) -> float:
    exp = expiry(token)
    return float("inf") if exp is None else exp - time.time()


def _read_credential(text: str) -> str:
    if text.startswith("file://"):
        return read_text(text[len("file://") :], "auth_credential")
    return text

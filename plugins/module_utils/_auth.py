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

from ansible_collections.dcos.security.plugins.module_utils._errors import AuthError, HttpError, InputError
from ansible_collections.dcos.security.plugins.module_utils._http import LOGIN_PATH
from ansible_collections.dcos.security.plugins.module_utils._options import ANONYMOUS, read_text
from ansible_collections.dcos.security.plugins.module_utils._redact import mask

# A token with less time left than this (seconds) is replaced before it is used.
RENEW_BEFORE = 60


def claims(token: str) -> dict:
    """Return the payload of a JWT, or {} if it cannot be read. Nothing is verified."""
    try:
        payload = token.split(".")[1]
        content = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def expiry(token: str):
    """Return the ``exp`` claim in seconds since the epoch, or None where the token has none."""
    exp = claims(token).get("exp")
    return exp if isinstance(exp, (int, float)) and not isinstance(exp, bool) else None


def timestamp(seconds) -> str:
    """Write seconds since the epoch as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_credential(text: str, what: str) -> dict:
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


def login(transport, uid: str, password=None, private_key=None) -> str:
    """Log in with a password or with an RSA private key (PEM) and return the authentication token.

    Raises AuthError if the cluster refuses, HttpError for any other bad answer, InputError for an unusable key.
    """
    if private_key is not None:
        # Loaded only here, as an ordinary module compiles what it loads in each task.
        from ansible_collections.dcos.security.plugins.module_utils import _keys

        body = {"uid": uid, "token": _keys.sign_login_token(uid, private_key)}
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
    token = (answer.json or {}).get("token") if isinstance(answer.json, dict) else None
    if answer.status != 200 or not token:
        raise HttpError(
            doing,
            "POST",
            LOGIN_PATH,
            answer.status,
            answer.code,
            # What does not fit its schema, the IAM quotes.
            mask(answer.said, [password, body.get("token")]),
            "Check that url is the address of a DC/OS cluster.",
        )
    return token


class Authenticator:
    """Holds the current token of a connection and renews it; safe to use from several threads.

    ``given`` is the token that the options or the environment gave, or None; ``method`` says how it was to be obtained.
    """

    def __init__(self, connection, transport):
        self._connection = connection
        self._transport = transport
        # Read from a file, it may have come with a line break.
        self.given = (connection.way.options.get("auth_token") or "").strip() or None
        self.method = connection.method
        self._token = self.given
        self._lock = threading.Lock()

    def token(self, min_validity=None) -> str | None:
        """Return the token at hand if it has ``min_validity`` seconds left, else that of a new login, be it shorter.

        If no validity is asked for, a token about to expire is renewed where that is possible. None if the connection
        is anonymous. Raises AuthError if the token is too short-lived and nothing allows a new login.
        """
        if self._connection.way == ANONYMOUS:
            return None
        with self._lock:
            if self._token is None:
                self._token = self._login(self._connection.way)
            elif self._seconds_left() < (RENEW_BEFORE if min_validity is None else min_validity):
                if self._connection.renewals:
                    self._token = self._login(self._connection.renewals[0])
                else:
                    self._insist_on(min_validity or 0)
            return self._token

    def _insist_on(self, min_validity):
        expires = timestamp(expiry(self._token))
        if self._seconds_left() <= 0:
            raise AuthError(f"The authentication token expired at {expires}. {self._remedy()}")
        if self._seconds_left() < min_validity:
            raise AuthError(
                f"The authentication token expires at {expires}, and so is not valid for min_validity ({min_validity}) "
                f"seconds more. {self._remedy()}"
            )

    def renew(self, rejected: str) -> str:
        """Replace the token that the cluster answered with a 401; raises AuthError if nothing allows that."""
        with self._lock:
            if self._token == rejected:
                if not self._connection.renewals:
                    raise AuthError(
                        "The cluster rejected the authentication token (401): it is of another cluster, was "
                        f"signed by an earlier key, or has expired. {self._remedy()}"
                    )
                self._token = self._login(self._connection.renewals[0])
            return self._token

    def _seconds_left(self):
        exp = expiry(self._token)
        return float("inf") if exp is None else exp - time.time()

    def _login(self, way):
        options = way.options
        if "auth_credential" in options:
            credential = parse_credential(_read_credential(options["auth_credential"]), "auth_credential")
            return login(self._transport, credential["uid"], private_key=credential["private_key"])
        private_key = options.get("auth_private_key")
        if "auth_private_key_path" in options:
            private_key = read_text(options["auth_private_key_path"], "auth_private_key_path")
        return login(self._transport, options["auth_username"], options.get("auth_password"), private_key)

    def _remedy(self):
        return (
            "Get a new one (dcos.security.dcos_login, or 'dcos auth login'), or also give auth_username with "
            "auth_password or auth_private_key_path, so that it can be renewed."
        )


def _read_credential(text):
    if text.startswith("file://"):
        return read_text(text[len("file://") :], "auth_credential")
    return text

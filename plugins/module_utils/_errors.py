# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, as exceptions whose text is the sentence that the user reads.

This file is private to the collection.
"""

from __future__ import annotations

from http.client import responses


class DcosError(Exception):
    """Base of every expected failure; ``str(error)`` names the cause and the remedy and never holds a secret."""

    failure: dict | None = None

    def about(self, method: str, path: str, status: int | None = None, code=None):
        """Say which request it was that failed, and return self; ``status`` is None where no answer came."""
        self.failure = {"status": status, "code": code, "method": method, "path": path}
        return self

    def as_result(self) -> dict:
        """Return the keys that a failed task carries beside ``msg``.

        ``failure``: {status, code, method, path}, for playbooks that branch on it, where a request is to blame.
        """
        return {"failure": self.failure} if self.failure else {}


class InputError(DcosError):
    """The task's options, or a file they name, cannot be used; nothing was sent."""


class RefusedError(DcosError):
    """The request was understood and is refused by the collection itself, because it would do harm."""


class AuthError(DcosError):
    """No token could be obtained, or the one at hand is no longer valid."""


class ConnectError(DcosError):
    """No answer was received: DNS, TCP, TLS, time-out, or a redirect that is not followed."""


class InternalError(DcosError):
    """The collection broke one of its own rules (for example, a write in check mode). Always a bug."""


class HttpError(DcosError):
    """The cluster answered, and the answer was no.

    Args:
        doing: what was attempted, as it follows "Could not ": ``create service account 'kafka'``.
        method: HTTP method.
        path: path of the request, without query values.
        status: HTTP status.
        code: IAM error code (``ERR_…``) or the CA's number, where the body carried one.
        said: the server's own words, where it gave any (never request data).
        hint: what the user can do about it.
    """

    def __init__(self, doing: str, method: str, path: str, status: int, code=None, said: str = "", hint: str = ""):
        self.status = status
        self.code = code
        answer = f"{status} {responses.get(status, '')}".strip()
        if code:
            answer += f" {code}"
        if said:
            answer += f": {said.rstrip('.')}"
        super().__init__(f"Could not {doing}: {method} {path}: {answer}.{' ' + hint if hint else ''}")
        self.about(method, path, status, code)

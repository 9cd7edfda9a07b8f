# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, as exceptions whose text is the sentence that the user reads.

This file is private to the collection.
"""

from __future__ import annotations

import re
from http.client import responses
from typing import Any, Callable, TypeVar

Self = TypeVar("Self", bound="DcosError")

LONGEST_WORDS = 300  # of a server, in characters
# What a terminal would obey. A cluster's names hold none of it, but what answers may be no cluster.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str) -> str:
    """Return a text without line breaks and other control characters."""
    return _CONTROLS.sub(" ", text)


class DcosError(Exception):
    """Base of every expected failure; ``str(error)`` names the cause and the remedy and never holds a secret."""

    failure: dict[str, Any] | None = None
    # Some try of the request may have been processed, whatever this error says.
    uncertain = False

    def told(self, masked: Callable[[str], str]) -> str:
        """Return the sentence with its secrets masked by ``masked``, on one line."""
        return one_line(masked(str(self)))

    def about(self: Self, method: str, path: str, status: int | None = None, code: str | int | None = None) -> Self:
        """Say which request it was that failed, and return self; ``status`` is None where no answer came."""
        self.failure = {"status": status, "code": code, "method": method, "path": path}
        return self

    def as_result(self, masked: Callable[[str], str] = str) -> dict[str, Any]:
        """Return the keys that a failed task carries beside ``msg``.

        ``failure``: {status, code, method, path}, for playbooks that branch on it, where a request is to blame.
        """
        return {"failure": _masked(self.failure, masked)} if self.failure else {}


class InputError(DcosError):
    """The task's options, or a file they name, cannot be used; nothing was sent."""


class RefusedError(DcosError):
    """The request was understood and is refused by the collection itself, because it would do harm."""


class AuthError(DcosError):
    """No token could be obtained, or the one at hand is no longer valid."""


class ConnectError(DcosError):
    """No answer was received: DNS, TCP, TLS, time-out, or a redirect that is not followed.

    Args:
        uncertain: the request was sent and may have been processed.
        hopeless: another try would end the same way.
    """

    def __init__(self, text: str, uncertain: bool = False, hopeless: bool = False):
        super().__init__(text)
        self.uncertain = uncertain
        self.hopeless = hopeless


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
        said: the server's own words, raw, where it gave any; they are masked before they are shortened.
        hint: what the user can do about it.
        effort: ", 3 tries in 12 s", where it was not one.

    Attributes:
        retry_after: seconds that the cluster asked to wait before another try, or None.
    """

    retry_after: float | None = None

    def __init__(
        self,
        doing: str,
        method: str,
        path: str,
        status: int,
        code: str | int | None = None,
        said: str = "",
        hint: str = "",
        effort: str = "",
    ):
        self.status = status
        self.code = code
        answer = f"{status} {responses.get(status, '')}".strip()
        if code:
            answer += f" {code}"
        self._said = said
        self._begin = f"Could not {doing}: {method} {path}{effort}: {answer}"
        self._end = f".{' ' + hint if hint else ''}"
        super().__init__(self._sentence(said))
        self.about(method, path, status, code)

    def told(self, masked: Callable[[str], str]) -> str:
        """See DcosError."""
        return masked(self._sentence(masked(self._said)))

    def _sentence(self, said: str) -> str:
        words = " ".join(said.split())[:LONGEST_WORDS].rstrip(". ")
        return f"{self._begin}{': ' if words else ''}{words}{self._end}"


class BulkError(DcosError):
    """Some of several failed; the others are done.

    Args:
        what: what they are, in the plural.
        total: how many were tried.
        failures: of each that failed {item, msg, failure if a request is to blame}.
    """

    # How many are explained; the others are named.
    EXPLAINED = 5

    def __init__(self, what: str, total: int, failures: list[dict[str, Any]]) -> None:
        self._failures = failures
        texts = "; ".join(f"{failed['item']}: {failed['msg']}" for failed in failures[: self.EXPLAINED])
        others = ", ".join(str(failed["item"]) for failed in failures[self.EXPLAINED :])
        more = f" Failed, too (see failures): {others}." if others else ""
        super().__init__(f"{len(failures)} of {total} {what} failed, the rest is done: {texts}{more}")

    def as_result(self, masked: Callable[[str], str] = str) -> dict[str, Any]:
        """Return ``failures``, and ``failure`` of the first of them that has one."""
        told = [
            {
                **failed,
                "msg": masked(failed["msg"]),
                **({"failure": _masked(failed["failure"], masked)} if failed.get("failure") else {}),
            }
            for failed in self._failures
        ]
        blamed = [failed["failure"] for failed in told if failed.get("failure")]
        return {**({"failure": blamed[0]} if blamed else {}), "failures": told}


def _masked(failure: dict[str, Any], masked: Callable[[str], str]) -> dict[str, Any]:
    """Return a ``failure`` whose code, which is the server's, is masked. The path is our own, and stays what it is."""
    code = failure["code"]
    return {**failure, "code": masked(code) if isinstance(code, str) else code}

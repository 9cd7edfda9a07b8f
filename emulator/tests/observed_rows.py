# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A row of observed behaviour: what is sent, and what came back from the open-source IAM."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emulator_process import Answer

PREFIX = "/acs/api/v1/"

# The third column of the record, where it names no error code.
NO_CODE = "no code"  # a JSON error body without the member "code"
EMPTY = "empty or non-JSON body"

Check = Callable[[Answer], Any]


@dataclass
class Row:
    """``data`` is sent as JSON, ``body`` as it is; ``check`` looks at what the status and code do not tell."""

    number: int
    method: str
    path: str
    status: int
    code: str | None = None
    data: Any = None
    body: bytes | None = None
    headers: dict[str, str | None] = field(default_factory=dict)
    check: Check | None = None

    def request(self) -> tuple[str, str, dict[str, str | None], bytes | None]:
        """Method, target, headers and body."""
        if self.data is None:
            return self.method, PREFIX + self.path, self.headers, self.body
        body = json.dumps(self.data, ensure_ascii=False).encode()
        return self.method, PREFIX + self.path, {"Content-Type": "application/json"} | self.headers, body


def put(number: int, uid: str, data: Any, status: int = 201, code: str | None = None, **options: Any) -> Row:
    """PUT /users/{uid} with a JSON body."""
    return Row(number, "PUT", f"users/{uid}", status, code, data, **options)


def put_raw(number: int, uid: str, body: bytes | None, status: int, code: str | None = None, **options: Any) -> Row:
    """PUT /users/{uid} with a body that need not be JSON."""
    options.setdefault("headers", {"Content-Type": "application/json"})
    return Row(number, "PUT", f"users/{uid}", status, code, body=body, **options)


def get(number: int, path: str, status: int = 200, code: str | None = None, **options: Any) -> Row:
    """GET below the IAM's prefix."""
    return Row(number, "GET", path, status, code, **options)


def has(**members: Any) -> Check:
    """The JSON body has these members."""

    def check(answer: Answer) -> None:
        found = answer.json()
        assert {name: found.get(name) for name in members} == members

    return check


def lists(*uids: str, others: bool = True) -> Check:
    """The list holds these uids (and, with ``others``, perhaps more)."""

    def check(answer: Answer) -> None:
        found = [user["uid"] for user in answer.json()["array"]]
        assert set(uids) <= set(found) if others else list(uids) == found

    return check

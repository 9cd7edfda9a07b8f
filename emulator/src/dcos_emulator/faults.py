# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fault injection: rules that make chosen requests go wrong in the ways networks and servers do."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import signal
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from starlette.responses import Response

from .call import Call, Scope
from .protocol import close_connection, reset_connection

ACTIONS = ("status", "reset", "delay", "truncate", "html", "garbage", "kill")

LONGEST_DELAY_MS = 86_400_000  # a day

HTML = b"<html>\r\n<head><title>Service Temporarily Unavailable</title></head>\r\n<body></body>\r\n</html>\r\n"
GARBAGE = b'{"array": [{"uid": \x00\xff\xfe'

Process = Callable[[], Awaitable[Response]]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


@dataclass(slots=True)
class Rule:
    """From its ``nth`` match on, ``times`` requests are hit (None: all that follow).

    ``method`` is exact, ``path`` a regular expression searched for in the raw path, either may be None. ``when`` tells
    whether the request is processed before it goes wrong: ``before`` or ``after`` processing.
    """

    id: int
    action: str
    method: str | None = None
    path: str | None = None
    nth: int = 1
    times: int | None = 1
    when: str = "before"
    status: int | None = None
    retry_after: str | None = None
    delay_ms: float = 0
    matched: int = 0
    hit: int = 0
    pattern: re.Pattern[str] | None = field(default=None, repr=False)

    def hits(self, call: Call) -> bool:
        """Whether this request is to go wrong; counts it."""
        if self.method not in (None, call.method) or (self.pattern and not self.pattern.search(call.raw_path)):
            return False
        self.matched += 1
        if self.matched < self.nth or (self.times is not None and self.hit >= self.times):
            return False
        self.hit += 1
        return True


def _member(data: dict[str, Any], name: str, kinds: type | tuple[type, ...], default: Any) -> Any:
    value = data.pop(name, default)
    if (value is None and default is not None and name != "times") or isinstance(value, bool):
        raise ValueError(f"{name} has the wrong type")
    if value is not None and not isinstance(value, kinds):
        raise ValueError(f"{name} has the wrong type")
    return value


class Faults:
    """The rules in force; the first one that hits a request decides about it."""

    def __init__(self) -> None:
        self.rules: dict[int, Rule] = {}
        self._ids = itertools.count(1)

    def add(self, data: dict[str, Any]) -> Rule:
        """Add a rule; ValueError tells what is wrong with it."""
        data = dict(data)
        rule = Rule(
            id=0,
            action=_member(data, "action", str, "status"),
            method=_member(data, "method", str, None),
            path=_member(data, "path", str, None),
            nth=_member(data, "nth", int, 1),
            times=_member(data, "times", int, 1),
            when=_member(data, "when", str, "before"),
            status=_member(data, "status", int, None),
            retry_after=_member(data, "retry_after", (str, int), None),
            delay_ms=_member(data, "delay_ms", (int, float), 0),
        )
        if data:
            raise ValueError(f"unknown members: {', '.join(sorted(data))}")
        if rule.action not in ACTIONS:
            raise ValueError(f"action must be one of {', '.join(ACTIONS)}")
        if rule.when not in ("before", "after"):
            raise ValueError("when must be before or after")
        if rule.nth < 1 or (rule.times is not None and rule.times < 1) or rule.delay_ms < 0:
            raise ValueError("nth and times start at 1, delay_ms at 0")
        if not rule.delay_ms <= LONGEST_DELAY_MS:
            raise ValueError(f"delay_ms must not exceed {LONGEST_DELAY_MS}")
        if isinstance(rule.retry_after, str) and not (rule.retry_after.isascii() and rule.retry_after.isprintable()):
            raise ValueError("retry_after must be what a header can hold")
        if rule.status is not None and not 200 <= rule.status <= 599:
            raise ValueError("status must lie between 200 and 599")
        try:
            rule.pattern = re.compile(rule.path) if rule.path is not None else None
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"path is no regular expression: {error}") from error
        rule.id = next(self._ids)
        self.rules[rule.id] = rule
        return rule

    def match(self, call: Call) -> Rule | None:
        """The rule that hits this request; every rule that matches counts it."""
        hits = [rule for rule in self.rules.values() if rule.hits(call)]
        return hits[0] if hits else None


def rule_object(rule: Rule) -> dict[str, Any]:
    """The rule as plain data."""
    return {name: value for name, value in asdict(rule).items() if name != "pattern"}


async def respond(rule: Rule, process: Process, scope: Scope, receive: Receive, send: Send) -> int | None:
    """Carry out the rule; returns the status that was sent, None if there was no response."""
    response = await process() if rule.when == "after" else None
    if rule.delay_ms:
        await asyncio.sleep(rule.delay_ms / 1000)
    if response is None and rule.action in ("delay", "truncate"):
        response = await process()
    match rule.action:
        case "delay":
            assert response is not None
            await response(scope, receive, send)
            return response.status_code
        case "truncate":
            assert response is not None
            return await _truncate(response, scope, receive, send)
        case "reset":
            reset_connection(scope)
            await _disconnected(receive)
            return None
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
    wrong = _wrong_response(rule, response)
    await wrong(scope, receive, send)
    return wrong.status_code


def _wrong_response(rule: Rule, response: Response | None) -> Response:
    status = rule.status or (503 if rule.action == "status" else response.status_code if response else 200)
    if status in (204, 304):
        # These carry no body, right or wrong.
        wrong = Response(status_code=status)
    elif rule.action == "garbage":
        wrong = Response(GARBAGE, status, {"Content-Type": "application/json"})
    else:
        wrong = Response(HTML, status, {"Content-Type": "text/html"})
    if rule.retry_after is not None:
        wrong.headers["Retry-After"] = str(rule.retry_after)
    return wrong


async def _truncate(response: Response, scope: Scope, receive: Receive, send: Send) -> int:
    """Announce the whole body, send half of it, close the connection."""
    headers = [item for item in response.raw_headers if item[0].lower() != b"content-length"]
    body = bytes(response.body) or b"truncated"
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    close_connection(scope)
    await _disconnected(receive)
    return response.status_code


async def _disconnected(receive: Receive) -> None:
    """Wait until the connection is closed, past what is left of the request's body."""
    while (await receive())["type"] != "http.disconnect":
        pass

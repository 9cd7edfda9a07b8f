# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test controls (``/_emulator/…``): journal, faults, state, clock and settings of the running emulator."""

from __future__ import annotations

import contextlib
import json
import math
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from . import body
from .call import Scope
from .database import Record
from .faults import rule_object
from .guard import Guard
from .openapi import document
from .overview import overview
from .settings import LARGEST_NUMBER

if TYPE_CHECKING:
    from .emulator import Emulator

PREFIX = "/_emulator"

# Settings that may be changed while the emulator runs.
SETTINGS = ("latency_ms", "token_lifetime", "permission_cache_seconds")

MAX_BODY = 1024 * 1024
MAX_STATE = 512 * 1024 * 1024


class Json(Response):
    """JSON in ASCII: a state may hold what UTF-8 cannot, such as half a surrogate pair in a description."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


class Controls:
    """An ASGI application; see :mod:`dcos_emulator.guard` for who may use it."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._guard = Guard(emulator.settings)
        self._application = Starlette(
            routes=[
                Route(f"{PREFIX}/journal", self._journal, methods=["GET", "DELETE"]),
                Route(f"{PREFIX}/journal/summary", self._journal_summary),
                Route(f"{PREFIX}/faults", self._faults, methods=["GET", "POST", "DELETE"]),
                Route(f"{PREFIX}/faults/{{id:int}}", self._fault, methods=["GET", "DELETE"]),
                Route(f"{PREFIX}/state", self._state, methods=["GET", "PUT"]),
                Route(f"{PREFIX}/clock", self._clock, methods=["GET", "PUT"]),
                Route(f"{PREFIX}/overview", self._overview),
                Route(f"{PREFIX}/openapi.json", self._openapi),
                Route(f"{PREFIX}/settings", self._settings, methods=["GET", "PATCH"]),
            ],
            exception_handlers={HTTPException: _refused},
        )

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        refusal = self._guard.refusal(scope)
        if refusal is not None:
            await Json({"error": refusal.message}, refusal.status)(scope, receive, send)
            return
        with contextlib.suppress(ClientDisconnect):
            await self._application(scope, receive, send)

    async def _journal(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._emulator.journal.clear()
            return Response(status_code=204)
        return Json({"entries": self._emulator.journal.entries()})

    async def _journal_summary(self, request: Request) -> Response:
        return Json(self._emulator.journal.summary())

    async def _faults(self, request: Request) -> Response:
        faults = self._emulator.faults
        if request.method == "DELETE":
            faults.rules.clear()
            return Response(status_code=204)
        if request.method == "GET":
            return Json({"rules": [rule_object(rule) for rule in faults.rules.values()]})
        try:
            rule = faults.add(await _json_object(request))
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        return Json(rule_object(rule), 201)

    async def _fault(self, request: Request) -> Response:
        rules, rule_id = self._emulator.faults.rules, request.path_params["id"]
        if rule_id not in rules:
            raise HTTPException(404, "There is no such rule.")
        if request.method == "GET":
            return Json(rule_object(rules[rule_id]))
        del rules[rule_id]
        return Response(status_code=204)

    async def _state(self, request: Request) -> Response:
        if request.method == "GET":
            return Json({"records": list(self._emulator.store.records())})
        data = await _json_object(request, MAX_STATE)
        try:
            self._emulator.load([_record(item) for item in data["records"]])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise HTTPException(400, f"This is no state of an emulator: {error!r}") from error
        return Response(status_code=204)

    async def _clock(self, request: Request) -> Response:
        clock = self._emulator.clock
        if request.method == "PUT":
            clock.offset = _number(await _json_object(request), "offset")
        return Json({"offset": clock.offset, "now": clock.now()})

    async def _overview(self, request: Request) -> Response:
        """For the page at ``/``; no interface for programs, which have the state."""
        return Json(overview(self._emulator, request.query_params.get("revision", "")))

    async def _openapi(self, request: Request) -> Response:
        return Json(document(open_edition=self._emulator.settings.open_edition))

    async def _settings(self, request: Request) -> Response:
        emulator = self._emulator
        if request.method == "PATCH":
            data = await _json_object(request)
            if unknown := set(data) - set(SETTINGS):
                raise HTTPException(400, f"These cannot be changed: {', '.join(sorted(unknown))}")
            changes = {name: _number(data, name) for name in data}
            if any(value < 0 for value in changes.values()):
                raise HTTPException(400, "Settings cannot be negative.")
            for name, value in changes.items():
                setattr(emulator.settings, name, value)
            emulator.policy.cache_seconds = emulator.settings.permission_cache_seconds
            emulator.policy.forget()
        return Json({name: getattr(emulator.settings, name) for name in SETTINGS})


def _record(item: Any) -> Record:
    kind, key, value = item
    if not isinstance(key, list) or not all(isinstance(name, str) for name in key):
        raise TypeError(f"{key!r} is no key")
    return kind, tuple(key), value


async def _json_object(request: Request, limit: int = MAX_BODY) -> dict[str, Any]:
    try:
        data = json.loads(await body.read(request, limit))
    except body.TooLarge as error:
        raise HTTPException(413, f"The body is longer than {limit} bytes.") from error
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"The body is no JSON: {error}") from error
    if not isinstance(data, dict):
        raise HTTPException(400, "The body must be a JSON object.")
    return data


def _number(data: dict[str, Any], name: str) -> float:
    value = data.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise HTTPException(400, f"{name} must be a number.")
    if not math.isfinite(value) or abs(value) > LARGEST_NUMBER:
        raise HTTPException(400, f"{name} must lie between {-LARGEST_NUMBER:.0f} and {LARGEST_NUMBER:.0f}.")
    return value


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return Json({"error": error.detail}, error.status_code, error.headers)

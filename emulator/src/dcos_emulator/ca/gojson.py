# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON as Go reads it: the same bodies accepted, and refused with the same words.

The CA passes the messages of Go's encoding/json on to its clients, which is why Python's json, which words its errors
differently and recurses, is not enough here.
"""

from __future__ import annotations

import json
import re
from typing import ClassVar, NoReturn

MAX_DEPTH = 10000

Value = object  # an Object, list, str, Number, bool or None


class JsonError(ValueError):
    """The body is not JSON, or not of the expected types; the message is Go's."""


class Number(str):
    """A number, kept as it was written."""


class Object(list[tuple[str, Value]]):
    """The members of an object in their order, repeated names included."""


def parse(body: bytes) -> Value:
    """Parse a JSON text; raises JsonError with the message of Go's scanner."""
    scanner = _Scanner(body)
    containers: list[Object | list[Value]] = []
    names: list[str] = []  # of the members under construction, one for each open object
    while True:
        opening = scanner.skip_space()
        if opening in "{[":
            if len(containers) == MAX_DEPTH:
                scanner.fail("exceeded max depth")
            container: Object | list[Value] = Object() if opening == "{" else []
            scanner.position += 1
            if scanner.skip_space() != ("}" if opening == "{" else "]"):
                containers.append(container)
                if opening == "{":
                    names.append(scanner.member_name())
                continue
            scanner.position += 1
            value: Value = container
        else:
            value = scanner.scalar()
        while containers:  # the value is complete: put it where it belongs, and close what ends with it
            container = containers[-1]
            following = scanner.skip_space()
            if isinstance(container, Object):
                if following not in ",}":
                    scanner.fail("after object key:value pair")
                container.append((names.pop(), value))
            else:
                if following not in ",]":
                    scanner.fail("after array element")
                container.append(value)
            scanner.position += 1
            if following == ",":
                if isinstance(container, Object):
                    names.append(scanner.member_name())
                break
            value = containers.pop()
        else:
            scanner.end()
            return value


class _Scanner:
    """Reads tokens; every refusal names the character that Go would name."""

    _SPACE = re.compile(r"[ \t\r\n]*")
    _STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*')
    _HEX = re.compile(r"[0-9A-Fa-f]*")
    _INTEGER = re.compile(r"0|[1-9][0-9]*")
    _DIGITS = re.compile(r"[0-9]+")
    _LITERALS: ClassVar[dict[str, tuple[str, bool | None]]] = {
        "t": ("true", True),
        "f": ("false", False),
        "n": ("null", None),
    }

    def __init__(self, body: bytes) -> None:
        # One character a byte, because Go's messages name bytes. Go feeds its scanner a space at the end of the input
        # and complains about that space where a token is cut short.
        self.text = body.decode("latin-1") + " "
        self.position = 0

    def fail(self, context: str) -> NoReturn:
        """Refuse the character at the position."""
        if self.position >= len(self.text):
            raise JsonError("unexpected end of JSON input")
        raise JsonError(f"invalid character {quote_character(self.text[self.position])} {context}")

    def skip_space(self) -> str:
        """The next character that is no white space; the end of the input is an error."""
        self.position = self._SPACE.match(self.text, self.position).end()  # type: ignore[union-attr]  # matches always
        if self.position >= len(self.text):
            raise JsonError("unexpected end of JSON input")
        return self.text[self.position]

    def end(self) -> None:
        """Refuse anything but white space."""
        if self.text[self.position :].strip(" \t\r\n"):
            self.skip_space()
            self.fail("after top-level value")

    def member_name(self) -> str:
        """A member's name and the colon behind it."""
        if self.skip_space() != '"':
            self.fail("looking for beginning of object key string")
        name = self._string()
        if self.skip_space() != ":":
            self.fail("after object key")
        self.position += 1
        return name

    def scalar(self) -> Value:
        """A string, number, true, false or null."""
        first = self.text[self.position]
        if first == '"':
            return self._string()
        if first in "-0123456789":
            return self._number()
        if first not in self._LITERALS:
            self.fail("looking for beginning of value")
        literal, value = self._LITERALS[first]
        for expected in literal:
            if self._peek() != expected:
                self.fail(f"in literal {literal} (expecting {quote_character(expected)})")
            self.position += 1
        return value

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _string(self) -> str:
        start = self.position
        self.position = self._STRING.match(self.text, start).end()  # type: ignore[union-attr]  # starts with a quote
        if self._peek() != '"':
            self._fail_in_string()
        self.position += 1
        token = self.text[start : self.position].encode("latin-1").decode("utf-8", errors="replace")
        # Halves of surrogate pairs are no characters to Go.
        return re.sub("[\ud800-\udfff]", "\ufffd", json.loads(token))

    def _fail_in_string(self) -> NoReturn:
        if self._peek() != "\\":
            self.fail("in string literal")
        self.position += 1
        if self._peek() != "u":
            self.fail("in string escape code")
        self.position = self._HEX.match(self.text, self.position + 1).end()  # type: ignore[union-attr]
        self.fail("in \\u hexadecimal character escape")

    def _number(self) -> Number:
        start = self.position
        if self._peek() == "-":
            self.position += 1
        self._digits(self._INTEGER, "in numeric literal")
        if self._peek() == ".":
            self.position += 1
            self._digits(self._DIGITS, "after decimal point in numeric literal")
        if self._peek() in ("e", "E"):
            self.position += 1
            if self._peek() in ("+", "-"):
                self.position += 1
            self._digits(self._DIGITS, "in exponent of numeric literal")
        return Number(self.text[start : self.position])

    def _digits(self, pattern: re.Pattern[str], context: str) -> None:
        match = pattern.match(self.text, self.position)
        if match is None:
            self.fail(context)
        self.position = match.end()


_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 92: "\\\\"}


def _escape(character: str, quote: str) -> str:
    code = ord(character)
    if character == quote:
        return "\\" + quote
    if code in _ESCAPES:
        return _ESCAPES[code]
    if character.isprintable():
        return character
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quote_character(character: str) -> str:
    """Go's quotation of a character in the messages of encoding/json."""
    return "'" + _escape(character, "'") + "'"


def quote(text: str) -> str:
    """Go's ``%q``."""
    return '"' + "".join(_escape(character, '"') for character in text) + '"'

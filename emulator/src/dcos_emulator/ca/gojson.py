# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON as the CA's requests need it: Python's parser, with what Go keeps and Python would not.

That is the order and repetition of members, and numbers as they were written. The same bodies are accepted and refused;
the words of a refusal are Go's where they say that the body ends too early, and one sentence otherwise. A body nested
deeper than Python recurses is refused, too, which Go does beyond a depth of 10,000.
"""

from __future__ import annotations

import json
import re
from typing import NoReturn

Value = object  # an Object, list, str, Number, bool or None


class JsonError(ValueError):
    """The body is not JSON, or not of the expected types; the message is Go's."""


class Number(str):
    """A number, kept as it was written."""


class Object(list[tuple[str, Value]]):
    """The members of an object in their order, repeated names included."""


def parse(body: bytes) -> Value:
    """Parse a JSON text; raises JsonError. Bytes that are not UTF-8 become replacement characters."""
    text = body.decode("utf-8", errors="replace")
    try:
        value = json.loads(
            text, object_pairs_hook=Object, parse_int=Number, parse_float=Number, parse_constant=_refuse_constant
        )
        # Only an escape can spell half a surrogate pair.
        return _whole_characters(value) if "\\u" in text else value
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip(" \t\r\n")) or error.msg.startswith("Unterminated"):
            raise JsonError("unexpected end of JSON input") from error
        raise JsonError(_invalid(text[error.pos])) from error
    except RecursionError as error:
        raise JsonError("exceeded max depth") from error


def _refuse_constant(name: str) -> NoReturn:
    """NaN and the infinities, which Python writes and no standard knows."""
    raise JsonError(_invalid(name[0]))


def _invalid(character: str) -> str:
    return f"invalid character {quote_character(character)} looking for beginning of value"


def _whole_characters(value: Value) -> Value:
    """The value with replacement characters for halves of surrogate pairs, which are no characters to Go."""
    if isinstance(value, Number):
        return value
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, Object):
        return Object((str(_whole_characters(name)), _whole_characters(member)) for name, member in value)
    return [_whole_characters(item) for item in value] if isinstance(value, list) else value


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

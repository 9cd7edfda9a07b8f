# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON values into the types of the CA's requests, by the rules of Go's encoding/json.

Member names match without regard to case, unknown members are ignored, null leaves scalars alone, and a wrong type is
refused in Go's words, which name the Go types. Those types are described here, not implemented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import gojson


@dataclass(frozen=True)
class Scalar:
    """string, int, bool or *big.Int; ``name`` is Go's."""

    name: str


@dataclass(frozen=True)
class Slice:
    """[]element; decoded to a list, null to None."""

    element: Scalar | Struct

    @property
    def name(self) -> str:
        """Go's name of the type."""
        return f"[]{self.element.name}"


@dataclass(frozen=True)
class Struct:
    """A struct, or a pointer to one where null is possible; decoded to a dict of the members given.

    Behind an ``interface`` Go fills in the struct that a default put there, but cannot make one.
    """

    name: str
    fields: Mapping[str, Scalar | Slice | Struct]
    interface: str | None = None


Type = Scalar | Slice | Struct

STRING = Scalar("string")
INT = Scalar("int")
BOOL = Scalar("bool")
BIG_INT = Scalar("*big.Int")


def unmarshal(body: bytes, struct: Struct, target: dict[str, Any] | None = None) -> dict[str, Any]:
    """Decode a body over the defaults in ``target``, which is changed; raises gojson.JsonError."""
    target = {} if target is None else target
    value = gojson.parse(body)
    if value is not None:  # null leaves the struct as it is
        _decode(value, struct, target, struct, ())
    return target


def unmarshal_strings(body: bytes) -> dict[str, str]:
    """Decode a body into Go's map[string]string; raises gojson.JsonError."""
    value = gojson.parse(body)
    if value is None:
        return {}
    if not isinstance(value, gojson.Object):
        raise _mismatch(value, "map[string]string", None, ())
    strings = {}
    for name, member in value:
        if member is not None and not _is_string(member):
            raise _mismatch(member, "string", None, ())
        strings[name] = member or ""
    return strings  # type: ignore[return-value]  # checked above


def _is_string(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, gojson.Number)


def _decode(value: object, wanted: Type, present: Any, parent: Struct, path: tuple[str, ...]) -> Any:
    """The decoded value; ``present`` is what an earlier member of the same name, or the default, left there."""
    if value is None:
        return present if isinstance(wanted, Scalar) else None
    if isinstance(wanted, Struct) and wanted.interface and present is None:
        raise _mismatch(value, wanted.interface, parent, path)
    if isinstance(wanted, Struct) and isinstance(value, gojson.Object):
        target = {} if present is None else present
        for given, member in value:
            name = _field(wanted, given)
            if name is not None:
                target[name] = _decode(member, wanted.fields[name], target.get(name), wanted, (*path, name))
        return target
    if isinstance(wanted, Slice) and isinstance(value, list) and not isinstance(value, gojson.Object):
        zero: object = {} if isinstance(wanted.element, Struct) else ""
        return [zero if item is None else _decode(item, wanted.element, None, parent, path) for item in value]
    if wanted == STRING and _is_string(value):
        return value
    if wanted == BOOL and isinstance(value, bool):
        return value
    if wanted in (INT, BIG_INT) and isinstance(value, gojson.Number):
        digits = value.removeprefix("-")
        if digits.isdigit() and (wanted == BIG_INT or -(2**63) <= _integer(value) < 2**63):
            return _integer(value)
        raise _mismatch(value, wanted.name, parent, path, number=True)
    raise _mismatch(value, wanted.name, parent, path)


def _integer(literal: str) -> int:
    # Python refuses to convert very long literals; all of them are far out of the range of an int.
    return int(literal[:100])


def _field(struct: Struct, given: str) -> str | None:
    if given in struct.fields:
        return given
    folded = given.casefold()
    return next((name for name in struct.fields if name.casefold() == folded), None)


def _mismatch(
    value: object, go_type: str, parent: Struct | None, path: tuple[str, ...], number: bool = False
) -> gojson.JsonError:
    kind = _kind(value) + (f" {value}" if number else "")
    where = "value"
    if parent is not None and path:
        where = f"struct field {parent.name.rpartition('.')[2]}.{'.'.join(path)}"
    return gojson.JsonError(f"json: cannot unmarshal {kind} into Go {where} of type {go_type}")


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, gojson.Number):
        return "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, gojson.Object) else "array"

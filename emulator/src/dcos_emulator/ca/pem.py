# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PEM as Go reads it: stricter about lines than other readers, and blind to what it cannot decode."""

from __future__ import annotations

import base64
import binascii
from typing import NamedTuple


class PemBlock(NamedTuple):
    """One block: its type, such as ``CERTIFICATE REQUEST``, its DER content, and the text behind it."""

    label: str
    der: bytes
    rest: str


def decode(text: str) -> PemBlock | None:
    """The first well-formed block of a text, None when there is none.

    The BEGIN and END lines must stand at the start of a line and name the same type; lines with a colon before the
    data are headers. A block that breaks the rules is skipped, as in Go's encoding/pem.
    """
    lines = text.split("\n")
    for number, line in enumerate(lines):
        first = line.rstrip(" \t\r")
        if first.startswith("-----BEGIN ") and first.endswith("-----") and len(first) > len("-----BEGIN -----"):
            block = _decode_block(first[len("-----BEGIN ") : -len("-----")], lines, number + 1)
            if block is not None:
                return block
    return None


def _decode_block(label: str, lines: list[str], start: int) -> PemBlock | None:
    while start < len(lines) and ":" in lines[start]:
        start += 1
    for end in range(start, len(lines)):
        if lines[end].startswith("-----END "):
            break
    else:
        return None
    if lines[end].rstrip(" \t\r") != f"-----END {label}-----":
        return None
    data = "".join(lines[start:end]).translate({ord(space): None for space in " \t\r"})
    try:
        return PemBlock(label, base64.b64decode(data, validate=True), "\n".join(lines[end + 1 :]))
    except (binascii.Error, ValueError):
        return None

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping secrets out of diffs and texts. Pure functions.

This file is private to the collection.
"""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote, quote_plus

SET = "(set)"
ABSENT = "(absent)"
CHANGED = "(changed)"
MASK = "********"

# Masking a shorter string would tear holes into unrelated output ("a" is everywhere), and would so give it away.
MIN_SECRET_LENGTH = 6
# A line of a multi-line secret is masked on its own as well (a quoted half of a PEM), unless it is too short to be one.
MIN_LINE_LENGTH = 20


def redact(entity: dict | None, secret_fields) -> dict:
    """Return a copy of ``entity`` whose ``secret_fields`` say only whether they are set.

    A field that is None or missing is ``(absent)``; an empty value is a value. An absent entity (None, {}) stays empty.
    """
    if not entity:
        return {}
    markers = {field: ABSENT if entity.get(field) is None else SET for field in secret_fields}
    return {**entity, **markers}


def redact_pair(before: dict | None, after: dict | None, secret_fields) -> tuple[dict, dict]:
    """Return both sides of a diff redacted, where a secret with a new value reads ``(set)`` -> ``(changed)``."""
    shown_before, shown_after = redact(before, secret_fields), redact(after, secret_fields)
    for field in secret_fields:
        if shown_before.get(field) == shown_after.get(field) == SET and before[field] != after[field]:
            shown_after[field] = CHANGED
    return shown_before, shown_after


def mask(text: str, secrets) -> str:
    """Return ``text`` with every string of ``secrets`` replaced by asterisks, in each spelling it can appear in.

    Spellings: as it is, escaped by JSON or Python, URL-quoted, base64, and line by line. Strings shorter than
    6 characters, and None, are left alone.
    """
    # Only what is there, as a pattern of a secret of 1 MiB takes many seconds to compile.
    found = {spelling for secret in secrets for spelling in _spellings(secret) if spelling in text}
    if not found:
        return text
    # One pass, longest first: a secret that contains another one is replaced whole.
    longest_first = sorted(found, key=lambda spelling: (-len(spelling), spelling))
    return re.sub("|".join(map(re.escape, longest_first)), MASK, text)


def _spellings(secret: str | None) -> set[str]:
    if not secret or len(secret) < MIN_SECRET_LENGTH:
        return set()
    lines = [line.strip() for line in secret.splitlines()]
    plain = {secret, secret.strip()}
    plain.update(line for line in lines if len(line) >= MIN_LINE_LENGTH and not line.startswith("-----"))
    spellings = set(plain)
    for text in plain:
        raw = text.encode("utf-8", "surrogatepass")
        spellings.update((json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1]))
        spellings.update((quote(raw, safe=""), quote(raw), quote_plus(raw)))
        for encoded in (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()):
            spellings.update((encoded, encoded.rstrip("=")))
    return {spelling for spelling in spellings if len(spelling) >= MIN_SECRET_LENGTH}

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
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

SET = "(set)"
ABSENT = "(absent)"
CHANGED = "(changed)"
MASK = "********"

# A shorter string is masked as a word only: else it would tear holes into unrelated output ("a" is everywhere), and
# would so give itself away.
MIN_SECRET_LENGTH = 6
# A line of a multi-line secret is masked on its own as well (a quoted half of a PEM), unless it is too short to be one.
MIN_LINE_LENGTH = 20


def redact(entity: dict[str, Any] | None, secret_fields: Collection[str]) -> dict[str, Any]:
    """Return a copy of ``entity`` whose ``secret_fields`` say only whether they are set.

    A field that is None or missing is ``(absent)``; an empty value is a value. An absent entity (None, {}) stays empty.
    """
    if not entity:
        return {}
    markers = {field: ABSENT if entity.get(field) is None else SET for field in secret_fields}
    return {**entity, **markers}


def redact_pair(
    before: dict[str, Any] | None, after: dict[str, Any] | None, secret_fields: Collection[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return both sides of a diff redacted, where a secret with a new value reads ``(set)`` -> ``(changed)``."""
    shown_before, shown_after = redact(before, secret_fields), redact(after, secret_fields)
    for field in secret_fields:
        both_set = shown_before.get(field) == shown_after.get(field) == SET
        if before and after and both_set and before[field] != after[field]:
            shown_after[field] = CHANGED
    return shown_before, shown_after


def mask(text: str, secrets: Iterable[str | None]) -> str:
    """Return ``text`` with every string of ``secrets`` replaced by asterisks, in each spelling it can appear in.

    It must be the whole text, as it came: what was shortened or squeezed holds parts that nobody knows.

    Spellings: as it is, with its white space squeezed, escaped by JSON or Python, URL-quoted, base64, and line by line.
    Strings shorter than 6 characters are masked where they are a word of their own.
    """
    # Only what is there, as a pattern of a secret of 1 MiB takes many seconds to compile.
    found = {spelling for secret in secrets if secret for spelling in _spellings(secret, text)}
    if not found:
        return text
    # One pass, longest first: a secret that contains another one is replaced whole.
    longest_first = sorted(found, key=lambda spelling: (-len(spelling), spelling))
    return re.sub("|".join(map(_pattern, longest_first)), MASK, text)


def mask_within(value: Any, secrets: Collection[str], whole: str) -> Any:
    """Return a copy of a structure of dicts and lists without the strings of ``secrets``, as they are.

    A text or number that is a secret, or a number that contains one, becomes ``whole``; keys stay. This is what
    ``remove_values`` of ansible-core does, which is deprecated since 2.22.
    """
    if isinstance(value, Mapping):
        return {key: mask_within(inner, secrets, whole) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask_within(inner, secrets, whole) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return whole if any(secret in str(value) for secret in secrets) else value
    if value in secrets:
        return whole
    for secret in sorted(secrets, key=len, reverse=True):
        value = value.replace(secret, MASK)
    return value


def _pattern(spelling: str) -> str:
    pattern = re.escape(spelling)
    if len(spelling) >= MIN_SECRET_LENGTH:
        return pattern
    # One without a letter or a digit is a word where there is white space around it.
    return rf"(?<!\w){pattern}(?!\w)" if re.search(r"\w", spelling) else rf"(?<!\S){pattern}(?!\S)"


def _spellings(secret: str, text: str) -> set[str]:
    """Return the spellings of a secret that are in a text."""
    lines = [line.strip() for line in secret.splitlines()]
    plain = {secret, secret.strip(), " ".join(secret.split())}
    plain.update(line for line in lines if len(line) >= MIN_LINE_LENGTH and not line.startswith("-----"))
    # No spelling is shorter, so most need not be made: it takes long for a secret of 1 MiB.
    plain = {each for each in plain if len(each) <= len(text)}
    spellings = set(plain)
    for each in plain:
        raw = each.encode("utf-8", "surrogatepass")
        spellings.update((json.dumps(each)[1:-1], json.dumps(each, ensure_ascii=False)[1:-1], repr(each)[1:-1]))
        spellings.update((quote(raw, safe=""), quote(raw), quote_plus(raw)))
        for encoded in (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()):
            spellings.update((encoded, encoded.rstrip("=")))
    return {spelling for spelling in spellings if spelling.strip() and spelling in text}

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Content negotiation as the IAM's framework does it."""

from __future__ import annotations

JSON = "application/json"
REPRESENTATIONS = ("application/xml", "text/xml", JSON)


def _parse(accept: str) -> list[tuple[str, str, float]]:
    ranges = []
    for item in accept.split(","):
        media, *parameters = [part.strip() for part in item.split(";")]
        kind, slash, subtype = ("*/*" if media == "*" else media).partition("/")
        if not slash or "/" in subtype:
            raise ValueError(f"not a media range: {item!r}")
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q" and value:
                quality = float(value)
        ranges.append((kind.strip(), subtype.strip(), quality if 0 <= quality <= 1 else 1.0))
    return ranges


def _quality(media: str, ranges: list[tuple[str, str, float]]) -> tuple[float, int]:
    """The quality that the most specific matching range gives the media type, and how specific that range is."""
    kind, _, subtype = media.partition("/")
    best = (-1, 0.0)
    for range_kind, range_subtype, quality in ranges:
        if range_kind in (kind, "*") and range_subtype in (subtype, "*"):
            best = max(best, (100 * (range_kind == kind) + 10 * (range_subtype == subtype), quality))
    return best[1], best[0]


def accepts_json(accept: str | None) -> bool:
    """Whether a client that sent this Accept header (None or empty: anything) takes JSON; malformed means no."""
    if not accept or accept in ("*/*", JSON):
        return True
    try:
        return _quality(JSON, _parse(accept.lower()))[0] > 0
    except ValueError:
        return False


def error_representation(accept: str | None) -> str | None:
    """The media type in which an error is described to this client; None: not at all."""
    if not accept or accept in ("*/*", JSON):
        return JSON
    accept = accept.lower()
    try:
        ranges = _parse(accept)
        graded = [(*_quality(media, ranges), position, media) for position, media in enumerate(REPRESENTATIONS)]
        quality, _, _, media = max(graded)
        if quality > 0:
            return media
    except ValueError:
        pass
    if "+json" in accept:
        return JSON
    return "application/xml" if "+xml" in accept else None

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Content negotiation as the IAM's framework does it, with the library that it does it with."""

from __future__ import annotations

import mimeparse

JSON = "application/json"
REPRESENTATIONS = ("application/xml", "text/xml", JSON)


def accepts_json(accept: str | None) -> bool:
    """Whether a client that sent this Accept header (None or empty: anything) takes JSON; malformed means no."""
    if not accept or accept in ("*/*", JSON):
        return True
    try:
        quality: float = mimeparse.quality(JSON, accept)
        return quality != 0
    except ValueError:
        return False


def error_representation(accept: str | None) -> str | None:
    """The media type in which an error is described to this client; None: not at all."""
    if not accept or accept in ("*/*", JSON):
        return JSON
    try:
        preferred: str = mimeparse.best_match(REPRESENTATIONS, accept)
        if preferred:
            return preferred
    except ValueError:
        pass
    accept = accept.lower()
    if "+json" in accept:
        return JSON
    return "application/xml" if "+xml" in accept else None

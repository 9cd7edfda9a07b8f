# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The path as nginx reads it before it looks for a location."""

from __future__ import annotations

import re

from ..call import decode

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def normalised(raw_path: str) -> str | None:
    """Percent-decoded once, slashes merged, ``.`` and ``..`` resolved; None for a path that nginx refuses with 400.

    Only the choice of a location goes by this path. The IAM and the secrets service get the path as it was sent.
    """
    decoded = decode(raw_path)
    if "\0" in decoded or _BROKEN_ESCAPE.search(raw_path):
        return None
    segments: list[str] = []
    for segment in decoded.split("/"):
        if segment == "..":
            if not segments:
                return None
            segments.pop()
        elif segment not in ("", "."):
            segments.append(segment)
    ends_in_folder = decoded.endswith(("/", "/.", "/..")) and segments
    return "/" + "/".join(segments) + ("/" if ends_in_folder else "")

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page at ``/`` for people: what is on the cluster, and what is asked of it, while they write a playbook.

The page holds nothing of the cluster: its script asks the test controls, which are guarded, for an overview.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from importlib import resources

from starlette.responses import Response

PATH = "/"


@functools.cache
def _content() -> tuple[bytes, str]:
    """The page, and a policy that lets it do what it does and nothing else."""
    text = resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    parts = {tag: re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("style", "script")}
    allowed = "; ".join(f"{tag}-src 'sha256-{_hash(part[1])}'" for tag, part in parts.items() if part)
    policy = (
        f"default-src 'none'; {allowed}; connect-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
    )
    return text.encode(), policy


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def response() -> Response:
    """The answer to GET and HEAD."""
    content, policy = _content()
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, 200, headers)

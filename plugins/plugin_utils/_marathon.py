# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts of what runs the tasks of services, which several identities may ask something of.

This file is private to the collection.
"""

from __future__ import annotations

from typing import Any

# Marathon's own accounts, by what runs the tasks of a service: they need the rights to run tasks as a Linux user.
RUNNERS = {"marathon": "dcos_marathon", "metronome": "dcos_metronome"}

Entry = dict[str, Any]


def merged(jobs: list[tuple[Any, Entry]]) -> list[tuple[Any, Entry]]:
    """Return jobs in which each account of Marathon's is one entry, with all that identities need of it."""
    found: dict[str, tuple[tuple[int, ...], Entry]] = {}
    others: list[tuple[Any, Entry]] = []
    for number, entry in jobs:
        uid: str = entry.get("uid", "")
        if uid not in RUNNERS.values():
            others.append((number, entry))
            continue
        owners, one = found.get(uid, ((), {"uid": uid, "permissions": []}))
        rows = {row["rid"]: row for row in [*one["permissions"], *entry["permissions"]]}
        found[uid] = ((*owners, number), {"uid": uid, "permissions": list(rows.values())})
    return [*others, *found.values()]

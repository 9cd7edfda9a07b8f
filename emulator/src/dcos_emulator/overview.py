# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page for people shows: names and who has what, never a key, a hash or a value.

Everything is picked by name from the records, so that what is added to them is not shown until somebody says so.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from .faults import rule_object
from .gateway.files import DCOS_VERSION
from .issued import summary
from .records import SUPERUSER_RID, User
from .store import Store

if TYPE_CHECKING:
    from .emulator import Emulator

SHOWN = 500  # of each kind; the rest is counted
SHOWN_REQUESTS = 100


def overview(emulator: Emulator, revision: str) -> dict[str, Any]:
    """The overview; without ``content`` and ``totals`` if nothing has changed since that revision."""
    settings, store = emulator.settings, emulator.store
    found: dict[str, Any] = {
        "cluster": {
            "id": store.meta["cluster_id"],
            "version": DCOS_VERSION,
            "edition": "open source" if settings.open_edition else "enterprise",
            "ca": settings.ca,
            "state": str(settings.state) if settings.state else None,
            "started": emulator.started,
            "clock_offset": emulator.clock.offset,
            "latency_ms": settings.latency_ms,
        },
        "faults": [rule_object(rule) for rule in emulator.faults.rules.values()],
        "journal": {
            "total": emulator.journal.total,
            # A query may hold what is not meant for all eyes.
            "entries": [{**entry, "query": None} for entry in emulator.journal.latest(SHOWN_REQUESTS)],
        },
        "revision": f"{emulator.started}-{store.database.revision}-{emulator.ca.total}",
    }
    if found["revision"] != revision:
        found["content"], found["totals"] = _content(emulator)
    return found


def _content(emulator: Emulator) -> tuple[dict[str, Any], dict[str, int]]:
    store = emulator.store
    content = {
        "accounts": [_account(store, user) for user in _first(store.users.values())],
        "groups": [
            {"gid": group.gid, "description": group.description, "members": sorted(store.members.get(group.gid, ()))}
            for group in _first(store.groups.values())
        ],
        "permissions": [
            {
                "rid": rid,
                "grants": [
                    {"subject": f"{kind[:-1]} {name}", "actions": list(actions)}
                    for (kind, name), actions in store.grants_on.get(rid, {}).items()
                ],
            }
            for rid in _first(store.acls)
        ],
        "secrets": [
            {"store": name, "path": path, "binary": secrets[path].binary}
            for name, secrets in store.secrets.items()
            for path in _first(sorted(secrets))
        ][:SHOWN],
        "certificates": [
            *emulator.ca.certificates(SHOWN),
            {**summary(emulator.root.certificate), "root": True},
        ],
    }
    totals = {
        "accounts": len(store.users),
        "groups": len(store.groups),
        "permissions": len(store.acls),
        "secrets": sum(map(len, store.secrets.values())),
        "certificates": emulator.ca.total + 1,
    }
    return content, totals


def _account(store: Store, user: User) -> dict[str, Any]:
    kind = "service account" if user.is_service else f"user of {user.provider_type}" if user.is_remote else "user"
    groups = sorted(store.groups_of.get(user.uid, ()))
    subjects = [("users", user.uid), *(("groups", gid) for gid in groups)]
    return {
        "uid": user.uid,
        "kind": kind,
        "description": user.description,
        "groups": groups,
        "superuser": any(store.actions(SUPERUSER_RID, subject) for subject in subjects),
    }


def _first(items: Any) -> Any:
    return itertools.islice(items, SHOWN)

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rids and actions that DC/OS documents, as data.

From the permissions reference of DC/OS Enterprise 2.2 and the authentication pages of its services; rows that only the
latter name say so. ``full`` is documented for few rids and accepted for all, so it is not repeated here.

This file is private to the collection.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """A documented rid, a regular expression for what may follow it, and its actions beside ``full``.

    A part of ``rid`` in angle brackets stands for any name.
    """

    rid: str
    tail: str
    actions: tuple[str, ...]


# What may follow the rid, with the colon in front:
NOTHING = ""
ANYTHING = ".*"  # or nothing: the shorter rid covers all the longer ones
PATH = "(?::/[^:]*)?"  # services:/dev/web
# The reference has no slash in front of a secret outside of folders: "[/<path-name>/]<secret-name>".
SECRET = "(?::(?:/[^:]*|[^/:]+))?"
SERVICE = ":[^/*][^*]*(?<![:/])"  # service:dev/web; Edge-LB's have paths of their own, service:edgelb:/ping

_ALL = ("create", "read", "update", "delete")

_ADMIN_ROUTER = (
    "acs",
    "capabilities",  # this and the other names without "ops" below it: any logged-in user has access
    "licensing",
    "navstar-lashup-key",
    "ops:ca:ro",
    "ops:ca:rw",
    "ops:cockroachdb",
    "ops:exhibitor",
    "ops:historyservice",
    "ops:mesos",
    "ops:mesos-dns",
    "ops:metadata",
    "ops:networking",
    "ops:pkgpanda",
    "ops:slave",
    "ops:system-backup",
    "ops:system-health",
    "ops:system-logs",
    "ops:system-metrics",
    "package",
    "secrets",
    "system:agent",
    "system:leader:marathon",
    "system:leader:mesos",
)

_MESOS = (
    ("master:agent", "update delete"),
    ("master:block_disk", "create delete"),
    ("master:endpoint:path", "read"),
    ("master:executor:app_id", "read"),
    ("master:flags", "read"),
    ("master:framework:principal", "delete"),
    ("master:framework:role", "create read delete"),  # read: Kubernetes, Jenkins; delete: Portworx
    ("master:log", "read"),
    ("master:mount_disk", "create delete"),
    ("master:quota:role", "read update"),
    ("master:raw_disk", "create delete"),  # DC/OS Storage Service
    ("master:reservation:principal", "delete"),
    ("master:reservation:role", "create read"),  # read: Jenkins
    ("master:task:app_id", "create read"),  # read: the UI
    ("master:task:principal", "create"),  # Data Science Engine
    ("master:task:role", "create"),  # Data Science Engine
    ("master:task:user", "create"),
    ("master:volume:principal", "delete"),
    ("master:volume:role", "create read"),  # read: Jenkins
    ("master:weight:role", "read update"),
    ("agent:container:app_id", "read update"),  # read: for debugging
    ("agent:container:role", "update"),
    ("agent:endpoint:path", "read"),
    ("agent:executor:app_id", "read"),
    ("agent:flags", "read"),
    ("agent:framework:role", "read"),
    ("agent:log", "read"),
    ("agent:nested_container_session:app_id", "create"),
    ("agent:nested_container_session:role", "create"),
    ("agent:nested_container_session:user", "create"),
    ("agent:resource_provider", "read"),
    ("agent:resource_provider_config", "create update delete"),
    ("agent:sandbox:app_id", "read"),
    ("agent:task:app_id", "read"),
    ("agent:task:user", "create"),  # Jenkins, NiFi, Kubernetes and every SDK framework
)

# What these say may be narrowed down: role:kafka-role, app_id:/dev, block_disk:role.
_NARROWED = (":app_id", ":path", ":principal", ":role", ":user", "_disk")

# The first rule that fits a rid counts.
RULES = (
    Rule("dcos:superuser", NOTHING, _ALL),
    *(Rule(f"dcos:adminrouter:{name}", NOTHING, ()) for name in _ADMIN_ROUTER),
    *(
        Rule(f"dcos:mesos:{name}", ANYTHING if name.endswith(_NARROWED) else NOTHING, tuple(actions.split()))
        for name, actions in _MESOS
    ),
    Rule("dcos:service:marathon:<instance>:services", PATH, _ALL),
    Rule("dcos:service:marathon:<instance>:admin:config", NOTHING, ("read",)),
    Rule("dcos:service:marathon:<instance>:admin:events", NOTHING, ("create", "read")),
    Rule("dcos:service:marathon:<instance>:admin:leader", NOTHING, ("create", "read", "update")),
    Rule("dcos:service:metronome:metronome:jobs", ANYTHING, _ALL),
    Rule("dcos:secrets:list:default", PATH, ("read",)),
    Rule("dcos:secrets:default", SECRET, _ALL),
    Rule("dcos:cluster:linker:*", NOTHING, _ALL),
    Rule("dcos:cluster:linker", ANYTHING, ("read",)),
    Rule("dcos:adminrouter:service", SERVICE, ()),
)

# These authorisers ask for exactly one rid; everywhere else a shorter rid covers the longer.
EXACT = ("dcos:adminrouter", "dcos:superuser")

# Every word that has a place in some rid: a misspelt one is none of them.
WORDS = frozenset(part for rule in RULES for part in rule.rid.split(":"))

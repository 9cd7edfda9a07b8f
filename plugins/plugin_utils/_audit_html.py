# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an audit as one HTML file: what the template is given. Pure but for reading the template.

This file is private to the collection.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ansible_collections.dcos.security.plugins.module_utils._names import SUPERUSER
from ansible_collections.dcos.security.plugins.plugin_utils._audit import WORST_FIRST, Audit

TEMPLATES = Path(__file__).resolve().parents[2] / "playbooks" / "templates"
# More than so many accounts in a group, and lines in a drawing, say nothing to anybody.
MEMBERS, CERTIFICATES = 8, 150
# Of the drawing, in pixels.
ROW, COLUMNS, WIDTH = 22, (10, 330, 650), 250


@functools.cache
def _template() -> Any:
    # Everything is escaped; what a cluster holds may have been written by anybody.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("identities.html.j2")


def as_html(about: Audit) -> str:
    """Return the audit as one HTML file that needs nothing else, neither a network nor JavaScript."""
    by_uid: dict[str, list[dict[str, Any]]] = {}
    for one in about["findings"]:
        by_uid.setdefault(one["uid"], []).append(one)
    text: str = _template().render(
        about=about,
        figures=about["figures"],
        severities=WORST_FIRST,
        found_of=lambda uid: by_uid.get(uid, []),
        graph=graph(about),
        certificates=timeline(about),
        more_certificates=max(0, about["figures"]["certificates"] - CERTIFICATES),
    )
    return text


def timeline(about: Audit) -> list[dict[str, Any]]:
    """Return the certificates that end first, as {path, uid, common_name, ends, days, share}.

    ``share`` is that of 400 days, in per cent.
    """
    read_at = _moment(about["read_at"])
    found = []
    for owner, certificate in _certificates(about):
        days = (_moment(certificate["not_after"]) - read_at).days
        found.append(
            {
                "path": certificate["certificate_secret"],
                "uid": owner,
                "common_name": certificate["common_name"],
                "ends": certificate["not_after"][:10],
                "days": days,
                "share": max(0, min(100, days * 100 // 400)),
            }
        )
    return sorted(found, key=lambda one: (one["days"], one["path"]))[:CERTIFICATES]


def _certificates(about: Audit) -> Iterator[tuple[str | None, dict[str, Any]]]:
    for one in about["identities"]:
        for certificate in one["certificates"] or ():
            yield one["uid"], certificate
    for certificate in (about["unattached"] or {}).get("certificates") or ():
        yield None, certificate


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def graph(about: Audit) -> dict[str, Any]:
    """Return a drawing of who can do what by way of groups, and of all superusers.

    {nodes: [{text, x, y, width, kind, risky}], edges: [{x1, y1, x2, y2, risky}], height}, in three columns: accounts,
    groups, permissions. Of a group's members, the first are named and the rest counted.
    """
    edges = list(dict.fromkeys(_edges(about)))
    columns: list[list[tuple[str, str]]] = [[], [], []]
    for ends in edges:
        for node in ends[:2]:
            column = columns[("account", "group", "permission").index(node[0])]
            if node not in column:
                column.append(node)
    places = {
        node: (COLUMNS[number], 12 + row * ROW)
        for number, column in enumerate(columns)
        for row, node in enumerate(column)
    }
    risky = {node for one, other, danger in edges if danger for node in (one, other)}
    return {
        "nodes": [
            {"text": text, "short": text if len(text) <= 38 else text[:37] + "…", "x": x, "y": y, "kind": kind,
             "width": WIDTH, "risky": (kind, text) in risky}
            for (kind, text), (x, y) in places.items()
        ],
        "edges": [
            {"x1": places[one][0] + WIDTH, "y1": places[one][1] + 8, "x2": places[other][0], "y2": places[other][1] + 8,
             "risky": danger}
            for one, other, danger in edges
        ],
        "height": 24 + ROW * max(map(len, columns)),
    }  # fmt: skip


def _edges(about: Audit) -> Iterator[tuple[tuple[str, str], tuple[str, str], bool]]:
    """Yield (one, other, whether it makes a superuser), a node being (kind, text)."""
    supreme, directly = ("permission", SUPERUSER), ("group", "(without a group)")
    for one in about["identities"]:
        if one["superuser"] == "direct":
            yield ("account", one["uid"]), directly, True
            yield directly, supreme, True
    for group in about["groups"] or ():
        node = ("group", group["gid"])
        rids = [row["rid"] for row in group["permissions"]]
        danger = SUPERUSER in rids
        for uid in group["members"][:MEMBERS]:
            yield ("account", uid), node, danger
        if len(group["members"]) > MEMBERS:
            yield ("account", f"{len(group['members']) - MEMBERS} more of {group['gid']}"), node, danger
        for rid in rids[:MEMBERS]:
            yield node, ("permission", rid), rid == SUPERUSER
        if len(rids) > MEMBERS:
            yield node, ("permission", f"{len(rids) - MEMBERS} more of {group['gid']}"), False

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which presets the permissions of an account are: the other way round than _presets.render(). Pure.

This file is private to the collection.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.dcos.security.plugins.plugin_utils import _presets
from ansible_collections.dcos.security.plugins.plugin_utils._presets import Preset

Pair = tuple[str, str]
_ROLE = re.compile(r"dcos:mesos:master:(?:framework|reservation|volume):role:(?:slave_public/)?(.+)")
_USER = re.compile(r"dcos:mesos:(?:master|agent):task:user:(.+)")


class Match(NamedTuple):
    """A preset all of whose permissions an account has.

    Attributes:
        role, user: what _presets.render() has to be given, None for the preset's own.
        service: id of the service without its first slash, None for the uid.
        pairs: the preset's permissions, (rid, action).
    """

    name: str
    service: str | None
    role: str | None
    user: str | None
    pairs: frozenset[Pair]


def pairs_of(permissions: Iterable[Mapping[str, Any]]) -> set[Pair]:
    """Return permissions [{rid, actions}] as pairs."""
    return {(row["rid"], action) for row in permissions for action in row["actions"]}


def recognise(uid: str, permissions: Iterable[Mapping[str, Any]], services: Iterable[str]) -> list[Match]:
    """Return the presets whose permissions an account has, the largest first, without those that another one holds.

    ``services``: ids without their first slash that it may be the account of; the uid stands for the one of its name.
    """
    held: dict[str, set[str]] = {}
    for row in permissions:
        held.setdefault(row["rid"], set()).update(row["actions"])
    found: list[Match] = []
    for name in _names():
        # Most presets end here, and need not be filled in for every service, role and user that it may be for.
        if all(actions <= held.get(rid, set()) for rid, actions in _fixed(name)):
            match = _match(name, uid, held, list(services))
            if match:
                found.append(match)
    found.sort(key=lambda match: (-len(match.pairs), match.name))
    kept: list[Match] = []
    for match in found:
        if not any(match.pairs <= other.pairs for other in kept):
            kept.append(match)
    return kept


@functools.cache
def _names() -> list[str]:
    """Return the presets' names, which are those of files."""
    return list(_presets.names())


@functools.cache
def _used(name: str) -> frozenset[str]:
    """Return the placeholders in the permissions of a preset."""
    return frozenset(used for row in _presets.load(name).permissions for used in _presets.placeholders(row["rid"]))


@functools.cache
def _fixed(name: str) -> list[tuple[str, frozenset[str]]]:
    """Return the permissions of a preset that are the same for everybody."""
    rows = _presets.load(name).permissions
    return [(row["rid"], frozenset(row["actions"])) for row in rows if not _presets.placeholders(row["rid"])]


def _match(name: str, uid: str, held: Mapping[str, set[str]], services: list[str]) -> Match | None:
    """Return how a preset is held: with the parameters by which it has the most permissions, and the fewest given."""
    preset = _presets.load(name)
    # What makes no difference to the preset is not tried: the same permissions with fewer parameters are preferred.
    used = _used(name)
    roles = _named(_ROLE, held) if "role" in used else []
    users = [user for user in _named(_USER, held) if user != preset.user] if "user" in used else []
    found: list[Match] = []
    for number, service in enumerate(dict.fromkeys(services)):
        own = preset.service if preset.service and service == uid else service
        matters = number == 0 or service == uid or not used.isdisjoint(("service", "folder"))
        for role in (None, *roles) if matters else (None,):
            for user in (None, *users):
                pairs = _pairs(held, preset, uid, own, role, user)
                if pairs:
                    found.append(Match(name, None if service == uid else service, role, user, pairs))
    return min(found, key=lambda match: (-len(match.pairs), match[1:4].count(None) * -1), default=None)


def _named(pattern: re.Pattern[str], rids: Iterable[str]) -> list[str]:
    """Return the names that stand in rids of a kind, sorted."""
    return sorted({found[1] for rid in rids if (found := pattern.fullmatch(rid))})


def _pairs(
    held: Mapping[str, set[str]], preset: Preset, uid: str, service: str, role: str | None, user: str | None
) -> frozenset[Pair]:
    """Return the permissions of a preset, or none unless all of them are held."""
    folder = re.sub(r"[^A-Za-z0-9_/-]", "-", service)
    pairs: set[Pair] = set()
    for rid, actions in _presets.rows(preset, uid, service, folder, [role] if role else [], user or "", []):
        if not held.get(rid, set()).issuperset(actions):
            return frozenset()
        pairs.update((rid, action) for action in actions)
    return frozenset(pairs)

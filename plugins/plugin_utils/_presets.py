# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets: sets of permissions that the documentation of a kind of service asks for, kept as data beside the role.

This file is private to the collection.
"""

from __future__ import annotations

import functools
import itertools
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ansible.module_utils.common.yaml import yaml_load

ROLE = Path(__file__).resolve().parents[2] / "roles" / "service_identity"
FOLDER = ROLE / "vars" / "presets"

# What stands for the roles of a framework of the SDK, which follow from the id of its service.
SERVICE_ROLE = "{service_role}"


class Preset(NamedTuple):
    """One file of ``roles/service_identity/vars/presets``.

    Attributes:
        name, title: of the preset; ``sources``: the pages and scripts that it is taken from; ``note``: what a user
            should know, or empty.
        service: id without its first slash that the source writes it for, where it is not the uid.
        role, user: the Mesos role and the Linux user of the source, or None where no row names one.
        permissions: rows {rid, actions}, with the placeholders of render().
    """

    name: str
    title: str
    sources: tuple[str, ...]
    permissions: tuple[dict[str, Any], ...]
    service: str | None = None
    role: str | None = None
    user: str | None = None
    note: str = ""


def names() -> list[str]:
    """Return the names of all presets, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


@functools.cache
def load(name: str) -> Preset:
    """Return a preset. Raises OSError where there is no such file."""
    data = yaml_load((FOLDER / f"{name}.yml").read_text("utf-8"))["service_identity_preset"]
    return Preset(name, **{**data, "sources": tuple(data["sources"]), "permissions": tuple(data["permissions"])})


def service_roles(service: str) -> list[str]:
    """Return the Mesos roles that a service of the SDK may run under; ``service`` is its id without the first slash.

    ``a/b`` runs under ``a__b-role`` where its top-level group does not enforce its role, and under ``a`` where it does,
    which is the default for groups made on DC/OS 2.0 or later. A migration needs both.
    """
    own = service.replace("/", "__") + "-role"
    return [own, service.split("/", 1)[0]] if "/" in service else [own]


def render(
    preset: Preset, uid: str, service: str, folder: str, roles: list[str], user: str, pools: list[str]
) -> list[dict[str, Any]]:
    """Return the permissions of a preset, [{rid, actions}], for one service.

    Args as of rows().
    """
    return [
        {"rid": rid, "actions": list(actions)}
        for rid, actions in rows(preset, uid, service, folder, roles, user, pools)
    ]


def rows(
    preset: Preset, uid: str, service: str, folder: str, roles: list[str], user: str, pools: list[str]
) -> Iterator[tuple[str, list[str]]]:
    """Yield the permissions of a preset for one service, (rid, actions).

    Args:
        service: id without its first slash; ``folder``: the same as secret paths spell it.
        roles, user: given instead of the preset's own, or empty.
        pools: of Edge-LB.
    """
    default = preset.role or ""
    values: dict[str, list[str]] = {
        "uid": [uid],
        "service": [service],
        "folder": [folder],
        "role": roles or (service_roles(service) if default == SERVICE_ROLE else [default.format(uid=uid)]),
        "user": [user or preset.user or ""],
        "pool": pools,
    }
    for row in preset.permissions:
        # Once for each combination of the values of the placeholders in it.
        used = placeholders(row["rid"])
        for combination in itertools.product(*(values[name] for name in used)):
            yield row["rid"].format(**dict(zip(used, combination))), row["actions"]


@functools.cache
def placeholders(rid: str) -> tuple[str, ...]:
    """Return the names of the placeholders in the rid of a preset."""
    return tuple(name for _text, name, _format, _conversion in string.Formatter().parse(rid) if name)

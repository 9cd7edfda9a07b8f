# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The groups of an inventory that identities are in. Pure.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.dcos.security.plugins.plugin_utils import _preset_match
from ansible_collections.dcos.security.plugins.plugin_utils._finding_looks import services_of
from ansible_collections.dcos.security.plugins.plugin_utils._findings import findings


def grouped(facts: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Yield each service account of what dcos_service_identity_info returns, with the names of its groups."""
    rules: dict[str | None, set[str]] = {}
    for finding in findings(facts):
        rules.setdefault(finding["uid"], set()).add(finding["rule"])
    for one in facts["identities"]:
        if not one["is_service"]:
            continue
        uid = one["uid"]
        presets = _preset_match.recognise(uid, one["permissions"] or (), [uid, *services_of(one)])
        groups = [f"gid_{gid}" for gid in one["groups"] or ()]
        groups += [f"preset_{match.name}" for match in presets]
        groups += [f"finding_{rule}" for rule in sorted(rules.get(uid, ()))]
        groups += ["dcos_superusers"] if one["superuser"] not in (None, "none") else []
        yield one, groups

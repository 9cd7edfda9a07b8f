# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets are recognised as if every service, role and user had been tried with each, which takes longer."""

from __future__ import annotations

import itertools
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.plugin_utils import _presets
from ansible_collections.dcos.security.plugins.plugin_utils._preset_match import Match, pairs_of, recognise

SERVICES = ["kafka", "a/kafka", "a__kafka", "team.x/spark", "nobody", "kubernetes"]
ROLES = ["", "x-role", "kafka-role", "a", "*"]
USERS = ["", "nobody", "root", "bob"]
OTHERS = ["dcos:superuser", "dcos:mesos:master:task:user:bob", "dcos:mesos:master:framework:role:z"]

ROLE = re.compile(r"^dcos:mesos:master:(?:framework|reservation|volume):role:(?:slave_public/)?(.+)$")
USER = re.compile(r"^dcos:mesos:(?:master|agent):task:user:(.+)$")


def folder_of(service):
    return re.sub(r"[^A-Za-z0-9_/-]", "-", service)


@st.composite
def accounts(draw):
    """(uid, permissions, services): what some presets grant to a service, whole or less one, and others."""
    uid = draw(st.sampled_from(["kafka", "a__kafka", "kubernetes"]))
    services = draw(st.lists(st.sampled_from(SERVICES), min_size=1, max_size=4, unique=True))
    held = set(draw(st.lists(st.tuples(st.sampled_from(OTHERS), st.just("create")))))
    for name in draw(st.lists(st.sampled_from(_presets.names()), max_size=3)):
        service, role, user = (draw(st.sampled_from(choice)) for choice in (services, ROLES, USERS))
        rows = _presets.rows(
            _presets.load(name), uid, service, folder_of(service), [role] if role else [], user, ["pool"]
        )
        pairs = sorted({(rid, action) for rid, actions in rows for action in actions})
        missing = draw(st.none() | st.sampled_from(pairs)) if pairs else None
        held |= {pair for pair in pairs if pair != missing}
    return uid, [{"rid": rid, "actions": [action]} for rid, action in sorted(held)], services


def every_way(uid, held, services):
    """Yield each preset in each way in which all of its permissions are held, as Match."""
    roles = sorted({part for rid, _action in held for part in ROLE.findall(rid)})
    users = sorted({part for rid, _action in held for part in USER.findall(rid)})
    for name, service in itertools.product(_presets.names(), services):
        preset = _presets.load(name)
        own = preset.service if preset.service and service == uid else service
        for role, user in itertools.product([None, *roles], [None, *users]):
            rows = _presets.render(preset, uid, own, folder_of(own), [role] if role else [], user or "", [])
            pairs = frozenset(pairs_of(rows))
            if pairs and pairs <= held:
                yield Match(name, None if service == uid else service, role, user, pairs)


@settings(max_examples=300, deadline=None)
@given(accounts())
def test_as_if_all_had_been_tried(account):
    uid, permissions, services = account
    best = {}
    for match in every_way(uid, pairs_of(permissions), services):
        worth = (len(match.pairs), match[1:4].count(None))
        if match.name not in best or worth > best[match.name][0]:
            best[match.name] = worth, match
    matches = sorted((match for _worth, match in best.values()), key=lambda match: (-len(match.pairs), match.name))
    kept = []
    for match in matches:
        if not any(match.pairs <= other.pairs for other in kept):
            kept.append(match)
    assert recognise(uid, permissions, services) == kept

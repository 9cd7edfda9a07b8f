# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The permission presets of the role service_identity against the grammar and the permission reference."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import pytest
import yaml

from ansible_collections.dcos.security.plugins.module_utils._permissions import advice, check_action, check_rid

ROLE = Path(__file__).resolve().parents[2] / "roles" / "service_identity"
PRESETS = {path.stem: path for path in sorted((ROLE / "vars" / "presets").glob("*.yml"))}
PLACEHOLDERS = [
    {"uid": "sa", "service": "svc", "folder": "svc", "service_role": "svc-role", "role": "", "user": ""},
    {"uid": "sa@x", "service": "a/b.c", "folder": "a/b-c", "service_role": "a__b.c-role", "role": "", "user": ""},
    {
        "uid": "sa",
        "service": "svc",
        "folder": "svc",
        "service_role": "svc-role",
        "role": "slave_public/r",
        "user": "alice",
    },
]
# Presets whose rids name a role, or a user, that can be replaced.
WITH_ROLE = set(PRESETS) - {"sdk_tls", "marathon_lb", "edge_lb", "storage", "package_registry"}
WITH_USER = set(PRESETS) - {"sdk_tls", "public_nodes", "marathon_lb", "storage", "package_registry"}


def render(name, placeholders):
    """Return a preset as {rid: actions}, as the role renders it."""
    template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(PRESETS[name].read_text("utf-8"))
    entries = yaml.safe_load(template.render(placeholders))["service_identity_preset"]
    rendered = {entry["rid"]: entry["actions"] for entry in entries}
    assert len(rendered) == len(entries), "a rid is listed twice"
    return rendered


@pytest.mark.parametrize("placeholders", PLACEHOLDERS, ids=["plain", "in a folder", "role and user given"])
@pytest.mark.parametrize("name", PRESETS)
def test_documented_rids_and_actions_only(name, placeholders):
    for rid, actions in render(name, placeholders).items():
        check_rid(rid)
        assert actions
        for action in actions:
            check_action(action)
        assert advice(rid, actions) == []


@pytest.mark.parametrize("name", PRESETS)
def test_role_and_user_can_be_replaced(name):
    rids = " ".join(render(name, {**PLACEHOLDERS[0], "role": "another-role", "user": "another-user"}))
    assert ("another-role" in rids) == (name in WITH_ROLE)
    assert ("another-user" in rids) == (name in WITH_USER)


@pytest.mark.parametrize("name", ["sdk_tls", "kubernetes_cluster", "monitoring", "nifi", "dse"])
def test_secrets_lie_where_the_store_can_hold_them(name):
    secrets = [rid for rid in render(name, PLACEHOLDERS[1]) if rid.startswith("dcos:secrets:")]
    assert secrets
    assert all("/a/b-c" in rid for rid in secrets)


def test_frameworks_of_the_sdk():
    assert render("sdk", {**PLACEHOLDERS[1], "uid": "kafka"}) == {
        "dcos:mesos:master:framework:role:a__b.c-role": ["create"],
        "dcos:mesos:master:reservation:role:a__b.c-role": ["create"],
        "dcos:mesos:master:volume:role:a__b.c-role": ["create"],
        "dcos:mesos:master:task:user:nobody": ["create"],
        "dcos:mesos:agent:task:user:nobody": ["create"],
        "dcos:mesos:master:reservation:principal:kafka": ["delete"],
        "dcos:mesos:master:volume:principal:kafka": ["delete"],
    }


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("kubernetes_cluster", ["sdk_tls", "public_nodes"]),
        ("monitoring", ["sdk", "sdk_tls", "public_nodes"]),
        ("nifi", ["sdk", "sdk_tls"]),
    ],
)
def test_presets_that_are_made_of_others(name, parts):
    whole = render(name, PLACEHOLDERS[0])
    for part in parts:
        for rid, actions in render(part, PLACEHOLDERS[0]).items():
            assert whole[rid] == actions


def test_every_file_can_be_chosen_and_is_explained():
    specs = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text("utf-8"))["argument_specs"]
    assert set(specs["main"]["options"]["service_identity_presets"]["choices"]) == set(PRESETS)
    table = re.findall(r"^\| `(\w+)` \|", (ROLE / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(table) == sorted(PRESETS)


def test_defaults_are_those_that_are_documented():
    specs = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text("utf-8"))["argument_specs"]
    documented = {
        name: option["default"] for name, option in specs["main"]["options"].items() if not option.get("required")
    }
    assert yaml.safe_load((ROLE / "defaults" / "main.yml").read_text("utf-8")) == documented

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The presets of the role service_identity against their sources, the grammar, and the permission reference."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from ansible_collections.dcos.security.plugins.module_utils._permissions import advice, check_action, check_rid
from ansible_collections.dcos.security.plugins.plugin_utils import _identities, _presets

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTED = yaml.safe_load((Path(__file__).parent / "documented_presets.yml").read_text("utf-8"))
PRESETS = _presets.names()


def granted(name: str, **given: Any) -> dict[str, list[str]]:
    """What the role grants with one preset, as {rid: actions, sorted}."""
    variables = {f"service_identity_{option}": value for option, value in {"presets": [name], **given}.items()}
    (identity,) = _identities.plan(variables, variables.get)
    assert identity["problem"] is None
    return {row["rid"]: sorted(row["actions"]) for row in identity["subject"]["permissions"]}


def test_every_preset_has_a_source_that_was_read() -> None:
    assert sorted(DOCUMENTED) == PRESETS
    specs = yaml.safe_load((_presets.ROLE / "meta" / "argument_specs.yml").read_text("utf-8"))["argument_specs"]
    assert sorted(specs["main"]["options"]["service_identity_presets"]["choices"]) == PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_grants_what_its_source_says_and_nothing_else(name: str) -> None:
    documented = DOCUMENTED[name]
    expected = {rid: sorted(actions.split()) for rid, actions in documented["grants"].items()}
    assert granted(name, **documented["given"]) == expected
    assert documented["source"] in _presets.load(name).sources


@pytest.mark.parametrize(
    "given",
    [
        {"uid": "sa"},
        {"uid": "sa@x", "service": "/a/b", "preset_pools": "p, q"},
        {"uid": "sa", "preset_role": "slave_public/r", "preset_user": "alice"},
    ],
    ids=["plain", "in a folder", "role and user given"],
)
@pytest.mark.parametrize("name", PRESETS)
def test_documented_rids_and_actions_only(name: str, given: dict[str, str]) -> None:
    for rid, actions in granted(name, **given).items():
        check_rid(rid)
        assert actions
        for action in actions:
            check_action(action)
        # A row of Portworx's script can never match; it is granted as its vendor says.
        assert advice(rid, actions) == [] or rid.endswith("slave_public:*")


@pytest.mark.parametrize("name", PRESETS)
def test_names_come_from_the_variables(name: str) -> None:
    """Nothing of the source's own names is left where other ones are given."""
    rids = " ".join(
        granted(name, uid="u1", service="/s1", preset_role=["r1", "r2"], preset_user="l1", preset_pools=["p1"])
    )
    preset = _presets.load(name)
    text = " ".join(row["rid"] for row in preset.permissions)
    for placeholder, values in {
        "uid": ["u1"],
        "service": ["s1"],
        "folder": ["s1"],
        "role": ["r1", "r2"],
        "user": ["l1"],
    }.items():
        for value in values:
            assert (f"{{{placeholder}}}" in text) <= (value in rids)
    if preset.service:
        # Edge-LB's API has this name in Admin Router, wherever it is installed.
        assert preset.service not in rids.replace("dcos:adminrouter:service:edgelb", "")


def test_a_service_in_a_folder_may_run_under_two_roles() -> None:
    rids = granted("sdk", uid="kafka", service="/team01/sub/kafka")
    for kind in ("framework", "reservation", "volume"):
        assert f"dcos:mesos:master:{kind}:role:team01__sub__kafka-role" in rids
        assert f"dcos:mesos:master:{kind}:role:team01" in rids
    named = granted("sdk", uid="kafka", service="/team01/kafka", preset_role="own")
    assert [rid for rid in named if ":role:" in rid and not rid.endswith(":own")] == []


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("kubernetes_cluster", ["sdk_tls", "public_nodes"]),
        ("monitoring", ["sdk_tls", "public_nodes"]),
        ("nifi", ["sdk", "sdk_tls"]),
    ],
)
def test_presets_that_are_made_of_others(name: str, parts: list[str]) -> None:
    whole = granted(name, uid="sa", service="/svc")
    for part in parts:
        assert granted(part, uid="sa", service="/svc").items() <= whole.items()


def tool() -> ModuleType:
    """tools/presets.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("presets_tool", ROOT / "tools" / "presets.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_current() -> None:
    """Run tools/presets.py after a change of the presets."""
    presets = tool()
    for path, begin, end, make in presets.PLACES:
        assert path.read_text("utf-8") == presets.current(path, begin, end, make()), path


def test_defaults_are_those_that_are_documented() -> None:
    specs = yaml.safe_load((_presets.ROLE / "meta" / "argument_specs.yml").read_text("utf-8"))["argument_specs"]
    documented = {name: option["default"] for name, option in specs["main"]["options"].items() if "default" in option}
    assert yaml.safe_load((_presets.ROLE / "defaults" / "main.yml").read_text("utf-8")) == documented
    assert set(specs["main"]["options"]) - set(documented) == {"service_identity_uid", "service_identities"}

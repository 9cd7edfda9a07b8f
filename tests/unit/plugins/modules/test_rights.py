# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each right that the guide lists, taken away alone: the module fails and names it, and with all of them it does not.

The account is no superuser, and has what docs/rights.yml says and nothing else.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import yaml

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.tests.unit.plugins.cluster import Cluster

ROOT = Path(__file__).resolve().parents[4]
FOLDER, PATH, KEY, ACCOUNT = "kafka", "kafka/thing", "kafka/key", "provisioner"
SECRET = f"/secrets/v1/secret/default/{PATH}"
ACS = "dcos:adminrouter:acs"


def tool() -> ModuleType:
    """tools/rights.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("rights_tool", ROOT / "tools" / "rights.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RIGHTS = tool()
MODULES = {row["name"]: row for row in RIGHTS.rows() if row["kind"] == "module"}


class Case(NamedTuple):
    """What asks for a right: options of the module, and what a superuser has done before."""

    options: dict[str, Any]
    prepare: Callable[[Cluster], Any] = lambda cluster: None


def stored(cluster: Cluster) -> None:
    """A secret that is not as the cases want it."""
    cluster.api("PUT", SECRET, {"value": "old"})


def credential(cluster: Cluster) -> None:
    """A credential of kafka that does not log in over https, and its account."""
    made = cluster.run(
        "dcos_service_account_secret",
        path=PATH,
        uid="kafka",
        login_endpoint="http://leader.mesos/acs/api/v1/auth/login",
    )
    cluster.iam("PUT", "/users/kafka", {"public_key": made["public_key"]})


ANY = {ACS: "full"}
CERTIFICATE = {"common_name": "kafka.example.com", "key_type": "ECDSA"}
IN_SECRETS = {**CERTIFICATE, "certificate_secret": PATH, "privatekey_secret": KEY}


def certificate(cluster: Cluster) -> None:
    """A certificate that is not the one that the cases want."""
    cluster.run("dcos_ca_cert", **{**IN_SECRETS, "common_name": "other.example.com"})


# Which case asks for which right, (rid up to the path, action): at least one for each need.
OF_SECRET, LISTING = "dcos:secrets:default:/<path>", "dcos:secrets:list:default:/<folder>"
CASES: dict[str, dict[tuple[str, str], Case]] = {
    "dcos_keypair": {},
    "dcos_login": {(OF_SECRET, "read"): Case({"secret_path": PATH}, credential)},
    "dcos_service_account": {(ACS, "full"): Case({"uid": "someone", "public_key": "PEM"})},
    "dcos_service_account_info": {(ACS, "full"): Case({})},
    "dcos_service_identity_info": {
        (ACS, "full"): Case({}),
        ("dcos:secrets:list:default:/", "read"): Case({}, stored),
        (OF_SECRET, "read"): Case({}, stored),
    },
    "dcos_user": {(ACS, "full"): Case({"uid": "jane", "user_password": "a-password"})},
    "dcos_user_info": {(ACS, "full"): Case({})},
    "dcos_group": {(ACS, "full"): Case({"gid": "brokers"})},
    "dcos_group_info": {(ACS, "full"): Case({})},
    "dcos_acl": {(ACS, "full"): Case({"uid": "dcos_marathon", "rid": "dcos:adminrouter:package", "actions": ["full"]})},
    "dcos_acl_info": {(ACS, "full"): Case({"uid": "dcos_marathon"})},
    "dcos_service_account_secret": {
        (OF_SECRET, "read"): Case({"path": PATH, "uid": "kafka"}),
        (OF_SECRET, "create"): Case({"path": PATH, "uid": "kafka"}),
        (OF_SECRET, "update"): Case({"path": PATH, "uid": "kafka", "strict": True}, credential),
        (OF_SECRET, "delete"): Case({"path": PATH, "uid": "kafka", "state": "absent"}, credential),
    },
    "dcos_secret": {
        (OF_SECRET, "read"): Case({"path": PATH, "value": "new-value"}, stored),
        (OF_SECRET, "create"): Case({"path": PATH, "value": "new-value"}),
        (OF_SECRET, "update"): Case({"path": PATH, "value": "new-value"}, stored),
        (OF_SECRET, "delete"): Case({"path": PATH, "state": "absent"}, stored),
    },
    "dcos_secret_info": {
        (LISTING, "read"): Case({"path": FOLDER}, stored),
        (OF_SECRET, "read"): Case({"path": PATH}, stored),
        ("dcos:superuser", "full"): Case({"seal_status": True, "path": FOLDER}),
    },
    "dcos_ca_cert": {
        ("dcos:adminrouter:ops:ca:rw", "full"): Case(IN_SECRETS),
        ("dcos:adminrouter:ops:ca:ro", "full"): Case(IN_SECRETS),
        (OF_SECRET, "read"): Case(IN_SECRETS),
        (OF_SECRET, "create"): Case(IN_SECRETS),
        (OF_SECRET, "update"): Case(IN_SECRETS, certificate),
    },
    # Admin Router routes no such request since DC/OS 1.11, so it is answered 403 by a fault.
    "dcos_ca_info": {
        ("dcos:adminrouter:ops:ca:ro", "full"): Case(
            {"issued": True}, lambda cluster: cluster.fault(status=403, path="/ca/api/v2/certificates$")
        )
    },
}
NEEDS = [
    pytest.param(
        name, need, many, id=f"{name}-{need['rid'].split('/')[0]}-{need['action']}-{'list' if many else 'one'}"
    )
    for name, row in MODULES.items()
    for need in row["needs"]
    for many in ([False, True] if "many" in row else [False])
]
each = pytest.mark.parametrize(("name", "need", "many"), NEEDS)
# Nobody grants what a superuser has; and no cluster routes the other one.
grantable = [case for case in NEEDS if case.values[1]["rid"] != RIGHTS.SUPERUSER and case.values[0] != "dcos_ca_info"]


def filled(rid: str, path: str = PATH) -> str:
    """A rid with path and folder in it."""
    return rid.replace("<path>", path).replace("<folder>", FOLDER)


class Limited:
    """A run of one case by an account that has some rights.

    That of the list form has its rights on the folder.
    """

    def __init__(self, cluster: Cluster, pems: list[str], name: str, need: dict[str, Any], many: bool) -> None:
        self.cluster, self.row, self.many, self.pems = cluster, MODULES[name], many, pems
        self.right = (need["rid"], need["action"])
        self.case = CASES[name][self.right]

    def granted(self, lacking: tuple[str, str] | None) -> list[dict[str, Any]]:
        """What the table says, but for one right."""
        gone = lacking and (lacking[0].replace("<path>", "<folder>/*") if self.many else lacking[0], lacking[1])
        found = {}
        for row in RIGHTS.permissions(self.row, in_folder=self.many):
            actions = [action for action in row["actions"] if (row["rid"], action) != gone]
            # A certificate has two places.
            found.update({filled(row["rid"], path): actions for path in (PATH, KEY) if actions})
        return [{"rid": rid, "actions": actions} for rid, actions in found.items()]

    def run(self, lacking: tuple[str, str] | None) -> Any:
        """Run the case without a right, or with all."""
        self.cluster.reset()
        self.case.prepare(self.cluster)
        key = _keys.public_key_of(self.pems[0])
        self.cluster.iam("PUT", f"/users/{ACCOUNT}", {"public_key": key})
        self.cluster.run("dcos_acl", uid=ACCOUNT, permissions=self.granted(lacking))
        token = self.cluster.login(ACCOUNT, token=_keys.sign_login_token(ACCOUNT, self.pems[0], 300))
        options = {option: key if value == "PEM" else value for option, value in self.case.options.items()}
        if self.many:
            options = {self.row["many"]: [options]}
        self.before = self.cluster.state()
        return self.cluster.attempt(self.row["name"], auth_token=token, **options)


@each
def test_each_right_is_needed_and_named(
    name: str, need: dict[str, Any], many: bool, cluster: Cluster, pems: list[str]
) -> None:
    limited = Limited(cluster, pems, name, need, many)
    outcome = limited.run(lacking=limited.right)
    if "without" in need:
        assert not outcome.get("failed"), outcome
        return
    assert outcome.get("failed"), outcome
    texts = [f"needs {filled(need['rid'], path)} {need['action']}" for path in (PATH, KEY)]
    assert any(f"The token's user {text}" in outcome["msg"] for text in texts), outcome
    failure = outcome["failures"][0]["failure"] if many else outcome["failure"]
    assert failure["status"] == 403
    assert cluster.state() == limited.before


@pytest.mark.parametrize(("name", "need", "many"), grantable)
def test_all_rights_are_enough(name: str, need: dict[str, Any], many: bool, cluster: Cluster, pems: list[str]) -> None:
    outcome = Limited(cluster, pems, name, need, many).run(lacking=None)
    assert not outcome.get("failed"), outcome
    assert "cannot be read" not in outcome.warned


@pytest.mark.parametrize("name", [name for name, row in MODULES.items() if not row["needs"]])
def test_what_needs_no_rights_asks_nothing(name: str) -> None:
    assert CASES[name] == {}
    text = (ROOT / "plugins" / "modules" / f"{name}.py").read_text("utf-8")
    assert "_client" not in text


def test_everybody_reads_their_own(cluster: Cluster, pems: list[str]) -> None:
    cluster.iam("PUT", f"/users/{ACCOUNT}", {"public_key": _keys.public_key_of(pems[0])})
    token = cluster.login(ACCOUNT, token=_keys.sign_login_token(ACCOUNT, pems[0], 300))
    assert cluster.run("dcos_acl_info", uid=ACCOUNT, auth_token=token)["permissions"] == []


def test_each_part_of_the_collection_is_in_the_table() -> None:
    """A new module cannot be forgotten, nor its list form."""
    for kind, folder in (("module", "modules"), ("lookup", "lookup"), ("inventory", "inventory")):
        own = {path.stem for path in (ROOT / "plugins" / folder).glob("*.py")} - {"service_identity"}
        assert {row["name"] for row in RIGHTS.rows() if row["kind"] == kind} == own
    playbooks = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    table = RIGHTS.restructured()
    assert [name for name in playbooks if name not in table] == []
    for name, row in MODULES.items():
        module = importlib.import_module(f"ansible_collections.dcos.security.plugins.modules.{name}")
        assert row.get("many") == (module.MANY.option if hasattr(module, "MANY") else None)
        assert set(CASES[name]) == {(need["rid"], need["action"]) for need in row["needs"]}


@pytest.mark.parametrize("name", MODULES)
def test_the_notes_of_a_module_say_the_same(name: str) -> None:
    module = importlib.import_module(f"ansible_collections.dcos.security.plugins.modules.{name}")
    said = " ".join(str(yaml.safe_load(module.DOCUMENTATION)).split())
    for need in MODULES[name]["needs"]:
        assert f"C({need['rid']})" in said
        assert f"C({need['action']})" in said or need["rid"] == RIGHTS.SUPERUSER


def test_the_table_is_current() -> None:
    """Run tools/rights.py after a change of docs/rights.yml."""
    assert RIGHTS.GUIDE.read_text("utf-8") == RIGHTS.current()

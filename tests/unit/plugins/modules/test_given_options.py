# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of every module: null is not given, masked output is refused, and no text is in Python's spelling."""

from __future__ import annotations

import importlib

import pytest
from ansible.module_utils.basic import FILE_COMMON_ARGUMENTS

from ansible_collections.dcos.security.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.dcos.security.tests.unit.plugins.calls import MODULES, call_module
from ansible_collections.dcos.security.tests.unit.test_layout import names

RID = "dcos:secrets:default:/kafka"
# The smallest task of each module.
NEEDED: dict[str, dict] = {
    "dcos_acl": {"rid": RID},
    "dcos_ca_cert": {"common_name": "kafka", "certificate_secret": "kafka/crt", "privatekey_secret": "kafka/key"},
    "dcos_group": {"gid": "clerks"},
    "dcos_keypair": {"private_key_path": "/nowhere/key.pem"},
    "dcos_secret": {"path": "kafka/x", "value": "hunter22"},
    "dcos_service_account": {"uid": "kafka", "public_key": None},
    "dcos_service_account_secret": {"path": "kafka/sa", "uid": "kafka"},
    "dcos_user": {"uid": "clerk", "user_password": "hunter22-hunter22"},
}
# Without these a task would be about something else, such as everybody, or would no longer make sure of anything.
SUBJECTS = {
    "dcos_acl": ("uid", "gid"),
    "dcos_acl_info": ("uid", "gid", "rid"),
    "dcos_ca_info": ("expected_fingerprint",),
    "dcos_group_info": ("gid",),
    "dcos_login": ("secret_path",),
    "dcos_secret_info": ("path",),
    "dcos_service_account_info": ("uid",),
    "dcos_service_identity_info": ("uid",),
    "dcos_user_info": ("uid",),
}


def spec(module: str) -> dict:
    """Return all options of a module."""
    own = importlib.import_module(f"{MODULES}.{module}").SPEC
    if module == "dcos_keypair":
        return {**own, **FILE_COMMON_ARGUMENTS}
    return {**CONNECTION_SPEC, **own, **(FILE_COMMON_ARGUMENTS if module == "dcos_ca_cert" else {})}


def options(module: str, *types: str) -> list[str]:
    """Return the options of a module that are of these types."""
    return [option for option, rules in spec(module).items() if rules.get("type", "str") in types]


def attempt(cluster, module: str, wanted: dict):
    """Run a module in check mode, against the cluster if it talks to one."""
    if module == "dcos_keypair":
        return call_module(module, wanted, check_mode=True)
    return cluster.attempt(module, check=True, **wanted)


def refused(cluster, module: str, wanted: dict) -> str:
    """Return the error of a task that is refused. It has nowhere to send anything to."""
    connection = {} if module == "dcos_keypair" else {**cluster.connection, "url": "http://127.0.0.1:9"}
    outcome = call_module(module, {**connection, **wanted})
    assert outcome["failed"] is True
    return outcome["msg"]


def needed(module: str, pems: list) -> dict:
    """Return the options of the smallest task of a module."""
    if module == "dcos_service_account":
        keys = importlib.import_module("ansible_collections.dcos.security.plugins.module_utils._keys")
        return {"uid": "kafka", "public_key": keys.public_key_of(pems[0])}
    return NEEDED.get(module, {})


def told(outcome) -> dict:
    """Return a result without what is made anew each time, and without the options."""
    changing = ("invocation", "public_key", "fingerprint", "token", "expires_at", "read_at")
    return {name: value for name, value in outcome.items() if name not in changing}


@pytest.mark.parametrize("module", names("modules"))
def test_null_is_not_given(cluster, pems, module):
    task = needed(module, pems)
    expected = told(attempt(cluster, module, task))
    for option, rules in spec(module).items():
        written = {**task, option: None}
        if option in SUBJECTS.get(module, ()):
            assert refused(cluster, module, written).startswith(f"{option} is empty: ")
        elif rules.get("required"):
            assert refused(cluster, module, written).startswith(f"{option} is required, but null: ")
        elif option in task or option in cluster.connection:
            without = {name: value for name, value in {**cluster.connection, **task}.items() if name != option}
            message = call_module(module, without, check_mode=True).get("msg")
            assert call_module(module, {**without, option: None}, check_mode=True).get("msg") == message, option
        else:
            assert told(attempt(cluster, module, written)) == expected, option


@pytest.mark.parametrize("module", names("modules"))
def test_masked_output_is_refused(cluster, pems, module):
    for option in options(module, "str", "path", "raw", "jsonarg"):
        for masked in ("********", "a-********-z", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"):
            message = refused(cluster, module, {**needed(module, pems), option: masked})
            assert message.startswith(f"{option} holds masked output")


@pytest.mark.parametrize("module", names("modules"))
def test_no_text_is_in_pythons_spelling(cluster, pems, module):
    for option in options(module, "str", "path"):
        for value in (True, 1.5, {"abc": 1}, ["abc"]):
            message = refused(cluster, module, {**needed(module, pems), option: value})
            assert message.startswith(f"{option} must be a text, not a "), (option, value)


@pytest.mark.parametrize("module", names("modules"))
def test_the_value_of_a_misspelt_option_is_not_shown(cluster, pems, module):
    outcome = attempt(cluster, module, {**needed(module, pems), "pasword": "hunter2hunter2"})
    assert "pasword" in outcome["msg"]
    assert "hunter2hunter2" not in outcome.stdout + outcome.stderr + outcome.log


@pytest.mark.parametrize("module", names("modules"))
def test_a_very_long_value_is_not_repeated_whole(cluster, pems, module):
    for option in options(module, "str", "path"):
        outcome = attempt(cluster, module, {**needed(module, pems), option: "x" * 5000})
        assert len(outcome.get("msg", "")) < 1500, option

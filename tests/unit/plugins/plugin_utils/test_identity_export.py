# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identities of a cluster as variables: what is said, what is a comment, and that no name is anything but a name."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.plugin_utils import _identities, _preset_match, _presets
from ansible_collections.dcos.security.plugins.plugin_utils._identity_export import export
from ansible_collections.dcos.security.tests.unit.plugins.plugin_utils.estates import certificate, facts_of, identity

ENDPOINT = "https://leader.mesos/acs/api/v1/auth/login"


def service(uid, path=None, **members):
    """An identity that the role would keep as it is."""
    one = identity(uid, **members)
    one["credentials"][0].update(path=path or f"{uid}/service-account", login_endpoint=ENDPOINT)
    return one


def kept(path, **members):
    """A certificate that is valid for long."""
    return certificate(path, **{"not_after": "2036-01-01T00:00:00Z", **members})


def exported(*identities, **members):
    """The variables of an export, which the role takes, and its lines."""
    text = export(facts_of(*identities, **members))
    variables = yaml.safe_load(text)
    _identities.plan(variables, variables.get)
    return variables, text


def entry(one):
    """What one identity is exported as."""
    (found,) = exported(one)[0]["service_identities"]
    return found


def test_what_is_a_default_is_not_said():
    assert entry(service("kafka")) == {"uid": "kafka"}


@pytest.mark.parametrize(
    ("uid", "path", "said"),
    [
        ("data__kafka", "data/kafka/service-account", {"service": "/data/kafka"}),
        ("kafka", "team/kafka/service-account", {"service": "/team/kafka"}),
        ("kafka", "somewhere/else", {"secret_path": "somewhere/else"}),
        ("kafka", "at-the-top", {"secret_path": "at-the-top"}),
        ("a.b", "a-b/service-account", {}),
    ],
)
def test_where_secrets_lie(uid, path, said):
    assert entry(service(uid, path)) == {"uid": uid, **said}


@pytest.mark.parametrize("name", _presets.names())
@pytest.mark.parametrize(("role", "user"), [(None, None), ("some-role", "alice")])
def test_presets_are_recognised(name, role, user):
    rows = _presets.render(_presets.load(name), "kafka", "kafka", "kafka", [role] if role else [], user or "", [])
    pairs = {(row["rid"], action) for row in rows for action in row["actions"]}
    rows = [{"rid": rid, "actions": [action]} for rid, action in sorted(pairs)]
    more = {"rid": "dcos:secrets:default:/shared/*", "actions": ["read"]}
    found = entry(service("kafka", permissions=[*rows, more]))
    assert found["presets"] and more in found["permissions"]
    if _presets.load(name).service in (None, "kafka"):
        assert found["permissions"] == [more]


def test_what_is_beside_the_defaults():
    one = service("kafka", groups=["queues"], description="Kafka: #1", superuser="direct")
    one["permissions"] = [{"rid": "dcos:superuser", "actions": ["full"]}]
    one["credentials"][0].update(key_size=4096, login_endpoint="http://x/acs/api/v1/auth/login")
    assert entry(one) == {
        "uid": "kafka", "description": "Kafka: #1", "groups": ["queues"], "superuser": True, "key_size": 4096,
        "login_endpoint": "http://x/acs/api/v1/auth/login",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"unread": ["groups"]}, "may be read"),
        ({"unfinished": "rotation"}, "rotation was not finished"),
        ({"credentials": []}, "No secret"),
        ({"uid": "{{ x }}"}, "looks like a template"),
        ({"uid": "dcos_x"}, "account of DC/OS itself"),
        ({"credentials.matches": False}, "not the account's"),
        ({"credentials.problems": ["It has no uid."]}, "repaired: It has no uid"),
    ],
)
def test_what_the_role_would_change_is_a_comment(change, reason):
    one = service("kafka")
    for name, value in change.items():
        where = one["credentials"][0] if "." in name else one
        where[name.rpartition(".")[2]] = value
    variables, text = exported(one, service("other"))
    assert [found["uid"] for found in variables["service_identities"]] == ["other"]
    assert any(reason in line for line in text.splitlines() if line.strip().startswith("# "))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"unread": ["chain_secret"], "chain_secret": None}, "may be read"),
        ({"privatekey_secret": None, "key_matches": None}, "holds its key"),
        ({"privatekey_secret": "kafka/tls-certificate"}, "One secret holds"),
        ({"key_matches": False}, "belongs to another"),
        ({"common_name": None}, "no common name"),
        ({"hosts": []}, "no subject alternative names"),
        ({"key_size": 1024}, "1024 bits"),
        ({"key_type": "Ed25519"}, "of type Ed25519"),
        ({"signed_by_cluster": False}, "has not issued it"),
        ({"signed_by_cluster": None}, "has not issued it"),
        ({"chain_matches": False}, "another CA's"),
        ({"not_after": "2026-12-10T00:00:00Z"}, "issued anew"),
        ({"hosts": ["no host"]}, "no host"),
        ({"hosts": ["UPPER.example.com"]}, "spelt otherwise"),
        ({"common_name": "{{ x }}"}, "template"),
        ({"common_name": "x" * 65}, "1 to 64"),
    ],
)
def test_certificates_that_the_role_would_issue_anew_are_comments(change, reason):
    one = service("kafka", certificates=[kept("kafka/tls-certificate", **change)])
    variables, text = exported(one)
    assert variables["service_identities"] == [{"uid": "kafka"}]
    assert any(reason in line for line in text.splitlines() if "is left out" in line)


def test_certificates():
    ours = {"privatekey_secret": "kafka/tls-private-key", "chain_secret": "kafka/tls-ca"}
    several = [
        kept("kafka/tls-certificate", **ours),
        kept("kafka/node-cert", chain_secret=None, chain_matches=None, key_type="ECDSA", key_size=384),
        kept("kafka/web-crt", chain_secret="kafka/ca", subject={"O": "Example"}, hosts=["x.example.com", "192.0.2.1"]),
        kept("kafka/two-crt", chain_secret="kafka/ca"),
    ]
    variables, text = exported(service("kafka", certificates=several))
    assert variables["service_identities"][0]["certificates"] == [
        {"name": "tls", "common_name": "x.example.com"},
        {
            "name": "node-cert", "common_name": "x.example.com", "key_type": "ECDSA", "key_size": 384,
            "certificate_secret": "kafka/node-cert", "privatekey_secret": "kafka/node-cert-key", "chain": False,
        },
        {
            "name": "web-crt", "common_name": "x.example.com", "hosts": ["x.example.com", "192.0.2.1"],
            "subject": {"O": "Example"}, "certificate_secret": "kafka/web-crt",
            "privatekey_secret": "kafka/web-crt-key", "chain": False,
        },
        {
            "name": "two-crt", "common_name": "x.example.com", "certificate_secret": "kafka/two-crt",
            "privatekey_secret": "kafka/two-crt-key", "chain": False,
        },
    ]  # fmt: skip
    assert text.count("'kafka/ca'") == 2


def test_certificates_of_one_name_in_two_folders():
    several = [kept("a/tls-cert"), kept("b/tls-cert")]
    names = [found["name"] for found in entry(service("kafka", certificates=several))["certificates"]]
    assert names == ["tls-cert", "tls-cert-2"]


def of_preset(name, role):
    """The permissions of a preset for kafka under a role."""
    return _presets.render(_presets.load(name), "kafka", "kafka", "kafka", [role], "", [])


def test_presets_under_different_roles_are_not_mixed_up():
    """The role has one for all presets."""
    pairs = {
        (row["rid"], action)
        for row in (*of_preset("sdk", "one"), *of_preset("public_nodes", "two"))
        for action in row["actions"]
    }
    found = entry(service("kafka", permissions=[{"rid": rid, "actions": [action]} for rid, action in sorted(pairs)]))
    assert len(found["presets"]) == 1 and found["permissions"]


def test_what_would_come_out_otherwise_is_a_comment(monkeypatch):
    rows = [{"rid": "dcos:secrets:default:/kafka/x", "actions": ["read"]}]
    wrong = _preset_match.Match("storage", None, None, None, frozenset({("dcos:secrets:default:/kafka/x", "read")}))
    monkeypatch.setattr(_preset_match, "recognise", lambda *_arguments: [wrong])
    variables, text = exported(service("kafka", permissions=rows))
    assert variables["service_identities"] == [] and "make something else of it" in text


def test_a_secret_of_two_identities_is_kept_once():
    variables, text = exported(service("a", "x/sa"), service("b", "x/sa-next"))
    assert [one["uid"] for one in variables["service_identities"]] == ["a"]
    assert "shares the secret 'x/sa-next' with 'a'" in text


def test_the_cluster():
    groups = [
        {"gid": "queues", "description": "", "members": [], "permissions": [{"rid": "dcos:x", "actions": ["read"]}]},
        {"gid": "odd", "description": "{{ x }}", "members": [], "permissions": []},
        {"gid": "superusers", "description": "All", "members": [], "permissions": []},
    ]
    acls = [
        {"rid": "dcos:x", "description": "dcos:x"},
        {"rid": "dcos:y", "description": "Why"},
        {"rid": "dcos:z", "description": "dcos:z"},
    ]
    people = identity("alice", is_service=False, credentials=[], groups=["queues"])
    unattached = {**facts_of()["unattached"], "acls": ["dcos:z"], "journals": ["dcos-security-rekey-0"]}
    variables, text = exported(people, groups=groups, acls=acls, unattached=unattached, store="vault")
    assert variables == {
        "service_identity_store": "vault",
        "dcos_cluster_groups": [{"gid": "queues"}, {"gid": "odd"}],
        "dcos_cluster_group_permissions": [{"gid": "queues", "permissions": [{"rid": "dcos:x", "actions": ["read"]}]}],
        "dcos_cluster_acls": [{"rid": "dcos:y", "description": "Why"}, {"rid": "dcos:z", "description": "dcos:z"}],
        "service_identities": [],
    }
    for line in ("#   alice: groups queues", "# odd: Its description looks like a template", "'dcos-security-rekey-0'"):
        assert line in text


def test_what_may_not_be_read_is_named():
    unknown = [{"what": "the groups", "permission": "dcos:adminrouter:acs full"}]
    _variables, text = exported(partial=True, unknown=unknown, groups=None, acls=None, unattached=None)
    assert "#   dcos:adminrouter:acs full" in text


@pytest.mark.parametrize("other", [None, [], {}, "text"])
def test_other_facts(other):
    with pytest.raises(InputError, match="dcos_service_identity_info"):
        export(other)


WILD = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@given(WILD, WILD, WILD, WILD)
def test_names_are_nothing_but_names(uid, description, rid, gid):
    """Whatever they are called, the file is one of variables that the role takes, and nothing in it is a template."""
    wild = service(uid, description=description, groups=[gid], permissions=[{"rid": rid, "actions": ["read"]}])
    person = identity(f"{gid}\n- uid: x", is_service=False, credentials=[])
    group = {"gid": gid, "description": description, "members": [], "permissions": []}
    acl = {"rid": rid, "description": description}
    variables, _text = exported(
        wild, service("kafka", description=description), person, groups=[group], acls=[acl], unattached=None
    )
    assert variables["service_identities"][-1]["uid"] == "kafka"
    assert set(variables) <= {"dcos_cluster_groups", "dcos_cluster_acls", "service_identities"}
    said = yaml.safe_dump(variables, allow_unicode=True)
    assert not any(mark in said for mark in ("{{", "{%", "{#"))

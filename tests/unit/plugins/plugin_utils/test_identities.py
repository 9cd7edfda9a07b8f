# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the variables of the role service_identity are taken for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._names import check_secret_path
from ansible_collections.dcos.security.plugins.plugin_utils import _identities

CERTIFICATE = {"name": "tls", "common_name": "kafka.example.com"}
TEXTS = ["description", "service", "secret_path", "login_endpoint", "preset_user", "permissions_group"]


def plan(**variables: Any) -> list[dict[str, Any]]:
    """The identities that variables ask for."""
    return _identities.plan(variables, variables.get)


def one(**options: Any) -> dict[str, Any]:
    """The identity that these options of the role ask for, each without its prefix."""
    (identity,) = plan(**{f"service_identity_{name}": value for name, value in {"uid": "kafka", **options}.items()})
    return identity


def can_read(service: str, path: str) -> bool:
    """Spaces: a service may use secrets whose folder is empty, its own id, or one above it."""
    folder = path.rpartition("/")[0]
    return folder == "" or service == folder or service.startswith(f"{folder}/")


# --- what is given ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("presets", "sdk", ["sdk"]),
        ("presets", "sdk,sdk_tls", ["sdk", "sdk_tls"]),
        ("presets", "sdk, sdk_tls", ["sdk", "sdk_tls"]),
        ("groups", "a,b", ["a", "b"]),
        ("preset_role", "infra", ["infra"]),
        ("task_users", "root", ["root"]),
    ],
)
def test_words_in_a_text_are_a_list(name: str, text: str, value: list[str]) -> None:
    assert one(**{name: text}) == one(**{name: value})
    entry = {"uid": "kafka", name: text}
    assert plan(service_identities=[entry]) == [one(**{name: value})]


def test_actions_in_a_text_are_split() -> None:
    subject = one(permissions=[{"rid": "dcos:adminrouter:package", "actions": "read, update"}])["subject"]
    assert subject["permissions"] == [{"rid": "dcos:adminrouter:package", "actions": ["read", "update"]}]


@pytest.mark.parametrize("name", sorted(set(_identities.entry_specs()) - {"uid"}))
def test_null_is_not_given(name: str) -> None:
    assert one(**{name: None}) == one()
    assert plan(service_identities=[{"uid": "kafka", name: None}]) == [one()]


@pytest.mark.parametrize("name", TEXTS)
def test_an_empty_text_is_not_given(name: str) -> None:
    assert one(**{name: ""}) == one()


@pytest.mark.parametrize("uid", [None, ""])
def test_no_uid(uid: str | None) -> None:
    with pytest.raises(InputError, match="Give either service_identity_uid, .* or service_identities"):
        plan(service_identity_uid=uid)
    with pytest.raises(InputError, match="Give either"):
        plan()


def test_null_where_something_is_required() -> None:
    with pytest.raises(InputError, match="entry 2: missing required arguments: uid"):
        plan(service_identities=[{"uid": "a"}, {"uid": None}])
    with pytest.raises(InputError, match=r"service_identity_permissions\[0\].rid is required, but null"):
        one(permissions=[{"rid": None, "actions": ["read"]}])
    with pytest.raises(InputError, match=r"service_identity_certificates\[0\].common_name is required, but null"):
        one(certificates=[{"name": "tls", "common_name": None}])
    with pytest.raises(InputError, match=r"service_identity_groups\[1\] is null"):
        one(groups=["a", None])


def texts_of(spec: dict[str, Any], sound: dict[str, Any]) -> Iterator[tuple[str, Callable[[Any], dict[str, Any]]]]:
    """Every place of a spec where a text belongs: its name, and what makes sound options with a value there."""
    for name, option in spec.items():
        kind = option["type"]
        if kind == "str" and "choices" not in option:
            yield name, lambda value, name=name: {**sound, name: value}
        elif kind == "list" and option["elements"] == "str" and "choices" not in option:
            yield f"{name}[0]", lambda value, name=name: {**sound, name: [value]}
        elif kind == "list":
            inner = {"permissions": {"rid": "dcos:superuser", "actions": ["full"]}, "certificates": CERTIFICATE}
            for where, made in texts_of(option.get("options", {}), inner.get(name, {})):
                yield f"{name}[0].{where}", lambda value, name=name, made=made: {**sound, name: [made(value)]}
        elif kind == "dict":
            for where, made in texts_of(option["options"], {}):
                yield f"{name}.{where}", lambda value, name=name, made=made: {**sound, name: made(value)}


PLACES = dict(texts_of(_identities.entry_specs(), {"uid": "kafka"}))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "must be a text, not a boolean"),
        (1.1, "must be a text, not a number"),
        ({"a": 1}, "must be a text, not a dictionary"),
        (datetime(2024, 1, 2, 3, 4, 5), "must be a text, not a point in time"),
    ],
)
def test_nothing_is_taken_in_pythons_spelling(place: str, value: Any, words: str) -> None:
    options = PLACES[place](value)
    with pytest.raises(InputError, match=re.escape(f"service_identity_{place} {words}")):
        one(**options)
    with pytest.raises(InputError, match=re.escape(f"{place} {words}")):
        plan(service_identities=[options])


@pytest.mark.parametrize("place", PLACES)
def test_masked_output_is_taken_for_nothing(place: str) -> None:
    options = PLACES[place]("********")
    with pytest.raises(InputError, match=r"service_identity_\w+ holds masked output"):
        one(**options)
    with pytest.raises(InputError, match=r"entry 1 .*: \w+ holds masked output"):
        plan(service_identities=[options])


def test_either_one_or_a_list() -> None:
    with pytest.raises(InputError, match="service_identities does not go with service_identity_uid"):
        plan(service_identity_uid="a", service_identities=[{"uid": "b"}])
    assert plan(service_identities=[]) == []


def test_variables_beside_a_list_are_defaults_of_its_entries() -> None:
    first, second = plan(
        service_identity_state="absent", service_identities=[{"uid": "a"}, {"uid": "b", "state": "present"}]
    )
    assert (first["state"], second["state"]) == ("absent", "present")


@pytest.mark.parametrize("name", ["description", "service", "secret_path", "permissions", "certificates", "superuser"])
def test_what_is_an_identity_s_own_does_not_go_beside_a_list(name: str) -> None:
    value = {"permissions": [{"rid": "dcos:x", "actions": ["read"]}], "certificates": [CERTIFICATE], "superuser": True}
    with pytest.raises(InputError, match=f"service_identity_{name} does not go with service_identities"):
        plan(**{f"service_identity_{name}": value.get(name, "x"), "service_identities": [{"uid": "a"}]})


# --- what is misspelt ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("service_identity_preset", "service_identity_presets"),
        ("service_identity_permission", "service_identity_permissions"),
        ("service_identites", "service_identities"),
        ("service_identity_certificate", "service_identity_certificates"),
    ],
)
def test_a_misspelt_variable(name: str, near: str) -> None:
    with pytest.raises(InputError, match=rf"has no variable {name} \(did you mean {near}\?\)"):
        plan(**{"service_identity_uid": "a", name: ["sdk"]})


def test_variables_of_a_site() -> None:
    with pytest.raises(InputError, match="rename it, or name it in service_identity_other_variables"):
        plan(service_identity_uid="a", service_identity_zone="b")
    known = {"service_identity_zone": "b", "service_identity_owner": "c"}
    for others in (["service_identity_zone", "service_identity_owner"], "service_identity_zone,service_identity_owner"):
        assert plan(service_identity_uid="kafka", **known, service_identity_other_variables=others) == [one()]


def test_the_role_knows_its_results() -> None:
    assert plan(service_identity_uid="kafka", service_identity_result={}, service_identity_results=[]) == [one()]


def test_a_misspelt_key_of_an_entry() -> None:
    with pytest.raises(InputError, match=r"entry 2 \(b\): there is no 'presests', did you mean presets\?"):
        plan(service_identities=[{"uid": "a"}, {"uid": "b", "presests": ["sdk"]}])
    with pytest.raises(InputError, match=r"there is no 'service_identity_presets', did you mean presets\?"):
        plan(service_identities=[{"uid": "b", "service_identity_presets": ["sdk"]}])


@pytest.mark.parametrize("entries", [{"uid": "a"}, "a", ["a"], [["uid", "a"]]])
def test_no_list_of_mappings(entries: Any) -> None:
    with pytest.raises(InputError, match="mapping"):
        plan(service_identities=entries)


# --- what cannot be --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"uid": "a/b"}, "holds a slash"),
        ({"uid": "dcos_marathon"}, "account of DC/OS itself"),
        ({"store": "a/b"}, "no store"),
        ({"groups": ["a b"]}, "holds a space"),
        ({"permissions": [{"rid": "dcos:no space", "actions": ["read"]}]}, "holds a space"),
        ({"permissions": [{"rid": "dcos:adminrouter:package", "actions": ["fulll"]}]}, "There is no action 'fulll'"),
        ({"permissions": [{"rid": "dcos:adminrouter:package", "actions": []}]}, "has no actions"),
        ({"strict": True, "login_endpoint": "http://x"}, "https://"),
        ({"secret_path": "a b"}, "holds a space"),
        ({"service": "/a//b"}, "empty part"),
        ({"service": "//a"}, "empty part"),
        ({"service": "/a/../b"}, "without . and .. parts"),
        ({"service": "."}, "without . and .. parts"),
        ({"service": "/team.a/web.app"}, "Give a secret_path"),
        ({"certificates": [{**CERTIFICATE, "name": "a/b"}]}, "There can be no certificate 'a/b'"),
        ({"certificates": [CERTIFICATE, CERTIFICATE]}, "is there twice"),
        ({"certificates": [{**CERTIFICATE, "chain": False, "chain_secret": "x/y"}]}, "chain_secret, and chain: false"),
        ({"certificates": [{**CERTIFICATE, "privatekey_secret": "a b"}]}, "a b"),
        ({"certificates": [{**CERTIFICATE, "common_name": "x" * 65}]}, "1 to 64"),
        ({"certificates": [{**CERTIFICATE, "hosts": ["no host"]}]}, "can hold"),
        ({"certificates": [{**CERTIFICATE, "key_type": "ECDSA", "key_size": 2048}]}, "no ECDSA key of 2048"),
        ({"task_users": ["ro ot"]}, "holds a space"),
    ],
)
def test_one_that_cannot_be_does_not_keep_others_from_being(options: dict[str, Any], problem: str) -> None:
    assert problem in one(**options)["problem"]
    wrong, right = plan(service_identities=[{"uid": "kafka", **options}, {"uid": "sound"}])
    assert problem in wrong["problem"]
    assert right["problem"] is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"uid": "a"}, {"uid": "a", "state": "absent"}),
        ({"uid": "a", "secret_path": "x/y"}, {"uid": "b", "secret_path": "/x/y"}),
        ({"uid": "a", "secret_path": "x/y"}, {"uid": "b", "secret_path": "x/y-next"}),
        ({"uid": "a", "service": "/s", "certificates": [CERTIFICATE]}, {"uid": "b", "secret_path": "s/tls-ca"}),
        ({"uid": "a", "permissions_group": "g"}, {"uid": "b", "permissions_group": "g"}),
    ],
)
def test_two_identities_share_nothing(first: dict[str, Any], second: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="Each identity needs its own"):
        plan(service_identities=[first, second])


# --- where secrets lie -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"uid": "kafka"}, "kafka/service-account"),
        ({"uid": "etl.prod@example"}, "etl-prod-example/service-account"),
        ({"uid": "kafka", "service": "/data/kafka"}, "data/kafka/service-account"),
        ({"uid": "kafka", "service": "/data/kafka/"}, "data/kafka/service-account"),
        ({"uid": "kafka", "service": "/data/web.app"}, "data/web-app-service-account"),
        ({"uid": "kafka", "service": "/team.a/web.app", "secret_path": "web-app-credential"}, "web-app-credential"),
    ],
)
def test_path_of_the_credential(options: dict[str, str], path: str) -> None:
    identity = one(**options, certificates=[CERTIFICATE])
    assert identity["problem"] is None
    assert identity["path"] == path
    if "service" in options:
        service = options["service"].strip("/")
        assert all(
            can_read(service, identity["certificates"][0]["entry"][f"{part}_secret"])
            for part in ("certificate", "chain")
        )


SEGMENTS = st.text("abz019.-_@", min_size=1, max_size=8).filter(lambda text: text not in (".", ".."))


@given(st.lists(SEGMENTS, min_size=1, max_size=4), st.booleans())
def test_a_service_can_read_what_it_gets(segments: list[str], certificates: bool) -> None:
    service = "/".join(segments)
    identity = one(service=f"/{service}", certificates=[CERTIFICATE] if certificates else [])
    if identity["problem"]:
        assert "secret_path" in identity["problem"]
        return
    paths = [identity["path"], identity["next"], *(c["entry"]["privatekey_secret"] for c in identity["certificates"])]
    for path in paths:
        assert check_secret_path(path) == path
        assert can_read(service, path)


def test_a_path_that_the_service_cannot_read() -> None:
    assert "will not be able to read 'b/credential'" in one(service="/a", secret_path="b/credential")["warnings"][0]
    assert one(service="/a/c", secret_path="a/credential")["warnings"] == []
    assert one(secret_path="b/credential")["warnings"] == []


def test_what_is_given_goes_into_the_steps() -> None:
    identity = one(
        description="Kafka", groups="brokers", permissions_group="kafka-rights", superuser=True, task_users="root",
        task_runner="metronome", key_size="3072", exclusive_permissions="yes",
        permissions=[{"rid": "dcos:adminrouter:package", "actions": "full", "description": "Packages"}],
        certificates=[{**CERTIFICATE, "subject": {"O": "Example", "C": None}, "remaining_days": "10"}],
    )  # fmt: skip
    assert identity["account"] == {"uid": "kafka", "description": "Kafka", "groups": ["brokers", "kafka-rights"]}
    assert identity["credential"]["size"] == 3072
    assert identity["subject"] == {
        "gid": "kafka-rights",
        "permissions": [
            {"rid": "dcos:adminrouter:package", "actions": ["full"], "description": "Packages"},
            {"rid": "dcos:superuser", "actions": ["full"]},
        ],
        "exclusive": True,
    }
    assert identity["tasks"]["uid"] == "dcos_metronome"
    entry = identity["certificates"][0]["entry"]
    assert entry["certificate_secret"] == "kafka/tls-certificate"
    assert (entry["remaining_days"], entry["subject"]) == (10, {"O": "Example"})


# --- hosts of an inventory -------------------------------------------------------------------------------------------


def of_hosts(*hosts: dict[str, Any], limited: bool = True, **variables: Any) -> list[dict[str, Any]]:
    """The identities that hosts with these variables stand for."""
    return _identities.plan_of_hosts(list(hosts), limited, variables.get)


def host(uid: str, **variables: Any) -> dict[str, Any]:
    """The variables of a host of the inventory plugin."""
    credentials = [{"path": f"old/{uid}", "matches": False}, {"path": f"team/{uid}", "matches": True}]
    return {"service_identity_uid": uid, "dcos_identity": {"uid": uid, "credentials": credentials}, **variables}


def test_hosts_are_what_their_variables_say() -> None:
    described = host("kafka", service_identity_presets=["sdk"], service_identity_service="/data/kafka", other=1)
    assert of_hosts(described, host("spark")) == [
        one(presets=["sdk"], service="/data/kafka"),
        one(uid="spark", secret_path="team/spark"),
    ]
    assert of_hosts({"service_identity_uid": "kafka"}) == [one()]


def test_a_list_is_limited_by_the_hosts() -> None:
    listed = [{"uid": "kafka", "superuser": True}, {"uid": "spark"}]
    assert of_hosts(host("kafka"), service_identities=listed) == [one(superuser=True)]
    assert len(of_hosts(host("kafka"), service_identities=listed, limited=False)) == 2
    with pytest.raises(InputError, match="None of the 1 hosts that are left is in service_identities"):
        of_hosts(host("hdfs"), service_identities=listed)
    with pytest.raises(InputError, match="entry 1: it is no mapping"):
        of_hosts(host("hdfs"), service_identities=["hdfs"])


def test_a_misspelt_variable_of_a_host() -> None:
    with pytest.raises(InputError, match="did you mean service_identity_presets"):
        of_hosts(host("kafka", service_identity_preset=["sdk"]))
    assert of_hosts(host("kafka", service_identity_mine=1), service_identity_other_variables=["service_identity_mine"])


def test_certificates_may_lie_elsewhere_and_without_a_chain() -> None:
    places = {"certificate_secret": "other/crt", "privatekey_secret": "other/key", "chain": False}
    entry = one(certificates=[{**CERTIFICATE, **places}])["certificates"][0]["entry"]
    assert (entry["certificate_secret"], entry["privatekey_secret"]) == ("other/crt", "other/key")
    assert not {"chain", "chain_secret"} & set(entry)
    entry = one(certificates=[{**CERTIFICATE, "chain_secret": "other/ca"}])["certificates"][0]["entry"]
    assert (entry["certificate_secret"], entry["chain_secret"]) == ("kafka/tls-certificate", "other/ca")

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups, ACLs, grants and the protection of superusers: every code of the Enterprise IAM API."""

from __future__ import annotations

from itertools import count

import pytest
from emulator_process import Answer, Running
from observed_keys import SPKI

_numbers = count(1)


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"n{next(_numbers)}"


@pytest.fixture
def service(cluster: Running, name: str) -> str:
    """A service account."""
    assert cluster.iam("PUT", f"users/{name}", {"public_key": SPKI}).status == 201
    return name


@pytest.fixture
def acl(cluster: Running, name: str) -> str:
    """The path of an ACL whose rid holds slashes."""
    path = f"acls/dcos:{name}:%252Fa%252Fb"
    assert cluster.iam("PUT", path, {"description": "an ACL"}).status == 201
    return path


@pytest.fixture
def group(cluster: Running, name: str) -> str:
    """A group."""
    assert cluster.iam("PUT", f"groups/{name}", {"description": "a group"}).status == 201
    return name


def refused(answer: Answer, status: int, code: str | None) -> None:
    assert (answer.status, answer.code) == (status, code)


def empty(answer: Answer, status: int) -> None:
    assert (answer.status, answer.body) == (status, b"")


def test_a_new_cluster_has_its_superuser(cluster: Running) -> None:
    uid = cluster.ready["username"]
    members = cluster.iam("GET", "groups/superusers/users").json()["array"]
    assert uid in [member["user"]["uid"] for member in members]
    assert cluster.iam("GET", "groups/superusers").json() == {
        "gid": "superusers",
        "description": "Superuser group",
        "url": "/acs/api/v1/groups/superusers",
        "provider_type": "internal",
    }
    assert cluster.iam("GET", f"users/{uid}/permissions").json() == {
        "direct": [],
        "groups": [
            {
                "rid": "dcos:superuser",
                "description": "Superuser ACL",
                "aclurl": "/acs/api/v1/acls/dcos:superuser",
                "gid": "superusers",
                "membershipurl": f"/acs/api/v1/groups/superusers/users/{uid}",
                "actions": [
                    {"name": "full", "url": "/acs/api/v1/acls/dcos:superuser/groups/superusers/full"},
                ],
            }
        ],
    }


def test_groups(cluster: Running, name: str) -> None:
    path = f"groups/{name}"
    refused(cluster.iam("GET", path), 400, "ERR_UNKNOWN_GROUP_ID")
    refused(cluster.iam("PATCH", path, {"description": "x"}), 400, "ERR_UNKNOWN_GROUP_ID")
    refused(cluster.iam("DELETE", path), 400, "ERR_UNKNOWN_GROUP_ID")
    refused(cluster.iam("PUT", path, {}), 400, None)
    refused(cluster.iam("PUT", path), 400, None)
    refused(cluster.iam("PUT", path, {"description": "x", "colour": "red"}), 400, None)
    refused(cluster.iam("PUT", "groups/a!b", {"description": "x"}), 400, "ERR_INVALID_GROUP_ID")
    empty(cluster.iam("PUT", path, {"description": "first"}), 201)
    refused(cluster.iam("PUT", path, {"description": "second"}), 409, "ERR_GROUP_EXISTS")
    assert cluster.iam("GET", path).json()["description"] == "first"
    empty(cluster.iam("PATCH", path, {"description": ""}), 204)
    assert cluster.iam("GET", path).json()["description"] == ""
    assert name in [found["gid"] for found in cluster.iam("GET", "groups").json()["array"]]
    empty(cluster.iam("DELETE", path), 204)
    refused(cluster.iam("GET", path), 400, "ERR_UNKNOWN_GROUP_ID")


def test_memberships(cluster: Running, group: str, service: str) -> None:
    path = f"groups/{group}/users/{service}"
    refused(cluster.iam("DELETE", path), 400, "ERR_USER_NOT_IN_GROUP")
    empty(cluster.iam("PUT", path), 204)
    refused(cluster.iam("PUT", path), 409, "ERR_USER_ALREADY_IN_GROUP")
    refused(cluster.iam("PUT", f"groups/{group}/users/unknown"), 400, "ERR_UNKNOWN_USER_ID")
    refused(cluster.iam("PUT", f"groups/unknown/users/{service}"), 400, "ERR_UNKNOWN_GROUP_ID")
    refused(cluster.iam("GET", "groups/unknown/users"), 400, "ERR_UNKNOWN_GROUP_ID")
    refused(cluster.iam("GET", "users/unknown/groups"), 400, "ERR_UNKNOWN_USER_ID")
    assert cluster.iam("GET", f"groups/{group}/users").json() == {"array": []}
    (member,) = cluster.iam("GET", f"groups/{group}/users?type=service").json()["array"]
    assert member["membershipurl"] == f"/acs/api/v1/{path}"
    assert member["user"] == cluster.iam("GET", f"users/{service}").json()
    (membership,) = cluster.iam("GET", f"users/{service}/groups").json()["array"]
    assert membership == {
        "membershipurl": f"/acs/api/v1/{path}",
        "group": cluster.iam("GET", f"groups/{group}").json(),
    }
    empty(cluster.iam("DELETE", path), 204)
    assert cluster.iam("GET", f"users/{service}/groups").json() == {"array": []}


def test_acls(cluster: Running, name: str) -> None:
    path, rid = f"acls/dcos:{name}:%252Fa%252Fb", f"dcos:{name}:/a/b"
    refused(cluster.iam("GET", path), 400, "ERR_UNKNOWN_RESOURCE_ID")
    refused(cluster.iam("PATCH", path, {"description": "x"}), 400, "ERR_UNKNOWN_RESOURCE_ID")
    refused(cluster.iam("DELETE", path), 400, "ERR_UNKNOWN_RESOURCE_ID")
    refused(cluster.iam("GET", f"{path}/permissions"), 400, "ERR_UNKNOWN_RESOURCE_ID")
    refused(cluster.iam("PUT", path), 400, None)
    refused(cluster.iam("PUT", path, {}), 400, None)
    refused(cluster.iam("PUT", "acls/dcos%20x", {"description": "x"}), 400, "ERR_INVALID_RESOURCE_ID")
    refused(cluster.iam("PUT", "acls/dcos:" + "x" * 510, {"description": "x"}), 400, "ERR_INVALID_RESOURCE_ID")
    empty(cluster.iam("PUT", path, {"description": "first"}), 201)
    refused(cluster.iam("PUT", path, {"description": "second"}), 409, "ERR_ACL_EXISTS")
    found = {"rid": rid, "description": "first", "url": f"/acs/api/v1/{path}"}
    assert cluster.iam("GET", path).json() == found
    assert found in cluster.iam("GET", "acls").json()["array"]
    empty(cluster.iam("PATCH", path, {"description": "second"}), 204)
    assert cluster.iam("GET", path).json()["description"] == "second"
    empty(cluster.iam("DELETE", path), 204)
    refused(cluster.iam("GET", path), 400, "ERR_UNKNOWN_RESOURCE_ID")


def test_a_slash_of_a_rid_is_encoded_twice(cluster: Running, acl: str) -> None:
    once = cluster.iam("GET", acl.replace("%252F", "%2F"))
    assert (once.status, once.body) == (404, b"")
    assert once.headers["Content-Type"] == "application/json; charset=utf-8"
    assert cluster.iam("GET", acl.replace("%252F", "/")).status == 404
    refused(cluster.iam("GET", acl.replace("%252F", "%25252F")), 400, "ERR_UNKNOWN_RESOURCE_ID")


@pytest.mark.parametrize("kind", ["users", "groups"])
def test_grants(cluster: Running, acl: str, name: str, kind: str) -> None:
    noun = kind[:-1].upper()
    data = {"public_key": SPKI} if kind == "users" else {"description": ""}
    assert cluster.iam("PUT", f"{kind}/{name}", data).status == 201
    subject, unknown = f"{acl}/{kind}/{name}", f"ERR_UNKNOWN_{noun}_ID"

    refused(cluster.iam("GET", subject), 400, f"ERR_{noun}_NOT_IN_ACL")
    refused(cluster.iam("DELETE", subject), 400, f"ERR_{noun}_NOT_IN_ACL")
    refused(cluster.iam("DELETE", f"{subject}/read"), 400, f"ERR_{noun}_NOT_IN_ACL")
    assert cluster.iam("GET", f"{subject}/read").json() == {"allowed": False}
    for action in ("Read", "list", "READ", "fulll"):
        refused(cluster.iam("PUT", f"{subject}/{action}"), 400, "ERR_INVALID_ACTION")
    refused(cluster.iam("PUT", f"acls/dcos:unknown/{kind}/{name}/read"), 400, "ERR_UNKNOWN_RESOURCE_ID")
    refused(cluster.iam("PUT", f"{acl}/{kind}/unknown/read"), 400, unknown)
    refused(cluster.iam("PUT", f"acls/dcos:unknown/{kind}/unknown/list"), 400, "ERR_INVALID_ACTION")
    refused(cluster.iam("PUT", f"acls/dcos:unknown/{kind}/unknown/read"), 400, "ERR_UNKNOWN_RESOURCE_ID")

    empty(cluster.iam("PUT", f"{subject}/update"), 204)
    empty(cluster.iam("PUT", f"{subject}/read"), 204)
    refused(cluster.iam("PUT", f"{subject}/read"), 409, "ERR_PERMISSION_EXISTS")
    refused(cluster.iam("DELETE", f"{subject}/delete"), 400, "ERR_ACTION_NOT_YET_STORED")
    assert cluster.iam("GET", f"{subject}/read").json() == {"allowed": True}
    actions = [{"name": name, "url": f"/acs/api/v1/{subject}/{name}"} for name in ("update", "read")]
    assert cluster.iam("GET", subject).json() == {"array": actions}
    id_name = "uid" if kind == "users" else "gid"
    assert cluster.iam("GET", f"{acl}/permissions").json() == {
        "users": [],
        "groups": [],
        kind: [{id_name: name, f"{kind[:-1]}url": f"/acs/api/v1/{kind}/{name}", "actions": actions}],
    }
    permissions = cluster.iam("GET", f"{kind}/{name}/permissions").json()
    (permission,) = permissions["direct" if kind == "users" else "array"]
    assert permission == {
        "rid": acl.removeprefix("acls/").replace("%252F", "/"),
        "description": "an ACL",
        "aclurl": f"/acs/api/v1/{acl}",
        "actions": actions,
    }

    empty(cluster.iam("DELETE", f"{subject}/read"), 204)
    refused(cluster.iam("DELETE", f"{subject}/read"), 400, "ERR_ACTION_NOT_YET_STORED")
    empty(cluster.iam("DELETE", subject), 204)
    assert cluster.iam("GET", f"{acl}/permissions").json() == {"users": [], "groups": []}
    assert cluster.iam("GET", acl).status == 200


def test_deleting_takes_grants_along(cluster: Running, acl: str, service: str, name: str) -> None:
    cluster.iam("PUT", f"groups/{name}", {"description": ""})
    cluster.iam("PUT", f"groups/{name}/users/{service}")
    cluster.iam("PUT", f"{acl}/users/{service}/full")
    cluster.iam("PUT", f"{acl}/groups/{name}/full")
    empty(cluster.iam("DELETE", f"users/{service}"), 204)
    assert cluster.iam("GET", f"{acl}/permissions").json()["users"] == []
    assert cluster.iam("GET", f"groups/{name}/users?type=service").json() == {"array": []}
    cluster.iam("PUT", f"users/{service}", {"public_key": SPKI})
    assert cluster.iam("GET", f"users/{service}/permissions").json() == {"direct": [], "groups": []}
    cluster.iam("PUT", f"{acl}/users/{service}/full")
    empty(cluster.iam("DELETE", acl), 204)
    assert cluster.iam("GET", f"users/{service}/permissions").json() == {"direct": [], "groups": []}
    assert cluster.iam("GET", f"groups/{name}/permissions").json() == {"array": []}


def test_superusers_are_protected(fresh: Running) -> None:
    uid = fresh.ready["username"]
    refused(fresh.iam("DELETE", "groups/superusers"), 400, "ERR_IS_SUPERUSER_GROUP")
    refused(fresh.iam("DELETE", "acls/dcos:superuser"), 400, "ERR_IS_SUPERUSER_ACL")
    refused(fresh.iam("DELETE", "acls/dcos:superuser/groups/superusers/full"), 400, "ERR_IS_SUPERUSER_GROUP")
    refused(fresh.iam("DELETE", "acls/dcos:superuser/groups/superusers"), 400, "ERR_IS_SUPERUSER_GROUP")
    refused(fresh.iam("DELETE", f"groups/superusers/users/{uid}"), 400, "ERR_NO_MORE_SUPERUSERS")
    refused(fresh.iam("DELETE", f"users/{uid}"), 400, "ERR_NO_MORE_SUPERUSERS")
    fresh.iam("PUT", "users/second", {"password": "geheim"})
    fresh.iam("PUT", "groups/superusers/users/second")
    token = fresh.login("second", password="geheim")
    empty(fresh.iam("DELETE", f"users/{uid}", token=token), 204)
    # The deleted user's token still proves who it is, but nobody of that name may do anything.
    assert fresh.iam("GET", "users").status == 403
    refused(fresh.iam("DELETE", "users/second", token=token), 400, "ERR_NO_MORE_SUPERUSERS")
    empty(fresh.iam("PUT", "acls/dcos:superuser/groups/superusers/read", token=token), 204)
    empty(fresh.iam("DELETE", "acls/dcos:superuser/groups/superusers/read", token=token), 204)


def test_patching_users(cluster: Running, service: str, name: str) -> None:
    path = f"users/{service}"
    refused(cluster.iam("PATCH", path, {}), 400, "ERR_INVALID_DATA")
    refused(cluster.iam("PATCH", path, {"public_key": SPKI}), 400, None)
    refused(cluster.iam("PATCH", path, {"description": None}), 400, None)
    refused(cluster.iam("PATCH", path, {"password": "geheim"}), 400, "ERR_INVALID_DATA")
    refused(cluster.iam("PATCH", "users/unknown", {"description": "x"}), 400, "ERR_UNKNOWN_USER_ID")
    empty(cluster.iam("PATCH", path, {"description": "new"}), 204)
    empty(cluster.iam("PATCH", path, {"description": ""}), 204)
    assert cluster.iam("GET", path).json()["description"] == ""
    person = f"users/{name}-person"
    cluster.iam("PUT", person, {"password": "geheim"})
    refused(cluster.iam("PATCH", person, {"password": "four"}), 400, "ERR_INVALID_DATA")
    empty(cluster.iam("PATCH", person, {"password": "changed"}), 204)
    assert cluster.login(f"{name}-person", password="changed")
    refused(
        cluster.send_json("POST", "/acs/api/v1/auth/login", {"uid": f"{name}-person", "password": "geheim"}),
        401,
        "ERR_INVALID_CREDENTIALS",
    )


def test_enterprise_does_not_make_legacy_users(cluster: Running, name: str) -> None:
    refused(cluster.iam("PUT", f"users/{name}@example.com", {}), 400, "ERR_INVALID_DATA")

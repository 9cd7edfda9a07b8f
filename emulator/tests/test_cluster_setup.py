# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What public clients ask of a cluster before they get to work: the requests and demands are those of their sources."""

from __future__ import annotations

import hashlib
import io
import tomllib
import zipfile
from urllib.parse import urlsplit

import pytest
from emulator_process import Answer, Running

# dcos/client-go, dcos/api_cosmos.go; two media types make one header.
DESCRIBE_HEADERS: dict[str, str | None] = {
    "Content-Type": "application/vnd.dcos.package.describe-request+json;charset=utf-8;version=v1",
    "Accept": (
        "application/vnd.dcos.package.describe-response+json;charset=utf-8;version=v3,"
        "application/vnd.dcos.package.error+json;charset=utf-8;version=v1"
    ),
}


def describe(cluster: Running, name: str, **options: str) -> Answer:
    """The CLI's question for a package; the version stays empty (dcos/dcos-cli, pkg/setup/setup.go)."""
    host = urlsplit(cluster.url).netloc
    return cluster.call(
        "POST",
        "/package/describe",
        {"packageName": name},
        headers={**DESCRIBE_HEADERS, "Host": host},
        token=options.get("token"),
    )


@pytest.fixture(scope="module")
def nobody(cluster: Running) -> str:
    """The token of a user without permissions."""
    assert cluster.iam("PUT", "users/setup-nobody", {"password": "geheim"}).status == 201
    return cluster.login("setup-nobody", password="geheim")


def test_the_way_of_dcos_cluster_setup(cluster: Running) -> None:
    """dcos/dcos-cli, pkg/setup/setup.go (Configure, installDefaultPlugins) and pkg/login: each of these must be 200."""
    assert cluster.send("HEAD", "/").status == 200
    assert b"BEGIN CERTIFICATE" in cluster.send("GET", "/ca/dcos-ca.crt").body
    challenge = cluster.send("HEAD", "/pkgpanda/active.buildinfo.full.json")
    assert (challenge.status, challenge.headers["WWW-Authenticate"]) == (401, "acsjwt")
    providers = cluster.send("GET", "/acs/api/v1/auth/providers").json()
    assert providers["dcos-users"]["config"]["start_flow_url"] == "/acs/api/v1/auth/login"
    assert cluster.call("GET", "/metadata").json()["CLUSTER_ID"]
    assert cluster.call("GET", "/mesos/state-summary").json()["cluster"]
    version = cluster.call("GET", "/dcos-metadata/dcos-version.json").json()
    assert version["version"] == "2.2.0"  # goversion: must be at least 1.10
    assert describe(cluster, "dcos-core-cli").status == 200


@pytest.mark.parametrize("platform", ["linux", "darwin", "windows"])
def test_the_core_plugin_can_be_installed(cluster: Running, platform: str) -> None:
    """dcos/dcos-cli, pkg/plugin/manager.go and pkg/internal/cosmos/client.go: what an installation demands."""
    answer = describe(cluster, "dcos-core-cli")
    assert answer.headers["Content-Type"] == (
        "application/vnd.dcos.package.describe-response+json;charset=utf-8;version=v3"
    )
    package = answer.json()["package"]
    assert {"name", "version", "releaseVersion", "packagingVersion", "maintainer", "description"} <= set(package)
    artifact = package["resource"]["cli"]["binaries"][platform]["x86-64"]
    assert artifact["kind"] == "zip"
    # Only to a URL that starts with the cluster's does the CLI send its token, and only there it trusts its CA.
    assert artifact["url"].startswith(cluster.url + "/")
    download = cluster.call("GET", urlsplit(artifact["url"]).path)
    assert download.status == 200
    assert artifact["contentHash"] == [{"algo": "sha256", "value": hashlib.sha256(download.body).hexdigest()}]
    with zipfile.ZipFile(io.BytesIO(download.body)) as archive:
        assert archive.testzip() is None
        # An archive without commands is refused unless it has this file.
        assert tomllib.loads(archive.read("plugin.toml").decode())["name"] == "dcos-core-cli"


@pytest.mark.parametrize("name", ["dcos-enterprise-cli", "kafka", ""])
def test_other_packages_are_not_there(cluster: Running, name: str) -> None:
    """The CLI shrugs at a missing dcos-enterprise-cli; the error is the CosmosError of dcos/client-go."""
    answer = describe(cluster, name)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/vnd.dcos.package.error+json;charset=utf-8;version=v1"
    assert set(answer.json()) == {"type", "message", "data"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_what_asks_for_no_package(cluster: Running, body: bytes) -> None:
    assert cluster.call("POST", "/package/describe", headers=DESCRIBE_HEADERS, body=body).status == 400


def test_packages_are_guarded(cluster: Running, nobody: str) -> None:
    assert cluster.send("POST", "/package/describe").status == 401
    assert describe(cluster, "dcos-core-cli", token=nobody).status == 403
    assert cluster.call("GET", "/package/resource/dcos-core-cli.zip", token=nobody).status == 403
    assert cluster.call("GET", "/package/describe").status == 405


def test_the_way_of_wait_for_dcos(cluster: Running) -> None:
    """dcos/dcos-test-utils, dcos_api.py and enterprise.py: every step of ``EnterpriseApiSession.wait_for_dcos``."""
    assert cluster.send("GET", "/ca/dcos-ca.crt").status == 200
    assert cluster.send("GET", "/").status == 200
    login = {"uid": cluster.ready["username"], "password": cluster.ready["password"]}
    logged_in = cluster.send_json("POST", "/acs/api/v1/auth/login", login)
    assert logged_in.json()["token"]
    assert "dcos-acs-auth-cookie" in str(logged_in.headers["Set-Cookie"])
    masters = sorted(cluster.call("GET", "/exhibitor/exhibitor/v1/cluster/list").json()["servers"])
    agents = [agent["hostname"] for agent in cluster.call("GET", "/mesos/slaves").json()["slaves"]]
    assert cluster.call("GET", "/marathon/v2/info").status == 200
    zookeepers = [node["hostname"] for node in cluster.call("GET", "/exhibitor/exhibitor/v1/cluster/status").json()]
    assert len(zookeepers) == len(masters) == 1
    assert len(cluster.call("GET", "/mesos/master/slaves").json()["slaves"]) >= len(agents)
    assert cluster.call("GET", "/dcos-history-service/ping").status <= 500
    assert len(cluster.call("GET", "/dcos-history-service/history/last").json()["slaves"]) >= len(agents)
    assert cluster.call("GET", "/service/metronome/v1/jobs").status == 200
    units = cluster.call("GET", "/system/health/v1/units?cache=0").json()["units"]
    assert all(unit["health"] == 0 for unit in units)
    assert cluster.iam("GET", "acls").json()["array"]


def test_a_service_that_is_not_there(start_emulator, tmp_path) -> None:
    """dcos/dcos, packages/adminrouter/extra/src/lib/service.lua: a valid token, whose ever, and then 404."""
    log = tmp_path / "audit.log"
    cluster = start_emulator("--port", "0", "--no-tls", "--audit-log", str(log))
    cluster.iam("PUT", "users/nobody", {"password": "geheim"})
    token = cluster.login("nobody", password="geheim")
    assert cluster.send("GET", "/service/kafka/v1/plans").status == 401
    before = log.read_text().count("result=deny")
    answer = cluster.call("GET", "/service/kafka/v1/plans", token=token)
    assert (answer.status, answer.body) == (404, b"404 Not Found: service not found.\n")
    assert log.read_text().count("result=deny") == before, "a permission that no cluster asks for would be proposed"
    # These run on every cluster.
    for service in ("marathon", "metronome"):
        assert cluster.call("GET", f"/service/{service}/v2/apps", token=token).status == 403
        assert f"object=dcos:adminrouter:service:{service} action=full result=deny" in log.read_text()


def test_a_new_cluster_is_not_empty(fresh: Running) -> None:
    accounts = {user["uid"]: user for user in fresh.iam("GET", "users?type=service").json()["array"]}
    assert {"dcos_marathon", "dcos_metronome"} <= set(accounts)
    keys = {account["public_key"] for account in accounts.values()}
    assert len(keys) == len(accounts)
    acls = {acl["rid"] for acl in fresh.iam("GET", "acls").json()["array"]}
    assert {"dcos:superuser", "dcos:adminrouter:service:marathon"} <= acls
    # TerryHowe/ansible-modules-dcos, functional/test_acl.yml: grants on this ACL without making it.
    assert fresh.iam("PUT", "acls/dcos:adminrouter:service:marathon/users/dcos_marathon/full").status == 204
    assert [user["uid"] for user in fresh.iam("GET", "users").json()["array"]] == [fresh.ready["username"]]


def test_a_bare_cluster_is_empty(start_emulator) -> None:
    cluster = start_emulator("--port", "0", "--no-tls", "--bare")
    assert cluster.iam("GET", "users?type=service").json() == {"array": []}
    assert [acl["rid"] for acl in cluster.iam("GET", "acls").json()["array"]] == ["dcos:superuser"]


def test_what_was_deleted_stays_deleted(start_emulator, tmp_path) -> None:
    """Native objects are made with the cluster, not with each start."""
    options = ("--port", "0", "--no-tls", "--state", str(tmp_path / "state.db"))
    cluster = start_emulator(*options)
    assert cluster.iam("DELETE", "users/dcos_metronome").status == 204
    cluster.stop()
    again = start_emulator(*options)
    assert again.iam("GET", "users/dcos_metronome").code == "ERR_UNKNOWN_USER_ID"
    assert again.iam("GET", "users/dcos_marathon").status == 200

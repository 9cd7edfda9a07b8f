# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens: obtained in every way, reused for as long as they last, and as the proof of a stored identity."""

from __future__ import annotations

import base64
import json
import time

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.tests.unit.plugins.peer import token as token_that_lasts

MODULE = "dcos_login"
LOGIN = "POST /acs/api/v1/auth/login"
PATH = "kafka/service-account"


@pytest.fixture
def service(cluster, pems):
    """Return the credential of a service account that is there."""
    cluster.iam("PUT", "/users/kafka", {"public_key": _keys.public_key_of(pems[0])})
    members = {"login_endpoint": "https://leader.mesos/x", "private_key": pems[0], "scheme": "RS256", "uid": "kafka"}
    cluster.api("PUT", f"/secrets/v1/secret/default/{PATH}", {"value": json.dumps(members)})
    return members


def short_lived(cluster, seconds):
    """Return a token with so many seconds left."""
    cluster.control("PATCH", "/settings", {"token_lifetime": seconds})
    token = cluster.login(cluster.username, password=cluster.password)
    cluster.control("PATCH", "/settings", {"token_lifetime": 5 * 86400})
    return token


def works(cluster, token):
    answer = cluster.request("GET", "/acs/api/v1/users", headers={"Authorization": f"token={token}"})
    return answer.status_code in (200, 403)


def password(cluster):
    return {"auth_token": None, "auth_username": cluster.username, "auth_password": cluster.password}


@pytest.mark.parametrize("check", [False, True])
def test_password(cluster, check):
    done = cluster.run(MODULE, check=check, **password(cluster))
    assert done["changed"] is False
    assert done["reused"] is False
    assert done["uid"] == cluster.username
    assert done.sent == [LOGIN]
    assert works(cluster, done["token"])
    claims = json.loads(base64.urlsafe_b64decode(done["token"].split(".")[1] + "=="))
    assert done["expires_at"] == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(claims["exp"]))
    assert cluster.password not in done.stdout


def test_private_key_and_credential(cluster, service, tmp_path):
    pem = tmp_path / "key.pem"
    pem.write_text(service["private_key"], encoding="utf-8")
    file = tmp_path / "credential.json"
    file.write_text(json.dumps(service), encoding="utf-8")
    for options in (
        {"auth_username": "kafka", "auth_private_key": service["private_key"]},
        {"auth_username": "kafka", "auth_private_key_path": str(pem)},
        {"auth_credential": json.dumps(service)},
        {"auth_credential": service},
        {"auth_credential": f"file://{file}"},
    ):
        done = cluster.run(MODULE, auth_token=None, **options)
        assert (done["uid"], done.sent) == ("kafka", [LOGIN])
        assert works(cluster, done["token"])
        assert service["private_key"].splitlines()[1] not in done.stdout


def test_a_token_that_lasts_is_reused(cluster):
    done = cluster.run(MODULE)
    assert (done["token"], done["reused"], done.sent) == (cluster.token, True, [])
    assert done["uid"] == cluster.username


def test_a_token_that_does_not_last_is_renewed(cluster):
    token = short_lived(cluster, 200)
    options = {**password(cluster), "auth_token": token}
    done = cluster.run(MODULE, **options)
    assert (done["reused"], done.sent) == (False, [LOGIN])
    assert done["token"] != token
    kept = cluster.run(MODULE, min_validity=100, **options)
    assert (kept["reused"], kept.sent, kept["token"]) == (True, [], token)


def test_a_token_that_does_not_last_and_cannot_be_renewed(cluster):
    token = short_lived(cluster, 200)
    outcome = cluster.fail(MODULE, auth_token=token)
    assert "auth_username" in outcome["msg"]
    assert "300" in outcome["msg"]
    assert not outcome.sent
    assert cluster.run(MODULE, auth_token=token, min_validity=100)["reused"] is True


def test_a_token_that_has_expired(cluster):
    token = token_that_lasts(left=-1)
    for module, options in ((MODULE, {"min_validity": 0}), ("dcos_secret", {"path": "a", "value": "s3cret-value"})):
        outcome = cluster.fail(module, auth_token=token, **options)
        assert "expired at" in outcome["msg"]
        assert "auth_username" in outcome["msg"]
        assert token not in outcome["msg"]
    done = cluster.run("dcos_secret", path="a", value="s3cret-value", **{**password(cluster), "auth_token": token})
    assert done.sent[0] == LOGIN


def test_a_new_token_that_is_shorter_than_wished_is_returned(cluster):
    cluster.control("PATCH", "/settings", {"token_lifetime": 100})
    done = cluster.run(MODULE, **password(cluster))
    cluster.control("PATCH", "/settings", {"token_lifetime": 5 * 86400})
    assert done["reused"] is False
    assert works(cluster, done["token"])


# --- the credential in the store


def test_the_proof_of_an_identity(cluster, service):
    done = cluster.run(MODULE, secret_path=PATH)
    assert done.sent == [f"GET /secrets/v1/secret/default/{PATH}", LOGIN]
    assert (done["uid"], done["reused"], done["changed"]) == ("kafka", False, False)
    assert works(cluster, done["token"])
    assert service["private_key"].splitlines()[1] not in done.stdout
    assert cluster.token not in done.stdout


def test_a_credential_that_is_not_there(cluster):
    outcome = cluster.fail(MODULE, secret_path=PATH)
    assert PATH in outcome["msg"]
    predicted = cluster.run(MODULE, secret_path=PATH, check=True)
    assert predicted["token"] == ""
    assert predicted["expires_at"] is None
    assert predicted["reused"] is False
    assert PATH in predicted.warned


def test_a_credential_that_does_not_work(cluster, service, pems):
    cluster.iam("DELETE", "/users/kafka")
    outcome = cluster.fail(MODULE, secret_path=PATH)
    assert "Could not log in as 'kafka'" in outcome["msg"]
    assert "401" in outcome["msg"]
    cluster.iam("PUT", "/users/kafka", {"public_key": _keys.public_key_of(pems[1])})
    assert "public key does not belong" in cluster.fail(MODULE, secret_path=PATH)["msg"]


@pytest.mark.parametrize(
    "value", ["", "s3cret-password", "[]", '{"uid": "kafka"}', '{"uid": "kafka", "private_key": "s3cret-key"}']
)
def test_a_secret_that_is_no_credential(cluster, value):
    cluster.api("PUT", f"/secrets/v1/secret/default/{PATH}", {"value": value})
    outcome = cluster.fail(MODULE, secret_path=PATH)
    assert "s3cret" not in outcome["msg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"auth_password": "wr0ng-password"}, ["401", "auth_password"]),
        ({"auth_username": "nobody", "auth_password": "wr0ng-password"}, ["'nobody'", "401"]),
        ({"auth_username": "nobody", "auth_password": None}, ["auth_password"]),
    ],
)
def test_logins_that_fail(cluster, options, words):
    outcome = cluster.fail(MODULE, **{**password(cluster), **options})
    assert all(word in outcome["msg"] for word in words)
    assert "wr0ng-password" not in outcome.stdout

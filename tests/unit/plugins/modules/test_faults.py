# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks and servers in trouble, at each request of each module: one clear sentence, or a retry that succeeds."""

from __future__ import annotations

import json

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.tests.reliability.starts import CERTIFICATE

# Where the answer to a step of a removal is lost, a run looks for the step's end; time passes at once.
pytestmark = pytest.mark.usefixtures("no_waiting")

RID = "dcos:mesos:master:framework:role:kafka-role"
# What each module does here; each sends reads and writes.
CASES = {
    "account": ("dcos_service_account", {"uid": "kafka", "description": "x", "groups": ["brokers"]}),
    "no account": ("dcos_service_account", {"uid": "old", "state": "absent"}),
    "credential": ("dcos_service_account_secret", {"path": "kafka/sa", "uid": "kafka"}),
    "text": ("dcos_secret", {"path": "kafka/x", "value": "s3cret-value"}),
    "other text": ("dcos_secret", {"path": "old/x", "value": "s3cret-value"}),
    "no text": ("dcos_secret", {"path": "old/x", "state": "absent"}),
    "permission": ("dcos_acl", {"uid": "old", "rid": RID, "actions": ["create"]}),
    "no permission": ("dcos_acl", {"uid": "old", "permissions": [], "exclusive": True}),
    "group's permission": ("dcos_acl", {"gid": "brokers", "rid": RID, "actions": ["create"], "description": "x"}),
    "acl": ("dcos_acl", {"rid": RID, "description": "Register"}),
    "no acl": ("dcos_acl", {"rid": "dcos:adminrouter:service:kafka", "state": "absent", "force": True}),
    "group": ("dcos_group", {"gid": "new", "description": "x", "members": ["jane", "old"]}),
    "members": ("dcos_group", {"gid": "brokers", "members": ["jane", "old"]}),
    "other members": ("dcos_group", {"gid": "readers", "members": ["old"], "exclusive_members": True}),
    "no group": ("dcos_group", {"gid": "readers", "state": "absent"}),
    "user": ("dcos_user", {"uid": "john", "user_password": "wonderland", "description": "x", "groups": ["brokers"]}),
    "other groups": ("dcos_user", {"uid": "jane", "groups": ["brokers"], "exclusive_groups": True}),
    "no user": ("dcos_user", {"uid": "jane", "state": "absent"}),
    "no credential": ("dcos_service_account_secret", {"path": "old/sa", "state": "absent"}),
    "certificate": ("dcos_ca_cert", CERTIFICATE),
    "certificate of the CA's key": ("dcos_ca_cert", {**CERTIFICATE, "key_source": "ca"}),
    "login": ("dcos_login", {"auth_token": None, "auth_username": "jane", "auth_password": "wonderland"}),
}
BEFORE = [
    ("/groups/brokers", {"description": ""}),
    ("/groups/readers", {"description": ""}),
    ("/users/jane", {"password": "wonderland"}),
    ("/groups/readers/users/jane", None),
    ("/acls/dcos:adminrouter:service:kafka", {"description": ""}),
]


@pytest.fixture(params=CASES)
def case(request, cluster, pems):
    """Return (module, options, the requests it sends when all is well), for each case."""
    module, options = CASES[request.param]
    for path, body in BEFORE:
        cluster.iam("PUT", path, body)
    public = _keys.public_key_of(pems[0])
    cluster.iam("PUT", "/users/old", {"public_key": public})
    cluster.iam("PUT", "/acls/dcos:adminrouter:service:kafka/users/old/full")
    cluster.api("PUT", "/secrets/v1/secret/default/old/x", {"value": "the-old-s3cret"})
    credential = {"login_endpoint": "https://leader.mesos/x", "private_key": pems[0], "scheme": "RS256", "uid": "old"}
    cluster.api("PUT", "/secrets/v1/secret/default/old/sa", {"value": json.dumps(credential)})
    if module == "dcos_service_account" and "state" not in options:
        options = {**options, "public_key": public}
    state = cluster.control("GET", "/state").json()
    usual = cluster.run(module, **options)
    after = cluster.state()

    def again(fault, attempt="attempt", **more):
        """Run it anew, with a fault."""
        cluster.control("PUT", "/state", state)
        cluster.fault(**fault)
        outcome = getattr(cluster, attempt)(module, **{**options, **more})
        cluster.heal()
        return outcome

    def finish():
        """Run it once more, undisturbed."""
        return cluster.run(module, **options)

    again.sent, again.after, again.changed, again.finish = usual.sent, after, usual["changed"], finish
    # Where an account goes, a request whose answer was lost is not repeated: others may be at work by then.
    again.once = request.param == "no account"
    return again


def assert_clear(outcome):
    """One or two sentences in one line, and what went wrong for the playbook to branch on."""
    assert outcome.get("failed"), outcome
    message = outcome["msg"]
    assert "Unexpected" not in message
    assert "Traceback" not in outcome.stdout
    assert "object at 0x" not in message
    assert "\n" not in message
    assert message.endswith(".")
    assert ".." not in message
    assert len(message) < 500
    assert set(outcome["failure"]) == {"status", "code", "method", "path"}


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 503},
        {"action": "reset"},
        {"action": "truncate"},
        {"action": "html", "status": 200},
        {"action": "garbage", "status": 200, "when": "after"},
    ],
    ids=lambda fault: " ".join(str(value) for value in fault.values()),
)
def test_at_each_request(cluster, case, fault):
    for number in range(1, len(case.sent) + 1):
        outcome = case({**fault, "nth": number})
        request, *following = outcome.sent[number - 1 :]  # of those that are sent at once, any may be the nth
        hit = [request]
        if fault["action"] == "truncate" and not request.startswith("GET"):
            # An answer may be whole without a body; that the connection is closed, the next request on it finds out. It
            # may not have reached the cluster, which hears of the look at what became of it.
            hit += [*following, *case.sent[number : number + 1]]
        if not outcome.get("failed"):
            if fault.get("status") == 503 and request in following:
                continue  # A step of a key replacement is taken again where the answer is "not now".
            # A write whose success had a body that nobody reads is a success, as is the chain that nobody needs.
            assert fault["action"] in ("garbage", "truncate"), (request, outcome)
            assert not request.startswith("GET")
            continue
        assert_clear(outcome)
        failure = outcome["failure"]
        assert f"{failure['method']} {failure['path']}" in [each.split("?")[0] for each in hit]
        assert failure["path"] in outcome["msg"]
        if fault["action"] == "reset":
            assert outcome["msg"].endswith("Check url, the network and any proxy."), outcome
        if fault["action"] == "status":
            assert failure["status"] == fault["status"]
            assert str(fault["status"]) in outcome["msg"]


def test_no_answer_in_time(cluster, case):
    for number, request in enumerate(case.sent, start=1):
        # Done at once and answered late: done late, it would reach the cluster of the next test.
        outcome = case({"action": "delay", "delay_ms": 800, "nth": number, "when": "after"}, timeout=0.3)
        if "auth/login" in request and outcome.get("failed") is None:
            continue
        if case.once and not outcome.get("failed"):
            assert cluster.state() == case.after, request
            continue
        assert_clear(outcome)
        assert "within 0.3 s" in outcome["msg"]
        assert outcome["failure"]["status"] is None


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 503, "retry_after": 0},
        {"action": "reset"},
        {"action": "reset", "when": "after"},
    ],
    ids=lambda fault: " ".join(str(value) for value in fault.values()),
)
def test_a_retry_gets_over_it(cluster, case, fault):
    """A certificate is the exception: it is not asked for twice."""
    for number in range(1, len(case.sent) + 1):
        outcome = case({**fault, "nth": number}, retries=2)
        request = outcome.sent[number - 1]
        if request == "POST /ca/api/v2/sign":
            assert_clear(outcome)
            continue
        if case.once and outcome.get("failed"):
            assert_clear(outcome)
            case.finish()
            assert cluster.state() == case.after, request
            continue
        assert not outcome.get("failed"), (request, outcome)
        # What this run asked for is its own doing, though it heard only of the second try: handlers have to run.
        assert outcome["changed"] is case.changed, (request, outcome)
        now = cluster.state()
        assert now.keys() == case.after.keys()
        if "kafka/sa" not in str(now) and "kafka/key" not in str(now) and "john" not in str(now):
            assert now == case.after


def test_retries_end(cluster):
    cluster.fault("status", status=503, retry_after=0, times=None)
    outcome = cluster.fail("dcos_secret", path="a", value="s3cret-value", retries=2)
    assert len(outcome.sent) == 3
    assert "503" in outcome["msg"]
    assert "sealed" in outcome["msg"]


def test_a_bad_request_is_not_repeated(cluster):
    cluster.fault("status", status=400, times=None)
    assert len(cluster.fail("dcos_secret", path="a", value="s3cret-value", retries=3).sent) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 418, 429, 500])
def test_pages_instead_of_errors(cluster, status):
    """Admin Router answers in HTML, and so do proxies: nothing of it is shown, and the status is explained."""
    cluster.fault("html", status=status, times=None)
    outcome = cluster.attempt("dcos_acl", uid="kafka", rid=RID, actions=["create"])
    assert outcome["failed"] is True
    assert "<html>" not in outcome.stdout
    assert "401" in outcome["msg"] if status == 401 else outcome["failure"]["status"] == status


def test_nobody_there(cluster):
    outcome = cluster.attempt(
        "dcos_login", url="https://127.0.0.1:1", auth_token=None, auth_username="a", auth_password="s3cret-pw"
    )
    assert outcome["failed"] is True
    assert "https://127.0.0.1:1" in outcome["msg"]
    assert "refused" in outcome["msg"]
    outcome = cluster.attempt(
        "dcos_login", url="https://no-such-host.invalid", auth_token=None, auth_username="a", auth_password="s3cret-pw"
    )
    assert "no-such-host.invalid" in outcome["msg"]


def test_a_certificate_that_is_not_trusted(cluster, monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    outcome = cluster.attempt("dcos_login", ca_path=None, auth_token=None, auth_username="a", auth_password="s3cret-pw")
    assert outcome["failed"] is True
    assert "not trusted" in outcome["msg"]
    assert "ca_path" in outcome["msg"]
    assert not outcome.sent, "no credential goes to a server that is not trusted"

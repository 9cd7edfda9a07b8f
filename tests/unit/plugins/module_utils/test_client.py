# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client: errors with a remedy, one connection a process, several requests at a time."""

from __future__ import annotations

import os

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _client
from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._errors import (
    DcosError,
    HttpError,
    InternalError,
)
from ansible_collections.dcos.security.tests.unit.plugins.peer import Answer, token

PATH = "/acs/api/v1/users/kafka"


class TestClient:
    """Errors with a remedy."""

    @pytest.mark.parametrize(
        ("method", "path", "status", "hint"),
        [
            ("GET", PATH, 403, "needs dcos:adminrouter:acs full or dcos:superuser."),
            ("POST", "/ca/api/v2/sign", 403, "needs dcos:adminrouter:ops:ca:rw full or"),
            ("POST", "/ca/api/v2/bundle", 403, "needs dcos:adminrouter:ops:ca:ro full or"),
            ("POST", "/ca/api/v2/certificates", 403, "needs dcos:adminrouter:ops:ca:ro full or"),
            ("GET", "/secrets/v1/secret/default/a/b", 403, "needs dcos:secrets:default:/a/b read or"),
            ("PUT", "/secrets/v1/secret/default/a/b", 403, "needs dcos:secrets:default:/a/b create or"),
            ("PATCH", "/secrets/v1/secret/default/a/b", 403, "needs dcos:secrets:default:/a/b update or"),
            ("DELETE", "/secrets/v1/secret/default/a/b", 403, "needs dcos:secrets:default:/a/b delete or"),
            ("GET", "/secrets/v1/seal-status/default", 403, "needs dcos:superuser full."),
            ("GET", PATH, 404, "DC/OS Enterprise only"),
            ("POST", "/ca/api/v2/certificates", 404, "does not route that part"),
            ("PUT", "/secrets/v1/secret/default/a", 413, "about 1 MiB of text"),
            ("GET", "/secrets/v1/secret/default/a", 503, "Is the secret store sealed?"),
            ("GET", PATH, 503, "overloaded or in trouble"),
            ("GET", PATH, 429, "overloaded or in trouble"),
        ],
    )
    def test_hints(self, client_of, method, path, status, hint):
        _peer, client = client_of(Answer(status, b"", {"Content-Type": "text/html"}), auth_token=token())
        with pytest.raises(HttpError) as caught:
            client.request(method, path, "do it")
        assert str(caught.value).startswith(f"Could not do it: {method} {path}: {status} ")
        assert hint in str(caught.value)
        assert caught.value.as_result() == {
            "failure": {"status": status, "code": None, "method": method, "path": path},
        }

    def test_listing_needs_another_permission(self, client_of):
        _peer, client = client_of(Answer(403), auth_token=token())
        with pytest.raises(HttpError, match="needs dcos:secrets:list:default:/a read or dcos:superuser"):
            client.get("/secrets/v1/secret/default/a", "list", params={"list": "true"})

    @pytest.mark.parametrize(
        ("code", "maker"), [("ERR_UNKNOWN_GROUP_ID", "dcos_group"), ("ERR_UNKNOWN_USER_ID", "dcos_user")]
    )
    def test_unknown_names(self, client_of, code, maker):
        _peer, client = client_of(Answer(400, {"code": code}), auth_token=token())
        with pytest.raises(HttpError, match=rf"{code}\. Create it first \(.*{maker}\)\."):
            client.put("/acs/api/v1/groups/readers/users/kafka", "add 'kafka' to group 'readers'")

    def test_the_servers_words(self, client_of):
        body = {"title": "x", "description": "Invalid public key.", "code": "ERR_INVALID_PUBLIC_KEY"}
        _peer, client = client_of(Answer(400, body), auth_token=token())
        with pytest.raises(HttpError) as caught:
            client.put(PATH, "create service account 'kafka'")
        assert str(caught.value) == (
            f"Could not create service account 'kafka': PUT {PATH}: 400 Bad Request ERR_INVALID_PUBLIC_KEY: Invalid "
            "public key."
        )

    def test_secrets_in_the_servers_words(self, client_of):
        body = {"description": "Password hunter22 does not match rules"}
        _peer, client = client_of(Answer(400, body), auth_token=token())
        with pytest.raises(HttpError) as caught:
            client.put(PATH, "create", body={"password": "hunter22"}, secrets=["hunter22"])
        assert "hunter22" not in str(caught.value)

    def test_accepted(self, client_of):
        body = {"code": "ERR_UNKNOWN_USER_ID"}
        _peer, client = client_of(Answer(400, body), Answer(409), Answer(400, body), auth_token=token())
        assert client.get(PATH, "read", accept=("ERR_UNKNOWN_USER_ID",)).status == 400
        assert client.put(PATH, "write", accept=(409,)).status == 409
        with pytest.raises(HttpError):
            client.get(PATH, "read", accept=("ERR_OTHER", 404))

    def test_check_mode(self, client_of):
        peer, client = client_of(auth_token=token(), read_only=True)
        for write in (client.put, client.patch, client.delete, client.post):
            with pytest.raises(InternalError):
                write(PATH, "write")
        assert peer.seen == []


class TestConnect:
    """One client a process, as long as it is for the same."""

    @pytest.fixture(autouse=True)
    def nothing_kept(self):
        """Forget the client of an earlier test."""
        _client._last.clear()

    class Task:
        """What connect() wants of a task."""

        def __init__(self, check_mode=False, **params):
            self.check_mode, self.params = check_mode, {"url": "http://localhost:1", "auth_token": "T", **params}

    def test_kept(self):
        assert connect(self.Task()) is connect(self.Task())

    @pytest.mark.parametrize(
        "other", [{"auth_token": "U"}, {"url": "http://localhost:2"}, {"check_mode": True}, {"timeout": 5}]
    )
    def test_another(self, other):
        assert connect(self.Task()) is not connect(self.Task(**other))

    def test_anonymous_is_another(self):
        assert connect(self.Task()) is not connect(self.Task(), anonymous=True)

    def test_a_lookup_between_two_tasks_ends_nothing(self):
        first, lookup = connect(self.Task()), connect(self.Task(check_mode=True))
        assert connect(self.Task()) is first
        assert connect(self.Task(check_mode=True)) is lookup

    def test_another_environment(self, monkeypatch):
        first = connect(self.Task())
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid")
        assert connect(self.Task()) is not first

    def test_a_forked_process_has_its_own(self):
        """Two that write to one connection would mix up their requests."""
        first = connect(self.Task())
        child = os.fork()
        if not child:
            try:
                os._exit(connect(self.Task()) is first)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert connect(self.Task()) is first

    def test_a_failure_is_not_kept(self):
        with pytest.raises(DcosError):
            connect(self.Task(url="nonsense"))
        assert connect(self.Task())

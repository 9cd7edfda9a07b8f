# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins, and the renewal of tokens."""

from __future__ import annotations

import json
import threading
import time

import jwt
import pytest

from ansible_collections.dcos.security.plugins.module_utils import _auth
from ansible_collections.dcos.security.plugins.module_utils._errors import AuthError, HttpError, InputError
from ansible_collections.dcos.security.plugins.module_utils._parallel import together
from ansible_collections.dcos.security.tests.unit.plugins.peer import (
    REFUSED,
    REJECTED,
    Answer,
    granted,
    token,
)

PATH = "/acs/api/v1/users/kafka"
LOGIN = "/acs/api/v1/auth/login"
BEGINNING = int(time.time())


class TestLogin:
    """POST /acs/api/v1/auth/login."""

    def test_password(self, client_of):
        fresh = token()
        peer, client = client_of(granted(fresh), Answer(200, {}), auth_username="admin", auth_password="hunter22")
        client.get(PATH, "read")
        assert (peer.seen[0].method, peer.seen[0].path) == ("POST", LOGIN)
        assert peer.seen[0].json == {"uid": "admin", "password": "hunter22"}
        assert "Authorization" not in peer.seen[0].headers
        assert peer.seen[1].headers["Authorization"] == f"token={fresh}"

    def check_service_login(self, peer, rsa_key, uid):
        body = peer.seen[0].json
        assert sorted(body) == ["token", "uid"]
        assert body["uid"] == uid
        claims = jwt.decode(body["token"], rsa_key.public_key(), algorithms=["RS256"])
        assert sorted(claims) == ["exp", "uid"]
        assert claims["uid"] == uid
        assert isinstance(claims["exp"], int)
        assert BEGINNING <= claims["exp"] - 300 <= time.time()
        assert peer.seen[1].headers["Authorization"] == f"token={peer.fresh}"

    @pytest.fixture
    def serving(self, client_of):
        """Start a peer that lets everybody in."""

        def start(**options):
            fresh = token("kafka")
            peer, client = client_of(granted(fresh), Answer(200, {}), **options)
            peer.fresh = fresh
            client.get(PATH, "read")
            return peer

        return start

    def test_private_key(self, serving, rsa_key, forms):
        for form in ("pkcs8", "pkcs1"):
            peer = serving(auth_username="kafka", auth_private_key=forms[form](rsa_key))
            self.check_service_login(peer, rsa_key, "kafka")

    def test_private_key_path(self, serving, rsa_key, forms, tmp_path):
        (tmp_path / "key").write_text(forms["pkcs8"](rsa_key), encoding="utf-8")
        peer = serving(auth_username="kafka", auth_private_key_path=str(tmp_path / "key"))
        self.check_service_login(peer, rsa_key, "kafka")

    def test_credential_goes_to_the_url(self, serving, rsa_key, forms):
        credential = {
            "uid": "kafka",
            "private_key": forms["pkcs8"](rsa_key),
            "login_endpoint": "http://evil.invalid/acs/api/v1/auth/login",
            "scheme": "RS256",
        }
        self.check_service_login(serving(auth_credential=json.dumps(credential)), rsa_key, "kafka")

    def test_credential_in_a_file(self, serving, rsa_key, forms, tmp_path):
        credential = {"uid": "kafka", "private_key": forms["pkcs1"](rsa_key)}
        (tmp_path / "credential").write_text(json.dumps(credential), encoding="utf-8")
        environ = {"DCOS_SERVICE_ACCOUNT_CREDENTIAL": f"file://{tmp_path}/credential"}
        self.check_service_login(serving(environ=environ), rsa_key, "kafka")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "[]",
            "null",
            '"x"',
            "{}",
            '{"uid": "a"}',
            '{"uid": "", "private_key": "x"}',
            '{"uid": 1, "private_key": "hunter22"}',
        ],
    )
    def test_bad_credentials_are_not_repeated(self, text):
        with pytest.raises(InputError, match="auth_credential is not a service account credential") as caught:
            _auth.parse_credential(text, "auth_credential")
        assert "hunter22" not in str(caught.value)

    def test_missing_files(self, client_of, tmp_path):
        for options in (
            {"auth_username": "kafka", "auth_private_key_path": str(tmp_path / "none")},
            {"auth_credential": f"file://{tmp_path}/none"},
        ):
            peer, client = client_of(**options)
            with pytest.raises(InputError, match=f"{list(options)[-1]} '.*none' cannot be read: No such file"):
                client.get(PATH, "read")
            assert peer.seen == []

    def test_unusable_key(self, client_of, foreign_keys, forms):
        peer, client = client_of(auth_username="kafka", auth_private_key=forms["pkcs8"](foreign_keys["EC P-256"]))
        with pytest.raises(InputError, match="private key of 'kafka' is of type EC P-256"):
            client.get(PATH, "read")
        assert peer.seen == []

    def test_empty_key_file(self, client_of, tmp_path):
        path = tmp_path / "key.pem"
        path.write_text("")
        peer, client = client_of(auth_username="kafka", auth_private_key_path=str(path))
        with pytest.raises(InputError, match="private key of 'kafka' is empty"):
            client.get(PATH, "read")
        assert peer.seen == []

    def test_refused_password(self, client_of):
        _peer, client = client_of(REFUSED, auth_username="admin", auth_password="hunter22")
        with pytest.raises(AuthError) as caught:
            client.get(PATH, "read")
        assert str(caught.value) == (
            "Could not log in as 'admin': the cluster refused the credentials (401 ERR_INVALID_CREDENTIALS). Check "
            "auth_username and auth_password (a service account logs in with its private key instead)."
        )
        assert caught.value.as_result() == {
            "failure": {"status": 401, "code": "ERR_INVALID_CREDENTIALS", "method": "POST", "path": LOGIN}
        }

    def test_the_servers_words_do_not_repeat_the_password(self, client_of):
        answer = Answer(400, {"description": "Unexpected JSON input. Hint: 'hunter22' is too long"})
        _peer, client = client_of(answer, auth_username="admin", auth_password="hunter22")
        with pytest.raises(HttpError, match="Hint: '\\*+' is too long") as caught:
            client.get(PATH, "read")
        assert "hunter22" not in str(caught.value)

    def test_refused_key(self, client_of, rsa_key, forms):
        _peer, client = client_of(REFUSED, auth_username="kafka", auth_private_key=forms["pkcs8"](rsa_key))
        with pytest.raises(
            AuthError, match="its public key does not belong to this private key, or this machine's clock"
        ):
            client.get(PATH, "read")

    @pytest.mark.parametrize(
        "answer",
        [
            Answer(200, b"<html>Welcome</html>", {"Content-Type": "text/html"}),
            Answer(200, {}),
            Answer(200, []),
            Answer(200, {"token": ""}),
            Answer(404),
            Answer(500, b"", {"Content-Type": "application/json"}),
            Answer(400, {"title": "Bad Request", "description": "nope"}),
        ],
    )
    def test_something_else_answers(self, client_of, answer):
        _peer, client = client_of(answer, auth_username="admin", auth_password="hunter22")
        with pytest.raises(
            HttpError, match=f"Could not log in as 'admin': POST {LOGIN}: {answer.status}.*address of a DC/OS"
        ):
            client.get(PATH, "read")


class TestRenewal:
    """Before the end, and once after a 401."""

    @pytest.mark.parametrize(("left", "logins"), [(3600, 0), (120, 0), (30, 1), (0, 1), (-3600, 1), (None, 0)])
    def test_before_the_end(self, client_of, left, logins):
        old, fresh = token(left=left), token()
        answers = [granted(fresh)] * logins + [Answer(200, {})]
        peer, client = client_of(*answers, auth_token=old, auth_username="admin", auth_password="hunter22")
        client.get(PATH, "read")
        client.get(PATH, "read")
        assert [request.path for request in peer.seen] == [LOGIN] * logins + [PATH, PATH]
        assert peer.seen[-1].headers["Authorization"] == f"token={fresh if logins else old}"

    def test_minimal_validity(self, client_of):
        peer, client = client_of(
            granted(token(left=9000)), auth_token=token(left=600), auth_username="a", auth_password="b"
        )
        client.auth.token(300)
        assert peer.seen == []
        client.auth.token(1200)
        assert len(peer.seen) == 1

    def test_a_validity_that_nothing_gives(self, client_of):
        peer, client = client_of(auth_token=token(left=600))
        with pytest.raises(
            AuthError,
            match=r"expires at 20..-.*Z, and so is not valid for min_validity \(1200\) seconds more\. Get a new",
        ):
            client.auth.token(1200)
        assert peer.seen == []

    def test_a_short_token_is_used_where_nothing_renews_it(self, client_of):
        short = token(left=30)
        peer, client = client_of(Answer(200, {}), auth_token=short)
        client.get(PATH, "read")
        assert peer.seen[0].headers["Authorization"] == f"token={short}"

    def test_an_expired_token_without_a_renewal(self, client_of):
        peer, client = client_of(auth_token=token(left=-60))
        with pytest.raises(
            AuthError, match=r"The authentication token expired at 20..-.*Z\. Get a new one .* auth_username"
        ):
            client.get(PATH, "read")
        assert peer.seen == []

    def test_a_line_break_at_the_end_of_a_token(self, client_of):
        mine = token()
        peer, client = client_of(Answer(200, {}), auth_token=f"{mine}\n")
        client.get(PATH, "read")
        assert peer.seen[0].headers["Authorization"] == f"token={mine}"
        assert client.auth.given == mine

    def test_after_a_401(self, client_of):
        fresh = token()
        peer, client = client_of(
            REJECTED,
            granted(fresh),
            Answer(200, {}),
            auth_token=token(),
            auth_username="admin",
            auth_password="hunter22",
        )
        client.put(PATH, "write", body={"a": 1})
        assert [request.path for request in peer.seen] == [PATH, LOGIN, PATH]
        assert peer.seen[2].headers["Authorization"] == f"token={fresh}"
        assert peer.seen[2].json == {"a": 1}

    def test_once_only(self, client_of):
        peer, client = client_of(
            REJECTED, granted(token()), REJECTED, auth_token=token(), auth_username="admin", auth_password="hunter22"
        )
        with pytest.raises(HttpError, match="401 Unauthorized. The token was renewed and rejected again"):
            client.get(PATH, "read")
        assert len(peer.seen) == 3

    def test_a_401_that_nothing_cures(self, client_of):
        peer, client = client_of(REJECTED, auth_token=token())
        with pytest.raises(
            AuthError, match=r"rejected the authentication token \(401\).*auth_username with auth_password"
        ):
            client.get(PATH, "read")
        assert len(peer.seen) == 1

    def test_a_refused_renewal(self, client_of):
        _peer, client = client_of(
            REJECTED, REFUSED, auth_token=token(), auth_username="admin", auth_password="hunter22"
        )
        with pytest.raises(AuthError, match="Could not log in as 'admin'"):
            client.get(PATH, "read")

    def test_the_environment_renews_a_given_token(self, client_of):
        environ = {"DCOS_USERNAME": "admin", "DCOS_PASSWORD": "hunter22"}
        peer, client = client_of(REJECTED, granted(token()), Answer(200, {}), auth_token=token(), environ=environ)
        client.get(PATH, "read")
        assert peer.seen[1].json == {"uid": "admin", "password": "hunter22"}

    def test_many_threads_renew_once(self, client_of):
        fresh = token()
        peer, client = client_of(auth_token=token(left=None), auth_username="admin", auth_password="hunter22")
        gate = threading.Barrier(6)
        serve = peer._serve

        def strict(handler):
            if handler.path == LOGIN:
                answer = granted(fresh)
            elif handler.headers["Authorization"] == f"token={fresh}":
                answer = Answer(200, {})
            else:
                gate.wait(5)
                answer = REJECTED
            with lock:
                peer.answers = [answer]
                serve(handler)

        lock = threading.Lock()
        peer._serve = strict
        outcomes = together(lambda number: client.get(f"{PATH}/{number}", "read").status, range(6), 6)
        logins = [request for request in peer.seen if request.path == LOGIN]
        assert len(logins) == 1
        assert [result for _item, result, _error in outcomes] == [200] * 6

    def test_who_is_logged_in(self, client_of):
        assert client_of(auth_token=token("kafka"))[1].uid == "kafka"
        assert client_of(auth_token="opaque")[1].uid is None


class TestAnonymous:
    """What the cluster answers to anybody is asked without credentials."""

    CREDENTIALS = {"auth_token": token(), "auth_username": "admin", "auth_password": "hunter22"}

    def test_nothing_is_sent(self, client_of):
        peer, client = client_of(Answer(200, {}), anonymous=True, read_only=True, **self.CREDENTIALS)
        client.get("/ca/dcos-ca.crt", "read")
        client.post("/ca/api/v2/info", "read", body={})
        assert client.uid is None
        assert all("Authorization" not in request.headers for request in peer.seen)
        assert [request.path for request in peer.seen] == ["/ca/dcos-ca.crt", "/ca/api/v2/info"]

    def test_a_401_is_an_error(self, client_of):
        peer, client = client_of(REJECTED, anonymous=True, **self.CREDENTIALS)
        with pytest.raises(HttpError, match="401 Unauthorized"):
            client.get(PATH, "read")
        assert len(peer.seen) == 1

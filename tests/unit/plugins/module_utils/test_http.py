# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport: what is sent, repeated and refused, and what is made of the answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _http
from ansible_collections.dcos.security.plugins.module_utils._errors import (
    InputError,
    InternalError,
)
from ansible_collections.dcos.security.plugins.module_utils._response import Response
from ansible_collections.dcos.security.tests.unit.plugins.peer import Answer

PATH = "/acs/api/v1/users"
AGAIN = {"Retry-After": "0"}


class TestRequests:
    """What goes out."""

    def test_json(self, serve):
        peer, transport = serve(Answer(201))
        answer = transport.send("PUT", PATH, body={"description": "größer"}, token="abc")
        assert answer.status == 201
        request = peer.seen[0]
        assert (request.method, request.path, request.json) == ("PUT", PATH, {"description": "größer"})
        assert request.headers["Content-Type"] == "application/json"
        assert request.headers["Authorization"] == "token=abc"

    def test_bytes(self, serve):
        peer, transport = serve()
        transport.send("PUT", PATH, data=b"\x00\xff", headers={"Content-Type": "application/octet-stream"})
        assert (peer.seen[0].body, peer.seen[0].headers["Content-Type"]) == (b"\x00\xff", "application/octet-stream")

    def test_empty_bytes_are_a_body(self, serve):
        peer, transport = serve()
        transport.send("PUT", PATH, data=b"", headers={"Content-Type": "application/octet-stream"})
        assert peer.seen[0].headers["Content-Length"] == "0"

    @pytest.mark.parametrize("path", ["/acls/dcos:x:%252Fa%252F*", "/users/a@b.c", "/secrets/v1/secret/default/a/b"])
    def test_paths_go_out_as_they_are(self, serve, path):
        peer, transport = serve()
        transport.send("GET", path, params={"list": "true"})
        assert peer.seen[0].path == f"{path}?list=true"

    def test_every_content_type_is_accepted(self, serve):
        peer, transport = serve()
        transport.send("GET", PATH)
        assert peer.seen[0].headers["Accept"] == "*/*"
        assert "Authorization" not in peer.seen[0].headers

    def test_connections_are_kept(self, serve):
        peer, transport = serve(Answer(body={}))
        ports = set()
        serve_one = peer._serve
        peer._serve = lambda handler: (ports.add(handler.client_address[1]), serve_one(handler))
        for _number in range(5):
            transport.send("GET", PATH)
        assert (len(peer.seen), len(ports)) == (5, 1)

    def test_threads_share_a_transport(self, serve):
        peer, transport = serve(Answer(body={"a": 1}, delay=0.01), pool_size=8)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: transport.send("GET", f"{PATH}/{number}"), range(40)))
        assert all(answer.json == {"a": 1} for answer in answers)
        assert sorted(request.path for request in peer.seen) == sorted(f"{PATH}/{number}" for number in range(40))

    def test_cookies_are_not_kept(self, serve):
        peer, transport = serve(Answer(headers={"Set-Cookie": "dcos-acs-auth-cookie=abc; Path=/"}))
        transport.send("POST", _http.LOGIN_PATH, body={})
        transport.send("GET", PATH)
        assert "Cookie" not in peer.seen[1].headers

    def test_netrc_is_not_used(self, serve, tmp_path, monkeypatch):
        (tmp_path / ".netrc").write_text("machine localhost login me password hunter22\n", encoding="utf-8")
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        peer, transport = serve()
        transport.send("GET", PATH)
        transport.send("GET", PATH, token="abc")
        assert "Authorization" not in peer.seen[0].headers
        assert peer.seen[1].headers["Authorization"] == "token=abc"

    @pytest.mark.parametrize("token", ["hunter22\n", "hunter22\r\nX-Evil: 1", "hunter22…"])
    def test_a_token_that_cannot_be_sent_is_not_shown(self, serve, token):
        peer, transport = serve()
        with pytest.raises(InputError, match="characters that no token has") as caught:
            transport.send("GET", PATH, token=token)
        assert "hunter22" not in str(caught.value)
        assert peer.seen == []


class TestAnswers:
    """What comes back, and what is made of it."""

    @pytest.mark.parametrize(
        ("answer", "json", "code", "said"),
        [
            # As the IAM, the secrets service and the CA answer.
            (
                Answer(400, {"title": "Bad", "description": "Not  known.", "code": "ERR_UNKNOWN_USER_ID"}),
                {"title": "Bad", "description": "Not  known.", "code": "ERR_UNKNOWN_USER_ID"},
                "ERR_UNKNOWN_USER_ID",
                "Not known.",
            ),
            (Answer(403, {"message": "no"}), {"message": "no"}, None, "no"),
            (
                Answer(
                    400,
                    b'{"success":false,"result":null,"errors":[{"code":9002,"message":"CSR Decode failed"}]}\n',
                    {"Content-Type": "text/plain; charset=utf-8"},
                ),
                {"success": False, "result": None, "errors": [{"code": 9002, "message": "CSR Decode failed"}]},
                9002,
                "CSR Decode failed",
            ),
            # As Admin Router, and proxies in front of it.
            (Answer(401, b"<html>401</html>", {"Content-Type": "text/html; charset=UTF-8"}), None, None, ""),
            (Answer(404), None, None, ""),
            (Answer(404, b"", {"Content-Type": "application/json; charset=UTF-8"}), None, None, ""),
            (
                Answer(
                    503,
                    b"503 Service Unavailable: the IAM is operating\n in read-only mode",
                    {"Content-Type": "text/plain"},
                ),
                None,
                None,
                "503 Service Unavailable: the IAM is operating in read-only mode",
            ),
            (Answer(502, b"\xff\xfe", {"Content-Type": "text/plain"}), None, None, "\ufffd\ufffd"),
            # As nobody should.
            (Answer(500, [1, 2]), [1, 2], None, ""),
            (Answer(500, "text"), "text", None, ""),
            (Answer(500, b"null", {"Content-Type": "application/json"}), None, None, ""),
            (Answer(500, {"errors": "many"}), {"errors": "many"}, None, ""),
            (Answer(500, {"errors": [], "code": "X"}), {"errors": [], "code": "X"}, "X", ""),
            (Answer(500, {"errors": ["one"]}), {"errors": ["one"]}, None, ""),
            (Answer(500, b'{"description": "cut o', {"Content-Type": "application/json"}), None, None, ""),
            (Answer(500, b"[" * 100_000, {"Content-Type": "application/json"}), None, None, ""),
            (Answer(500, b'"\xff"', {"Content-Type": "application/json"}), None, None, ""),
        ],
    )
    def test_bodies(self, serve, answer, json, code, said):
        _peer, transport = serve(answer)
        found = transport.send("GET", PATH)
        assert (found.status, found.json, found.code) == (answer.status, json, code)
        assert " ".join(found.words.split()) == said

    def test_content_type_without_parameters(self):
        assert (
            Response(200, {"Content-Type": "Application/JSON ; charset=utf-8"}, b"").content_type == "application/json"
        )
        assert Response(200, {}, b"").content_type == ""

    def test_bytes_stay_bytes(self, serve):
        _peer, transport = serve(Answer(200, bytes(range(256)), {"Content-Type": "application/octet-stream"}))
        assert transport.send("GET", PATH).content == bytes(range(256))


class TestCheckMode:
    """Nothing that could change the cluster is sent."""

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "put"])
    def test_writes_are_refused(self, serve, method):
        peer, transport = serve(read_only=True)
        with pytest.raises(InternalError, match=f"{method} {PATH} was about to be sent in check mode"):
            transport.send(method, PATH)
        assert peer.seen == []

    @pytest.mark.parametrize("operation", ["sign", "newkey", "newcert", "info/", "INFO", "info?x=1"])
    def test_what_the_ca_issues_is_refused(self, serve, operation):
        peer, transport = serve(read_only=True)
        with pytest.raises(InternalError):
            transport.send("POST", f"/ca/api/v2/{operation}")
        assert peer.seen == []

    def test_reading_is_allowed(self, serve):
        peer, transport = serve(read_only=True)
        transport.send("GET", PATH)
        transport.send("HEAD", PATH)
        for path in ("/acs/api/v1/auth/login", "/ca/api/v2/info", "/ca/api/v2/bundle", "/ca/api/v2/certificates"):
            transport.send("POST", path)
        assert len(peer.seen) == 6

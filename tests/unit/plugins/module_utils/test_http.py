# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport, against a real server that misbehaves."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _http
from ansible_collections.dcos.security.plugins.module_utils._errors import ConnectError, DcosError, InternalError
from ansible_collections.dcos.security.plugins.module_utils._http import Response, Transport
from ansible_collections.dcos.security.tests.unit.plugins.peer import Answer, Authority, Peer, unused_port

PATH = "/acs/api/v1/users"
AGAIN = {"Retry-After": "0"}


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """No proxy, no CA bundle, and a home without a .netrc."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def serve():
    """Return a function that starts a Peer and connects a Transport to it: (peer, transport)."""
    peers = []

    def start(*answers, tls=None, **options):
        peer = Peer(*answers, tls=tls)
        peers.append(peer)
        return peer, Transport(peer.origin, **{"retries": 0, "timeout": 5, **options})

    yield start
    for peer in peers:
        peer.__exit__()


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
        with pytest.raises(ConnectError) as caught:
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
        assert (found.status, found.json, found.code, found.said) == (answer.status, json, code, said)

    def test_long_words_are_cut(self):
        assert len(Response(500, {"Content-Type": "text/plain"}, b"word " * 1000).said) == 300

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


class TestRetries:
    """What is repeated, and for how long."""

    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    @pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "POST"])
    def test_overload(self, serve, status, method):
        peer, transport = serve(Answer(status, headers=AGAIN), Answer(204), retries=1)
        assert transport.send(method, PATH).status == 204
        assert len(peer.seen) == 2

    def test_bodies_are_sent_again(self, serve):
        peer, transport = serve(Answer(503, headers=AGAIN), Answer(201), retries=1)
        transport.send("PUT", PATH, body={"a": 1})
        assert [request.json for request in peer.seen] == [{"a": 1}, {"a": 1}]

    def test_the_last_answer_counts(self, serve):
        peer, transport = serve(Answer(503, {"message": "sealed"}, AGAIN), retries=2)
        assert transport.send("GET", PATH).said == "sealed"
        assert len(peer.seen) == 3

    @pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 413, 500, 501])
    def test_other_answers_are_final(self, serve, status):
        peer, transport = serve(Answer(status, headers=AGAIN), retries=3)
        assert transport.send("GET", PATH).status == status
        assert len(peer.seen) == 1

    def test_broken_connections(self, serve):
        peer, transport = serve(Answer(cut="before"), Answer(201), retries=1)
        assert transport.send("PUT", PATH, body={}).status == 201
        assert len(peer.seen) == 2

    def test_broken_connections_for_good(self, serve):
        peer, transport = serve(Answer(cut="before"), retries=2)
        with pytest.raises(ConnectError, match=rf"Cannot reach {peer.origin} \(GET {PATH}\): .*(closed|reset|aborted)"):
            transport.send("GET", PATH)
        assert len(peer.seen) == 3

    @pytest.mark.parametrize("operation", ["sign", "newcert"])
    @pytest.mark.parametrize("answer", [Answer(503, headers=AGAIN), Answer(cut="before"), Answer(429, headers=AGAIN)])
    def test_certificates_are_not_issued_twice(self, serve, operation, answer):
        peer, transport = serve(answer, Answer(200), retries=3)
        if answer.cut:
            with pytest.raises(ConnectError):
                transport.send("POST", f"/ca/api/v2/{operation}", body={})
        else:
            assert transport.send("POST", f"/ca/api/v2/{operation}", body={}).status == answer.status
        assert len(peer.seen) == 1

    def test_retry_after_is_bounded(self, serve, monkeypatch):
        pauses = []
        monkeypatch.setattr(time, "sleep", pauses.append)
        peer, transport = serve(Answer(503, headers={"Retry-After": "7200"}), Answer(200), retries=1)
        assert transport.send("GET", PATH).status == 200
        assert [pause for pause in pauses if pause] == [30]
        assert len(peer.seen) == 2

    def test_retry_after_is_heeded(self, serve):
        _peer, transport = serve(Answer(503, headers={"Retry-After": "1"}), Answer(200), retries=1)
        start = time.monotonic()
        transport.send("GET", PATH)
        assert time.monotonic() - start >= 1

    @pytest.mark.parametrize("value", ["soon", "-1", "1.5", "Sun, 06 Nov 1994 08:49:37 GMT", ""])
    def test_odd_retry_after(self, serve, value):
        _peer, transport = serve(Answer(503, headers={"Retry-After": value}), Answer(200), retries=1)
        assert transport.send("GET", PATH).status == 200


class TestRedirects:
    """Credentials stay within the origin, and writes are not repeated elsewhere."""

    def test_same_origin(self, serve):
        peer, transport = serve(Answer(302, headers={"Location": "/other?x=1"}), Answer(200, {"a": 1}))
        assert transport.send("GET", PATH, token="abc", params={"list": "true"}).json == {"a": 1}
        assert [request.path for request in peer.seen] == [f"{PATH}?list=true", "/other?x=1"]
        assert peer.seen[1].headers["Authorization"] == "token=abc"

    @pytest.mark.parametrize("location", ["http://localhost:{port}/other", "http://LOCALHOST:{port}/other", "other"])
    def test_same_origin_otherwise_written(self, serve, location):
        peer, transport = serve(Answer(200))
        peer.answers.insert(0, Answer(307, headers={"Location": location.format(port=peer.port)}))
        assert transport.send("GET", PATH).status == 200
        assert len(peer.seen) == 2

    @pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
    @pytest.mark.parametrize("location", ["http://127.0.0.1:{port}/x", "//127.0.0.1:{port}/x", "http://localhost:1/x"])
    def test_other_origin(self, serve, location, method):
        peer, transport = serve()
        peer.answers = [Answer(302, headers={"Location": location.format(port=peer.port)})]
        with pytest.raises(ConnectError, match="another origin, which is not followed. If that is the cluster, use it"):
            transport.send(method, PATH, token="abc")
        assert len(peer.seen) == 1

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_to_https(self, serve, status):
        peer, transport = serve(Answer(status, headers={"Location": f"https://localhost{PATH}"}))
        with pytest.raises(ConnectError, match="redirects to https: use https://localhost as url"):
            transport.send("GET", PATH, token="abc")
        assert len(peer.seen) == 1

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
    def test_writes_are_not_redirected(self, serve, method):
        peer, transport = serve(Answer(307, headers={"Location": "/other"}))
        with pytest.raises(ConnectError, match=f"redirects {method} {PATH} to /other, which is not followed"):
            transport.send(method, PATH)
        assert len(peer.seen) == 1

    def test_circles(self, serve):
        peer, transport = serve(Answer(302, headers={"Location": PATH}))
        with pytest.raises(ConnectError, match="redirects in circles"):
            transport.send("GET", PATH)
        assert len(peer.seen) == _http.MAX_REDIRECTS

    def test_redirect_to_nowhere_is_an_answer(self, serve):
        _peer, transport = serve(Answer(302))
        assert transport.send("GET", PATH).status == 302

    def test_nonsense(self, serve):
        _peer, transport = serve(Answer(302, headers={"Location": "http://[::1"}))
        with pytest.raises(ConnectError, match="Invalid IPv6 URL"):
            transport.send("GET", PATH)


class TestFailures:
    """No answer: what the user is told."""

    def test_nobody_listens(self):
        origin = f"http://localhost:{unused_port()}"
        with pytest.raises(ConnectError, match=rf"Cannot reach {origin} \(GET {PATH}\): Connection refused. Check url"):
            Transport(origin, retries=0).send("GET", PATH)

    def test_unknown_host(self):
        with pytest.raises(
            ConnectError, match=r"Cannot reach http://dcos.invalid \(GET .*\): .*(known|resolve|resolution|hostname)"
        ):
            Transport("http://dcos.invalid", retries=0).send("GET", PATH)

    @pytest.mark.parametrize("retries", [0, 1])
    def test_no_answer_in_time(self, serve, retries):
        peer, transport = serve(Answer(delay=0.6), timeout=0.2, retries=retries)
        with pytest.raises(
            ConnectError, match=rf"No answer from {peer.origin} within 0.2 s \(GET {PATH}\). .*raise timeout"
        ):
            transport.send("GET", PATH)
        assert len(peer.seen) == retries + 1

    def test_slow_but_in_time(self, serve):
        _peer, transport = serve(Answer(200, delay=0.3), timeout=2)
        assert transport.send("GET", PATH).status == 200

    def test_cut_off_answer(self, serve):
        peer, transport = serve(Answer(200, b"x" * 1000, cut="within"))
        with pytest.raises(ConnectError, match=f"Cannot reach {peer.origin}"):
            transport.send("GET", PATH)

    def test_undecodable_answer(self, serve):
        _peer, transport = serve(Answer(200, b"no gzip", {"Content-Encoding": "gzip"}))
        with pytest.raises(ConnectError, match="Cannot reach"):
            transport.send("GET", PATH)

    def test_texts_are_for_people(self, serve):
        for answer in (Answer(cut="before"), Answer(200, b"x" * 1000, cut="within")):
            peer, transport = serve(answer, timeout=0.3)
            with pytest.raises(ConnectError) as caught:
                transport.send("GET", PATH)
            text = str(caught.value)
            assert "0x" not in text
            assert "HTTPConnection" not in text
            assert "\n" not in text
            assert peer.origin in text


class TestTrust:
    """TLS."""

    @pytest.fixture
    def ca(self, tmp_path):
        """The CA of the cluster."""
        return Authority(tmp_path)

    @pytest.fixture
    def other_ca(self, tmp_path):
        """Another CA, which did not sign the cluster's certificate."""
        return Authority(tmp_path, "Other CA")

    def test_trusted(self, serve, ca):
        _peer, transport = serve(Answer(200, {"a": 1}), tls=ca.server(), ca_path=ca.path)
        assert transport.send("GET", PATH).json == {"a": 1}

    @pytest.mark.parametrize("bundle", ["other", "missing", "nonsense"])
    @pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
    def test_ca_path_holds_against_the_environment(self, serve, ca, other_ca, tmp_path, monkeypatch, variable, bundle):
        (tmp_path / "nonsense").write_text("nonsense", encoding="utf-8")
        path = {"other": other_ca.path, "missing": "/missing.pem", "nonsense": str(tmp_path / "nonsense")}[bundle]
        monkeypatch.setenv(variable, path)
        _peer, transport = serve(tls=ca.server(), ca_path=ca.path)
        assert transport.send("GET", PATH).status == 200

    @pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
    def test_the_environment_does_not_lend_trust_to_ca_path(self, serve, ca, other_ca, monkeypatch, variable):
        monkeypatch.setenv(variable, ca.path)
        peer, transport = serve(tls=ca.server(), ca_path=other_ca.path)
        with pytest.raises(ConnectError, match="is not trusted"):
            transport.send("GET", PATH, token="abc")
        assert peer.seen == []

    def test_without_ca_path_the_environment_counts(self, serve, ca, monkeypatch):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca.path)
        _peer, transport = serve(tls=ca.server())
        assert transport.send("GET", PATH).status == 200

    def test_untrusted(self, serve, ca):
        peer, transport = serve(tls=ca.server())
        with pytest.raises(ConnectError) as caught:
            transport.send("GET", PATH, token="abc")
        assert str(caught.value).startswith(f"The TLS certificate of {peer.origin} is not trusted: ")
        assert "Set ca_path to the cluster's CA bundle" in str(caught.value)
        assert peer.seen == []

    def test_untrusted_by_ca_path(self, serve, ca, other_ca):
        peer, transport = serve(tls=ca.server(), ca_path=other_ca.path)
        with pytest.raises(ConnectError, match=f"ca_path '{other_ca.path}' does not vouch for it"):
            transport.send("GET", PATH, token="abc")
        assert peer.seen == []

    def test_untrusted_is_not_retried(self, serve, ca):
        _peer, transport = serve(tls=ca.server(), retries=3)
        start = time.monotonic()
        with pytest.raises(ConnectError, match="is not trusted"):
            transport.send("GET", PATH)
        assert time.monotonic() - start < 1

    def test_other_host(self, serve, ca):
        peer, transport = serve(tls=ca.server("master.mesos"), ca_path=ca.path)
        with pytest.raises(
            ConnectError, match=r"is for other hosts than localhost|not valid for|doesn't match|mismatch"
        ):
            transport.send("GET", PATH, token="abc")
        assert peer.seen == []

    def test_expired(self, serve, ca):
        peer, transport = serve(tls=ca.server(days=-1), ca_path=ca.path)
        with pytest.raises(ConnectError, match="expired"):
            transport.send("GET", PATH, token="abc")
        assert peer.seen == []

    @pytest.mark.parametrize("bundle", [None, "/missing.pem"])
    @pytest.mark.parametrize("host", ["localhost", "master.mesos"])
    def test_unverified(self, serve, ca, monkeypatch, bundle, host, recwarn):
        if bundle:
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
        _peer, transport = serve(tls=ca.server(host), validate_certs=False)
        assert transport.send("GET", PATH).status == 200
        assert not list(recwarn)

    def test_unverified_with_ca_path(self, serve, ca, other_ca):
        _peer, transport = serve(tls=ca.server(), ca_path=other_ca.path, validate_certs=False)
        assert transport.send("GET", PATH).status == 200

    @pytest.mark.parametrize("path", ["/missing.pem", "nonsense"])
    def test_unusable_ca_path(self, serve, ca, tmp_path, path):
        (tmp_path / "nonsense").write_text("nonsense", encoding="utf-8")
        with pytest.raises(DcosError, match=f"{path}.*cannot be read|CA certificates can be read from .*{path}"):
            serve(tls=ca.server(), ca_path=str(tmp_path / path))[1].send("GET", PATH)

    def test_no_tls_where_it_is_expected(self, serve, ca):
        peer, _transport = serve()
        origin = peer.origin.replace("http:", "https:")
        with pytest.raises(ConnectError) as caught:
            Transport(origin, ca_path=ca.path, retries=0).send("GET", PATH, token="abc")
        assert "is not trusted" not in str(caught.value)
        assert origin in str(caught.value)
        assert peer.seen == []


class TestProxies:
    """Proxies come from the environment as usual."""

    def test_proxy(self, serve, monkeypatch):
        proxy, _transport = serve(Answer(200, {"by": "proxy"}))
        monkeypatch.setenv("HTTP_PROXY", proxy.origin)
        monkeypatch.setenv("http_proxy", proxy.origin)
        assert Transport("http://dcos.invalid", retries=0).send("GET", PATH).json == {"by": "proxy"}
        assert proxy.seen[0].path == f"http://dcos.invalid{PATH}"

    def test_no_proxy(self, serve, monkeypatch):
        monkeypatch.setenv("http_proxy", f"http://localhost:{unused_port()}")
        monkeypatch.setenv("no_proxy", "localhost")
        _peer, transport = serve()
        assert transport.send("GET", PATH).status == 200

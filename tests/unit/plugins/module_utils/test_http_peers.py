# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport: whom it trusts, where it goes, and what the user is told when there is no answer."""

from __future__ import annotations

import re

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _http
from ansible_collections.dcos.security.plugins.module_utils._errors import ConnectError, DcosError
from ansible_collections.dcos.security.plugins.module_utils._http import Transport
from ansible_collections.dcos.security.tests.unit.plugins.peer import Answer, Authority, Hostile, unused_port

PATH = "/acs/api/v1/users"


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
        tries = ", 2 tries in 0.4 s" if retries else ""
        with pytest.raises(
            ConnectError, match=rf"No answer from {peer.origin} within 0.2 s \(GET {PATH}{tries}\). .*raise timeout"
        ):
            transport.send("GET", PATH)
        assert len(peer.seen) == retries + 1

    def test_slow_but_in_time(self, serve):
        _peer, transport = serve(Answer(200, delay=0.3), timeout=2)
        assert transport.send("GET", PATH).status == 200

    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("body", [b"x" * 100_000, b"xx", b"x"])
    def test_cut_off_answer(self, serve, method, body):
        peer, transport = serve(Answer(200, body, cut="within"))
        said = f"Cannot read the answer of {peer.origin} ({method} {PATH}): it was cut off. Try again."
        with pytest.raises(ConnectError, match=f"^{re.escape(said)}$"):
            transport.send(method, PATH)

    def test_undecodable_answer(self, serve):
        _peer, transport = serve(Answer(200, b"no gzip", {"Content-Encoding": "gzip"}))
        with pytest.raises(ConnectError, match="Cannot read the answer of .*: it is no gzip"):
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


class TestTlsPorts:
    """Plain HTTP at a port of TLS: the way out is named."""

    def test_it_closes(self, serve, tmp_path):
        tls = Authority(tmp_path).server()
        peer, _transport = serve(tls=tls)
        origin = peer.origin.replace("https:", "http:")
        with pytest.raises(ConnectError, match=f"If that port speaks TLS, use {peer.origin} as url"):
            Transport(origin, retries=0).send("GET", PATH)
        assert peer.seen == []

    @pytest.mark.parametrize(
        "answer",
        [
            # As nginx and Go answer.
            Answer(
                400, b"<center>The plain HTTP request was sent to HTTPS port</center>", {"Content-Type": "text/html"}
            ),
            Answer(400, b"Client sent an HTTP request to an HTTPS server.\n"),
        ],
    )
    def test_it_says_so(self, serve, answer):
        peer, transport = serve(answer)
        with pytest.raises(ConnectError, match=f"speaks TLS: use {peer.origin.replace('http:', 'https:')} as url"):
            transport.send("GET", PATH)

    def test_it_sends_an_alert(self, peers):
        peer = Hostile(lambda: [b"\x15\x03\x01\x00\x02\x02\x16"])
        with pytest.raises(ConnectError, match="If that port speaks TLS, use https://localhost:.* as url"):
            Transport(peer.origin, retries=0).send("GET", PATH)
        peer.stop()


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

    def test_connection_of_a_cut_off_answer(self, serve, ca):
        """It is not used again, though its end may not yet have been heard of."""
        peer, transport = serve(Answer(200, b"x" * 1000, cut="within"), Answer(200), tls=ca.server(), ca_path=ca.path)
        with pytest.raises(ConnectError, match="cut off"):
            transport.send("GET", PATH)
        assert transport.send("GET", PATH).status == 200
        assert len(peer.seen) == 2

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
        peer, transport = serve(tls=ca.server(), retries=3)
        with pytest.raises(ConnectError, match="is not trusted"):
            transport.send("GET", PATH)
        assert peer.accepted == 1

    def test_other_host(self, serve, ca):
        peer, transport = serve(tls=ca.server("master.mesos"), ca_path=ca.path)
        with pytest.raises(ConnectError, match=r"is not trusted: .*(not valid for|doesn't match)"):
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

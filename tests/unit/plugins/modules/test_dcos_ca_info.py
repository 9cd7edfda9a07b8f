# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CA, and whether it is the one that is expected, asked of servers that are not to be trusted."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.plugins.module_utils._authority import check_fingerprint
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.tests.unit.plugins.calls import call_module
from ansible_collections.dcos.security.tests.unit.plugins.peer import PEM, Answer, Authority, Peer, granted, token

CREDENTIALS = {"auth_username": "admin", "auth_password": "hunter22"}


def pem(authority):
    """Return a CA's certificate."""
    return authority.certificate.public_bytes(PEM).decode()


def fingerprint(authority):
    """Return the fingerprint of a CA's certificate."""
    return _keys.colon_hex(authority.certificate.fingerprint(hashes.SHA256()))


def info(authority):
    """Return the answer to POST info."""
    result = {"certificate": pem(authority), "usages": ["signing"], "expiry": "87600h"}
    return Answer(200, {"success": True, "result": result, "errors": [], "messages": []})


def bundle(*authorities):
    """Return the answer to GET dcos-ca.crt."""
    text = "".join(map(pem, authorities))
    return Answer(200, text.encode(), {"Content-Type": "application/x-x509-ca-cert"})


@pytest.fixture
def ca(tmp_path):
    """The CA of the cluster."""
    return Authority(tmp_path)


@pytest.fixture
def mallory(tmp_path):
    """Another one."""
    return Authority(tmp_path, "Mallory")


@pytest.fixture
def ask(ca, monkeypatch):
    """Return a function that runs the module against a server with the given answers: (outcome, requests)."""
    for name in ("DCOS_URL", "DCOS_ACS_TOKEN", "DCOS_USERNAME", "DCOS_PASSWORD"):
        monkeypatch.delenv(name, raising=False)

    def run(*answers, **options):
        peer = Peer(*answers, tls=ca.server())
        try:
            options = {"url": peer.origin, "validate_certs": False, "retries": 0, **options}
            outcome = call_module("dcos_ca_info", options, check_mode=False)
            return outcome, peer.seen
        finally:
            peer.stop()

    return run


def test_no_credentials_are_sent(ask, ca):
    for given in ({}, CREDENTIALS, {"auth_token": token()}):
        outcome, seen = ask(bundle(ca), info(ca), **given)
        assert [(request.method, request.path) for request in seen] == [
            ("GET", "/ca/dcos-ca.crt"),
            ("POST", "/ca/api/v2/info"),
        ]
        assert not any({"Authorization", "Cookie"} & set(request.headers) for request in seen)
        assert outcome["ca"]["fingerprint"] == outcome["roots"][0]["fingerprint"] == fingerprint(ca)
        assert outcome["ca"]["expiry"] == "87600h"


def test_profile(ask, ca):
    for profile, body in ((None, {}), ("client", {"profile": "client"})):
        assert ask(bundle(ca), info(ca), profile=profile)[1][1].json == body


class TestExpected:
    """The fingerprint."""

    def test_only_the_expected_one_is_handed_on(self, ask, ca, mallory):
        for served in ((ca, mallory), (mallory, ca), (mallory, ca, ca)):
            outcome, _seen = ask(bundle(*served), info(ca), expected_fingerprint=fingerprint(ca))
            assert [root["certificate"] for root in outcome["roots"]] == [pem(ca)]
            assert not outcome.get("warnings")

    def test_all_are_handed_on_where_none_is_expected(self, ask, ca, mallory):
        outcome, _seen = ask(bundle(mallory, ca), info(ca))
        assert [root["subject"]["CN"] for root in outcome["roots"]] == ["Mallory", "Test CA"]

    def test_another_one(self, ask, ca, mallory):
        outcome, seen = ask(bundle(mallory), info(mallory), expected_fingerprint=fingerprint(ca), **CREDENTIALS)
        assert outcome["failed"] is True
        assert f"its fingerprint is {fingerprint(mallory)}, not {fingerprint(ca)}" in outcome["msg"]
        assert "roots" not in outcome
        assert len(seen) == 1

    def test_none(self, ask):
        nothing = Answer(200, b"", {"Content-Type": "application/x-x509-ca-cert"})
        outcome, _seen = ask(nothing, expected_fingerprint="0" * 64)
        assert "its fingerprint is none, not 00:00" in outcome["msg"]

    def test_another_one_signs(self, ask, ca, mallory):
        outcome, _seen = ask(bundle(ca), info(mallory), expected_fingerprint=fingerprint(ca))
        assert "was not issued by the expected root itself" in outcome.warned

    def test_fingerprint_is_checked_first(self, ask, ca):
        outcome, seen = ask(bundle(ca), info(ca), expected_fingerprint="abc")
        assert "must be a SHA-256 fingerprint" in outcome["msg"]
        assert seen == []

    def test_it_comes_before_a_login(self, ask, ca, mallory):
        outcome, seen = ask(
            bundle(mallory), info(mallory), expected_fingerprint=fingerprint(ca), issued=True, **CREDENTIALS
        )
        assert outcome["failed"] is True
        assert b"hunter22" not in b"".join(request.body for request in seen)

    @pytest.mark.parametrize(
        "spelling",
        [
            "{}",
            " {}\n",
            "SHA256:{}",
            "sha-256:{}",
            "SHA256 Fingerprint={}",
            "sha256 Fingerprint={}",
        ],
    )
    @pytest.mark.parametrize("colons", [":", "", " "])
    def test_spellings(self, spelling, colons):
        digits = [f"{number:02x}" for number in range(32)]
        for text in (colons.join(digits), colons.join(digits).upper()):
            assert check_fingerprint(spelling.format(text)) == ":".join(digits)

    @pytest.mark.parametrize(
        "text", ["", "0" * 63, "0" * 65, "g" * 64, "0" * 40, "SHA1 Fingerprint=" + "0" * 40, "é" * 64]
    )
    def test_what_is_none(self, text):
        with pytest.raises(InputError, match="64 hexadecimal digits"):
            check_fingerprint(text)


class TestIssued:
    """Certificates that were issued, on clusters that list them."""

    CERTIFICATE = {"status": "good", "subject": {"common_name": "kafka"}, "pem": "PEM"}

    def test_listed(self, ask, ca):
        listed = Answer(200, {"success": True, "result": [self.CERTIFICATE], "errors": [], "messages": []})
        outcome, seen = ask(bundle(ca), info(ca), granted(token()), listed, issued=True, **CREDENTIALS)
        assert outcome["certificates"] == [self.CERTIFICATE]
        assert [request.path for request in seen][2:] == ["/acs/api/v1/auth/login", "/ca/api/v2/certificates"]
        assert seen[3].headers["Authorization"].startswith("token=")

    def test_not_routed(self, ask, ca):
        outcome, _seen = ask(bundle(ca), info(ca), granted(token()), Answer(404), issued=True, **CREDENTIALS)
        assert "This cluster cannot list issued certificates" in outcome["msg"]

    def test_denied(self, ask, ca):
        outcome, _seen = ask(bundle(ca), info(ca), Answer(403), issued=True, auth_token=token())
        assert "dcos:adminrouter:ops:ca:ro full" in outcome["msg"]

    def test_without_credentials(self, ask, ca):
        outcome, _seen = ask(bundle(ca), info(ca), issued=True)
        assert "No credentials" in outcome["msg"]


@pytest.mark.parametrize("answer", [Answer(200, b"<html></html>"), Answer(200, {"success": False}), Answer(502)])
def test_something_else_answers(ask, ca, answer):
    outcome, _seen = ask(bundle(ca), answer)
    assert "Could not read the certificate of the CA: POST /ca/api/v2/info" in outcome["msg"]

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cfssl was once observed to answer, one row a case, held against both backends.

The rows of operations that the gateway does not route (certinfo, scan, init_ca and so on) are not here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest
from ca_client import Ca
from ca_material import DER, certificate, csr, flipped, pem_csr
from cryptography import x509

from dcos_emulator.ca import Root

pytest_plugins = ("ca_fixtures",)


class Row(NamedTuple):
    """``code`` is that of the error or, on status 200, of the message; 0 for none, None for an answer without JSON."""

    number: int
    operation: str
    body: object  # bytes, JSON, or a function that makes it
    status: int
    code: int | None = 0
    method: str = "POST"
    headers: Mapping[str, str] = {"Content-Type": "application/json"}


def signing(**members: object) -> Callable[[], object]:
    """A sign body; ``certificate_request`` is an ordinary CSR unless given, or made by a function."""

    def make() -> object:
        given = members.get("certificate_request", pem_csr)
        return {**members, "certificate_request": given() if callable(given) else given}

    return make


def ca_csr() -> str:
    """A CSR for a CA certificate."""
    return pem_csr(extensions=[x509.BasicConstraints(True, None)])


NEWKEY = {
    "CN": "a.example",
    "hosts": ["a.example"],
    "names": [{"C": "US", "O": "Example"}],
    "key": {"algo": "ecdsa", "size": 256},
}
RSA = {"algo": "rsa", "size": 2048}
MIXED = ["10.0.0.1", "ops@example.com", "https://a.example/x", "*.a.example"]

ROWS = [
    Row(1, "info", {}, 200),
    Row(2, "info", {"label": ""}, 200),
    Row(3, "info", {"profile": "client"}, 200),
    Row(4, "info", {"profile": "unknown"}, 200),
    Row(5, "info", {"label": "unknown"}, 200),
    Row(6, "info", b"", 400, 400),
    Row(7, "info", b"", 405, 405, "GET"),
    Row(8, "info", b"{", 400, 400),
    Row(9, "info", {}, 200, headers={}),
    Row(10, "info", {}, 200, headers={"Content-Type": "application/x-www-form-urlencoded"}),
    Row(11, "info", b"", 405, None, "HEAD"),
    Row(12, "info", b"", 405, 405, "OPTIONS"),
    Row(13, "info", {}, 405, 405, "PUT"),
    Row(14, "newkey", {**NEWKEY, "key": RSA}, 200),
    Row(15, "newkey", {"CN": "a.example", "hosts": ["a.example"]}, 200),
    Row(16, "newkey", NEWKEY, 200),
    Row(17, "newkey", {**NEWKEY, "key": {"algo": "ecdsa", "size": 521}}, 200),
    Row(18, "newkey", {**NEWKEY, "key": {"algo": "rsa", "size": 1024}}, 400, 2400),
    Row(19, "newkey", {**NEWKEY, "key": {"algo": "rsa", "size": 16384}}, 400, 2400),
    Row(20, "newkey", {**NEWKEY, "key": {"algo": "ecdsa", "size": 512}}, 400, 2400),
    Row(21, "newkey", {**NEWKEY, "key": {"algo": "ed25519", "size": 256}}, 400, 2400),
    Row(22, "newkey", {"CN": "a.example"}, 200),
    Row(23, "newkey", {"CN": "a.example", "hosts": ["a.example"]}, 200),
    Row(24, "newkey", {"names": [{"O": "Example"}], "hosts": ["a.example"]}, 200),
    Row(25, "newkey", {"names": [{}], "hosts": ["a.example"]}, 200),
    Row(26, "newkey", {}, 200),
    Row(27, "newkey", b"", 400, 400),
    Row(28, "newkey", b"{", 400, 400),
    Row(29, "newkey", b"", 405, 405, "GET"),
    Row(30, "newkey", {"hosts": "a.example"}, 400, 400),
    Row(31, "newkey", {**NEWKEY, "unknown": 1}, 200),
    Row(32, "newkey", {**NEWKEY, "hosts": MIXED}, 200),
    Row(33, "newcert", {"request": NEWKEY}, 200),
    Row(34, "newcert", {"request": NEWKEY, "profile": "client"}, 200),
    Row(35, "newcert", {"request": NEWKEY, "profile": "server"}, 200),
    Row(36, "newcert", {"request": NEWKEY, "profile": "unknown"}, 200),
    Row(37, "newcert", {"request": NEWKEY, "bundle": True}, 200),
    Row(38, "newcert", {}, 200, 5300),
    Row(39, "newcert", NEWKEY, 200, 5300),
    Row(40, "newcert", {"request": {"CN": "a.example"}}, 200, 5300),
    Row(41, "newcert", {"request": NEWKEY, "label": "unknown"}, 200),
    Row(42, "newcert", b"", 400, 400),
    Row(43, "newcert", b"", 405, 405, "GET"),
    Row(44, "sign", signing(certificate_request=lambda: pem_csr(sans=[x509.DNSName("a.example")])), 200),
    Row(45, "sign", signing(hosts=["b.example"]), 200),
    Row(46, "sign", signing(hosts="b.example,c.example"), 400, 400),
    Row(47, "sign", signing(hostname="b.example,c.example"), 200),
    Row(48, "sign", signing(hosts=[]), 200),
    Row(49, "sign", signing(subject={"CN": "b.example", "names": [{"O": "Other"}]}), 200),
    Row(50, "sign", signing(serial_sequence="ab"), 200),
    Row(51, "sign", signing(profile="client"), 200),
    Row(52, "sign", signing(profile="server"), 200),
    Row(53, "sign", signing(certificate_request=ca_csr, profile="ca"), 200),
    Row(54, "sign", signing(certificate_request=ca_csr, profile="server"), 400, 5300),
    Row(55, "sign", signing(profile="unknown"), 200),
    Row(56, "sign", signing(label="unknown"), 200),
    Row(57, "sign", signing(bundle=True), 200),
    Row(58, "sign", signing(certificate_request=lambda: pem_csr("ec-384")), 200),
    Row(59, "sign", signing(certificate_request=lambda: pem_csr("rsa-1024")), 200),
    Row(60, "sign", signing(certificate_request=lambda: pem_csr(subject=x509.Name([]))), 200),
    Row(61, "sign", signing(certificate_request="garbage"), 400, 9002),
    Row(62, "sign", signing(certificate_request=lambda: certificate(Root.generate("another"))), 400, 9300),
    Row(63, "sign", signing(certificate_request=lambda: flipped(csr().public_bytes(DER), -1)), 400, 9300),
    Row(64, "sign", signing(certificate_request=lambda: pem_csr()[:200]), 400, 9002),
    Row(65, "sign", signing(certificate_request=lambda: pem_csr().replace("\n", "\r\n")), 200),
    Row(66, "sign", {"hosts": ["a.example"]}, 400, 400),
    Row(67, "sign", {}, 400, 400),
    Row(68, "sign", signing(certificate_request=""), 400, 400),
    Row(69, "sign", signing(certificate_request=1), 400, 400),
    Row(70, "sign", b"", 400, 400),
    Row(71, "sign", b"{", 400, 400),
    Row(72, "sign", [], 400, 400),
    Row(73, "sign", b"", 405, 405, "GET"),
    Row(74, "sign/", signing(), 404, None),
    Row(75, "authsign", signing(), 404, None),
    Row(89, "bundle", lambda: {"certificate": certificate(Root.generate("another"))}, 400, 1220),
    Row(90, "bundle", {"certificate": "bad"}, 400, 1002),
    Row(91, "bundle", {}, 400, 400),
    Row(94, "revoke", {}, 404, None),
    Row(95, "crl", {}, 404, None),
    Row(96, "ocspsign", {}, 404, None),
    Row(98, "unknown", {}, 404, None),
    Row(99, "", {}, 404, None),
]


def send(ca: Ca, row: Row):
    """The answer to a row's request."""
    body = row.body() if callable(row.body) else row.body
    return ca.call(row.operation, body, method=row.method, headers=row.headers)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number}-{row.operation}")
def test_observed_row_holds(ca: Ca, row: Row) -> None:
    answer = send(ca, row)
    assert answer.status == row.status, answer.body
    if row.code is None:
        assert not answer.body.startswith(b"{")
        return
    envelope = json.loads(answer.body)
    assert list(envelope) == ["success", "result", "errors", "messages"]
    if row.status == 200:
        assert answer.content_type == "application/json"
        assert envelope["success"] is True
        assert envelope["errors"] == []
        assert [message["code"] for message in envelope["messages"]] == ([row.code] if row.code else [])
    else:
        assert answer.content_type == "text/plain; charset=utf-8"
        assert answer.body.endswith(b"}\n")
        assert envelope["success"] is False
        assert envelope["result"] is None
        assert [error["code"] for error in envelope["errors"]] == [row.code]
        assert envelope["messages"] == []


def test_every_row_is_there_once() -> None:
    numbers = [row.number for row in ROWS]
    assert numbers == [*range(1, 76), 89, 90, 91, 94, 95, 96, 98, 99]


MESSAGES = [
    ("info", b"", "unexpected end of JSON input"),
    ("newkey", {"ca": {}}, "ca section only permitted in initca"),
    ("newkey", {"key": {"algo": "rsa", "size": 2047}}, "RSA key is too weak"),
    ("newkey", {"key": {"algo": "rsa", "size": 8193}}, "RSA key size too large"),
    ("newkey", {"key": {"algo": "ecdsa", "size": 512}}, "invalid curve"),
    ("newkey", {"key": {"algo": "dsa", "size": 2048}}, "invalid algorithm"),
    ("newcert", {"request": None}, "missing request section"),
    ("sign", b"{", "Unable to parse sign request"),
    ("sign", {}, "missing parameter 'certificate_request'"),
    ("sign", {"certificate_request": "x"}, "CSR Decode failed"),
    ("bundle", {}, "no valid parameter sets found"),
]


@pytest.mark.parametrize(("operation", "body", "message"), MESSAGES)
def test_documented_message(ca: Ca, operation: str, body: object, message: str) -> None:
    assert json.loads(ca.call(operation, body).body)["errors"][0]["message"] == message

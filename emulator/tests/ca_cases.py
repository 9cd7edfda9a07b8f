# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests for the differential test, most of them wrong in one way each."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ca_material import DER, block, certificate, csr, flipped, key, name, pem, pem_csr, private_pem, shared_root
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import ExtendedKeyUsageOID

from dcos_emulator.ca import Root


class Case(NamedTuple):
    """One request; the body is made when it is sent, as keys take time."""

    operation: str
    label: str
    body: Callable[[], object]
    method: str = "POST"

    def __str__(self) -> str:
        return f"{self.operation}: {self.label}"


BROKEN_JSON = (
    b"", b" ", b"{", b'{"a"', b'{"a":', b'{"a":1', b'{"a":1,', b'{"a":1,}', b"{a}", b"[1,]", b"[1 2]", b'{"a" 1}',
    b'{"a":1 "b"}', b"{}x", b"{} {}", b"-", b"-x", b"01", b"1.", b"1.x", b"1e", b"1ex", b"1e+", b"tru", b"trux",
    b"nul", b"falsy", b'"abc', b'"\\x"', b'"\\', b'"\\u12g4"', b'"\\u12', b'"\x01"', b'"a\nb"', b"\xff", b"\xc3\xa9",
    b"'", b"\x00", b"\x7f", b"\x85", b"\xa0", b"\\", b"\xef\xbb\xbf{}", b"NaN", b"{,}", b"[,]", b'{"a",}', b"[}",
    b"{]", b"}", b"]", b":", b'{"a":tru}', b"[" * 10001, b"[" * 10000, b'{"a":' * 10001,
)  # fmt: skip

# Each is sent to every operation: what is an error for one is an unknown member for another.
ODD_JSON = (
    b"null", b"[]", b"1", b'"x"', b"true", b"{}", b' {"a":[1,{"b":[]},"x",null,-1.5e+3]}\r\n', b'{"profile":1}',
    b'{"profile":"\xff"}', b'{"profile":"\\ud800"}', b'{"profile":"no such profile"}', b'{"profile":null}',
    b'{"Profile":"client","PROFILE":1}', b'{"label":[]}', b'{"label":"primary"}', b'{"CN":1}', b'{"CN":"\\u0000"}',
    b'{"hosts":"x"}', b'{"hosts":[1,true]}', b'{"hosts":[null]}', b'{"hosts":["a"],"hosts":null}', b'{"names":{}}',
    b'{"names":["x"]}', b'{"names":[{"C":1}]}', b'{"names":[{"SerialNumber":1}]}',
    b'{"names":[{"C":"US"},null,{"O":"x"}]}', b'{"key":"x"}', b'{"key":[]}', b'{"key":{"algo":1}}',
    b'{"key":{"size":"x"}}', b'{"key":{"size":1.5}}', b'{"key":{"size":1e3}}',
    b'{"key":{"size":99999999999999999999}}', b'{"key":{"size":9223372036854775808}}', b'{"key":null}', b'{"key":{}}',
    b'{"key":{"algo":"rsa"},"key":{"size":2048}}', b'{"key":{"algo":"rsa"},"key":null}', b'{"key":null,"key":{}}',
    b'{"request":null,"request":{"key":{}}}', b'{"key":1,"ca":{}}', b'{"ca":{}}', b'{"ca":null}', b'{"ca":[]}',
    b'{"ca":{"pathlen":"x"}}', b'{"ca":{"expiry":1}}', b'{"ca":{"pathlenzero":1}}', b'{"serialnumber":"12"}',
    b'{"serialnumber":1}', b'{"CN":1,"hosts":2}', b'{"cn":"x","HOSTS":["a"],"KEY":{"ALGO":"rsa"}}', b'{"request":1}',
    b'{"request":{"hosts":1}}', b'{"request":null}', b'{"request":{"key":{"size":"x"}}}',
    b'{"request":{"names":[{"C":1}]}}', b'{"request":{"ca":{"expiry":1}}}', b'{"request":{"ca":{}}}',
    b'{"request":{"CN":"a"},"hostname":"q.w,1.2.3.4"}', b'{"request":{"names":[{}]}}',
    b'{"request":{"key":{"algo":"rsa","size":1024}}}', b'{"request":null,"request":{"CN":"x"}}',
    b'{"request":{"CN":"x"},"request":{"hosts":["x"]}}', b'{"bundle":1}', b'{"hostname":[]}', b'{"subject":1}',
    b'{"subject":[{"CN":"x"}]}', b'{"subject":{"Whitelist":{"CN":1}}}', b'{"subject":{"names":{}}}',
    b'{"subject":{"SerialNumber":1}}', b'{"serial":1}', b'{"serial":"x"}', b'{"serial":1.5}', b'{"serial_sequence":1}',
    b'{"certificate_request":1}', b'{"certificate_request":null}', b'{"certificate":1}', b'{"certificate":null}',
    b'{"certificate":"x","y":2}',
)  # fmt: skip

KEYS = (
    {"algo": "rsa", "size": 2048}, {"algo": "rsa", "size": 2049}, {"algo": "rsa", "size": 2054},
    {"algo": "rsa", "size": 2560}, {"algo": "rsa", "size": 3072},
    {"algo": "rsa", "size": 4096}, {"algo": "rsa"}, {"algo": "rsa", "size": 1024}, {"algo": "rsa", "size": -1},
    {"algo": "rsa", "size": 8193}, {"algo": "rsa", "size": 16384}, {"algo": "ecdsa", "size": 256},
    {"algo": "ecdsa", "size": 384}, {"size": 521}, {"algo": "ecdsa", "size": 512}, {"size": 0},
    {"algo": "RSA", "size": 2048}, {"algo": ""}, {"algo": "ed25519", "size": 256},
)  # fmt: skip

HOSTS = (
    "", " ", "a.b", "*.a.b", "A.B.", "10.0.0.1", "010.1.1.1", "1.2.3", "1.2.3.04", "1.2.3.4 ", "1.2.3.4\0",
    "0x1.2.3.4", "::1", "::ffff:1.2.3.4", "fe80::1%eth0", "1:2:3:4:5:6:7::", "1::2::3", "[::1]", "a@b", "a@b.c.",
    "a..b@c", ".a@b", "a@b..c", "<a@b>", " <a@b>", "<a@b", "a@b>", "<a@b> c", "a@", "@a", "a@ b", "a @b", "a b@c",
    "a@b c", '"a b"@c', '"a"b@c', '"a\\"b"@c', '""@x', "a\\@b@c", "a@b(c)", "a@b (c)", "a@b (c (d))", "(c)a@b",
    "b <a@b>", "a.b <c@d>", "a@b <c@d>", '"x"<a@b>', "é <a@b>", "=?utf-8?q?x?= <a@b>", " a@b ", "a@b\t", "a@b\0",
    "a@b, c@d", "a@[1.2.3.4]", "a@x:y", "a!#$%&'*+-/=?^_`{|}~@x", "a@-x_", "\x7f@a", "http://x@y", "https://x/y?z",
    "spiffe://a/b", "mailto:a@b", "a" * 300, "a" * 5000 + "@" + "b" * 5000, "é", "é@x.y", "日本", "a\u2028b", '"', "\\",
)  # fmt: skip

NAMES = (
    {"CN": "plain"}, {"CN": "with * and @"}, {"CN": "é"}, {"CN": "x" * 65}, {"CN": "x" * 1000}, {"CN": " "},
    {"CN": "\ufffe"}, {"names": [{"C": "US", "ST": "s", "L": "l", "O": "o&", "OU": "u"}]}, {"names": [{"C": "USA"}]},
    {"names": [{"C": "é"}]}, {"names": [{}]}, {"names": [{"O": ""}]},
    {"names": [{"O": "b"}, {"O": "a"}, {"O": "aa", "OU": "x"}]}, {"names": None}, {"names": [{"o": "lower case"}]},
    {"CN": "x", "serialnumber": "5", "names": [{"SerialNumber": "6"}]},
)  # fmt: skip

EVERY_SAN = [
    x509.UniformResourceIdentifier("spiffe://a/b"),
    x509.RFC822Name("q@w.e"),
    x509.DNSName("d1"),
    x509.IPAddress(ipaddress.ip_address("::1")),
    x509.DirectoryName(x509.Name([])),
    x509.DNSName("d0"),
    x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
]
EVERY_ATTRIBUTE = name(
    common_name="cn1",
    email_address="e@f",
    organization_name="o1",
    street_address="s",
    postal_code="p",
    serial_number="77",
    locality_name="l",
    state_or_province_name="st*",
    country_name="US",
    organizational_unit_name="ou@",
    given_name="g",
    domain_component="dc",
)


def cases() -> Iterator[Case]:
    """All of them."""
    for operation in ("info", "newkey", "newcert", "sign", "bundle"):
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"):
            yield Case(operation, method, dict, method)
        for body in (*BROKEN_JSON, *ODD_JSON):
            yield Case(operation, repr(body)[:60], lambda body=body: body)
    for operation in ("", "nothing", "authsign", "revoke", "crl", "ocspsign", "certificates", "INFO", "info/", "sign/"):
        yield Case(operation, "unknown", dict)
        yield Case(operation, "unknown, GET", dict, "GET")
    for members in (*({"key": wanted} for wanted in KEYS), *({"hosts": [host]} for host in HOSTS), *NAMES):
        label = json.dumps(members)[:60]
        yield Case("newkey", label, lambda members=members: members)
        yield Case("newcert", label, lambda members=members: {"request": members})
    for profile in ("", "default", "server", "client", "ca", "other", "SERVER"):
        yield Case("info", f"profile {profile}", lambda profile=profile: {"profile": profile})
        body = {"request": {"CN": "a", "hosts": ["a.b"]}, "profile": profile, "bundle": True}
        yield Case("newcert", f"profile {profile}", lambda body=body: body)
        yield Case(
            "sign", f"profile {profile}", lambda profile=profile: signing(pem_csr(sans=EVERY_SAN), profile=profile)
        )
    yield from sign_cases()
    yield from bundle_cases()


def signing(request: str, **members: object) -> dict[str, object]:
    """A sign body."""
    return {"certificate_request": request, **members}


def sign_cases() -> Iterator[Case]:
    """Members of the body, kinds of CSR, broken CSRs."""
    members: tuple[dict[str, object], ...] = (
        {"hosts": None}, {"hosts": []}, {"hosts": [""]}, {"hosts": [None]},
        {"hosts": ["x", "1.2.3.4", "a@b", "https://h/"]}, {"hosts": ["é"]}, {"hosts": ["é@x.y"]},
        {"hosts": ['"\u2028é']}, {"hostname": "x,1.2.3.4,, y"}, {"hostname": ""}, {"hostname": "x", "hosts": ["y"]},
        {"hosts": "a,b"}, {"subject": {}}, {"subject": None}, {"subject": [{"CN": "x"}]},
        {"subject": {"CN": "new", "names": [{"O": "newo"}, {"O": "o3", "C": "USA"}]}},
        {"subject": {"names": [{"OU": "new"}]}}, {"subject": {"cn": "x" * 80}}, {"subject": {"SerialNumber": "1"}},
        {"serial": 1}, {"serial": 10**40}, {"bundle": True}, {"serial_sequence": "ab"}, {"label": "other"},
        {"label": ""}, {"expiry": "1h"}, {"not_after": "x"},
    )  # fmt: skip
    for extra in members:
        yield Case(
            "sign",
            json.dumps(extra)[:60],
            lambda extra=extra: signing(pem_csr(subject=EVERY_ATTRIBUTE, sans=EVERY_SAN), **extra),
        )
    ca = [x509.BasicConstraints(True, None)]
    requests: dict[str, Callable[[], str]] = {
        "no subject": lambda: pem_csr(subject=x509.Name([])),
        "no subject, SANs": lambda: pem_csr(subject=x509.Name([]), sans=EVERY_SAN),
        "usages": lambda: pem_csr(
            extensions=[x509.BasicConstraints(False, None), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])]
        ),
        "CA": lambda: pem_csr(extensions=ca),
        **{
            f"key {kind}": lambda kind=kind: pem_csr(kind)
            for kind in ("rsa-1024", "rsa-2048", "ec-224", "ec-384", "ec-521")
        },
        **{f"key {kind}": lambda kind=kind: pem_csr(kind) for kind in ("ec-k1", "ed25519", "ed448", "dsa")},
        "SHA-1": lambda: without_sha1_limits(hashes.SHA1()),
        "SHA-224": lambda: pem_csr("rsa-2048", algorithm=hashes.SHA224()),
        "SHA-384": lambda: pem_csr("rsa-2048", algorithm=hashes.SHA384()),
        "SHA-512": lambda: pem_csr("ec-256", algorithm=hashes.SHA512()),
        "SHA-3": lambda: pem_csr("rsa-2048", algorithm=hashes.SHA3_256()),
        "PSS": lambda: pem_csr("rsa-2048", rsa_padding=padding.PSS(padding.MGF1(hashes.SHA256()), 32)),
        "truncated PEM": lambda: pem_csr()[:-30],
        "text before": lambda: "text\n" + pem_csr(),
        "twice": lambda: pem_csr() * 2,
        "CRLF": lambda: pem_csr().replace("\n", "\r\n"),
        "no final newline": lambda: pem_csr().strip(),
        "indented": lambda: "  " + pem_csr(),
        "all indented": lambda: pem_csr().replace("\n", "\n  "),
        "NEW": lambda: pem_csr().replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"),
        "other label": lambda: pem_csr().replace("CERTIFICATE REQUEST", "X509 CRL"),
        "other END": lambda: pem_csr().replace("END CERTIFICATE REQUEST", "END CERTIFICATE"),
        "one line": lambda: pem_csr().replace("\n", ""),
        "headers": lambda: pem_csr().replace("REQUEST-----\nM", "REQUEST-----\nA: b\n\nM"),
        "text behind BEGIN": lambda: pem_csr().replace("REQUEST-----\nM", "REQUEST----- x\nM"),
        "bad base64": lambda: pem_csr().replace("\n-----END", "!\n-----END"),
        "certificate before": lambda: block(b"\0\0", "CERTIFICATE") + pem_csr(),
        "broken block before": lambda: block(b"\0\0").replace("AAA=", "AAA") + pem_csr(),
        "a certificate": lambda: shared_root().certificate_pem,
        "empty": lambda: block(b""),
        "trailing DER": lambda: block(csr().public_bytes(DER) + b"x"),
        "truncated DER": lambda: block(csr().public_bytes(DER)[:-1]),
        "not a CSR": lambda: block(b"\x30\x03\x02\x01\x00"),
        "not DER": lambda: block(b"abc"),
        "EC signature": lambda: flipped(csr().public_bytes(DER), -1),
        "RSA signature": lambda: flipped(csr("rsa-2048").public_bytes(DER), -1),
        "changed subject": lambda: flipped(csr().public_bytes(DER), csr().public_bytes(DER).index(b"c.d")),
    }
    for label, make in requests.items():
        yield Case("sign", label, lambda make=make: signing(make()))
    for profile in ("server", "ca"):
        yield Case(
            "sign", f"CA, profile {profile}", lambda profile=profile: signing(pem_csr(extensions=ca), profile=profile)
        )
    yield Case(
        "sign", "path length", lambda: signing(pem_csr(extensions=[x509.BasicConstraints(True, 3)]), profile="ca")
    )


def without_sha1_limits(algorithm: hashes.HashAlgorithm) -> str:
    """A CSR signed with SHA-1, which cryptography's builder refuses: that of another hash, signed again by hand."""
    request = csr("rsa-2048")
    body = request.tbs_certrequest_bytes
    signature = key("rsa-2048").sign(body, padding.PKCS1v15(), algorithm)
    identifier = bytes.fromhex("300d06092a864886f70d0101050500")
    content = body + identifier + b"\x03\x82" + (len(signature) + 1).to_bytes(2, "big") + b"\0" + signature
    return block(b"\x30\x82" + len(content).to_bytes(2, "big") + content)


def bundle_cases() -> Iterator[Case]:
    """Chains, keys, flavors, and certificates that do not chain to the root."""
    root, other = shared_root(), Root.generate("another cluster")
    sans = x509.SubjectAlternativeName(
        [x509.DNSName("a.b"), x509.DNSName("*.c.d"), x509.IPAddress(ipaddress.ip_address("10.0.0.1"))]
    )
    leaf = certificate(root, extensions=[sans])
    own, foreign = root.certificate_pem, other.certificate_pem
    ski = x509.SubjectKeyIdentifier.from_public_key(key("ec-256").public_key())
    any_usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])
    intermediate = certificate(root, "sub", kind="ec-384", extensions=[x509.BasicConstraints(True, None)])
    sub = Root(x509.load_pem_x509_certificate(intermediate.encode()), key("ec-384"))
    below = certificate(sub, "below")
    certificates = {
        "leaf": leaf, "leaf, root": leaf + own, "root, leaf": own + leaf, "root": own, "foreign root": foreign,
        "empty": "", "foreign": certificate(other), "foreign, its root": certificate(other) + foreign,
        "two leaves": leaf + certificate(root), "garbage": "x", "junk": block(b"\0\0\0", "CERTIFICATE"),
        "text before": "x\n" + leaf, "text behind": leaf + "x", "a CSR": pem(csr()), "a key": private_pem("ec-256"),
        "expired": certificate(root, end=-1), "not yet valid": certificate(root, start=1),
        "expiring": certificate(root, end=10, extensions=[ski]), "expiring, no SKI": certificate(root, end=10),
        "expired and foreign": certificate(root, end=-1, signer=key("rsa-2048")),
        "signed by another": certificate(root, signer=key("rsa-2048")), "RSA": certificate(root, kind="rsa-2048"),
        "client": certificate(root, extensions=[x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])]),
        "any usage": certificate(root, extensions=[any_usage]),
        "below an unknown CA": certificate(sub, "below unknown"), "below, CA": below + intermediate,
        "CA, below": intermediate + below, "below, CA, root": below + intermediate + own,
        "Ed25519": certificate(root, kind="ed25519"),
    }  # fmt: skip
    for label, text in certificates.items():
        if label == "below an unknown CA":  # cfssl remembers intermediates: this one goes first
            yield Case("bundle", label, lambda text=text: {"certificate": text})
    for label, text in certificates.items():
        for flavor in ("ubiquitous", "force"):
            if label != "below an unknown CA":
                yield Case("bundle", f"{label}, {flavor}", lambda t=text, f=flavor: {"certificate": t, "flavor": f})
    for domain in ("a.b", "A.B.", "x.c.d", "x.y.c.d", "c.d", "z", "made.example", "10.0.0.1", "10.0.0.2", "", "[::1]"):
        yield Case("bundle", f"domain {domain}", lambda d=domain: {"certificate": leaf, "domain": d})
        yield Case("bundle", f"ip {domain}", lambda d=domain: {"certificate": certificate(root), "ip": d})
    # Nothing listens on port 443 of this machine, and these names are in nobody's zone (RFC 6761).
    for host in ("127.0.0.1", "", "[::1]", "localhost", "a.invalid", "a.b:1", "::1", "https://a.invalid"):
        yield Case("bundle", f"from {host}", lambda d=host: {"domain": d})
    for members in ({"ip": "127.0.0.1"}, {"domain": "a.invalid", "ip": "127.0.0.1"}, {"domain": "127.0.0.1", "ip": ""}):
        yield Case("bundle", f"from {members}", lambda members=members: members)
    keys = {
        "its key": private_pem("ec-256"), "PKCS#8": private_pem("ec-256", pkcs8=True),
        "another": private_pem("ec-384"), "RSA": private_pem("rsa-2048"), "garbage": "x",
        "junk": block(b"\0\0\0", "EC PRIVATE KEY"), "empty": "", "encrypted": private_pem("ec-256", password=b"x"),
        "encrypted PKCS#8": private_pem("ec-256", True, b"x"),
    }  # fmt: skip
    for label, text in keys.items():
        yield Case("bundle", f"private key: {label}", lambda text=text: {"certificate": leaf, "private_key": text})
    yield Case("bundle", "upper case", lambda: {"Certificate": leaf})

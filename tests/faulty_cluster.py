# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster as scripts of years have left it: good identities, and one of every fault that an audit finds.

It knows the API and nothing of the collection, as those scripts did::

    python faulty_cluster.py https://127.0.0.1:8443 dcos-ca.crt bootstrapuser deleteme 40
"""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
import ssl
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from urllib3.util.ssl_ import create_urllib3_context

IAM, SECRETS, CA = "/acs/api/v1", "/secrets/v1/secret/default", "/ca/api/v2"
ENDPOINT = "https://leader.mesos/acs/api/v1/auth/login"
Call = Callable[[str, str, Any], Any]
TEAMS = ("analytics", "payments", "search", "edge", "platform")
KINDS = ("kafka", "cassandra", "spark", "elastic", "hdfs", "zookeeper", "nifi", "minio")

SDK = (
    ("dcos:mesos:master:framework:role:{role}", "create"),
    ("dcos:mesos:master:reservation:role:{role}", "create"),
    ("dcos:mesos:master:volume:role:{role}", "create"),
    ("dcos:mesos:master:task:user:nobody", "create"),
    ("dcos:mesos:agent:task:user:nobody", "create"),
    ("dcos:mesos:master:reservation:principal:{uid}", "delete"),
    ("dcos:mesos:master:volume:principal:{uid}", "delete"),
)


class Lenient(requests.adapters.HTTPAdapter):
    """Trusts the cluster's root, which Python 3.13 does not by itself, as it lacks a SubjectKeyIdentifier."""

    def __init__(self, ca_path: str) -> None:
        # urllib3 before version 2 compares host names itself, and can do nothing with a context of another make.
        self._context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
        self._context.load_verify_locations(cafile=ca_path)
        self._context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Hand the context on."""
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The context says what is trusted, and no bundle of requests' own."""


def caller(url: str, ca_path: str, uid: str, password: str) -> Call:
    """Return a function that sends a request of a user: (method, path, JSON body) -> JSON answer."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", Lenient(ca_path))
    answer = session.post(f"{url}{IAM}/auth/login", json={"uid": uid, "password": password})
    session.headers["Authorization"] = f"token={answer.json()['token']}"

    def call(method: str, path: str, body: Any = None) -> Any:
        answer = session.request(method, url + path, json=body)
        if answer.status_code not in (200, 201, 204, 409):
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content[:1] in (b"{", b"[") else None

    return call


def new_key(size: int = 2048) -> rsa.RSAPrivateKey:
    """Return a private key."""
    return rsa.generate_private_key(65537, size)


def pem(key: Any, old: bool = False) -> str:
    """Return a private key as PKCS#8, or as PKCS#1."""
    form = serialization.PrivateFormat.TraditionalOpenSSL if old else serialization.PrivateFormat.PKCS8
    text: bytes = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return text.decode()


def public(key: rsa.RSAPrivateKey) -> str:
    """Return the public half as SPKI."""
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


class Seed:
    """Fills a cluster.

    Args:
        count: of accounts, about.
        keys: that it takes, made here unless they are given.
    """

    def __init__(self, call: Call, count: int = 0, keys: Iterator[rsa.RSAPrivateKey] | None = None) -> None:
        self.call, self.count = call, count
        with ThreadPoolExecutor(2) as threads:
            self._keys = keys or iter(list(threads.map(lambda _number: new_key(), range(count + 26))))

    def key(self) -> rsa.RSAPrivateKey:
        """Return a key that nobody else has."""
        return next(self._keys)

    def account(self, uid: str, key: rsa.RSAPrivateKey, description: str = "") -> None:
        """Make a service account."""
        self.call("PUT", f"{IAM}/users/{uid}", {"public_key": public(key), "description": description})

    def credential(self, path: str, uid: str, key: rsa.RSAPrivateKey, old: bool = False, **members: Any) -> None:
        """Store a credential; members that are None are left out."""
        whole = {"uid": uid, "private_key": pem(key, old), "scheme": "RS256", "login_endpoint": ENDPOINT, **members}
        value = json.dumps({name: value for name, value in whole.items() if value is not None})
        self.secret(path, value)

    def secret(self, path: str, value: str) -> None:
        """Store a secret."""
        self.call("PUT", f"{SECRETS}/{path}", {"value": value})

    def grant(self, uid: str, *grants: tuple[str, str]) -> None:
        """Grant permissions, the way of the CLI: the ACL first."""
        for rid, action in grants:
            path = f"{IAM}/acls/{rid.replace('/', '%252F')}"
            self.call("PUT", path, {"description": rid})
            self.call("PUT", f"{path}/users/{uid}/{action}", None)

    def framework(self, uid: str, service: str) -> None:
        """Make what a framework of the SDK needs."""
        role = service.replace("/", "__") + "-role"
        roles = [role, service.split("/")[0]] if "/" in service else [role]
        rows = [(rid.format(role=name, uid=uid), action) for rid, action in SDK for name in roles]
        self.grant(uid, *dict.fromkeys(rows))

    def good(self, uid: str, service: str) -> rsa.RSAPrivateKey:
        """Make an identity in which nothing is wrong."""
        key = self.key()
        self.account(uid, key, f"Service account of /{service}")
        self.credential(f"{service}/service-account", uid, key)
        self.framework(uid, service)
        return key

    def certificate(self, folder: str, name: str, host: str, key: rsa.RSAPrivateKey | None = None) -> None:
        """Have the cluster's CA issue a certificate."""
        key = key or self.key()
        request = (
            x509.CertificateSigningRequestBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        text = request.public_bytes(serialization.Encoding.PEM).decode()
        issued = self.call("POST", f"{CA}/sign", {"certificate_request": text})["result"]["certificate"]
        self.triple(folder, name, issued, pem(key), self.call("POST", f"{CA}/info", {})["result"]["certificate"])

    def foreign(self, folder: str, name: str, host: str, days: int) -> None:
        """Store a certificate that another CA issued, which ends in ``days``."""
        authority, key = self.key(), self.key()
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody's CA")])
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)

        def issue(subject: x509.Name, holder: rsa.RSAPrivateKey, ends: int, is_ca: bool) -> str:
            certificate = (
                x509.CertificateBuilder()
                .subject_name(subject)
                .issuer_name(issuer)
                .public_key(holder.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(now - datetime.timedelta(days=400))
                .not_valid_after(now + datetime.timedelta(days=ends))
                .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
                .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
                .sign(authority, hashes.SHA256())
            )
            return certificate.public_bytes(serialization.Encoding.PEM).decode()

        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        self.triple(folder, name, issue(subject, key, days, False), pem(key), issue(issuer, authority, 3650, True))

    def triple(self, folder: str, name: str, certificate: str, key: str, chain: str) -> None:
        """Store a certificate, its key and its issuers."""
        for part, value in (("certificate", certificate), ("private-key", key), ("ca", chain)):
            self.secret(f"{folder}/{name}-{part}", value)

    # --- what there is ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Fill the cluster."""
        self.call("PUT", f"{IAM}/groups/operators", {"description": "Operators"})
        self.call("PUT", f"{IAM}/groups/queues", {"description": "Message queues"})
        faults = [self.credentials, self.keys, self.permissions, self.leftovers, self.certificates]
        for fault in faults:
            fault()
        for uid, service in itertools.islice(names(), max(0, self.count - 18)):
            self.good(uid, service)
            if uid.endswith("kafka"):
                self.call("PUT", f"{IAM}/groups/queues/users/{uid}", None)
                self.certificate(service, "broker", f"broker.{uid}.l4lb.thisdcos.directory")

    def credentials(self) -> None:
        """Credentials that are not what they should be."""
        self.good("ledger", "payments/ledger")
        self.call("DELETE", f"{SECRETS}/payments/ledger/service-account", None)
        self.credential("payments/ledger/service-account", "ledger", self.key())
        self.good("crawler", "search/crawler")
        self.credential("search/crawler/old-service-account", "crawler", self.key())
        for uid, members in (("indexer", {"schema": "RS256", "scheme": None}), ("ranker", {})):
            key = self.key()
            self.account(uid, key)
            self.credential(f"search/{uid}/service-account", uid, key, old=uid == "ranker", **members)
        key = self.key()
        self.account("gateway", key)
        plain = ENDPOINT.replace("https:", "http:")
        self.credential("edge/gateway/service-account", "gateway", key, login_endpoint=plain)
        self.credential("retired/service-account", "retired", self.key())
        self.account("cron", self.key(), "Nightly jobs")

    def keys(self) -> None:
        """Keys that are shared or small."""
        key = self.good("pricing", "payments/pricing")
        self.account("pricing-canary", key)
        self.credential("payments/pricing-canary/service-account", "pricing-canary", key)
        small = new_key(1024)
        self.account("legacy", small, "From the first cluster")
        self.credential("platform/legacy/service-account", "legacy", small)
        self.certificate("edge/proxy", "tls", "proxy.example.com", self.good("proxy", "edge/proxy"))

    def permissions(self) -> None:
        """Permissions that are too many."""
        for uid in ("deploy-bot", "backup"):
            self.good(uid, f"platform/{uid}")
        self.grant("deploy-bot", ("dcos:superuser", "full"))
        self.call("PUT", f"{IAM}/groups/superusers/users/backup", None)
        self.call("PUT", f"{IAM}/users/bob", {"password": "initial-password", "description": "Bob"})
        self.call("PUT", f"{IAM}/groups/operators/users/bob", None)
        self.call("PUT", f"{IAM}/groups/superusers/users/bob", None)
        self.good("dashboard", "platform/dashboard")
        self.grant(
            "dashboard",
            ("dcos:service:marathon:marathon:services:/", "full"),
            ("dcos:adminrouter:ops:*", "full"),
            ("dcos:adminrouter:ops:mesos", "full"),
        )

    def leftovers(self) -> None:
        """What was begun or forgotten."""
        self.call("PUT", f"{IAM}/acls/dcos:secrets:default:%252Fretired%252F*", {"description": "retired"})
        self.call("PUT", f"{IAM}/groups/interns", {"description": "Interns of 2019"})
        self.good("stream", "analytics/stream")
        self.credential("analytics/stream/service-account-next", "stream", self.key())
        for uid in ("batch", "gone"):
            gid = f"dcos-security-rekey-{hashlib.sha256(uid.encode()).hexdigest()[:32]}"
            # It says how long to wait for whoever may still be at work.
            self.call("PUT", f"{IAM}/groups/{gid}", {"description": '{"deadline": 0.1}'})
        self.good("batch", "analytics/batch")
        self.call("PATCH", f"{IAM}/users/batch", {"description": "Batch jobs [rekey pending]"})

    def certificates(self) -> None:
        """Certificates that end, that do not fit, and that belong to nobody."""
        self.good("frontend", "edge/frontend")
        self.foreign("edge/frontend", "old", "old.frontend.example.com", -3)
        self.foreign("edge/frontend", "soon", "soon.frontend.example.com", 12)
        self.foreign("edge/frontend", "templated", "{{ undefined_by_anybody }}", 20)
        self.certificate("edge/frontend", "swapped", "swapped.frontend.example.com")
        self.call("PATCH", f"{SECRETS}/edge/frontend/swapped-private-key", {"value": pem(self.key())})
        self.certificate("edge/frontend", "bare", "bare.frontend.example.com")
        self.call("DELETE", f"{SECRETS}/edge/frontend/bare-ca", None)
        self.certificate("edge/frontend", "keyless", "keyless.frontend.example.com")
        self.call("DELETE", f"{SECRETS}/edge/frontend/keyless-private-key", None)
        self.certificate("edge/frontend", "chained", "chained.frontend.example.com")
        self.foreign("elsewhere", "web", "www.example.com", 300)
        chain = self.call("GET", f"{SECRETS}/elsewhere/web-ca", None)["value"]
        self.call("PATCH", f"{SECRETS}/edge/frontend/chained-ca", {"value": chain})


def names() -> Iterator[tuple[str, str]]:
    """Yield uids and ids of services, without an end."""
    number = 0
    while True:
        for team in TEAMS:
            for kind in KINDS:
                name = f"{team}/{kind}{number or ''}"
                yield name.replace("/", "__"), name
        number += 1


if __name__ == "__main__":
    Seed(caller(*sys.argv[1:5]), int(sys.argv[5]) if len(sys.argv) > 5 else 20).run()

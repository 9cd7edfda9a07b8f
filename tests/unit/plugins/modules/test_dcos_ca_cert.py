# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates in files and in secrets: issued when there is a reason, and with a key that always fits."""

from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ansible_collections.dcos.security.plugins.module_utils import _keys, _x509

MODULE = "dcos_ca_cert"
CN = "kafka.example.com"
YEARS = 3650 * 86400
ISSUING = [f"POST /ca/api/v2/{operation}" for operation in ("sign", "newcert")]


class Files:
    """A certificate in files."""

    def __init__(self, cluster, folder):
        self.paths = {part: str(folder / f"{part}.pem") for part in ("certificate", "private_key", "chain")}
        self.options = dict(zip(("path", "privatekey_path", "chain_path"), self.paths.values()))
        self.certificate_only = {"path": self.paths["certificate"]}

    def read(self, part):
        with open(self.paths[part], encoding="utf-8") as stream:
            return stream.read()

    def write(self, part, text):
        with open(self.paths[part], "w", encoding="utf-8") as stream:
            stream.write(text)

    def remove(self, part):
        os.unlink(self.paths[part])


class Secrets:
    """A certificate in secrets."""

    def __init__(self, cluster, _folder):
        self.cluster = cluster
        self.paths = {part: f"kafka/{part}" for part in ("certificate", "private_key", "chain")}
        self.options = dict(zip(("certificate_secret", "privatekey_secret", "chain_secret"), self.paths.values()))
        self.certificate_only = {"certificate_secret": self.paths["certificate"]}

    def _url(self, part):
        return f"/secrets/v1/secret/default/{self.paths[part]}"

    def read(self, part):
        return self.cluster.api("GET", self._url(part))["value"]

    def write(self, part, text):
        self.cluster.api("PATCH", self._url(part), {"value": text})

    def remove(self, part):
        self.cluster.api("DELETE", self._url(part))


@pytest.fixture(params=[Files, Secrets], ids=["files", "secrets"])
def place(request, cluster, tmp_path):
    """Return where the certificate is kept: each test runs for both."""
    return request.param(cluster, tmp_path)


@pytest.fixture
def keep(cluster, place):
    """Return a function that runs the module for one certificate with an EC key, which is made quickly."""

    def run(method="run", **options):
        wanted = {"common_name": CN, "key_type": "ECDSA", **place.options, **options}
        outcome = getattr(cluster, method)(MODULE, **wanted)
        if os.path.exists(place.paths["private_key"]) or place.paths["private_key"].startswith("kafka/"):
            unseen(cluster, place, outcome)
        return outcome

    return run


def unseen(cluster, place, outcome):
    """Check that no line of the private key is in what the module said."""
    try:
        lines = place.read("private_key").splitlines()[1:-1]
    except (OSError, AssertionError):
        return
    assert not any(line in outcome.stdout + outcome.stderr + outcome.log for line in lines)


def issued(outcome):
    return [request for request in outcome.sent if request in ISSUING]


def load(pem):
    return x509.load_pem_x509_certificate(pem.encode())


def csr(key, name=CN, sans=(CN,)):
    """Return a CSR that somebody made for a key of their own."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(san) for san in sans]), False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def foreign(pem_key, name=CN, days=400):
    """Return a certificate for a key as wanted, but of another CA."""
    key = serialization.load_pem_private_key(pem_key.encode(), None)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=days))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def test_first_run(cluster, keep, place):
    hosts = [CN, "*.kafka.autoip.dcos.thisdcos.directory", "10.0.3.7", "fd00::7"]
    made = keep("converge", hosts=hosts, subject={"O": "Example", "C": "DE"})
    assert made["reasons"] == ["absent"]
    certificate = load(made["certificate"])
    assert place.read("certificate") == made["certificate"]
    assert place.read("chain") == made["chain"]
    assert _x509.matches(place.read("certificate"), place.read("private_key"))
    assert place.read("private_key").startswith("-----BEGIN PRIVATE KEY-----\n")
    assert _x509.is_signed_by(made["certificate"], made["chain"])
    assert made["subject"] == {"CN": CN, "O": "Example", "C": "DE"}
    assert sorted(made["subject_alt_name"]) == sorted(
        [f"DNS:{CN}", "DNS:*.kafka.autoip.dcos.thisdcos.directory", "IP:10.0.3.7", "IP:fd00::7"]
    )
    assert made["serial_number"] == str(certificate.serial_number)
    assert made["not_after"].endswith("Z")
    assert made["fingerprint"] == _keys.colon_hex(certificate.fingerprint(hashes.SHA256()))
    assert "CN" in made["issuer"]
    assert made["diff"]["before"] == {"private_key": "(absent)"}
    assert made["diff"]["after"]["private_key"] == "(set)"
    assert issued(made) == ["POST /ca/api/v2/sign"]
    again = keep(hosts=hosts, subject={"O": "Example", "C": "DE"})
    assert again["reasons"] == []
    for name in ("certificate", "chain", "serial_number", "not_after", "fingerprint", "subject", "issuer"):
        assert again[name] == made[name]


def test_check_mode_cannot_know_the_certificate(cluster, keep):
    foretold = keep(check=True)
    assert foretold["reasons"] == ["absent"]
    assert foretold["certificate"] == ""
    assert _x509.split_bundle(foretold["chain"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"common_name": "other.example.com"}, "common name differs"),
        ({"hosts": [CN, "10.0.3.8"]}, "subject alternative names differ"),
        ({"subject": {"OU": "Brokers"}}, "subject differs"),
        ({"force": True}, "forced"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_another_wish_keeps_the_key(keep, place, change, reason):
    first = keep(hosts=[CN, "10.0.3.7"])
    key = place.read("private_key")
    options = {"hosts": [CN, "10.0.3.7"], **change}
    foretold = keep(check=True, **options)
    changed = keep(**options)
    assert foretold["reasons"] == changed["reasons"]
    assert reason in changed["reasons"]
    assert changed["changed"] is foretold["changed"] is True
    assert changed["serial_number"] != first["serial_number"]
    assert place.read("private_key") == key
    if reason != "forced":
        assert keep(**options)["changed"] is False


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"key_type": "RSA"}, ["key type differs", "key size differs"]),
        ({"key_size": 384}, ["key size differs"]),
    ],
    ids=["type", "size"],
)
def test_another_key_is_made_where_it_no_longer_fits(keep, place, change, reasons):
    keep()
    key = place.read("private_key")
    changed = keep("converge", **change)
    assert changed["reasons"] == reasons
    assert place.read("private_key") != key
    assert _x509.matches(place.read("certificate"), place.read("private_key"))
    assert changed["diff"]["before"]["private_key"] == "(set)"
    assert changed["diff"]["after"]["private_key"] == "(changed)"


def test_the_order_and_spelling_of_names_is_no_reason(keep):
    keep(hosts=["A.example.com", "b.example.com", "fd00::7"])
    assert keep(hosts=["FD00:0::0007", "B.EXAMPLE.COM.", "a.example.com"])["changed"] is False


def test_hosts_default_to_the_common_name(keep):
    assert keep()["subject_alt_name"] == [f"DNS:{CN}"]
    assert keep(hosts=[])["changed"] is False


@pytest.mark.parametrize(
    "text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_an_unreadable_certificate(keep, place, text):
    keep()
    key = place.read("private_key")
    place.write("certificate", text)
    changed = keep("converge")
    assert changed["reasons"] == ["unreadable" if text else "absent"]
    assert place.read("private_key") == key


@pytest.mark.parametrize(
    ("text", "reason"), [("", "private key absent"), ("no key", "private key unreadable"), ("other", "key mismatch")]
)
def test_a_private_key_that_does_not_fit(keep, place, text, reason):
    keep()
    key = place.read("private_key")
    place.write("private_key", _x509.generate_key("ECDSA", 256) if text == "other" else text)
    present = place.read("private_key")
    changed = keep("converge")
    assert changed["reasons"] == [reason]
    assert _x509.matches(place.read("certificate"), place.read("private_key"))
    assert place.read("private_key") != key
    assert (place.read("private_key") == present) == (text == "other")


@pytest.mark.parametrize("part", ["certificate", "private_key", "chain"])
def test_a_part_that_is_missing(keep, place, part):
    first = keep()
    key = place.read("private_key")
    place.remove(part)
    changed = keep("converge")
    assert changed["reasons"] == [{"private_key": "private key absent", "chain": "chain absent"}.get(part, "absent")]
    assert (changed["serial_number"] == first["serial_number"]) == (part == "chain")
    assert (place.read("private_key") == key) == (part != "private_key")


def test_a_certificate_of_another_ca(keep, place):
    keep()
    place.write("certificate", foreign(place.read("private_key")))
    assert keep("converge")["reasons"] == ["not signed by the current CA"]


def test_a_chain_of_another_ca(keep, place):
    first = keep()
    place.write("chain", foreign(place.read("private_key")))
    changed = keep("converge")
    assert changed["reasons"] == ["chain differs"]
    assert changed["certificate"] == first["certificate"]
    assert not issued(changed)
    assert place.read("chain") == first["chain"]


# --- renewal


def test_renewed_in_time_with_the_same_key(cluster, keep, place):
    cluster.control("PUT", "/clock", {"offset": -YEARS + 29 * 86400})
    old = keep(remaining_days=0)
    key = place.read("private_key")
    cluster.control("PUT", "/clock", {"offset": 0})
    assert keep(remaining_days=28)["changed"] is False
    renewed = keep("converge")
    assert renewed["reasons"] == ["expires within 30 days"]
    assert place.read("private_key") == key
    assert renewed["not_after"] > old["not_after"]


def test_renewed_with_another_key(cluster, keep, place):
    cluster.control("PUT", "/clock", {"offset": -YEARS + 29 * 86400})
    keep(remaining_days=0, renew_key=True)
    key = place.read("private_key")
    cluster.control("PUT", "/clock", {"offset": 0})
    assert keep(renew_key=True, remaining_days=28)["changed"] is False
    keep("converge", renew_key=True)
    assert place.read("private_key") != key
    assert _x509.matches(place.read("certificate"), place.read("private_key"))


def test_kept_where_a_new_one_would_be_no_better(cluster, keep):
    first = keep(remaining_days=0)
    kept = keep(remaining_days=4000)
    assert kept["changed"] is False
    assert kept["serial_number"] == first["serial_number"]
    assert "so would a new one" in kept.warned
    assert keep(remaining_days=4000, hosts=["other.example.com"])["reasons"] == [
        "subject alternative names differ",
        "expires within 4000 days",
    ]


def test_a_first_certificate_is_issued_however_short_it_lives(keep):
    assert keep("converge", remaining_days=4000)["reasons"] == ["absent"]


# --- keys


def test_key_of_the_ca(cluster, keep, place):
    made = keep("converge", key_source="ca", hosts=[CN, "10.0.3.7"], subject={"O": "Example"})
    assert "POST /ca/api/v2/newkey" in made.sent
    assert place.read("private_key").startswith("-----BEGIN PRIVATE KEY-----\n")
    assert _x509.matches(place.read("certificate"), place.read("private_key"))
    assert made["subject"]["O"] == "Example"
    assert "IP:10.0.3.7" in made["subject_alt_name"]
    renewed = keep(key_source="ca", hosts=[CN, "10.0.3.7"], force=True)
    assert "POST /ca/api/v2/newkey" not in renewed.sent


@pytest.mark.parametrize(("key_type", "size"), [("RSA", None), ("RSA", 3072), ("ECDSA", 384), ("ECDSA", 521)])
def test_key_types(keep, place, key_type, size):
    keep(key_type=key_type, **({"key_size": size} if size else {}))
    key = serialization.load_pem_private_key(place.read("private_key").encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey if key_type == "RSA" else ec.EllipticCurvePrivateKey)
    assert key.key_size == (size or 2048)


def test_key_sizes_that_do_not_go_together(keep):
    for source in ("local", "ca"):
        for key_type, size in (("ECDSA", 2048), ("RSA", 256)):
            outcome = keep("fail", key_type=key_type, key_size=size, key_source=source)
            assert f"no {key_type} key of {size} bits" in outcome["msg"]
            assert not outcome.sent


# --- signing requests


def test_a_request_whose_key_stays_elsewhere(cluster, place, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "request.csr"
    path.write_text(csr(key), encoding="utf-8")
    made = cluster.converge(MODULE, csr_path=str(path), **place.certificate_only)
    assert made["subject"] == {"CN": CN}
    assert load(place.read("certificate")).public_key() == key.public_key()
    assert cluster.run(MODULE, csr_content=csr(key), **place.certificate_only)["changed"] is False
    other = cluster.converge(MODULE, csr_content=csr(key, sans=[CN, "b.example.com"]), **place.certificate_only)
    assert other["reasons"] == ["subject alternative names differ"]
    another = cluster.converge(
        MODULE, csr_content=csr(ec.generate_private_key(ec.SECP256R1())), **place.certificate_only
    )
    assert "key mismatch" in another["reasons"]


def test_malformed_requests(cluster, place):
    for text in ("no csr", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"):
        outcome = cluster.fail(MODULE, csr_content=text, **place.certificate_only)
        assert "certificate signing request" in outcome["msg"]


@pytest.mark.parametrize("clash", [{"common_name": CN}, {"hosts": [CN]}, {"subject": {"O": "x"}}, {"key_size": 256}])
def test_what_a_request_says_already(cluster, place, clash):
    request = csr(ec.generate_private_key(ec.SECP256R1()))
    outcome = cluster.fail(MODULE, csr_content=request, **place.certificate_only, **clash)
    assert next(iter(clash)) in outcome["msg"]
    assert not outcome.sent


# --- options


def test_where_it_is_kept(cluster, tmp_path):
    path = str(tmp_path / "x.pem")
    for options in (
        {},
        {"path": path, "privatekey_path": path + "2", "certificate_secret": "a"},
        {"path": path},
        {"certificate_secret": "a"},
        {"privatekey_secret": "a"},
        {"path": path, "privatekey_path": path},
        {"certificate_secret": "a", "privatekey_secret": "/a"},
        {"certificate_secret": "a", "privatekey_secret": "b", "chain_secret": "b"},
    ):
        outcome = cluster.fail(MODULE, common_name=CN, **options)
        assert not outcome.sent
    assert "common_name" in cluster.fail(MODULE, path=path, privatekey_path=path + "2")["msg"]


@pytest.mark.parametrize(
    "wish",
    [
        {"common_name": "x" * 65},
        {"common_name": "a b"},
        {"hosts": ["a b"]},
        {"hosts": ["10.0.3"]},
        {"subject": {"C": "Germany"}},
    ],
    ids=str,
)
def test_names_that_no_certificate_can_hold(keep, wish):
    assert not keep("fail", **wish).writes


def test_who_may_not_have_certificates_signed(cluster, keep):
    cluster.iam("PUT", "/users/clerk", {"password": "wonderland"})
    rid = "dcos:secrets:default:%252Fkafka%252F*"
    cluster.iam("PUT", f"/acls/{rid}", {"description": ""})
    cluster.iam("PUT", f"/acls/{rid}/users/clerk/full")
    outcome = keep("fail", auth_token=cluster.login("clerk", password="wonderland"))
    assert "dcos:adminrouter:ops:ca:rw full" in outcome["msg"]
    assert outcome["failure"] == {"status": 403, "code": None, "method": "POST", "path": "/ca/api/v2/sign"}


# --- files


@pytest.fixture
def files(cluster, tmp_path):
    """Return the place of a certificate in files."""
    return Files(cluster, tmp_path)


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_modes_of_files(cluster, files):
    previous = os.umask(0)
    try:
        cluster.run(MODULE, common_name=CN, key_type="ECDSA", **files.options)
    finally:
        os.umask(previous)
    assert [mode(files.paths[part]) for part in ("certificate", "private_key", "chain")] == [0o644, 0o600, 0o644]
    assert sorted(os.listdir(os.path.dirname(files.paths["chain"]))) == sorted(
        map(os.path.basename, files.paths.values())
    )


def test_modes_are_kept_up(cluster, files):
    wish = {"common_name": CN, "key_type": "ECDSA", **files.options, "mode": "0640", "privatekey_mode": "0400"}
    cluster.converge(MODULE, **wish)
    os.chmod(files.paths["private_key"], 0o644)
    os.chmod(files.paths["certificate"], 0o666)
    foretold = cluster.run(MODULE, check=True, **wish)
    assert foretold["changed"] is True
    assert mode(files.paths["private_key"]) == 0o644
    done = cluster.run(MODULE, **wish)
    assert done["changed"] is True
    assert done["reasons"] == []
    assert not done.writes
    assert [mode(files.paths[part]) for part in ("certificate", "private_key")] == [0o640, 0o400]
    assert cluster.run(MODULE, **wish)["changed"] is False
    cluster.run(MODULE, **wish, force=True)
    assert [mode(files.paths[part]) for part in ("certificate", "private_key")] == [0o640, 0o400]


def test_links_stay_links(cluster, files, tmp_path):
    target = tmp_path / "elsewhere.pem"
    target.write_text("", encoding="utf-8")
    os.symlink(target, files.paths["certificate"])
    cluster.converge(MODULE, common_name=CN, key_type="ECDSA", **files.options)
    assert os.path.islink(files.paths["certificate"])
    assert "BEGIN CERTIFICATE" in target.read_text(encoding="utf-8")


def test_files_that_are_no_text(cluster, files):
    wish = {"common_name": CN, "key_type": "ECDSA", **files.options}
    cluster.run(MODULE, **wish)
    for part in ("certificate", "chain"):
        with open(files.paths[part], "wb") as stream:
            stream.write(b"\x00\xff\xfe")
    assert cluster.converge(MODULE, **wish)["reasons"] == ["unreadable"]


def test_a_folder_that_is_not_there(cluster, tmp_path):
    path = str(tmp_path / "nowhere" / "x.pem")
    outcome = cluster.attempt(MODULE, common_name=CN, key_type="ECDSA", path=path, privatekey_path=path + ".key")
    assert outcome["failed"] is True
    assert "nowhere" in outcome["msg"]
    assert "No such file or directory" in outcome["msg"]

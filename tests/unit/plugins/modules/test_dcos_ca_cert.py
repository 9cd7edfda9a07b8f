# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates in files and in secrets: issued when there is a reason, and with a key that always fits."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ansible_collections.dcos.security.plugins.module_utils import _keys, _x509
from ansible_collections.dcos.security.tests.unit.plugins.certificates import (
    CN,
    foreign,
    issued,
    load,
)

YEARS = 3650 * 86400


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
    predicted = keep(check=True)
    assert predicted["reasons"] == ["absent"]
    assert predicted["certificate"] == ""
    assert _x509.split_bundle(predicted["chain"])


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
    predicted = keep(check=True, **options)
    changed = keep(**options)
    assert predicted["reasons"] == changed["reasons"]
    assert reason in changed["reasons"]
    assert changed["changed"] is predicted["changed"] is True
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


@pytest.mark.parametrize(("text", "reason"), [("", "private key absent"), ("other", "key mismatch")])
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


ENCRYPTED = _keys.load_any_private(_keys.generate_private_key(2048), "key").private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.BestAvailableEncryption(b"passphrase"),
)


@pytest.mark.parametrize(
    ("part", "text", "why"),
    [
        ("private_key", "no key", "something else than"),
        ("private_key", ENCRYPTED.decode(), "something else than"),
        ("private_key", json.dumps({"uid": "kafka", "private_key": "-----BEGIN PRIVATE KEY-----"}), "something else"),
        ("certificate", json.dumps({"uid": "kafka", "private_key": "-----BEGIN PRIVATE KEY-----"}), "a private key"),
        ("certificate", ENCRYPTED.decode(), "a private key"),
        ("chain", ENCRYPTED.decode(), "a private key"),
    ],
    ids=["nonsense", "encrypted", "credential", "credential as certificate", "key as certificate", "key as chain"],
)
def test_what_nobody_could_restore_is_not_overwritten(keep, place, part, text, why):
    keep()
    place.write(part, text)
    for check in (True, False):
        outcome = keep("fail", check=check)
        assert "Refused to overwrite" in outcome["msg"]
        assert why in outcome["msg"]
        assert place.paths[part] in outcome["msg"]
    assert place.read(part) == text
    assert keep(force=True)["reasons"] == ["forced"]
    assert keep()["changed"] is False
    assert _x509.matches(place.read("certificate"), place.read("private_key"))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"common_name": "x" * 65}, "65 characters"),
        ({"hosts": ["kafka.example.com:443"]}, "without port"),
        ({"common_name": "Two words"}, "no DNS name"),
        ({"subject": {"C": "Germany"}}, "cannot stand in a certificate"),
    ],
    ids=["name", "host", "default host", "country"],
)
@pytest.mark.parametrize("source", ["local", "ca"])
@pytest.mark.parametrize("check", [True, False])
def test_what_no_certificate_can_hold(keep, options, text, source, check):
    outcome = keep("fail", **options, key_source=source, check=check)
    assert text in outcome["msg"]
    assert not outcome.sent


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


def test_key_of_the_ca_for_hosts_in_other_spellings(keep):
    made = keep("converge", key_source="ca", hosts=["KAFKA.example.com.", "[FD00:0::7]", "bücher.example.com"])
    assert sorted(made["subject_alt_name"]) == [
        "DNS:kafka.example.com",
        "DNS:xn--bcher-kva.example.com",
        "IP:fd00::7",
    ]


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

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reasons to issue a certificate anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from ansible_collections.dcos.security.plugins.module_utils import _reissue, _x509
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.tests.unit.plugins.module_utils.authority import NOW, WANTED, Ca, csr_for


@pytest.fixture(scope="module")
def ca():
    return Ca(rsa.generate_private_key(65537, 2048))


@pytest.fixture(scope="module")
def ec_key():
    return _x509.generate_key("ECDSA", 256)


def reasons(certificate, key, ca, wanted=None, remaining_days=30, **changes):
    return _reissue.told(
        _reissue.reissue_reasons(certificate, key, wanted or {**WANTED, **changes}, ca.pem, remaining_days, NOW),
        remaining_days,
    )


@pytest.fixture(scope="module")
def certificate(ca, ec_key):
    return ca.sign(csr_for(ec_key))


def test_what_is_wanted_is_kept(certificate, ec_key, ca):
    assert reasons(certificate, ec_key, ca) == []
    assert reasons(certificate + ca.pem, ec_key, ca) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"hosts": list(reversed(WANTED["hosts"]))},
        {"hosts": [host.upper() + "." if host.endswith("com") else host for host in WANTED["hosts"]]},
        {"hosts": [*WANTED["hosts"], "2001:0db8:0000::0001", "[2001:db8::1]", "::ffff:10.1.2.3"]},
        {"hosts": WANTED["hosts"][1:]},
        {"subject": {"O": "Example", "L": None, "ST": ""}},
        {"subject": None},
        {"key_type": None, "key_size": None},
    ],
)
def test_differences_in_spelling_are_no_reason(certificate, ec_key, ca, changes):
    assert reasons(certificate, ec_key, ca, **changes) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"common_name": "other.example.com"}, ["common name differs", "subject alternative names differ"]),
        ({"hosts": [*WANTED["hosts"], "new.example.com"]}, ["subject alternative names differ"]),
        ({"hosts": WANTED["hosts"][:2]}, ["subject alternative names differ"]),
        ({"subject": {"O": "Another"}}, ["subject differs"]),
        ({"subject": {"L": "Hamburg"}}, ["subject differs"]),
        ({"key_size": 384}, ["key size differs"]),
        ({"key_type": "RSA", "key_size": 2048}, ["key type differs", "key size differs"]),
    ],
)
def test_differences_are_named(certificate, ec_key, ca, changes, expected):
    if "common_name" in changes:
        # The old name stays among the SANs, and is surplus once it is no longer the common name.
        changes = {**changes, "hosts": WANTED["hosts"][1:]}
    assert reasons(certificate, ec_key, ca, **changes) == expected


def test_the_common_name_may_be_added_to_the_sans_but_must_be_there_when_asked_for(ca, ec_key):
    without = ca.sign(csr_for(ec_key, hosts=["a.example.com"]))
    assert reasons(without, ec_key, ca, hosts=["a.example.com"]) == []
    assert reasons(without, ec_key, ca, hosts=["a.example.com", WANTED["common_name"]]) == [
        "subject alternative names differ"
    ]
    added = ca.sign(csr_for(ec_key, hosts=["a.example.com"]), extra_sans=[x509.DNSName(WANTED["common_name"])])
    assert reasons(added, ec_key, ca, hosts=["a.example.com"]) == []


def test_names_added_by_the_ca_do_not_reissue_forever(ca, ec_key):
    added = ca.sign(csr_for(ec_key), extra_names=[x509.NameAttribute(NameOID.LOCALITY_NAME, "San Francisco")])
    assert reasons(added, ec_key, ca) == []


def test_a_name_may_have_several_values_in_any_order(ca, ec_key):
    units = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, name) for name in ("Payments", "Cards")]
    certificate = ca.sign(csr_for(ec_key), extra_names=units)
    assert reasons(certificate, ec_key, ca, subject={"OU": "Cards, Payments"}) == []
    assert reasons(certificate, ec_key, ca, subject={"OU": "Payments, Cards"}) == []
    assert reasons(certificate, ec_key, ca, subject={"OU": "Cards"}) == ["subject differs"]
    assert reasons(certificate, ec_key, ca, subject={"OU": "Cards Payments"}) == ["subject differs"]


@pytest.mark.parametrize("name", ["C", "ST", "L", "O", "OU"])
def test_each_name_that_the_ca_takes_over_is_compared(certificate, ec_key, ca, name):
    assert reasons(certificate, ec_key, ca, subject={name: "Zz"}) == ["subject differs"]


def test_absent_and_unreadable(certificate, ec_key, ca):
    assert reasons(None, ec_key, ca) == reasons(" \n", None, ca) == ["absent"]
    assert reasons("garbage", ec_key, ca) == ["unreadable"]
    assert reasons(certificate[:200], ec_key, ca) == ["unreadable"]
    assert reasons(certificate, None, ca) == ["private key absent"]
    assert reasons(certificate, "garbage", ca) == ["private key unreadable"]
    assert reasons(certificate, _x509.generate_key("ECDSA"), ca) == ["key mismatch"]


@pytest.mark.parametrize("hosts", [None, [], ()])
def test_without_hosts_the_common_name_is_the_one(ca, ec_key, hosts):
    for names, expected in (([WANTED["common_name"]], []), (["x.example.com"], ["subject alternative names differ"])):
        assert reasons(ca.sign(csr_for(ec_key, hosts=names)), ec_key, ca, hosts=hosts) == expected


def test_now_is_the_default(ca, ec_key):
    """The authority began ten days before NOW, and its certificates five."""
    old = ca.sign(csr_for(ec_key), days=-4)
    assert _reissue.reissue_reasons(old, ec_key, WANTED, ca.pem, 30) == [_reissue.Reason.EXPIRED]
    assert _reissue.would_expire_early("2020-01-01T00:00:00Z", 24 * 365, 0)
    assert not _reissue.would_expire_early("9999-01-01T00:00:00Z", 24 * 365, 0)


def test_another_ca(certificate, ec_key):
    assert reasons(certificate, ec_key, Ca(rsa.generate_private_key(65537, 2048))) == ["not signed by the current CA"]


@pytest.mark.parametrize(
    ("days", "remaining_days", "expected"),
    [
        (31, 30, []),
        (30, 30, []),
        (29, 30, ["expires within 30 days"]),
        (1, 0, []),
        (0, 0, ["expired"]),
        (-1, 30, ["expired"]),
    ],
)
def test_expiry(ca, ec_key, days, remaining_days, expected):
    assert reasons(ca.sign(csr_for(ec_key), days), ec_key, ca, remaining_days=remaining_days) == expected


def test_a_request_as_what_is_wanted(certificate, ec_key, ca):
    csr = csr_for(ec_key)
    assert reasons(certificate, None, ca, wanted=csr) == []
    assert reasons(certificate, None, ca, wanted=csr_for(ec_key, hosts=["x.example.com"])) == [
        "subject alternative names differ"
    ]
    assert reasons(certificate, None, ca, wanted=csr_for(_x509.generate_key("ECDSA", 384))) == [
        "key mismatch",
        "key size differs",
    ]
    with pytest.raises(InputError, match="certificate signing request"):
        reasons(certificate, None, ca, wanted="garbage")


@pytest.mark.parametrize(
    ("ca_days", "hours", "remaining_days", "early"),
    [
        (3650, 87600, 30, False),
        (29, 87600, 30, True),
        (31, 87600, 30, False),
        (3650, 24 * 31, 30, False),
        # The CA backdates by five minutes, so a profile of exactly 30 days gives a little less.
        (3650, 24 * 30, 30, True),
        (3650, 1, 0, False),
        (-1, 1, 0, True),
    ],
)
def test_would_expire_early(ca_days, hours, remaining_days, early):
    ca_end = (NOW + timedelta(days=ca_days)).isoformat().replace("+00:00", "Z")
    assert _reissue.would_expire_early(ca_end, hours, remaining_days, NOW) is early


@pytest.mark.parametrize(
    ("text", "hours"), [("87600h", 87600), ("8760h0m0s", 8760), ("90m", 1.5), ("1h30m", 1.5), ("36s", 0.01)]
)
def test_expiry_hours(text, hours):
    assert _reissue.expiry_hours(text) == hours


@pytest.mark.parametrize("text", ["", None, "10y", "h", "87600", "1.2.3h"])
def test_expiry_that_is_no_duration(text):
    with pytest.raises(InputError, match="duration"):
        _reissue.expiry_hours(text)

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies that nobody wrote by hand: both backends answer them alike, and a server error only where cfssl has one."""

from __future__ import annotations

import json

import pytest
from ca_client import Ca
from ca_compare import assert_alike
from ca_material import certificate, pem_csr, private_pem, shared_root
from cryptography import x509
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

pytest_plugins = ("ca_fixtures",)
pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length must be|Country names should be")

OPERATIONS = ("info", "newkey", "newcert", "sign", "bundle")

# Wherever the fixtures come from does not matter: backends keep no state between these requests.
wild = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)

text = st.text(max_size=12)
# Characters that matter to addresses, in any order.
host = st.one_of(
    st.text(alphabet='ab1.:@<>()"\\ /%[],é*\t', max_size=12), st.ip_addresses().map(str), st.emails(), text
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), text)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3), max_leaves=5
)


def often(strategy: st.SearchStrategy) -> st.SearchStrategy:
    """Mostly of the right type."""
    return st.integers(0, 9).flatmap(lambda draw: anything if draw == 0 else strategy)


name = st.fixed_dictionaries(
    {}, optional={member: often(text) for member in ("C", "ST", "L", "O", "OU", "o", "SerialNumber")}
)
# Sizes that are refused, or quick to make.
key = st.fixed_dictionaries(
    {},
    optional={
        "algo": often(st.sampled_from(["rsa", "ecdsa", "x"])),
        "size": often(st.sampled_from([0, 256, 384, 2047, 8193])),
    },
)
request = st.fixed_dictionaries(
    {},
    optional={
        "CN": often(text),
        "names": often(st.lists(often(name), max_size=3)),
        "hosts": often(st.lists(often(host), max_size=3)),
        "key": often(key),
        "serialnumber": often(text),
        "KEY": key,
    },
)
profile = often(st.sampled_from(["", "server", "client", "ca", "other"]))
newcert = st.fixed_dictionaries({}, optional={"request": often(request), "profile": profile, "label": often(text)})
sign = st.fixed_dictionaries(
    {"certificate_request": often(st.just(pem_csr()))},
    optional={
        "hosts": often(st.lists(often(host), max_size=3)),
        "hostname": often(host),
        "subject": often(
            st.fixed_dictionaries({}, optional={"CN": often(text), "names": often(st.lists(name, max_size=3))})
        ),
        "profile": profile,
        "serial": often(st.integers()),
    },
)


def repeats_a_value(body: object) -> bool:
    """Whether a subject has one value twice, which the embedded CA writes once and cryptography cannot read."""
    names = body.get("names") if isinstance(body, dict) else None
    if not isinstance(names, list):
        return any(repeats_a_value(member) for member in body.values()) if isinstance(body, dict) else False
    values = [
        (attribute, str(value)) for entry in names if isinstance(entry, dict) for attribute, value in entry.items()
    ]
    return len({(attribute.upper(), value) for attribute, value in values}) < len(values)


@wild
@given(body=st.one_of(st.binary(max_size=40), anything.map(lambda value: json.dumps(value).encode())))
@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_bytes(embedded: Ca, cfssl: Ca, operation: str, body: bytes) -> None:
    assert_alike(embedded, cfssl, operation, body)


@wild
@given(body=st.text(alphabet='{}[]",:\\u12eE+-.0tfn rulasé\x01', max_size=20))
def test_nearly_json(embedded: Ca, cfssl: Ca, body: str) -> None:
    assert_alike(embedded, cfssl, "info", body.encode())


@wild
@given(body=request)
def test_newkey(embedded: Ca, cfssl: Ca, body: dict) -> None:
    assume(not repeats_a_value(body))
    assert_alike(embedded, cfssl, "newkey", body)


@wild
@given(body=newcert)
def test_newcert(embedded: Ca, cfssl: Ca, body: dict) -> None:
    assume(not repeats_a_value(body))
    assert_alike(embedded, cfssl, "newcert", body)


@wild
@given(body=sign)
def test_sign(embedded: Ca, cfssl: Ca, body: dict) -> None:
    assume(not repeats_a_value(body))
    assert_alike(embedded, cfssl, "sign", body)


leaf = certificate(shared_root(), extensions=[x509.SubjectAlternativeName([x509.DNSName("a.b"), x509.DNSName("*.c")])])
own = shared_root().certificate_pem
bundle = st.fixed_dictionaries(
    {"certificate": often(st.lists(st.sampled_from([leaf, own, "x\n"]), max_size=3).map("".join))},
    optional={
        "domain": often(st.sampled_from(["a.b", "x.c", "A.B", "x.y.c", "10.0.0.1", ""]) | text),
        "ip": often(st.sampled_from(["a.b", "10.0.0.1", "::1", ""])),
        "flavor": often(st.sampled_from(["ubiquitous", "optimal", "force", ""])),
        "private_key": often(st.sampled_from(["", "x", private_pem("ec-256")])),
    },
)


@wild
@given(body=bundle)
def test_bundle(embedded: Ca, cfssl: Ca, body: dict) -> None:
    assert_alike(embedded, cfssl, "bundle", body)


@wild
@given(operation=st.sampled_from(OPERATIONS), body=st.one_of(st.binary(max_size=60), request, newcert, sign, anything))
def test_the_embedded_ca_has_server_errors_only_as_cfssl_has_them(embedded: Ca, operation: str, body: object) -> None:
    answer = embedded.call(operation, body)
    if answer.status == 500:  # bundle, for bodies that are not JSON or not of strings
        assert operation == "bundle"
        assert json.loads(answer.body)["errors"][0]["code"] == 0
    else:
        # 502: hosts that crash cfssl
        assert answer.status in (200, 400) or (answer.status == 502 and operation in ("newkey", "newcert"))

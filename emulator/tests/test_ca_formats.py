# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Go's JSON, PEM and address formats, without a CA around them."""

from __future__ import annotations

import ipaddress
import json
import re

import pytest
from ca_material import block, pem_csr
from hypothesis import example, given
from hypothesis import strategies as st

from dcos_emulator.ca import gojson, gotypes, names, pem

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def plain(value: object) -> object:
    """A parsed value as Python's json would give it."""
    if isinstance(value, gojson.Number):
        return json.loads(value)
    if isinstance(value, gojson.Object):
        return {name: plain(member) for name, member in value}
    return [plain(item) for item in value] if isinstance(value, list) else value


@given(value=json_values, compact=st.booleans(), ascii_only=st.booleans())
def test_what_json_writes_is_read_back(value: object, compact: bool, ascii_only: bool) -> None:
    separators = (",", ":") if compact else (" ,\n", "\t: ")
    text = json.dumps(value, separators=separators, ensure_ascii=ascii_only)
    assert plain(gojson.parse(text.encode())) == value


@given(body=st.binary(max_size=30) | st.text(alphabet='{}[]",:\\u12eE+-.0tfn ruals\x01').map(str.encode))
@example(body=b'"\\ud83d\\ude00"')
def test_exactly_what_is_json_is_accepted(body: bytes) -> None:
    try:
        expected = json.loads(body.decode("utf-8", errors="replace"), parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        with pytest.raises(gojson.JsonError):
            gojson.parse(body)
    else:
        # Python keeps halves of surrogate pairs, which are no characters to Go.
        text = re.sub("[\ud800-\udfff]", "\ufffd", json.dumps(expected, ensure_ascii=False))
        assert plain(gojson.parse(body)) == json.loads(text)


@pytest.mark.parametrize("body", [b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000])
def test_deep_nesting_is_refused(body: bytes) -> None:
    with pytest.raises(gojson.JsonError, match="exceeded max depth"):
        gojson.parse(body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "unexpected end of JSON input"),
        (b'{"a": "b', "unexpected end of JSON input"),
        (b"[1,\n", "unexpected end of JSON input"),
        (b"'", "invalid character '\\'' looking for beginning of value"),
        (b"[NaN]", "invalid character 'N' looking for beginning of value"),
    ],
)
def test_what_is_no_json(body: bytes, message: str) -> None:
    with pytest.raises(gojson.JsonError) as caught:
        gojson.parse(body)
    assert str(caught.value) == message


STRUCT = gotypes.Struct(
    "pkg.Outer",
    {
        "text": gotypes.STRING,
        "list": gotypes.Slice(gotypes.STRING),
        "flag": gotypes.BOOL,
        "inner": gotypes.Struct("pkg.Inner", {"size": gotypes.INT}),
    },
)


@pytest.mark.parametrize(
    ("body", "decoded"),
    [
        (b"null", {"text": "before"}),
        (b'{"TEXT":"a","Text":null}', {"text": "a"}),
        (b'{"unknown":{"text":1}}', {"text": "before"}),
        (b'{"list":["a",null],"inner":{"size":-5}}', {"text": "before", "list": ["a", ""], "inner": {"size": -5}}),
        (b'{"inner":{"size":1},"inner":{}}', {"text": "before", "inner": {"size": 1}}),
        (b'{"inner":{"size":1},"inner":null,"flag":true}', {"text": "before", "inner": None, "flag": True}),
    ],
)
def test_members_are_matched_and_merged(body: bytes, decoded: dict[str, object]) -> None:
    assert gotypes.unmarshal(body, STRUCT, {"text": "before"}) == decoded


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[]", "json: cannot unmarshal array into Go value of type pkg.Outer"),
        (b'{"Text":1}', "json: cannot unmarshal number into Go struct field Outer.text of type string"),
        (b'{"list":"a"}', "json: cannot unmarshal string into Go struct field Outer.list of type []string"),
        (b'{"list":[true]}', "json: cannot unmarshal bool into Go struct field Outer.list of type string"),
        (
            b'{"inner":{"size":1e3}}',
            "json: cannot unmarshal number 1e3 into Go struct field Inner.inner.size of type int",
        ),
        (b'{"inner":[]}', "json: cannot unmarshal array into Go struct field Outer.inner of type pkg.Inner"),
    ],
)
def test_type_errors_are_worded_as_in_go(body: bytes, message: str) -> None:
    with pytest.raises(gojson.JsonError) as caught:
        gotypes.unmarshal(body, STRUCT)
    assert str(caught.value) == message


@given(size=st.integers())
def test_integers_are_of_64_bits(size: int) -> None:
    body = json.dumps({"inner": {"size": size}}).encode()
    if -(2**63) <= size < 2**63:
        assert gotypes.unmarshal(body, STRUCT) == {"inner": {"size": size}}
    else:
        with pytest.raises(gojson.JsonError, match="of type int"):
            gotypes.unmarshal(body, STRUCT)


@given(der=st.binary(max_size=200), before=st.text(alphabet="ab \n", max_size=20), after=st.text(max_size=20))
def test_a_pem_block_is_found_between_other_text(der: bytes, before: str, after: str) -> None:
    decoded = pem.decode(before + "\n" + block(der, "SOME LABEL") + after)
    assert decoded == ("SOME LABEL", der, after)


@given(text=st.text(alphabet="-BEGIND XA=\n:", max_size=200))
def test_pem_decoding_never_fails_but_by_none(text: str) -> None:
    decoded = pem.decode(text)
    assert decoded is None or decoded.rest in text


def test_a_block_that_breaks_the_rules_is_skipped() -> None:
    broken = pem_csr().replace("END CERTIFICATE", "END SOMETHING")
    decoded = pem.decode(broken + block(b"x", "GOOD"))
    assert decoded is not None
    assert decoded.label == "GOOD"


@given(address=st.ip_addresses())
def test_every_address_is_an_address(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert names.parse_ip(str(address)) in (address, getattr(address, "ipv4_mapped", None))


@given(address=st.from_regex(r"[a-z0-9.+_-]{1,20}@[a-z0-9-]{1,10}(\.[a-z]{2,5}){1,3}", fullmatch=True))
def test_ordinary_mailboxes_are_mailboxes(address: str) -> None:
    local = address.partition("@")[0]
    well_formed = not local.startswith(".") and not local.endswith(".") and ".." not in local
    assert names.parse_mailbox(address) == (address if well_formed else None)


@pytest.mark.parametrize(
    "host", ["a" * 100_000, '"' + "a" * 100_000, "a " * 50_000, "(" * 100_000, "a." * 50_000 + "@", "<" * 9999]
)
def test_long_hosts_are_classified_in_linear_time(host: str) -> None:
    """In quadratic time this would not end before its reader."""
    assert names.parse_mailbox(host * 100) is None

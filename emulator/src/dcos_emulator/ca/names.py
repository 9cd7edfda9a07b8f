# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts and names of requests, as the SANs and subjects that cfssl makes of them."""

from __future__ import annotations

import ipaddress
import re
import warnings
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cryptography import x509
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtensionOID, NameOID

from . import gojson

# cfssl issues what it is asked for, a common name of more than 64 characters included; cryptography warns about it,
# wherever it meets such a name, and the emulator's stderr is to stay quiet.
warnings.filterwarnings("ignore", message="Attribute's length must be|Country names should be")

# RFC 5322 as Go's net/mail reads it: no domain literals, and atoms of any non-ASCII characters.
_ATOM = r'[^\x00-\x20\x7f()<>\[\]:;@\\,".]+'
_DOT_ATOM = rf"{_ATOM}(?:\.{_ATOM})*"
_QUOTED = r'"(?:[^\x00-\x08\x0a-\x1f\x7f"\\]|\\[^\x00-\x08\x0a-\x1f\x7f])+"'
_ADDRESS = rf"[ \t]*(?P<{{0}}>{_DOT_ATOM}|{_QUOTED})@[ \t]*(?P<{{1}}>{_DOT_ATOM})"
# Possessive, so that a long host that is no mailbox is refused in linear time.
_PHRASE = rf"(?:[ \t]*+(?:{_QUOTED}|[^\x00-\x20\x7f()<>\[\]:;@\\,\"]++))*+"
_COMMENT = r"(?:[ \t]*\([^()]*(?:\([^()]*\)[^()]*)*\))?[ \t]*"
_MAILBOX = re.compile(
    rf"(?:{_ADDRESS.format('local1', 'domain1')}|{_PHRASE}[ \t]*<{_ADDRESS.format('local2', 'domain2')}>){_COMMENT}"
)

# The attributes that survive a cfssl signature, in the order in which it writes them.
_SUBJECT_ORDER = (
    NameOID.COUNTRY_NAME,
    NameOID.STATE_OR_PROVINCE_NAME,
    NameOID.LOCALITY_NAME,
    NameOID.STREET_ADDRESS,
    NameOID.POSTAL_CODE,
    NameOID.ORGANIZATION_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
    NameOID.COMMON_NAME,
    NameOID.SERIAL_NUMBER,
)
_SINGLE = (NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER)
_MEMBERS = {
    "C": NameOID.COUNTRY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "L": NameOID.LOCALITY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
}
_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,\-./:=?]*")

Subject = dict[x509.ObjectIdentifier, list[str]]


class Sans(NamedTuple):
    """Subject Alternative Names, kept apart by kind as cfssl writes them."""

    dns: list[str]
    email: list[str]
    ip: list[ipaddress.IPv4Address | ipaddress.IPv6Address]

    def __bool__(self) -> bool:
        return bool(self.dns or self.email or self.ip)

    def not_ascii(self) -> str | None:
        """The first name that cannot be written into a certificate."""
        return next((name for name in (*self.dns, *self.email) if not name.isascii()), None)

    def extension(self) -> x509.UnrecognizedExtension:
        """The extension, encoded here because cryptography refuses some of the names that cfssl issues."""
        names = [
            *(_tlv(0x82, name.encode("ascii")) for name in self.dns),
            *(_tlv(0x81, name.encode("ascii")) for name in self.email),
            *(_tlv(0x87, address.packed) for address in self.ip),
        ]
        return x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, _tlv(0x30, b"".join(names)))


def _tlv(tag: int, content: bytes) -> bytes:
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sans_of_hosts(hosts: Iterable[str]) -> Sans:
    """Sort hosts into kinds: IP addresses, e-mail addresses, and names for the rest.

    Later cfssl makes URI SANs of URIs; the one that DC/OS' CA was forked from makes DNS names of them.
    """
    sans = Sans([], [], [])
    for host in hosts:
        address = parse_ip(host)
        if address is not None:
            sans.ip.append(address)
        elif mailbox := parse_mailbox(host):
            sans.email.append(mailbox)
        else:
            sans.dns.append(host)
    return sans


def sans_of_csr(csr: x509.CertificateSigningRequest) -> Sans:
    """The SANs that cfssl takes over from a CSR; those of other kinds, such as URIs, are lost."""
    try:
        names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return Sans([], [], [])
    return Sans(
        names.get_values_for_type(x509.DNSName),
        names.get_values_for_type(x509.RFC822Name),
        [address for address in names.get_values_for_type(x509.IPAddress) if not hasattr(address, "netmask")],
    )


def parse_ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Go's net.ParseIP: no zones, and an IPv4-mapped address is an IPv4 address."""
    if "%" in host:
        return None
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def parse_mailbox(host: str) -> str | None:
    """The bare address of an RFC 5322 mailbox, None for anything else."""
    match = _MAILBOX.fullmatch(host)
    if match is None:
        return None
    local = match["local1"] or match["local2"]
    if local.startswith('"'):
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    return f"{local}@{match['domain1'] or match['domain2']}"


def subject_of_request(request: Mapping[str, object]) -> Subject:
    """The subject of a newkey body, or of sign's ``subject``: ``{"CN", "names": [{C, ST, L, O, OU}], …}``."""
    subject: Subject = {}
    for name in request.get("names") or []:  # type: ignore[attr-defined]  # decoded to a list of dicts
        for member, oid in _MEMBERS.items():
            if name.get(member):
                subject.setdefault(oid, []).append(name[member])
    serial_number = request.get("serialnumber") or request.get("SerialNumber")
    for oid, value in ((NameOID.COMMON_NAME, request.get("CN")), (NameOID.SERIAL_NUMBER, serial_number)):
        if value:
            subject[oid] = [str(value)]
    return subject


def subject_of_csr(name: x509.Name) -> Subject:
    """The attributes of a CSR's subject that cfssl knows; of several common names the last."""
    subject: Subject = {}
    for oid in _SUBJECT_ORDER:
        values = [str(attribute.value) for attribute in name.get_attributes_for_oid(oid)]
        if values:
            subject[oid] = values[-1:] if oid in _SINGLE else values
    return subject


def override_subject(override: Subject, subject: Subject) -> Subject:
    """The override's attributes, completed from the CSR's except for street address and postal code."""
    kept = {oid: subject[oid] for oid in (*_MEMBERS.values(), *_SINGLE) if oid in subject}
    return kept | override


def x509_name(subject: Subject) -> x509.Name:
    """One RDN an attribute type, of several values where there are several (a repeated one is written once)."""
    return x509.Name(
        [
            x509.RelativeDistinguishedName([_attribute(oid, value) for value in dict.fromkeys(subject[oid])])
            for oid in _SUBJECT_ORDER
            if oid in subject
        ]
    )


def _attribute(oid: x509.ObjectIdentifier, value: str) -> x509.NameAttribute[str]:
    # Private parameters, as there is no public way to cfssl's choice of string types, nor to its lack of checks.
    kind = _ASN1Type.PrintableString if _PRINTABLE.fullmatch(value) else _ASN1Type.UTF8String
    return x509.NameAttribute(oid, value, kind, _validate=False)


def ia5_error(name: str) -> str:
    """Go's words for a SAN that is not ASCII."""
    return f"x509: {gojson.quote(name)} cannot be encoded as an IA5String"

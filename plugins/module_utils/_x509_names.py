# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in certificates, brought to one spelling: subjects and subject alternative names (SANs). Pure functions.

A SAN is a pair (kind, value) here, with the kinds DNS, IP, email, URI and other.

This file is private to the collection.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ansible_collections.dcos.security.plugins.module_utils import _deps
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, CertificateSigningRequest, Name

# Option names of a subject, in the order in which they go into a request.
# Names of a subject beside the common name.
SUBJECT_NAMES = ("C", "ST", "L", "O", "OU")
_SUBJECT = {
    "C": "COUNTRY_NAME",
    "ST": "STATE_OR_PROVINCE_NAME",
    "L": "LOCALITY_NAME",
    "O": "ORGANIZATION_NAME",
    "OU": "ORGANIZATIONAL_UNIT_NAME",
    "CN": "COMMON_NAME",
}
_MAX_COMMON_NAME = 64  # RFC 5280, ub-common-name; OpenSSL refuses longer ones
_DNS_NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_*](?:[a-z0-9_*-]{0,61}[a-z0-9_*])?(?:\.|\Z))+(?<!\.)")
_EMAIL = re.compile(r"(?P<local>[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+)@(?P<domain>[A-Za-z0-9_.-]+)")
_URI = re.compile(r"(?P<authority>[A-Za-z][A-Za-z0-9+.-]*://(?:(?![/?#])[!-~])+)(?P<rest>[!-~]*)")


def check_common_name(common_name: str | None) -> None:
    """Raise InputError for a common name that is empty or too long."""
    if not common_name or len(common_name) > _MAX_COMMON_NAME:
        raise InputError(
            f"The common name '{common_name}' has {len(common_name or '')} characters, and a certificate holds 1 to "
            f"{_MAX_COMMON_NAME}. Give a shorter common_name, and put the long name into hosts, which clients go by."
        )


def subject_name(common_name: str, subject: dict[str, str] | None) -> Name:
    """Return an x509.Name of the common name and the values of ``subject`` (C, ST, L, O, OU; None is left out).

    Raises InputError for a common name that is empty or too long, and for values that cannot stand in a certificate.
    """
    check_common_name(common_name)
    x509 = _deps.load("cryptography.x509")
    values = {**(subject or {}), "CN": common_name}
    if unknown := set(values) - set(_SUBJECT):
        raise InputError(f"The subject knows no {', '.join(sorted(unknown))}, only {', '.join(_SUBJECT)}.")
    try:
        attributes = [
            x509.NameAttribute(getattr(x509.NameOID, oid), values[name])
            for name, oid in _SUBJECT.items()
            if values.get(name)
        ]
    except ValueError as exc:
        raise InputError(f"The subject cannot stand in a certificate: {exc}") from None
    name: Name = x509.Name(attributes)
    return name


def describe_name(name: Name) -> dict[str, str]:
    """Return an x509.Name as {CN, O, …}; a repeated name has its values joined by ``, ``, an unknown one its OID."""
    x509 = _deps.load("cryptography.x509")
    short = {getattr(x509.NameOID, oid): option for option, oid in _SUBJECT.items()}
    described: dict[str, str] = {}
    for attribute in name:
        key = short.get(attribute.oid, attribute.oid.dotted_string)
        value = str(attribute.value)  # bytes are what no name of DC/OS has: X500UniqueIdentifier
        described[key] = f"{described[key]}, {value}" if key in described else value
    return described


def canonical_san(host: str) -> tuple[str, str]:
    """Return a host of a task as a SAN: IP address, ``x@y`` e-mail, ``scheme://…`` URI, else a DNS name.

    Case, a final dot, the spellings of an IPv6 address and of an international name make no difference afterwards.
    Raises InputError for what is none of these.
    """
    host = host.strip()
    if address := _canonical_ip(host.strip("[]")):
        return "IP", address
    if email := _EMAIL.fullmatch(host):
        return "email", f"{email['local']}@{email['domain'].lower()}"
    if uri := _URI.fullmatch(host):
        return "URI", uri["authority"].lower() + uri["rest"]
    name = _canonical_dns(host)
    # Digits and dots alone are an IP address with a typing error in it, as no top-level domain is a number.
    if not _DNS_NAME.fullmatch(name) or re.fullmatch(r"[0-9.]+", name):
        raise InputError(
            f"The host '{host}' is no DNS name, IP address, e-mail address or URI that a certificate can hold. "
            "Name hosts without port, path and spaces."
        )
    return "DNS", name


def sans_extension(hosts: Iterable[str]) -> Any:
    """Return the x509.SubjectAlternativeName of the given hosts, each once, in their order."""
    x509 = _deps.load("cryptography.x509")
    makers = {
        "DNS": x509.DNSName,
        "IP": lambda address: x509.IPAddress(ipaddress.ip_address(address)),
        "email": x509.RFC822Name,
        "URI": x509.UniformResourceIdentifier,
    }
    sans = dict.fromkeys(canonical_san(host) for host in hosts)
    return x509.SubjectAlternativeName([makers[kind](value) for kind, value in sans])


def sans_of(signed: Certificate | CertificateSigningRequest) -> list[tuple[str, str]]:
    """Return the SANs of a certificate or CSR object. Raises ValueError where its extensions cannot be decoded."""
    x509 = _deps.load("cryptography.x509")
    try:
        names = signed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [_read_san(x509, name) for name in names]


def show_sans(sans: Iterable[tuple[str, str]]) -> list[str]:
    """Return SANs as text: ``DNS:a.example.com``, ``IP:192.0.2.1``, ``email:x@example.com``, ``URI:spiffe://x/y``."""
    return [f"{kind}:{value}" for kind, value in sans]


def _read_san(x509: Any, name: Any) -> tuple[str, str]:
    if isinstance(name, x509.IPAddress):
        return "IP", _canonical_ip(str(name.value)) or str(name.value)
    for kind, cls in (("DNS", x509.DNSName), ("email", x509.RFC822Name), ("URI", x509.UniformResourceIdentifier)):
        if isinstance(name, cls):
            try:
                return canonical_san(name.value) if kind != "DNS" else (kind, _canonical_dns(name.value))
            except InputError:
                return kind, name.value
    return "other", str(name.value)


def _canonical_ip(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if "%" in text:  # a scope id, which has a meaning on one host only
        return None
    # The CA, a Go program, writes ::ffff:192.0.2.1 as the four bytes of 192.0.2.1.
    return str(getattr(address, "ipv4_mapped", None) or address)


def _canonical_dns(name: str) -> str:
    name = name.lower()
    name = name[:-1] if name.endswith(".") else name
    return name if name.isascii() else ".".join(map(_a_label, name.split(".")))


def _a_label(label: str) -> str:
    # IDNA 2008, which browsers and Go follow: Python's own codec makes another domain of some names.
    idna = _deps.load("idna")
    try:
        return label if label == "*" else idna.encode(label, uts46=True).decode()
    except idna.IDNAError:
        return label  # is refused where it was asked for

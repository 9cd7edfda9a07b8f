# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a certificate is for a host, in the words of Go's crypto/x509."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import NameOID

from .envelope import CaError
from .names import parse_ip


def verify_hostname(certificate: x509.Certificate, host: str) -> None:
    """Raise CaError 1200 unless a SAN names the host, an IP address or a DNS name."""
    try:
        sans = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        sans = x509.SubjectAlternativeName([])
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    address = parse_ip(host)
    if address is not None:
        addresses = sans.get_values_for_type(x509.IPAddress)
        if address in addresses:
            return
        if not addresses:
            raise _error(f"cannot validate certificate for {host} because it doesn't contain any IP SANs")
        valid = ", ".join(map(str, addresses))
    else:
        names = sans.get_values_for_type(x509.DNSName)
        if any(_matches(name, host) for name in names):
            return
        if not list(sans) and any(_matches(str(name.value), host) for name in _common_names(certificate)):
            raise _error("certificate relies on legacy Common Name field, use SANs instead")
        valid = ", ".join(names)
    if not valid:
        raise _error(f"certificate is not valid for any names, but wanted to match {host}")
    raise _error(f"certificate is valid for {valid}, not {host}")


def _common_names(certificate: x509.Certificate) -> list[x509.NameAttribute[str | bytes]]:
    return certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)


def _matches(pattern: str, host: str) -> bool:
    wanted, offered = host.lower().removesuffix(".").split("."), pattern.lower().removesuffix(".").split(".")
    if not all(wanted) or not all(offered) or len(wanted) != len(offered):
        return False
    return wanted[1:] == offered[1:] and (offered[0] in ("*", wanted[0]))


def _error(message: str) -> CaError:
    return CaError(1200, f"x509: {message}")

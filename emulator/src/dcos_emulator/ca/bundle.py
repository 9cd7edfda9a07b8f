# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cfssl's ``bundle``: the chain of a certificate up to the cluster's root."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, SignatureAlgorithmOID

from . import pem
from .envelope import CaError, bad_request
from .hostnames import verify_hostname
from .names import parse_ip
from .pki import IssuerKey, Root, certificate_to_pem, private_key_to_pem

_SHA2_WARNING = (
    "The bundle contains certificates signed with advanced hash functions such as SHA2, which are problematic for "
    "certain operating systems, e.g. Windows XP SP2."
)
_ECDSA_WARNING = (
    "The bundle contains ECDSA signatures, which are problematic for certain operating systems, e.g. Windows XP, "
    "Android 2.2 and Android 2.3."
)
_NO_PLATFORMS_WARNING = "Unable to measure bundle ubiquity: No platform metadata present."
_EXPIRING = timedelta(days=30)

_SERVER_USAGES = {
    ExtendedKeyUsageOID.SERVER_AUTH,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.3"),  # Microsoft and
    x509.ObjectIdentifier("2.16.840.1.113730.4.1"),  # Netscape server gated crypto
}

_ATTRIBUTE_NAMES = {
    NameOID.COMMON_NAME: "CommonName",
    NameOID.SERIAL_NUMBER: "SerialNumber",
    NameOID.COUNTRY_NAME: "Country",
    NameOID.LOCALITY_NAME: "Locality",
    NameOID.STATE_OR_PROVINCE_NAME: "Province",
    NameOID.STREET_ADDRESS: "StreetAddress",
    NameOID.ORGANIZATION_NAME: "Organization",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OrganizationalUnit",
    NameOID.POSTAL_CODE: "PostalCode",
}

_SIGNATURE_NAMES = {
    SignatureAlgorithmOID.RSA_WITH_SHA1: "SHA1WithRSA",
    SignatureAlgorithmOID.RSA_WITH_SHA256: "SHA256WithRSA",
    SignatureAlgorithmOID.RSA_WITH_SHA384: "SHA384WithRSA",
    SignatureAlgorithmOID.RSA_WITH_SHA512: "SHA512WithRSA",
    SignatureAlgorithmOID.ECDSA_WITH_SHA1: "ECDSAWithSHA1",
    SignatureAlgorithmOID.ECDSA_WITH_SHA256: "ECDSAWithSHA256",
    SignatureAlgorithmOID.ECDSA_WITH_SHA384: "ECDSAWithSHA384",
    SignatureAlgorithmOID.ECDSA_WITH_SHA512: "ECDSAWithSHA512",
}


Extension = TypeVar("Extension", bound=x509.ExtensionType)


class Bundler:
    """Bundles certificates that chain to one root; unlike cfssl it does not remember intermediates it has seen."""

    def __init__(self, root: Root) -> None:
        self._root = root.certificate

    def bundle(self, request: Mapping[str, str], now: datetime) -> dict[str, object]:
        """The result of ``{"certificate": PEM, "private_key"?, "flavor"?, "domain"?, "ip"?}``; raises CaError."""
        if "certificate" not in request:
            if "domain" in request:
                raise unreachable(request.get("ip") or request["domain"])
            raise bad_request("no valid parameter sets found")
        key = _load_key(request["private_key"]) if request.get("private_key") else None
        given = _leaf_first(_load_certificates(request["certificate"]))
        leaf = given[0]
        if key is not None and key.public_key() != leaf.public_key():
            raise CaError(2300, "Private key does not match public key")
        forced = request.get("flavor") == "force"
        chain = _forced_chain(given) if forced else self._verified_chain(given, now)
        bundled = chain if forced else chain[:-1]
        for host in filter(None, (request.get("domain"), request.get("ip"))):
            verify_hostname(leaf, host)
        return {
            "bundle": "".join(certificate_to_pem(certificate) for certificate in bundled).strip(),
            "crl_support": _extension(leaf, x509.CRLDistributionPoints) is not None,
            "crt": certificate_to_pem(leaf).strip(),
            "expires": min(certificate.not_valid_after_utc for certificate in chain).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "hostnames": _hostnames(leaf),
            "issuer": _slashed(leaf.issuer),
            "key": private_key_to_pem(key).strip() if key is not None else "",
            "key_size": _key_size(leaf),
            "key_type": f"{_key_size(leaf)}-bit {'RSA' if _is_rsa(leaf) else 'ECDSA'}",
            "ocsp": _ocsp_servers(leaf),
            "ocsp_support": _ocsp_servers(leaf) is not None,
            "root": "" if forced else certificate_to_pem(chain[-1]).strip(),
            "signature": _SIGNATURE_NAMES.get(leaf.signature_algorithm_oid, "Unknown Signature"),
            "status": _status(chain, now, forced, rebundled=bundled != given),
            "subject": _slashed(leaf.subject),
        }

    def _verified_chain(self, given: list[x509.Certificate], now: datetime) -> list[x509.Certificate]:
        leaf = given[0]
        if _issued(leaf, leaf):
            raise CaError(1100, "Certificate is self signed")
        _check_validity(leaf, now)
        chain = self._chain(leaf, given[1:])
        if chain is None:
            raise CaError(1220, "x509: certificate signed by unknown authority")
        for certificate in chain:
            usages = _extension(certificate, x509.ExtendedKeyUsage)
            if usages is not None and not _SERVER_USAGES.intersection(usages):
                raise CaError(1214, "x509: certificate specifies an incompatible key usage")
        return chain

    def _chain(self, leaf: x509.Certificate, others: list[x509.Certificate]) -> list[x509.Certificate] | None:
        if _issued(leaf, self._root):
            return [leaf, self._root]
        for other in others:
            if _issued(leaf, other):
                rest = self._chain(other, [one for one in others if one != other])
                if rest is not None:
                    return [leaf, *rest]
        return None


def unreachable(host: str) -> CaError:
    """The answer to a host to fetch the certificate from: the emulated cluster reaches no other machine.

    The words are those of Go's net.Dial; those for a name leave out which name server was asked.
    """
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        return CaError(6000, f"dial tcp: address {host}:443: too many colons in address")
    if host == "localhost":
        host = "127.0.0.1"
    if host and not host.startswith("[") and parse_ip(host) is None:
        return CaError(6000, f"dial tcp: lookup {host}: no such host")
    return CaError(6000, f"dial tcp {host}:443: connect: connection refused")


def _load_key(text: str) -> IssuerKey:
    block = pem.decode(text)
    if block is None:
        raise CaError(2002, "Failed to decode private key")
    try:
        key = serialization.load_pem_private_key(text.encode(), password=None)
    except TypeError as error:
        # PKCS#8 encryption is not recognised by cfssl, only the older one with its header.
        old = "Proc-Type: 4,ENCRYPTED" in text
        raise (CaError(2100, "Private key is encrypted.") if old else _unparsable_key()) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unparsable_key() from error
    if not isinstance(key, IssuerKey):
        raise _unparsable_key()
    return key


def _unparsable_key() -> CaError:
    return CaError(2003, "Failed to parse private key")


def _load_certificates(text: str) -> list[x509.Certificate]:
    certificates = []
    rest = text.strip()
    while rest:
        block = pem.decode(rest)
        if block is None:
            raise CaError(1002, "Failed to decode certificate")
        try:
            certificate = x509.load_der_x509_certificate(block.der)
            certificate.subject, certificate.issuer, certificate.extensions  # noqa: B018  # parsed when first asked
            public_key = certificate.public_key()
        except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
            raise CaError(1003, "Failed to parse certificate") from error
        if not isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise CaError(2200, "Private key algorithm is not RSA or ECC")
        certificates.append(certificate)
        rest = block.rest
    if not certificates:
        raise CaError(1002, "Failed to decode certificate")
    return certificates


def _is_chain(certificates: list[x509.Certificate]) -> bool:
    return all(_issued(certificate, issuer) for certificate, issuer in pairwise(certificates))


def _leaf_first(certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    backwards = certificates[::-1]
    return backwards if not _is_chain(certificates) and _is_chain(backwards) else certificates


def _forced_chain(given: list[x509.Certificate]) -> list[x509.Certificate]:
    if not _is_chain(given):
        raise CaError(1200, "Unable to verify the certificate chain")
    return given


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    constraints = _extension(issuer, x509.BasicConstraints)
    usage = _extension(issuer, x509.KeyUsage)
    if constraints is None or not constraints.ca or (usage is not None and not usage.key_cert_sign):
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _check_validity(certificate: x509.Certificate, now: datetime) -> None:
    if certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        return
    late = now > certificate.not_valid_after_utc
    limit = certificate.not_valid_after_utc if late else certificate.not_valid_before_utc
    raise CaError(
        1211,
        f"x509: certificate has expired or is not yet valid: current time {now:%Y-%m-%dT%H:%M:%SZ} is "
        f"{'after' if late else 'before'} {limit:%Y-%m-%dT%H:%M:%SZ}",
    )


def _extension(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _is_rsa(certificate: x509.Certificate) -> bool:
    return isinstance(certificate.public_key(), rsa.RSAPublicKey)


def _key_size(certificate: x509.Certificate) -> int:
    return certificate.public_key().key_size  # type: ignore[union-attr]  # RSA or EC, by _load_certificates


def _hostnames(certificate: x509.Certificate) -> list[str]:
    common_names = [str(name.value) for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    sans = _extension(certificate, x509.SubjectAlternativeName)
    dns_names = sans.get_values_for_type(x509.DNSName) if sans is not None else []
    return list(dict.fromkeys([*common_names[-1:], *dns_names]))


def _ocsp_servers(certificate: x509.Certificate) -> list[str] | None:
    access = _extension(certificate, x509.AuthorityInformationAccess)
    if access is None:
        return None
    servers = [
        str(entry.access_location.value)
        for entry in access
        if entry.access_method == AuthorityInformationAccessOID.OCSP
    ]
    return servers or None


def _slashed(name: x509.Name) -> str:
    return "".join(f"/{_ATTRIBUTE_NAMES.get(attribute.oid, '')}={attribute.value!s}" for attribute in name)


def _status(chain: list[x509.Certificate], now: datetime, forced: bool, rebundled: bool) -> dict[str, object]:
    """The warnings, with a code of bits: 1 expiring, 2 not trusted everywhere."""
    code = 0
    messages = []
    expiring = [number for number, one in enumerate(chain) if one.not_valid_after_utc < now + _EXPIRING]
    if expiring:
        code |= 1
        which = ", ".join(f"#{number + 1}" for number in expiring)
        messages.append(f"The bundle is expiring within 30 days.The expiring cert is {which} in the chain.")
    algorithms = [_SIGNATURE_NAMES.get(one.signature_algorithm_oid, "") for one in chain]
    if any("SHA" in name and "SHA1" not in name for name in algorithms):
        messages.append(_SHA2_WARNING)
    if not all(_is_rsa(one) for one in chain):
        messages.append(_ECDSA_WARNING)
    if not forced:
        messages.append(_NO_PLATFORMS_WARNING)
    if len(messages) > len(expiring[:1]):
        code |= 2
    identifiers = [_extension(chain[number], x509.SubjectKeyIdentifier) for number in expiring]
    return {
        "rebundled": rebundled,
        "expiring_SKIs": [one.digest.hex().upper() if one else "" for one in identifiers] or None,
        "untrusted_root_stores": None if forced else [],
        "messages": messages,
        "code": code,
    }

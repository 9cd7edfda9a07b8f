# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of the CA, reduced to what two backends must have in common.

Left out: key material, serial numbers and times. Everything else of the decoded CSRs and certificates is kept, the
encoding of subjects and extensions included.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from ca_client import Ca
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dcos_emulator.ca import CaAnswer, Root

DER = serialization.Encoding.DER

compared = 0  # requests that both backends have answered alike


def assert_alike(embedded: Ca, cfssl: Ca, operation: str, body: object, **options: Any) -> CaAnswer:
    """Send one request to both and compare the answers; returns the embedded one's."""
    global compared
    answer = embedded.call(operation, body, **options)
    ours = describe(answer, embedded.root)
    theirs = describe(cfssl.call(operation, body, **options), embedded.root)
    differences = [
        f"{part}:\n  embedded {ours[part]}\n  cfssl    {theirs.get(part)}"
        for part in ours
        if ours[part] != theirs.get(part)
    ]
    assert not differences, "\n".join(differences)
    compared += 1
    return answer


def describe(answer: CaAnswer, root: Root) -> dict[str, object]:
    """Everything of an answer that must be the same."""
    described = {"status": answer.status, "content type": answer.content_type, "headers": dict(answer.headers)}
    if answer.status == 200:
        envelope = json.loads(answer.body)
        described["body"] = _describe_value(envelope, root)
        described["order"] = [*envelope, *envelope["result"]]
        described["final newline"] = answer.body.endswith(b"}\n")
        described["consistent"] = _consistent(envelope["result"])
    else:
        described["body"] = _comparable_error(answer.body.decode())
    return described


def _comparable_error(text: str) -> str:
    text = re.sub(r"current time \S+ is", "current time … is", text)
    # How the syntax of a body is wrong is told in one sentence by the embedded CA.
    syntax = "unexpected end of JSON|invalid character|exceeded max depth"
    text = re.sub(rf'("message":")(?:{syntax}).*("}}\],"messages")', r"\1…\2", text)
    text = re.sub(r"(lookup \S+) on \S+:53: ", r"\1: ", text)  # the name server of this machine
    # Go's words for malformed DER name the internals of its parser; code and class of the error are compared.
    return re.sub(r'("code":9003,"message":"asn1: )(?!syntax error: (sequence|trailing)).*?("}\])', r"\1…\3", text)


def _describe_value(value: Any, root: Root) -> Any:
    if isinstance(value, dict):
        # cfssl takes the host names from a Go map, in no order.
        return {
            name: sorted(item) if name == "hostnames" else _describe_value(item, root)
            for name, item in value.items()
            if name != "sums"
        }
    if isinstance(value, list):
        return [_describe_value(item, root) for item in value]
    if isinstance(value, str) and value.startswith("-----BEGIN "):
        blocks = re.findall(r"-----BEGIN ([A-Z ]+)-----\n.*?-----END \1-----", value, re.DOTALL)
        parts = re.split(r"(?=-----BEGIN )", value)[1:]
        described = [_describe_pem(label, part, root) for label, part in zip(blocks, parts, strict=True)]
        return {"blocks": described, "final newline": value.endswith("\n"), "lines": value.count("\r")}
    return value


def _describe_pem(label: str, pem: str, root: Root) -> dict[str, object]:
    if label == "CERTIFICATE":
        return _describe_certificate(x509.load_pem_x509_certificate(pem.encode()), root)
    if label == "CERTIFICATE REQUEST":
        request = x509.load_pem_x509_csr(pem.encode())
        return {
            "subject": request.subject.public_bytes(),
            "key": _describe_key(request.public_key()),
            "algorithm": request.signature_algorithm_oid,
            "extensions": _describe_extensions(request),
            "verified": request.is_signature_valid,
        }
    key = serialization.load_pem_private_key(pem.encode(), None)
    return {"label": label, "key": _describe_key(key.public_key())}


def _describe_certificate(certificate: x509.Certificate, root: Root) -> dict[str, object]:
    own = certificate.issuer == root.certificate.subject and certificate != root.certificate
    return {
        "version": certificate.version,
        "issuer": certificate.issuer.public_bytes(),
        "subject": certificate.subject.public_bytes(),
        "key": _describe_key(certificate.public_key()),
        "algorithm": certificate.signature_algorithm_oid,
        "lifetime": certificate.not_valid_after_utc - certificate.not_valid_before_utc,
        "whole minute": own and certificate.not_valid_before_utc.second == 0,
        "long serial number": 64 < certificate.serial_number.bit_length() < 160,
        "extensions": _describe_extensions(certificate),
    }


def _describe_extensions(document: x509.Certificate | x509.CertificateSigningRequest) -> list[tuple[Any, ...]]:
    described = []
    for extension in document.extensions:
        content: object = extension.value.public_bytes()
        if isinstance(extension.value, x509.SubjectKeyIdentifier):
            content = extension.value == x509.SubjectKeyIdentifier.from_public_key(document.public_key())
        described.append((extension.oid.dotted_string, extension.critical, content))
    return described


def _describe_key(key: Any) -> str:
    return f"{key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else type(key).__name__} {key.key_size}"


def _consistent(result: dict[str, Any]) -> bool:
    """Whether key, CSR, certificate and sums of newkey and newcert belong together."""
    if "private_key" not in result:
        return True
    request = x509.load_pem_x509_csr(result["certificate_request"].encode())
    key = serialization.load_pem_private_key(result["private_key"].encode(), None)
    documents: dict[str, Any] = {"certificate_request": request}
    if "certificate" in result:
        documents["certificate"] = x509.load_pem_x509_certificate(result["certificate"].encode())
    sums = {
        name: {
            "md5": hashlib.md5(document.public_bytes(DER)).hexdigest().upper(),
            "sha-1": hashlib.sha1(document.public_bytes(DER)).hexdigest().upper(),
        }
        for name, document in documents.items()
    }
    return sums == result["sums"] and all(document.public_key() == key.public_key() for document in documents.values())

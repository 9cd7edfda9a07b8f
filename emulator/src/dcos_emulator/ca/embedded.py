# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CA backend ``embedded``: cfssl's operations on the cryptography library."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from . import gojson, signing
from .bundle import Bundler
from .contract import BAD_GATEWAY, CaAnswer
from .envelope import CaError, bad_request, failure, plain_text, success
from .gotypes import BIG_INT, BOOL, INT, STRING, Slice, Struct, unmarshal, unmarshal_strings
from .pki import Root, certificate_to_pem, private_key_to_pem
from .profiles import find_profile

_NAME = Struct("csr.Name", dict.fromkeys(("C", "ST", "L", "O", "OU", "SerialNumber"), STRING))
_KEY = Struct("csr.BasicKeyRequest", {"algo": STRING, "size": INT}, interface="csr.KeyRequest")
_CA = Struct("csr.CAConfig", {"pathlen": INT, "pathlenzero": BOOL, "expiry": STRING})
_CSR = Struct(
    "csr.CertificateRequest",
    {"CN": STRING, "names": Slice(_NAME), "hosts": Slice(STRING), "key": _KEY, "ca": _CA, "serialnumber": STRING},
)
_SUBJECT = Struct("signer.Subject", {"CN": STRING, "names": Slice(_NAME), "SerialNumber": STRING})
_INFO = Struct("info.Req", {"label": STRING, "profile": STRING})
_NEWCERT = Struct("generator.genSignRequest", {"request": _CSR, "profile": STRING, "label": STRING})
_SIGN = Struct(
    "signhandler.jsonSignRequest",
    {
        "hostname": STRING,
        "hosts": Slice(STRING),
        "certificate_request": STRING,
        "subject": _SUBJECT,
        "profile": STRING,
        "label": STRING,
        "serial": BIG_INT,
    },
)

_NO_HOSTS = {
    "code": 5300,
    "message": 'This certificate lacks a "hosts" field. This makes it unsuitable for\n'
    "websites. For more information see the Baseline Requirements for the Issuance and Management\n"
    "of Publicly-Trusted Certificates, v.1.1.6, from the CA/Browser Forum (https://cabforum.org);\n"
    'specifically, section 10.2.3 ("Information Requirements").',
}


class EmbeddedBackend:
    """Answers as ``cfssl serve`` does, signing with the given root."""

    def __init__(self, root: Root, clock: Callable[[], datetime]) -> None:
        self._root = root
        self._clock = clock
        self._bundler = Bundler(root)
        self._operations: dict[str, Callable[[bytes], CaAnswer]] = {
            "info": self._info,
            "newkey": self._newkey,
            "newcert": self._newcert,
            "sign": self._sign,
            "bundle": self._bundle,
        }

    def ca_bundle_pem(self) -> str:
        """PEM of the root."""
        return self._root.certificate_pem

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def call(self, method: str, operation: str, headers: Mapping[str, str], body: bytes) -> CaAnswer:
        """Answer ``{method} /ca/api/v2/{operation}``; content types do not matter to cfssl, nor do other headers."""
        answer = await self._answer(method, operation.partition("?")[0], body)
        return answer._replace(body=b"") if method == "HEAD" else answer

    async def _answer(self, method: str, operation: str, body: bytes) -> CaAnswer:
        handler = self._operations.get(operation)
        if handler is None:
            return plain_text(HTTPStatus.NOT_FOUND, b"404 page not found\n")
        if method != "POST":
            message = f"Method is not allowed:{gojson.quote(method)}"
            return failure(CaError(HTTPStatus.METHOD_NOT_ALLOWED, message, HTTPStatus.METHOD_NOT_ALLOWED))
        try:
            # In a thread, because a large RSA key takes seconds; OpenSSL lets other threads run meanwhile.
            return await asyncio.to_thread(handler, body)
        except CaError as error:
            return failure(error)
        except signing.UnencodableCsr:
            return BAD_GATEWAY  # cfssl itself panics and closes the connection

    def _info(self, body: bytes) -> CaAnswer:
        request = _decode(body, _INFO)
        profile = find_profile(request.get("profile", ""))
        certificate = self._root.certificate_pem.strip()
        return success({"certificate": certificate, "usages": list(profile.usages), "expiry": profile.expiry})

    def _newkey(self, body: bytes) -> CaAnswer:
        key, csr = signing.create(_decode(body, _CSR, {"key": signing.default_key()}))
        return success(
            {
                "private_key": private_key_to_pem(key),
                "certificate_request": signing.csr_to_pem(csr),
                "sums": {"certificate_request": signing.digests(csr)},
            }
        )

    def _newcert(self, body: bytes) -> CaAnswer:
        decoded = _decode(body, _NEWCERT, {"request": {"key": signing.default_key()}})
        request = decoded["request"]
        if request is None:
            raise bad_request("missing request section")
        key, csr = signing.create(request)
        certificate = signing.sign_csr(self._root, csr, find_profile(decoded.get("profile", "")), self._clock())
        result = {
            "certificate": certificate_to_pem(certificate),
            "certificate_request": signing.csr_to_pem(csr),
            "private_key": private_key_to_pem(key),
            "sums": {"certificate": signing.digests(certificate), "certificate_request": signing.digests(csr)},
        }
        return success(result, None if request.get("hosts") else [_NO_HOSTS])

    def _sign(self, body: bytes) -> CaAnswer:
        try:
            request = unmarshal(body, _SIGN)
        except gojson.JsonError as error:
            raise bad_request("Unable to parse sign request") from error
        profile = find_profile(request.get("profile", ""))
        return success({"certificate": signing.sign_request(self._root, request, profile, self._clock())})

    def _bundle(self, body: bytes) -> CaAnswer:
        try:
            request = unmarshal_strings(body)
        except gojson.JsonError as error:
            # The one operation that does not mark it as the client's fault.
            raise CaError(0, str(error), HTTPStatus.INTERNAL_SERVER_ERROR) from error
        return success(self._bundler.bundle(request, self._clock()))


def _decode(body: bytes, struct: Struct, defaults: dict[str, object] | None = None) -> dict[str, Any]:
    try:
        return unmarshal(body, struct, defaults)
    except gojson.JsonError as error:
        raise bad_request(str(error)) from error

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which certificates the CA has issued since the start. A cluster's CA keeps no such list; people ask for it."""

from __future__ import annotations

import contextlib
import json
from collections import deque
from collections.abc import Mapping
from typing import Any

from cryptography import x509

from .ca import CaAnswer, CaBackend

KEPT = 1000
ISSUING = ("sign", "newcert")


class Issued:
    """A CA, with the last certificates that it has issued."""

    def __init__(self, backend: CaBackend) -> None:
        self._backend = backend
        self._certificates: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.total = 0

    def ca_bundle_pem(self) -> str:
        """As the backend's."""
        return self._backend.ca_bundle_pem()

    async def start(self) -> None:
        """As the backend's."""
        await self._backend.start()

    async def stop(self) -> None:
        """As the backend's."""
        await self._backend.stop()

    async def call(self, method: str, operation: str, headers: Mapping[str, str], body: bytes) -> CaAnswer:
        """As the backend's, noting the certificate of a successful answer."""
        answer = await self._backend.call(method, operation, headers, body)
        if answer.status == 200 and operation in ISSUING:
            with contextlib.suppress(KeyError, TypeError, ValueError):  # no certificate in it, or an odd one
                self._note(json.loads(answer.body)["result"]["certificate"])
        return answer

    def certificates(self, limit: int) -> list[dict[str, Any]]:
        """The last ones, the newest first."""
        return list(self._certificates)[: -limit - 1 : -1]

    def _note(self, pem: str) -> None:
        self.total += 1
        self._certificates.append(summary(x509.load_pem_x509_certificate(pem.encode())))


def summary(certificate: x509.Certificate) -> dict[str, Any]:
    """``{subject, names, not_after, serial}`` of a certificate, as texts; raises ValueError for one that is odd."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = [str(name.value) for name in extension.value]
    except x509.ExtensionNotFound:
        names = []
    return {
        "subject": certificate.subject.rfc4514_string() or "(no subject)",
        "names": names,
        "not_after": f"{certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC",
        "serial": f"{certificate.serial_number:x}",
    }

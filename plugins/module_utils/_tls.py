# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS of the transport: whom to trust, and whether distrust was why a connection failed.

This file is private to the collection.
"""

from __future__ import annotations

import os
import ssl

from ansible_collections.dcos.security.plugins.module_utils._deps import load
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError


def ssl_context(verify: str | bool) -> ssl.SSLContext:
    """Return what decides whom to trust: CAs of the path ``verify``, anybody (False), or those of requests (True).

    Raises InputError where no CA certificates can be read.
    """
    made = load("urllib3.util.ssl_").create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)
    context: ssl.SSLContext = made
    # Python 3.13 would insist on a SubjectKeyIdentifier, which the root that a cluster makes for itself has not.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if verify:
        path = load("requests.certs").where() if verify is True else verify
        try:
            context.load_verify_locations(**{"capath" if os.path.isdir(path) else "cafile": path})
        except OSError as exc:  # SSLError is one: it is no PEM
            raise InputError(
                f"No CA certificates can be read from '{path}': {exc.strerror or exc}. Name a file or a folder of "
                "certificates in PEM, with ca_path, or where that is not given with DCOS_TLS_CA_PATH or "
                "REQUESTS_CA_BUNDLE. From DER: openssl x509 -inform DER -in ca.crt -out ca.pem"
            ) from exc
    return context


def is_distrust(cause: BaseException) -> bool:
    """Tell whether the server's certificate was the reason; urllib3 before its version 2 compares host names itself."""
    mismatch = load("urllib3.util.ssl_match_hostname").CertificateError
    return isinstance(cause, (ssl.SSLCertVerificationError, mismatch))

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


def ssl_context(verify):
    """Return what decides whom to trust: CAs of the path ``verify``, anybody (False), or those of requests (True).

    Raises InputError where no CA certificates can be read.
    """
    context = load("urllib3.util.ssl_").create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)
    # Python 3.13 would insist on a SubjectKeyIdentifier, which the root that a cluster makes for itself has not.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if verify:
        path = load("requests.certs").where() if verify is True else verify
        try:
            context.load_verify_locations(**{"capath" if os.path.isdir(path) else "cafile": path})
        except OSError as exc:  # SSLError is one: it is no PEM
            raise InputError(f"No CA certificates can be read from '{path}': {exc.strerror or exc}.") from exc
    return context


def adapter_class(context):
    """Return a HTTPAdapter whose connections share one TLS context.

    On its own requests makes one for each connection, and loads its CA bundle (25 ms) into each.
    """

    class Adapter(load("requests.adapters").HTTPAdapter):
        def init_poolmanager(self, *args, **kwargs):
            super().init_poolmanager(*args, ssl_context=context, **kwargs)

        def proxy_manager_for(self, proxy, **kwargs):
            return super().proxy_manager_for(proxy, ssl_context=context, **kwargs)

        def cert_verify(self, conn, url, verify, cert):
            # Without the CA certificates that requests would have each connection load again.
            conn.cert_reqs = "CERT_REQUIRED" if verify else "CERT_NONE"

    return Adapter


def is_distrust(cause):
    """Tell whether the server's certificate was the reason; urllib3 before its version 2 compares host names itself."""
    mismatch = load("urllib3.util.ssl_match_hostname").CertificateError
    return isinstance(cause, (ssl.SSLCertVerificationError, mismatch))

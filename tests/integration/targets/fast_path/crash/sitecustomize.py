# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loaded by every Python of the test, on both paths: a request for /crash-… does what a broken library could do."""

from __future__ import annotations

import http.client
import logging
import sys
import warnings
from typing import Any

# As it stands in the playbook, where an option holds it.
SECRET = "a-secret-of-the-task"

_putrequest = http.client.HTTPConnection.putrequest


class PanicException(BaseException):
    """What cryptography raises for a panic of its Rust code; it is no Exception either."""

    __module__ = "pyo3_runtime"


def putrequest(self: http.client.HTTPConnection, method: str, url: str, *args: Any, **kwargs: Any) -> None:
    """Crash, or send the request as usual."""
    if "crash-exit" in url:
        sys.exit(f"exit with {SECRET}")
    if "crash-error" in url:
        raise RuntimeError(f"error with {SECRET}")
    if "crash-panic" in url:
        raise PanicException(f"panic with {SECRET}")
    if "crash-recursion" in url:
        return putrequest(self, method, url, *args, **kwargs)
    if "noise" in url:
        print("noise on stdout")
        print('{"noise": "that looks like a result"}', file=sys.stderr)
        warnings.warn("noise as a warning", stacklevel=2)
        logging.getLogger("urllib3.connectionpool").warning("noise in a log")
    return _putrequest(self, method, url, *args, **kwargs)


http.client.HTTPConnection.putrequest = putrequest  # type: ignore[method-assign]  # that is what it is for

# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Third-party libraries, each imported at first use and nowhere else.

Importing costs more than most requests do (cryptography and jwt about 0.1 s), so a library is loaded only by the task
that needs it, and a missing one is reported in the words that Ansible users know.

This file is private to the collection.
"""

from __future__ import annotations

import importlib

from ansible.module_utils.basic import missing_required_lib

from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError

# import name -> (name on PyPI, what it is needed for)
LIBRARIES = {
    "requests": ("requests", "to talk to the cluster"),
    "cryptography": ("cryptography", "to handle keys and certificates"),
    "idna": ("idna", "to put international host names into certificates"),
    "jwt": ("PyJWT", "to log in as a service account"),
    "tomli": ("tomli", "to read the configuration of the DC/OS CLI on Python before 3.11"),
}


class MissingLibraryError(DcosError):
    """A Python library is not installed for the interpreter that runs the task."""


def load(name: str):
    """Import module ``name`` (``requests``, ``cryptography.x509``, …) and return it.

    Raises MissingLibraryError with the host, the interpreter and the package to install.
    """
    try:
        return importlib.import_module(name)
    except ImportError as exc:
        package, reason = LIBRARIES.get(name.split(".", maxsplit=1)[0], (name, ""))
        raise MissingLibraryError(missing_required_lib(package, reason=reason)) from exc

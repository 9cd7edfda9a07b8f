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
import re
import sys
from types import ModuleType
from typing import NamedTuple

from ansible.module_utils.basic import missing_required_lib

from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError


class Library(NamedTuple):
    """A library's name on PyPI, its lowest version ("" if any will do), and what it is needed for."""

    package: str
    minimum: str
    reason: str

    @property
    def requirement(self) -> str:
        """What to tell pip."""
        return f"{self.package}>={self.minimum}" if self.minimum else self.package


# By import name. The minimums are those of meta/ee-requirements.txt.
LIBRARIES = {
    "requests": Library("requests", "2.28", "to talk to the cluster"),
    "cryptography": Library("cryptography", "38.0", "to handle keys and certificates"),
    "jwt": Library("PyJWT", "2.4", "to log in as a service account"),
    "idna": Library("idna", "", "to put international host names into certificates"),
    "tomli": Library("tomli", "", "to read the configuration of the DC/OS CLI on Python before 3.11"),
}


class MissingLibraryError(DcosError):
    """A Python library is not installed for the interpreter that runs the task, or is too old."""


def load(name: str) -> ModuleType:
    """Import module ``name`` (``requests``, ``cryptography.x509``, …) and return it.

    Raises MissingLibraryError with the host, the interpreter, and all that is to be installed.
    """
    top = name.split(".", maxsplit=1)[0]
    try:
        module = importlib.import_module(name)
    except ImportError as exc:
        library = LIBRARIES.get(top, Library(name, "", ""))
        text = missing_required_lib(library.package, reason=library.reason)
        raise MissingLibraryError(f"{text.rstrip('.')}. {_remedy(library)}") from exc
    known = LIBRARIES.get(top)
    if known and _too_old(top, known):
        raise MissingLibraryError(
            f"{known.package} {sys.modules[top].__version__} is too old {known.reason}: {sys.executable} needs "
            f"{known.minimum} or newer. {_remedy(known)}"
        )
    return module


def _too_old(top: str, library: Library) -> bool:
    """Compare what is loaded with the minimum; what does not tell its version is taken for new enough."""
    version = getattr(sys.modules[top], "__version__", "")
    return bool(library.minimum and version) and _numbers(version) < _numbers(library.minimum)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


def _remedy(wanted: Library) -> str:
    """Name all libraries that are missing or too old, in one line for pip."""
    lacking = {wanted.requirement}
    for top, library in LIBRARIES.items():
        if not library.minimum:
            continue
        try:
            importlib.import_module(top)
        except ImportError:
            lacking.add(library.requirement)
        else:
            if _too_old(top, library):
                lacking.add(library.requirement)
    needed = " ".join(f"'{requirement}'" for requirement in sorted(lacking))
    return f"Install what is needed with: {sys.executable} -m pip install {needed}"

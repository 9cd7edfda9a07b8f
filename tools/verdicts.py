# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remember on what the unit tests have passed, so that ``make matrix`` need not repeat what ``make test`` did."""

from __future__ import annotations

import hashlib

from ansible_test import Venv
from mirror import COLLECTIONS, ROOT, working_tree

RECORD = COLLECTIONS / "units-passed"
VERSIONS = (
    "import sys, ansible, cryptography, jwt, requests;"
    "print(sys.version, *(package.__version__ for package in (ansible, cryptography, jwt, requests)))"
)


def _conditions(venv: Venv) -> str:
    """All that decides about unit tests: versions of Python, ansible-core and the libraries, and every file."""
    content = hashlib.sha256()
    for path in sorted(working_tree()):
        content.update(f"{path}\0".encode() + (ROOT / path).read_bytes() + b"\0")
    return f"{venv.output('-c', VERSIONS)} {content.hexdigest()}"


def remember(venv: Venv) -> None:
    """Record that all unit tests have passed in this environment."""
    RECORD.write_text(_conditions(venv), encoding="utf-8")


def known(venv: Venv) -> bool:
    """Tell whether that was recorded for just these versions and files."""
    return RECORD.exists() and RECORD.read_text(encoding="utf-8") == _conditions(venv)

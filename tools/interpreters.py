# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the Python interpreters of this machine."""

from __future__ import annotations

import glob
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

# A name proves nothing: a pyenv shim exits 127 for a version that is not enabled, and Debian's python3 may come without
# ensurepip. So each candidate has to do what it is wanted for.
PROBE = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"


def candidate_folders() -> Iterator[str]:
    """Folders that may hold interpreters: PATH, then where pyenv and uv keep theirs, then the system's."""
    yield from os.environ.get("PATH", os.defpath).split(os.pathsep)
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    yield from sorted(glob.glob(f"{pyenv}/versions/*/bin"))
    yield from sorted(glob.glob(os.path.expanduser("~/.local/share/uv/python/*/bin")))
    yield from ("/usr/local/bin", "/usr/bin")


def works(interpreter: str) -> str | None:
    """The version (``3.12``) of an interpreter that runs and can make virtual environments, else None."""
    try:
        answer = subprocess.run([interpreter, "-c", PROBE], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def find() -> dict[str, Path]:
    """One working interpreter for each version found, by version (``3.12``)."""
    found: dict[str, Path] = {}
    for folder in candidate_folders():
        # glob, because a folder that may not be read, on PATH or elsewhere, is an empty one to it
        for path in sorted(glob.glob(f"{folder}/python3.*")):
            name = re.fullmatch(r"python(3\.\d+)", os.path.basename(path))
            if name and name[1] not in found and works(path) == name[1]:
                found[name[1]] = Path(path)
    return found


if __name__ == "__main__":
    for version, path in find().items():
        print(version, path)

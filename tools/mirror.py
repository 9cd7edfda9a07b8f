# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lay the working tree where Ansible looks for a collection.

Ansible finds a collection by its path, ``…/ansible_collections/dcos/security``, and ansible-test takes no symbolic link
there. So that the repository may be cloned anywhere, under any name, its files are copied to ``.cache``.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLLECTIONS = ROOT / ".cache"
COLLECTION = Path("ansible_collections", "dcos", "security")


def working_tree() -> list[Path]:
    """Every file git tracks or would add, relative to the repository: uncommitted work is tested too."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    paths = (Path(name.decode()) for name in listing.split(b"\0") if name)
    return [path for path in paths if (ROOT / path).is_file()]


@functools.cache
def mirror(collections: Path = COLLECTIONS) -> Path:
    """Replace the copy in a folder of collections by the working tree, once in a process; return the copy's path.

    It starts from nothing, so that a file deleted or renamed in the working tree cannot live on in the copy. Other
    processes wait until this one ends before they replace it.
    """
    collections.mkdir(parents=True, exist_ok=True)
    lock = os.open(collections / "lock", os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"Waiting for another run that uses {collections}", file=sys.stderr, flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    copy = collections / COLLECTION
    shutil.rmtree(copy, ignore_errors=True)
    for path in working_tree():
        target = copy / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)
    # ansible-test asks the nearest git repository for the files to test, and ours ignores this copy.
    subprocess.run(["git", "init", "--quiet", copy], check=True)
    return copy


if __name__ == "__main__":
    mirror()

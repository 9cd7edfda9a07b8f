# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders for the files of a running emulator, below the system's temporary folder.

An emulator holds a lock on each of its folders, which ends with the process, however that ends. So a folder that is not
locked belongs to nobody any more, and the next emulator removes it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "dcos-emulator-"
PURPOSES = ("tls", "cfssl")

if sys.platform == "win32":

    def sweep() -> None:
        """Nothing: folders cannot be locked here."""

    def _claim(path: Path) -> int | None:
        return os.open(os.devnull, os.O_RDONLY)

else:
    import fcntl

    def sweep() -> None:
        """Remove the folders of emulators of this user that are no more."""
        for purpose in PURPOSES:
            for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}{purpose}-*"):
                lock = _claim(path)
                if lock is not None:
                    shutil.rmtree(path, ignore_errors=True)
                    os.close(lock)

    def _claim(path: Path) -> int | None:
        """Lock a folder of this user; None if it is none, is in use, or was removed in the meantime."""
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                if os.fstat(descriptor).st_uid == os.geteuid():
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if os.path.samestat(os.fstat(descriptor), path.lstat()):
                        return descriptor
            except OSError:
                pass
            os.close(descriptor)
        return None


@contextlib.contextmanager
def folder(purpose: str) -> Iterator[Path]:
    """A new folder that only this user can read, removed at the end; ``purpose`` is one of PURPOSES."""
    assert purpose in PURPOSES
    lock = None
    # A signal may end the process at any point, so whatever exists by then has its name before it is made.
    path = _name(purpose)
    try:
        path.mkdir(mode=0o700)
        lock = _claim(path)
        while lock is None and not path.exists():  # another emulator's sweep came between the making and the locking
            path = _name(purpose)
            path.mkdir(mode=0o700)
            lock = _claim(path)
        yield path  # without a lock where the file system has none; then there is no sweep either
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _name(purpose: str) -> Path:
    """The name of a folder that does not exist: nobody can guess its 64 bits."""
    return Path(tempfile.gettempdir()) / f"{PREFIX}{purpose}-{secrets.token_hex(8)}"

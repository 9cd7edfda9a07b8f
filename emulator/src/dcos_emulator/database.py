# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the state is written: a table of records in SQLite, in a file or in memory.

Every request's changes are one transaction, committed before the response is sent. In WAL mode a committed transaction
is in the operating system's hands, so that a kill -9 at any moment loses nothing that a client was told; a power cut
may lose the last commits, which an emulator can live with and which saves an fsync for each request.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .records import DamagedRecord

# A record: its kind, its key (one or more strings) and its value as plain JSON data.
Record = tuple[str, tuple[str, ...], Any]

OTHERS = 0o077  # what group and others may do


class Database:
    """Records in a file, or in memory if there is none. One process a file: a second one is refused at its start."""

    def __init__(self, path: Path | None = None) -> None:
        """Open or create ``path``; raises OSError or sqlite3.Error (no database, in use, not writable)."""
        if path is not None:
            _make_private(path)
        self._connection = sqlite3.connect(path or ":memory:", timeout=2.0, isolation_level="DEFERRED")
        self.revision = 0  # how often something was committed
        self.changed = False  # whether something was written since the last commit
        self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS record (kind TEXT, key TEXT, value TEXT, UNIQUE (kind, key))"
        )
        self._connection.commit()

    def records(self) -> Iterator[Record]:
        """Every record, in the order in which the records were first written; raises DamagedRecord."""
        for kind, key, value in self._connection.execute("SELECT kind, key, value FROM record ORDER BY rowid"):
            try:
                names, plain = json.loads(key), json.loads(value)
                if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                    raise ValueError("its key is no list of strings")
            except (TypeError, ValueError, RecursionError) as error:
                raise DamagedRecord(kind, key, error) from error
            yield kind, tuple(names), plain

    def put(self, kind: str, key: tuple[str, ...], value: Any) -> None:
        """Write a record in the running transaction; a record that exists keeps its place in the order."""
        self.changed = True
        self._connection.execute(
            "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
            (kind, json.dumps(key), json.dumps(value)),
        )

    def delete(self, kind: str, key: tuple[str, ...]) -> None:
        """Remove a record in the running transaction."""
        self.changed = True
        self._connection.execute("DELETE FROM record WHERE kind = ? AND key = ?", (kind, json.dumps(key)))

    def clear(self) -> None:
        """Remove everything in the running transaction."""
        self.changed = True
        self._connection.execute("DELETE FROM record")

    def commit(self) -> None:
        """Make the running transaction durable; raises sqlite3.Error where that fails, as on a full disk."""
        if self.changed:
            self._connection.commit()
            self.changed = False
            self.revision += 1

    def roll_back(self) -> None:
        """Forget the running transaction, which SQLite may have given up by itself."""
        self._connection.rollback()
        self.changed = False

    def close(self) -> None:
        """End; what was not committed is lost."""
        self._connection.close()


def _make_private(path: Path) -> None:
    """Create the file if need be, and see to it that nobody else may read the private keys in it."""
    path.touch(mode=0o600)
    if os.name != "posix":
        return
    # SQLite gives its log the mode of the database; one that a killed process left may be older than this rule.
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if file.exists() and file.stat().st_mode & OTHERS:
            try:
                file.chmod(file.stat().st_mode & ~OTHERS)
            except PermissionError as error:
                reason = "others may read the private keys in it, and its mode cannot be changed to 600"
                raise PermissionError(error.errno, reason, str(file)) from error

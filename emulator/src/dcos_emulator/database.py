# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the state survives the process: a table of records in SQLite.

Every request's changes are one transaction, committed before the response is sent. In WAL mode a committed transaction
is in the operating system's hands, so that a kill -9 at any moment loses nothing that a client was told; a power cut
may lose the last commits, which an emulator can live with and which saves an fsync for each request.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# A record: its kind, its key (one or more strings) and its value as plain JSON data.
Record = tuple[str, tuple[str, ...], Any]


class Database:
    """Records in a file. One process at a time: a second one is refused when it first writes."""

    def __init__(self, path: Path) -> None:
        """Open or create ``path``; raises OSError or sqlite3.Error (no database, in use, not writable)."""
        path.touch(mode=0o600)  # it holds private keys
        self._connection = sqlite3.connect(path, timeout=2.0, isolation_level="DEFERRED")
        self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS record (kind TEXT, key TEXT, value TEXT, UNIQUE (kind, key))"
        )
        self._connection.commit()

    def records(self) -> Iterator[Record]:
        """Every record, in the order in which the records were first written."""
        for kind, key, value in self._connection.execute("SELECT kind, key, value FROM record ORDER BY rowid"):
            yield kind, tuple(json.loads(key)), json.loads(value)

    def put(self, kind: str, key: tuple[str, ...], value: Any) -> None:
        """Write a record in the running transaction; a record that exists keeps its place in the order."""
        self._connection.execute(
            "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
            (kind, json.dumps(key), json.dumps(value)),
        )

    def delete(self, kind: str, key: tuple[str, ...]) -> None:
        """Remove a record in the running transaction."""
        self._connection.execute("DELETE FROM record WHERE kind = ? AND key = ?", (kind, json.dumps(key)))

    def clear(self) -> None:
        """Remove everything in the running transaction."""
        self._connection.execute("DELETE FROM record")

    def commit(self) -> None:
        """Make the running transaction durable."""
        self._connection.commit()

    def close(self) -> None:
        self._connection.commit()
        self._connection.close()


class NoDatabase:
    """State that ends with the process."""

    def records(self) -> Iterator[Record]:
        return iter(())

    def put(self, kind: str, key: tuple[str, ...], value: Any) -> None:
        pass

    def delete(self, kind: str, key: tuple[str, ...]) -> None:
        pass

    def clear(self) -> None:
        pass

    def commit(self) -> None:
        pass

    def close(self) -> None:
        pass

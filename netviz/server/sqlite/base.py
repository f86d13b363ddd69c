"""Django looks for `DatabaseWrapper` in this module (the setting ENGINE of a database)."""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db.backends.sqlite3 import base

# Errors of SQLite that mean: its files beside the database cannot be made. The lower 8 bits are the kind of an error.
_NO_FILES = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to SQLite.

    A database with a write-ahead log (WAL) needs two more files even to be read, and SQLite makes them for the first
    connection and deletes them with the last. On a full or read-only disk they cannot be made. But without a log, all
    data are in the database itself, and nobody can write, so SQLite may read it as a file that does not change.
    """

    is_read_only = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        """Opens the database; only for reading, if its disk is full or read-only."""
        self.is_read_only = False
        try:
            return self._opened(conn_params)
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF not in _NO_FILES or not _is_alone(Path(conn_params["database"])):
                raise
        self.is_read_only = True
        return self._opened({**conn_params, "database": f"file:{quote(str(conn_params['database']))}?immutable=1"})

    def _opened(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        opened: sqlite3.Connection = super().get_new_connection(conn_params)
        return opened


def _is_alone(database: Path) -> bool:
    """Returns whether the database exists, and no log (WAL) belongs to it."""
    log = Path(f"{database}-wal")
    return database.exists() and not (log.exists() and log.stat().st_size)

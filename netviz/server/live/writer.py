"""Runs all database writes of this process in one thread: SQLite allows one writer, and a single thread keeps the
writes of a host in order. The hosts take turns (`netviz.server.live.fair`).

Heavy work that needs no database, such as decoding a snapshot, runs in a thread of its own. Both waits have limits.
"""

import asyncio
import contextlib
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError, close_old_connections, connection

from netviz.server import limits
from netviz.server.live.fair import FairThreads

_WRITER = FairThreads(1, "history")
_WORKER = FairThreads(1, "work")


_users = 0  # how many agents are connected
_kept: Any = None  # a connection that is open while the disk is full, see `_keep_readable`


@contextmanager
def connection_kept() -> Iterator[None]:
    """Keeps the writer's connection to the database open within the block. To open one for each write takes four times
    as long as the write, because SQLite empties its log (WAL) when the last connection is closed.
    """
    global _users
    _users += 1
    try:
        yield
    finally:
        _users -= 1


def _close_unused() -> None:
    """Closes the connection of this thread if it is broken, if it cannot write, or if no agent is connected."""
    is_used = _users and not getattr(connection, "is_read_only", False)
    connection.close_at = None if is_used else 0  # an attribute of Django's wrapper: when to close it at the latest
    close_old_connections()


def _keep_readable() -> None:
    """Opens a further connection when the disk is full, and keeps it until a write succeeds.

    While a connection is open, SQLite keeps its files beside the database (WAL), without which nothing can be read. On
    a full disk they could not be made again. The failed connection itself closes, as always.
    """
    global _kept
    if _kept is None:
        kept = connection.copy()
        with contextlib.suppress(DatabaseError), kept.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")  # SQLite opens the files with the first query
            _kept = kept


def _let_go() -> None:
    global _kept
    if _kept is not None:
        _kept.close()
        _kept = None


async def write(function: Callable[..., Any], *arguments: Any, host: uuid.UUID | None = None) -> Any:
    """Calls a function that writes to the database, in the writer's thread. The calls for one host, and those for no
    host, keep their order.

    Raises TimeoutError after `DATABASE_S`. If the function was running at that time, it may still store something.
    """

    def run() -> Any:
        _close_unused()
        try:
            result = function(*arguments)
        except DatabaseError as problem:
            if getattr(problem.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                _keep_readable()
            raise
        else:
            _let_go()
            return result
        finally:
            _close_unused()

    async with asyncio.timeout(limits.DATABASE_S):
        return await _WRITER.call(host, run)


async def read(function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls a function that only reads the database, in any thread. Raises TimeoutError after `DATABASE_S`."""
    async with asyncio.timeout(limits.DATABASE_S):
        return await database_sync_to_async(function, thread_sensitive=False)(*arguments)


async def work(host: uuid.UUID, function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls a function that takes long, but needs no database, outside of the event loop. The hosts take turns."""
    return await _WORKER.call(host, function, *arguments)

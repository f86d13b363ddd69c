"""Runs all database writes of this process in one thread: SQLite allows one writer, and a single thread keeps the
writes in order.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections

_WRITER = ThreadPoolExecutor(1, thread_name_prefix="history")


async def write(function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls a function that writes to the database, in the writer's thread, in the order of the calls."""

    def run() -> Any:
        close_old_connections()
        try:
            return function(*arguments)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_WRITER, run)

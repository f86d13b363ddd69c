"""A thread for work that moves between namespaces, so that the process's first thread never leaves its own."""

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

# The thread's name in /proc: who looks for the inhabitants of a namespace does not take a visitor for one.
THREAD_NAME = "netviz-visitor"


def in_own_thread(work: Callable[[], T]) -> T:
    """What `work` returns, or raises, when run in a thread of its own."""
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        with suppress(OSError):
            Path("/proc/thread-self/comm").write_text(THREAD_NAME)
        try:
            results.append(work())
        except BaseException as failure:  # noqa: BLE001 - handed to the caller's thread
            failures.append(failure)

    thread = threading.Thread(target=run, name=THREAD_NAME)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return results[0]

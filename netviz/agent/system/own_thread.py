"""A thread for work that moves between namespaces, so that the process's main thread stays in its own."""

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

# The thread's name in /proc, so that a search for the processes of a namespace can ignore it.
THREAD_NAME = "netviz-visitor"


def in_own_thread(work: Callable[[], T]) -> T:
    """Runs `work` in a thread of its own, and returns or raises what it returns or raises."""
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        with suppress(OSError):
            Path("/proc/thread-self/comm").write_text(THREAD_NAME)
        try:
            results.append(work())
        except BaseException as failure:  # noqa: BLE001 - raised in the caller's thread
            failures.append(failure)

    thread = threading.Thread(target=run, name=THREAD_NAME)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return results[0]

"""A thread for work that moves between network namespaces, so that the main thread of the process stays in its
namespace.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

# The name of the thread in /proc. A search for namespaces recognizes the thread by this name, so that the agent is not
# shown as a process of the namespaces that it enters.
THREAD_NAME = "netviz-visitor"


def in_own_thread(work: Callable[[], T]) -> T:
    """Runs `work` in a thread of its own. Returns its result, or raises its exception."""
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        with suppress(OSError), open("/proc/thread-self/comm", "w") as name:
            name.write(THREAD_NAME)
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

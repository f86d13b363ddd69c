"""Threads for work that would block the event loop, shared fairly between hosts.

The jobs of one host run in the order of their calls, one at a time. The hosts take turns: a host with many or long jobs
makes another host wait for at most one of its jobs per thread.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

_Job = tuple[Future[Any], Callable[[], Any]]


class FairThreads:
    """Runs functions in a few threads. Each call names a key, such as a host; the keys take turns."""

    def __init__(self, threads: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._free = threads
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, deque[_Job]] = {}  # in the order of the turns
        self._running: set[Hashable] = set()

    async def call(self, key: Hashable, function: Callable[..., Any], *arguments: Any) -> Any:
        """Calls the function in a thread when it is the key's turn. If the caller is cancelled before that, the
        function is not called.
        """
        future: Future[Any] = Future()
        with self._lock:
            self._waiting.setdefault(key, deque()).append((future, lambda: function(*arguments)))
            self._start()
        return await asyncio.wrap_future(future)

    def _start(self) -> None:
        """Starts jobs while a thread is free. The lock is held."""
        while self._free:
            ready = [key for key in self._waiting if key not in self._running]
            if not ready:
                return
            key = ready[0]
            jobs = self._waiting.pop(key)
            job = jobs.popleft()
            if jobs:
                self._waiting[key] = jobs  # at the end: the other keys come first
            if not job[0].set_running_or_notify_cancel():
                continue
            self._free -= 1
            self._running.add(key)
            self._pool.submit(self._run, key, job)

    def _run(self, key: Hashable, job: _Job) -> None:
        future, function = job
        try:
            result = function()
        except BaseException as problem:  # noqa: BLE001 - the caller receives it
            self._done(key)
            future.set_exception(problem)
        else:
            self._done(key)
            future.set_result(result)

    def _done(self, key: Hashable) -> None:
        with self._lock:
            self._free += 1
            self._running.discard(key)
            if key in self._waiting:  # it had its turn: keys that came meanwhile are before it
                self._waiting[key] = self._waiting.pop(key)
            self._start()

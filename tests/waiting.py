"""Waits for other processes; all time limits of tests are defined here.

A limit applies to a machine that nobody else uses. If more tasks are ready than there are processors, each advances
more slowly, and the limit grows by the same factor, so that a busy machine makes a test wait and not fail. What the
product promises ("known within 5 s") is not such a limit: `Limit(5.0, exact=True)`.
"""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

WAIT_S = float(os.environ.get("NETVIZ_TEST_WAIT_S", "5"))
START_S = 20.0
POLL_S = 0.02

# The largest factor by which a limit grows, however busy the machine is.
MOST = 10.0

_PROCESSORS = len(os.sched_getaffinity(0))


def slowness() -> float:
    """Returns how many times slower than alone a process runs now: from 1.0 on an idle machine to `MOST`.

    Computed from the tasks that are ready to run, per processor (proc_loadavg(5), fourth field).
    """
    ready = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[0])
    return min(max(ready / _PROCESSORS, 1.0), MOST)


def patient(limit_s: float) -> float:
    """Returns a limit for a wait that takes one number and cannot be extended, such as that of a socket or a browser.

    It assumes the load of the last minute (proc_loadavg(5), first field), and at least twice the length, because the
    future load is not known.
    """
    busy = float(Path("/proc/loadavg").read_text().split()[0]) / _PROCESSORS
    return limit_s * min(max(2.0, 1.5 * busy, slowness()), MOST)


class Limit:
    """A time limit. `left_s` is read repeatedly; an `exact` limit is wall time at any load."""

    def __init__(self, limit_s: float, *, exact: bool = False) -> None:
        self.limit_s = limit_s
        self._exact = exact
        self._left_s = limit_s
        self._asked_at = self._began_at = time.monotonic()

    def left_s(self) -> float:
        """Returns the time left; zero or less when it is over."""
        now = time.monotonic()
        self._left_s -= (now - self._asked_at) / (1.0 if self._exact else slowness())
        self._asked_at = now
        return self._left_s

    @property
    def is_over(self) -> bool:
        """Returns whether no time is left."""
        return self.left_s() <= 0

    def __str__(self) -> str:
        """Returns the limit in a failure's message."""
        took_s = time.monotonic() - self._began_at
        return (
            f"{self.limit_s} s" if self._exact else f"{self.limit_s} s of an idle machine ({took_s:.1f} s of this one)"
        )


def wait_until(condition: Callable[[], bool], what: str, limit_s: float = WAIT_S, *, exact: bool = False) -> None:
    """Checks the condition repeatedly; raises AssertionError that names `what` after the limit."""
    limit = Limit(limit_s, exact=exact)
    while not condition():
        assert not limit.is_over, f"not within {limit}: {what}"
        time.sleep(POLL_S)


async def until(condition: Callable[[], bool], what: str, limit_s: float = WAIT_S) -> None:
    """Waits like `wait_until` for a condition that blocks, but does not block the event loop."""
    limit = Limit(limit_s)
    while not await asyncio.to_thread(condition):
        assert not limit.is_over, f"not within {limit}: {what}"
        await asyncio.sleep(POLL_S)

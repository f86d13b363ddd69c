"""Waiting for what happens elsewhere: one place for the limits of all tests.

A limit is a time of a machine that nobody else uses. Where more tasks want a processor than there are processors, each
advances more slowly, and the limit grows by as much: a test that a busy machine disturbs waits longer and does not
fail. What the product promises ("known within 5 s") is not a limit of this kind: `Limit(5.0, exact=True)`.
"""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

WAIT_S = float(os.environ.get("NETVIZ_TEST_WAIT_S", "5"))
START_S = 20.0
POLL_S = 0.02

# However busy the machine is: a limit grows to so many times its length at most.
MOST = 10.0

_PROCESSORS = len(os.sched_getaffinity(0))


def slowness() -> float:
    """How many times slower than alone a process advances now: from 1.0, on an idle machine, to `MOST`.

    Tasks that are ready to run, by processor (proc_loadavg(5), fourth field).
    """
    ready = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[0])
    return min(max(ready / _PROCESSORS, 1.0), MOST)


def patient(limit_s: float) -> float:
    """A limit for a wait that takes one number and cannot be asked in between, as a socket's or a browser's.

    It assumes the busiest that the last minute was (proc_loadavg(5), first field), and at least twice the length: what
    comes in the time to come is not known.
    """
    busy = float(Path("/proc/loadavg").read_text().split()[0]) / _PROCESSORS
    return limit_s * min(max(2.0, 1.5 * busy, slowness()), MOST)


class Limit:
    """How long to wait yet. `left_s` is asked again and again; an `exact` limit is wall time whatever the load."""

    def __init__(self, limit_s: float, *, exact: bool = False) -> None:
        self.limit_s = limit_s
        self._exact = exact
        self._left_s = limit_s
        self._asked_at = self._began_at = time.monotonic()

    def left_s(self) -> float:
        """What is left; zero or less when it is over."""
        now = time.monotonic()
        self._left_s -= (now - self._asked_at) / (1.0 if self._exact else slowness())
        self._asked_at = now
        return self._left_s

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self.left_s() <= 0

    def __str__(self) -> str:
        """What a failure says of it."""
        took_s = time.monotonic() - self._began_at
        return (
            f"{self.limit_s} s" if self._exact else f"{self.limit_s} s of an idle machine ({took_s:.1f} s of this one)"
        )


def wait_until(condition: Callable[[], bool], what: str, limit_s: float = WAIT_S, *, exact: bool = False) -> None:
    """Asks again and again until it holds; AssertionError that names `what` after the limit."""
    limit = Limit(limit_s, exact=exact)
    while not condition():
        assert not limit.is_over, f"not within {limit}: {what}"
        time.sleep(POLL_S)


async def until(condition: Callable[[], bool], what: str, limit_s: float = WAIT_S) -> None:
    """As `wait_until`, for a condition that blocks, beside what the event loop has to do meanwhile."""
    limit = Limit(limit_s)
    while not await asyncio.to_thread(condition):
        assert not limit.is_over, f"not within {limit}: {what}"
        await asyncio.sleep(POLL_S)

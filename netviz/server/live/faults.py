"""Logs faults that may occur very often while they last, such as those of the database: one line a minute for each
kind, which says how often it occurred.
"""

import logging
import time
from collections.abc import Callable

from django.db import Error as DatabaseError
from redis.exceptions import RedisError

from netviz.server.limits import FAULT_LOG_S

log = logging.getLogger(__name__)

# What is expected to fail at times without an error in this program: the database, Redis, the network, a time limit.
EXPECTED = (DatabaseError, RedisError, OSError, TimeoutError)


class Faults:
    """Counts faults by what failed and by the class of the error."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rows: dict[tuple[str, str], tuple[int, float]] = {}  # (times since the last line, when it was logged)

    def add(self, what: str, problem: BaseException) -> None:
        """Counts a fault, and logs it unless the same was logged within the last minute. `what` says what failed.

        An unexpected error is logged with its traceback.
        """
        key = (what, type(problem).__name__)
        now = self._clock()
        times, logged_at = self._rows.get(key, (0, -FAULT_LOG_S))
        if now - logged_at < FAULT_LOG_S:
            self._rows[key] = (times + 1, logged_at)
            return
        self._rows[key] = (0, now)
        expected = isinstance(problem, EXPECTED)
        text = " ".join(str(problem).split())[:300]
        more = f" ({times} more times since the last such line)" if times else ""
        log.error("%s: %s: %a%s", what, key[1], text, more, exc_info=None if expected else problem)


faults = Faults()

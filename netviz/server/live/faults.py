"""Logs faults that may occur very often while they last, such as those of the database: one line a minute for each
kind, which says how often it occurred. All that fails because of one outage, such as a full disk, is one kind.
"""

import logging
import time
from collections.abc import Callable

from django.db import Error as DatabaseError
from redis.exceptions import RedisError

from netviz.server.edge.log import Minutes, outage

log = logging.getLogger(__name__)

# What is expected to fail at times without an error in this program: the database, Redis, the network, a time limit.
EXPECTED = (DatabaseError, RedisError, OSError, TimeoutError)


class Faults:
    """Counts faults by their outage, else by what failed and by the class of the error."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._minutes = Minutes(clock)

    def add(self, what: str, problem: BaseException) -> None:
        """Counts a fault, and logs it unless the same was logged within the last minute. `what` says what failed.

        An unexpected error is logged with its traceback.
        """
        name = type(problem).__name__
        passes, times = self._minutes.count((outage(problem),) if outage(problem) else (what, name))
        if not passes:
            return
        text = " ".join(str(problem).split())[:300]
        more = f" ({times} more times since the last such line)" if times else ""
        traceback = None if isinstance(problem, EXPECTED) else problem
        log.error("%s: %s: %a%s", what, name, text, more, exc_info=traceback, extra={"is_seldom": True})


faults = Faults()

"""What the log of the server shows: one line for each record, without characters that a terminal would obey, and not
the same line over and over again.

Names of hosts, messages of agents, paths and headers of strangers all reach the log, so every record passes here.
"""

import errno
import logging
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import Error as DatabaseProblem
from redis.exceptions import RedisError

from netviz.model.text import visible
from netviz.server import limits

# Before each line of a traceback, so that a text with line breaks cannot look like a record of its own.
_MARGIN = "  | "

_MINUTE_S = 60.0


def outage(problem: BaseException | None) -> str:
    """Returns "database", "disk" or "Redis" if the exception means that it cannot be used, else ""."""
    if isinstance(problem, DatabaseProblem):
        return "database"
    if isinstance(problem, OSError) and problem.errno == errno.ENOSPC:
        return "disk"
    return "Redis" if isinstance(problem, RedisError) else ""


def _is_explained(problem: BaseException) -> bool:
    """Returns whether no line of code is to blame for an exception: an outage, or a bad request (Django logs these)."""
    return bool(outage(problem)) or isinstance(problem, SuspiciousOperation | BadRequest)


def _problem(record: logging.LogRecord) -> BaseException | None:
    """Returns the exception of a record, whether it is logged with its traceback or as an argument of the message."""
    if record.exc_info and record.exc_info[1] is not None:
        return record.exc_info[1]
    given = record.args if isinstance(record.args, tuple) else ()
    return next((one for one in given if isinstance(one, BaseException)), None)


class Line(logging.Formatter):
    """Formats a record as one line. A traceback follows in lines of its own, unless no line of code is to blame."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the text of a record."""
        message = visible(record.getMessage().rstrip("\n")[: limits.LOG_CHARACTERS])
        if repeated := getattr(record, "repeated", 0):
            message += f" (and {repeated} more like this before)"
        line = f"{record.levelname} {visible(record.name)}: {message}"
        problem = record.exc_info[1] if record.exc_info else None
        if problem is None:
            return line
        said = " ".join(str(problem).split())[: limits.LOG_CHARACTERS]
        if _is_explained(problem):
            return f"{line}: {type(problem).__name__}: {visible(said)}"
        rows = "".join(traceback.format_exception(problem)).split("\n")
        return "\n".join([line, *(f"{_MARGIN}{visible(row[: limits.LOG_CHARACTERS])}" for row in rows if row)])


class Minutes:
    """Counts occurrences by kind, and allows only some of a kind in a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kinds: OrderedDict[tuple[object, ...], tuple[float, int]] = OrderedDict()  # kind -> end of minute, number

    def __len__(self) -> int:
        return len(self._kinds)

    def count(self, kind: tuple[object, ...], allowed: int = 1) -> tuple[bool, int]:
        """Counts one occurrence. Returns whether it is allowed, and, if it is the first of a minute, how many were not
        allowed since the last one that was.
        """
        now = self._clock()
        with self._lock:
            end, number = self._kinds.pop(kind, (0.0, 0))
            before = 0
            if end <= now:
                before = max(0, number - allowed)
                end, number = now + _MINUTE_S, 0
            self._kinds[kind] = end, number + 1
            if len(self._kinds) > limits.LOG_KINDS:
                self._kinds.popitem(last=False)
        return number < allowed, before


class Seldom(logging.Filter):
    """Lets only some records of one kind pass in a minute (`LOG_LINES`). The next one that passes says how many did
    not. All records about one outage are of one kind. Records with the attribute `is_seldom` pass: their logger counts.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._minutes = Minutes(clock)

    def filter(self, record: logging.LogRecord) -> bool:
        """Returns whether the record is written."""
        if getattr(record, "is_seldom", False):
            return True
        passes, record.repeated = self._minutes.count(*self._kind(record))
        return passes

    def _kind(self, record: logging.LogRecord) -> tuple[tuple[object, ...], int]:
        problem = _problem(record)
        if name := outage(problem):
            return (name,), 1
        allowed = limits.LOG_LINES.get(record.levelname, 1)
        if record.exc_info and problem is not None:
            frames = traceback.extract_tb(problem.__traceback__)
            where = (frames[-1].filename, frames[-1].lineno) if frames else ()
            return (record.name, type(problem), where), 1
        return (record.name, record.levelno, record.msg), allowed

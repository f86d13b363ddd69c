"""Health checks: whether this process is alive, and whether it can serve.

`readyz` never waits longer than `READY_S`. One thread does the check; a request that comes while the thread still waits
for a database that hangs waits for the same check.
"""

import logging
import os
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillWaiting
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db import Error as DatabaseProblem
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from netviz.server.limits import PROBE_BYTES, READY_S

log = logging.getLogger(__name__)


class Unready(Exception):
    """Means that this process cannot serve. The message says why."""


class Check:
    """Runs a function in a thread of its own, once at a time."""

    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function
        self._lock = threading.Lock()
        self._running: Future[None] | None = None

    def run(self) -> str:
        """Returns "" if the function succeeds in time, else why not."""
        with self._lock:
            if self._running is None or self._running.done():
                self._running = Future()
                # A daemon, so that a database that hangs does not keep the process from ending.
                threading.Thread(target=self._fill, args=(self._running,), daemon=True).start()
            running = self._running
        try:
            running.result(READY_S)
        except StillWaiting:
            return "the database does not answer"
        except Unready as problem:
            return str(problem)
        except DatabaseProblem:
            return "the database cannot be used"
        except OSError as problem:
            return f"the state directory cannot be written ({os.strerror(problem.errno or 0)})"
        return ""

    def _fill(self, future: Future[None]) -> None:
        try:
            self._function()
        except Exception as problem:  # noqa: BLE001 - the waiting request gets it
            future.set_exception(problem)
        else:
            future.set_result(None)


def _usable() -> None:
    """Raises an exception if the database does not answer, or nothing can be stored."""
    if connection.vendor == "sqlite":
        _write_a_little(Path(str(settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"])).parent)
    try:
        with transaction.atomic(), connection.cursor() as cursor:  # SQLite: BEGIN IMMEDIATE, which needs its lock
            cursor.execute("SELECT 1" if connection.vendor == "sqlite" else "SHOW transaction_read_only")
            if cursor.fetchone() == ("on",):
                raise Unready("the database is read-only")
    finally:
        connection.close()


def _write_a_little(folder: Path) -> None:
    """Raises OSError if the disk of this folder is full or nearly full, or cannot be written."""
    with tempfile.TemporaryFile(dir=folder) as file:
        os.posix_fallocate(file.fileno(), 0, PROBE_BYTES)
        os.fsync(file.fileno())


_check = Check(_usable)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answers 200 while this process is alive."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answers 200 while this process can read and store, else 503, within 2 s."""
    if problem := _check.run():
        log.warning("not ready: %s", problem)
        answer = HttpResponse(f"{problem}\n", content_type="text/plain", status=503)
        answer._has_been_logged = True  # type: ignore[attr-defined]  # Django would add a line of its own
        return answer
    return HttpResponse("ok\n", content_type="text/plain")


PROBES = {"/healthz": healthz, "/readyz": readyz}

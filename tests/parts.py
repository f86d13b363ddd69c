"""Runs parts of the tests in parallel, each in a process group of its own.

The first part is shown while it runs. The output of the others is shown completely after they and the first part ended,
so that logs are not mixed. A table of all parts follows. Exits with 0 only if each part did.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import IO, Any, Self

# How long a part may take to end when asked: tests close their worlds and servers.
END_S = 20.0


@dataclass
class Part:
    """One part of the tests, with its name, its command, and its additions to our environment."""

    name: str
    argv: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict)


class _Running:
    """A part of the tests that was started."""

    def __init__(self, part: Part, *, is_first: bool) -> None:
        self.part = part
        self.log: IO[bytes] | None = None if is_first else tempfile.TemporaryFile()  # noqa: SIM115 - closed by `show`
        self._began = time.monotonic()
        self.took_s = 0.0
        self.code: int | None = None
        self.process = subprocess.Popen(
            part.argv,
            env={**os.environ, **part.environ},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=None if self.log is None else subprocess.STDOUT,
            process_group=0,
        )
        self.ended = os.pidfd_open(self.process.pid)

    def reap(self) -> None:
        """Records how it ended, and ends what it left behind. Before the wait, its group id is not reused."""
        self.signal(signal.SIGKILL)
        self.code, self.took_s = self.process.wait(), time.monotonic() - self._began
        os.close(self.ended)

    def signal(self, number: int) -> None:
        """Sends a signal to the whole process group."""
        if self.code is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def show(self) -> None:
        """Prints its whole log."""
        if self.log is None:
            return
        print(f"\n== {self.part.name} ==", flush=True)
        self.log.seek(0)
        while data := self.log.read(1 << 16):
            sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        self.log.close()
        self.log = None


class _Stopped(Exception):
    """Means that a signal asked us to end."""


class Parts:
    """The started parts. The end of the `with` block ends the parts that still run."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._before: dict[int, Any] = {}
        self._is_waiting = self._is_stopped = False
        self._running: list[_Running] = []
        self._parts = parts

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._stop)
        for part in self._parts:
            self._running.append(_Running(part, is_first=not self._running))
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        for number in self._before:
            signal.signal(number, signal.SIG_IGN)
        for number in (signal.SIGINT, signal.SIGKILL):  # pytest closes what it opened when it is interrupted
            for each in self._running:
                each.signal(number)
            self._wait(END_S)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """Ends the wait; while a part is being started it is only noted, so that no part is started and forgotten."""
        self._is_stopped = True
        if self._is_waiting:
            raise _Stopped

    def _wait(self, limit_s: float | None) -> None:
        """Waits until all have ended, or until the limit."""
        end = None if limit_s is None else time.monotonic() + limit_s
        with selectors.DefaultSelector() as events:
            for each in self._running:
                if each.code is None:
                    events.register(each.ended, selectors.EVENT_READ, each)
            while events.get_map():
                found = events.select(None if end is None else max(0.0, end - time.monotonic()))
                if not found:
                    return
                for key, _ in found:
                    events.unregister(key.fd)
                    key.data.reap()
                if self._running[0].code is not None:
                    for key, _ in found:
                        key.data.show()

    def finish(self) -> int:
        """Waits for all, shows their logs, and returns 0 or 1."""
        self._is_waiting = True
        if self._is_stopped:
            raise _Stopped
        self._wait(None)
        for each in self._running:
            each.show()
        width = max(len(each.part.name) for each in self._running)
        print()
        for each in self._running:
            result = "passed" if each.code == 0 else f"FAILED ({each.code})"
            print(f"== {each.part.name:<{width}}  {each.took_s:6.1f} s  {result}")
        sys.stdout.flush()
        return int(any(each.code for each in self._running))


def run(parts: Sequence[Part]) -> int:
    """Runs all parts in parallel. Returns 0, 1 if one failed, or 130 if we were interrupted."""
    try:
        with Parts(parts) as started:
            return started.finish()
    except _Stopped:
        return 130

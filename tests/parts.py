"""Runs parts of the tests side by side, each a process group of its own.

The first part is shown as it runs. What the others write is shown whole when they have ended and the first has, so
that no two logs are mixed. A table of all parts comes last. Ends with 0 only where each part did.
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

# How long a part may take to end when it is asked to: tests close their worlds and servers.
END_S = 20.0


@dataclass
class Part:
    """One part: what it is called, its command, and what its environment has beside ours."""

    name: str
    argv: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict)


class _Running:
    """A part that runs, or ran."""

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

    def bury(self) -> None:
        """Notes how it ended, and ends what it left behind: until it is waited for, its group is nobody else's."""
        self.signal(signal.SIGKILL)
        self.code, self.took_s = self.process.wait(), time.monotonic() - self._began
        os.close(self.ended)

    def signal(self, number: int) -> None:
        """Sends a signal to all of the part."""
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
    """Somebody asked us to end."""


class Parts:
    """Parts that were started; in a `with` block, what still runs at its end is ended."""

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
        """Until all have ended, or the limit."""
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
                    key.data.bury()
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
            said = "passed" if each.code == 0 else f"FAILED ({each.code})"
            print(f"== {each.part.name:<{width}}  {each.took_s:6.1f} s  {said}")
        sys.stdout.flush()
        return int(any(each.code for each in self._running))


def run(parts: Sequence[Part]) -> int:
    """Runs all parts side by side; 0, 1 where one failed, 130 when we were interrupted."""
    try:
        with Parts(parts) as started:
            return started.finish()
    except _Stopped:
        return 130

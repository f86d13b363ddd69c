"""Starts child processes, writes their logs, and restarts them. The children end when this process ends."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netviz.launch.failure import Failure
from netviz.launch.paths import CHECKOUT
from netviz.launch.shell import reason_in

# netviz counts how often a child has ended. If the child ran for more than `STEADY_S` seconds, the count starts at 1
# again. Each further end doubles the pause before the restart (up to `LONGEST_PAUSE_S`), so that a broken child does
# not use up the CPU. When the count reaches `QUICK_DEATHS`, netviz stops.
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 10.0
STEADY_S = 30.0
QUICK_DEATHS = 6
STOP_S = 5.0
LOG_LIMIT_BYTES = 1 << 20
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process to keep running. `fatal` maps exit codes after which a restart is useless to a text that says why."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    fatal: Mapping[int, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    quick_deaths: int = 0
    started: float = 0.0
    due: float | None = None

    def trim_log(self) -> None:
        """Moves the content of a large log to `.log.1`. The child goes on writing to the same file, at its new end."""
        with contextlib.suppress(FileNotFoundError):
            if self.log.stat().st_size > LOG_LIMIT_BYTES:
                with open(self.log, "rb") as log, open(self.log.with_suffix(".log.1"), "wb") as older:
                    log.seek(-LOG_LIMIT_BYTES, os.SEEK_END)
                    older.write(log.read(LOG_LIMIT_BYTES))
                os.truncate(self.log, 0)

    def start(self) -> None:
        """Starts the child in its own session, so that only this process receives the terminal's Ctrl-C."""
        self.trim_log()
        self.due, self.started = None, time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                cwd=CHECKOUT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_dying_with(os.getpid()),
            )

    def reap(self, now: float) -> str | None:
        """Returns None while the child runs, and a sentence for the user after the child ended.

        Schedules a restart, unless the exit code is in `fatal`. Raises Failure if the child ended `QUICK_DEATHS` times
        in a row, each time soon after its start.
        """
        code = None if self.process is None else self.process.poll()
        if self.process is None or code is None:
            return None
        self.process = None
        word = f"The {self.name} ended ({self.last_line(code)})"
        if code in self.fatal:
            return f"{word}: {self.fatal[code]}. See its log {self.log}."
        self.quick_deaths = 1 if now - self.started > STEADY_S else self.quick_deaths + 1
        if self.quick_deaths >= QUICK_DEATHS:
            raise Failure(f"{word} {QUICK_DEATHS} times in a row. See its log {self.log}.")
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (self.quick_deaths - 1))
        self.due = now + pause
        return f"{word}; restarting it. See its log {self.log}."

    def last_line(self, code: int) -> str:
        """Returns the last line of the child's log, or its exit code if the log is empty."""
        with contextlib.suppress(OSError), open(self.log, "rb") as log:
            log.seek(max(0, self.log.stat().st_size - 4096))
            return reason_in(log.read().decode(errors="replace"), code).rstrip(".")
        return f"code {code}"

    def stop(self) -> None:
        """Sends SIGTERM to the child, then SIGKILL to all processes that remain in its process group."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


def _dying_with(parent: int) -> Callable[[], None]:
    """Returns a function to run in a child before its program. It makes the kernel send SIGTERM to the child when we
    end (prctl(2)).
    """
    libc = ctypes.CDLL(None)

    def before_exec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return before_exec

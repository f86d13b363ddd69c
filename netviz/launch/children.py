"""Child processes that die with us, their logs, and starting them again when they die alone."""

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
from netviz.launch.places import CHECKOUT
from netviz.launch.shell import last_word

FIRST_PAUSE_S = 0.25  # doubled by each quick death, so that what cannot live does not burn the machine
LONGEST_PAUSE_S = 10.0
STEADY_S = 30.0  # a child that lived as long is well again
QUICK_DEATHS = 6  # in a row, and the run ends
STOP_S = 5.0
LOG_LIMIT_BYTES = 1 << 20
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process to keep alive. `fatal` maps exit codes that no new start would mend to what they mean."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    fatal: Mapping[int, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    quick_deaths: int = 0
    started: float = 0.0
    due: float | None = None

    def start(self) -> None:
        """Starts it in a session of its own, so that the terminal's Ctrl-C reaches us alone."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.rename(self.log.with_suffix(".log.1"))
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

    def bury(self, now: float) -> str | None:
        """None while it lives; else a sentence about its death, and the next start is set. Raises Failure at last."""
        code = None if self.process is None else self.process.poll()
        if self.process is None or code is None:
            return None
        self.process = None
        word = f"The {self.name} ended ({self.last_line(code)})"
        if code in self.fatal:
            return f"{word}: {self.fatal[code]}. Its log is {self.log}."
        self.quick_deaths = 1 if now - self.started > STEADY_S else self.quick_deaths + 1
        if self.quick_deaths >= QUICK_DEATHS:
            raise Failure(f"{word} {QUICK_DEATHS} times in a row; its log is {self.log}.")
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (self.quick_deaths - 1))
        self.due = now + pause
        return f"{word}; it is started again. Its log is {self.log}."

    def last_line(self, code: int) -> str:
        """What its log says last, or else its exit code."""
        with contextlib.suppress(OSError), open(self.log, "rb") as log:
            log.seek(max(0, self.log.stat().st_size - 4096))
            return last_word(log.read().decode(errors="replace"), code).rstrip(".")
        return f"code {code}"

    def stop(self) -> None:
        """SIGTERM, then SIGKILL to all that it has left behind in its process group."""
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
    """What a child does before its program starts: asks the kernel to end it when we end, prctl(2)."""
    libc = ctypes.CDLL(None)

    def before_exec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return before_exec

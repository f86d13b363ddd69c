"""Private worlds: mounts, network and processes of their own, in which a test may do anything.

A world is what `unshare -mnpf --mount-proc` creates, with an empty /run; without root it is in a user namespace too.
Closing it ends all its processes, and with them its namespaces and mounts disappear.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from netviz.agent.lab import refused
from tests.missing import missing
from tests.waiting import WAIT_S, patient

CHECKOUT = Path(__file__).resolve().parents[1]

# Process 1 of a world: reports that all is ready, reaps orphans, ends when its stdin is closed or when we end.
INIT = "import signal, sys; signal.signal(17, signal.SIG_IGN); print('ready', flush=True); sys.stdin.read()"
SETUP = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && ip link set lo up && exec "$@"'

Command = str | Sequence[str]


class World:
    """One world. `pid` is its process 1, as seen from outside; /proc/<pid>/ns/net is its host namespace."""

    def __init__(self) -> None:
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        unshare = ["unshare", *user, "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]
        argv = [*unshare, "sh", "-c", SETUP, "sh", sys.executable, "-ISc", INIT]
        self._init = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._started: list[subprocess.Popen[Any]] = []
        assert self._init.stdout is not None
        if self._init.stdout.readline() != b"ready\n":
            _, error = self._init.communicate()
            raise RuntimeError(
                f"the private namespaces of a test could not be created: {error.decode(errors='replace')}"
            )
        self.pid = inner_pid(self._init)
        enter = ["nsenter", "--target", str(self.pid), *(["--user", "--preserve-credentials"] if user else [])]
        self._enter = [*enter, "--mount", "--net", "--pid", "setpriv", "--pdeathsig", "KILL", "--"]

    def run(self, command: Command, *, stdin: str = "", check: bool = True) -> str:
        """Runs a command inside and returns its stdout. Raises AssertionError with its stderr if its exit code is not
        0.

        Bytes that are not UTF-8 are surrogates (PEP 383).
        """
        done = subprocess.run(
            [*self._enter, *_words(command)], input=stdin, capture_output=True, text=True, errors="surrogateescape"
        )
        if check and done.returncode:
            raise AssertionError(f"{command!r} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def popen(self, command: Command, **how: Any) -> subprocess.Popen[bytes]:
        """Starts a command inside. It ends with the world at the latest, and when the returned process is killed.

        Use `inner_pid` to send signals to the command itself: the returned process is the nsenter that waits for it.
        """
        process = subprocess.Popen([*self._enter, *_words(command)], **how)
        self._started.append(process)
        return process

    def agent(self, *arguments: str, stdin: str = "", timeout_s: float = 30) -> subprocess.CompletedProcess[str]:
        """Runs `python -m netviz.agent` inside, to its end, whatever its exit code."""
        return subprocess.run(
            [*self._enter, *agent_command(*arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=patient(timeout_s),
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        )

    def let_go(self) -> None:
        """Makes a forked process leave the end of the world to its parent process."""
        assert self._init.stdin is not None
        os.close(self._init.stdin.fileno())

    def close(self) -> None:
        """Ends everything inside, and waits for it."""
        assert self._init.stdin is not None
        self._init.stdin.close()
        for process in [*self._started, self._init]:
            process.wait(patient(WAIT_S))
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()


def agent_command(*arguments: str) -> list[str]:
    """Returns the command line of the agent."""
    return [sys.executable, "-m", "netviz.agent", *arguments]


def inner_pid(process: subprocess.Popen[Any]) -> int:
    """Returns the only child of a waiting unshare or nsenter: the command itself, as seen from outside."""
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(child)


def _words(command: Command) -> list[str]:
    return shlex.split(command) if isinstance(command, str) else list(command)


@pytest.fixture
def make_world() -> Iterator[Callable[[], World]]:
    """Creates as many worlds as a test requests."""
    if os.geteuid() != 0 and (sentence := refused()):
        missing(f"{sentence} Run the tests as root.")
    worlds: list[World] = []

    def make() -> World:
        worlds.append(World())
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def world(make_world: Callable[[], World]) -> World:
    """Provides one world."""
    return make_world()

"""Runs the tests, all parts in parallel; called by `make test`.

    python -m tests [PYTEST ARGUMENTS]     the short tests; with arguments, only pytest with these
    python -m tests --long [ARGUMENTS]     the tests marked `long`

PostgreSQL and Redis are started once, for all parts and their workers.
"""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping

import pytest

from tests.parts import Part, run
from tests.services import running_postgres, running_redis

PROCESSORS = len(os.sched_getaffinity(0))

# A test waits for the kernel, a server or a browser about a third of its time, so one worker more than processors
# keeps all of them busy. Groups (`xdist_group`) stay in one worker; tests come in the order of tests/conftest.py.
WORKERS = str(PROCESSORS + 1)
DEAL = ("--dist", "loadgroup", "--no-loadscope-reorder")
PYTEST = (sys.executable, "-m", "pytest", "-q", "--durations=25", "--durations-min=1")
SHORT = (*PYTEST, "-n", WORKERS, *DEAL, "-m", "not long", "--hypothesis-profile=ci")
# Vitest's default of 5 seconds would fail a layout of eighty graphs while four other programs use the processors.
VITEST_LIMIT = "--testTimeout=60000"
LONG = (*PYTEST, "-n", str(PROCESSORS), *DEAL, "-m", "long", "--hypothesis-profile=long")


@contextlib.contextmanager
def services() -> Iterator[Mapping[str, str]]:
    """Runs PostgreSQL and Redis within the block if this machine has them. Yields their environment variables."""
    with contextlib.ExitStack() as started:
        urls = {}
        for name, running in (("POSTGRES", running_postgres), ("REDIS", running_redis)):
            with contextlib.suppress(
                pytest.fail.Exception, pytest.skip.Exception
            ):  # each test that needs a missing service reports this itself
                urls[f"NETVIZ_TEST_{name}_URL"] = started.enter_context(running())
        yield urls


def main(arguments: list[str]) -> int:
    """Returns the exit code."""
    match arguments:
        case []:
            with services() as urls:
                return run([Part(part.name, part.argv, urls) for part in short()])
        case ["--long", *words]:
            return run([Part("long tests", [*LONG, *words])])
        case words:
            return run([Part("tests", [*SHORT, *words])])


def short() -> list[Part]:
    """Returns the parts of `make test`."""
    return [
        Part("tests", SHORT),
        Part("tests on PostgreSQL and Redis", [*module("tests.on_postgres"), "-m", "not long"]),
        Part("tests of the front end", module("netviz.launch", "npm", "test", "--", VITEST_LIMIT)),
    ]


def module(name: str, *words: str) -> list[str]:
    """Returns the command that runs a module."""
    return [sys.executable, "-m", name, *words]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

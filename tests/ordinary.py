"""Runs programs as an ordinary user, even if the tests run as root."""

import functools
import os
import subprocess
import sys
from collections.abc import Sequence

from tests.missing import missing

NOBODY = 65534


def as_ordinary(argv: Sequence[str]) -> list[str]:
    """Returns words that run the command as nobody if we are root. `env` makes it start without capabilities."""
    if os.geteuid() != 0:
        return list(argv)
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    return [*user, "env", *argv]


@functools.cache
def ordinary_python() -> str:
    """Returns a Python that an ordinary user can start. Our own may be in root's home."""
    found = [python for python in (sys.executable, "/usr/bin/python3") if starts(as_ordinary([python, "-Ic", "pass"]))]
    return found[0] if found else missing("no Python here can be started by an ordinary user: install python3")


def starts(argv: Sequence[str]) -> bool:
    """Returns whether this command succeeds."""
    return subprocess.run(argv, capture_output=True).returncode == 0

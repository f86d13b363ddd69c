"""Runs programs as an ordinary user, even if the tests run as root."""

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.missing import missing

NOBODY = 65534

CHECKOUT = Path(__file__).resolve().parents[1]


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


@functools.cache
def ordinary_checkout() -> Path:
    """Returns a folder with `netviz` that an ordinary user can read: our checkout, or a copy if root alone may enter
    it, as in a folder that mktemp(1) made. The copy disappears with this process.
    """
    if starts(as_ordinary(["test", "-r", str(CHECKOUT / "netviz" / "__init__.py")])):
        return CHECKOUT
    place = Path(tempfile.mkdtemp(prefix="nvt-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    place.chmod(0o755)
    shutil.copytree(CHECKOUT / "netviz", place / "netviz", ignore=shutil.ignore_patterns("__pycache__"))
    return place


def ordinary_netviz() -> list[str]:
    """Returns words that run a Python with `netviz` as an ordinary user."""
    return as_ordinary(["env", f"PYTHONPATH={ordinary_checkout()}", "PYTHONDONTWRITEBYTECODE=1", ordinary_python()])


def starts(argv: Sequence[str]) -> bool:
    """Returns whether this command succeeds."""
    return subprocess.run(argv, capture_output=True).returncode == 0

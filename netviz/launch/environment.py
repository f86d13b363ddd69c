"""Creates the virtual environment in the checkout and installs the packages that a lock file lists. Installs again
after the lock file has changed.
"""

import compileall
import importlib.util
import sys
from pathlib import Path

from netviz.launch.failure import Failure
from netviz.launch.packages import ensure
from netviz.launch.paths import CHECKOUT, PYTHON, VENV, fingerprint, is_current
from netviz.launch.shell import run, say

PIP = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes")
# Maps each kind of lock file (`requirements<kind>.lock`) to the kinds that provide all its packages when installed. For
# example, `requirements-test.lock` contains all packages of `requirements.lock`. So if the packages of kind "-test" are
# installed, those of kind "" need not be installed.
LISTS = {"": ("", "-test"), "-test": ("-test",), "-node": ("-node",)}


def prepare(kind: str = "") -> None:
    """Makes sure that the packages of `requirements<kind>.lock` are in `.venv`. Raises Failure."""
    if not PYTHON.exists():
        create()
    write_bytecode()
    if any(is_current(VENV / f"netviz{name}.pins", pins(name)) for name in LISTS[kind]):
        return
    say(f"Installing Python packages ({lock(kind).name})")
    run([*PIP, "-r", lock(kind)], "Installing Python packages")
    (VENV / f"netviz{kind}.pins").write_text(pins(kind))


def write_bytecode() -> None:
    """Compiles netviz's modules that changed. Otherwise each command compiles all modules that it imports, which takes
    0.1 s, if it cannot write to the checkout, or if PYTHONDONTWRITEBYTECODE is set.
    """
    compileall.compile_dir(CHECKOUT / "netviz", quiet=2)


def pins(kind: str) -> str:
    """Returns a fingerprint of the lock file `requirements<kind>.lock`."""
    return fingerprint({lock(kind)})


def lock(kind: str) -> Path:
    """Returns the file that lists every package with its exact version and hash."""
    return CHECKOUT / f"requirements{kind}.lock"


def create() -> None:
    """Creates `.venv`. If Python's modules for this are missing, first installs the package python3-venv, which needs
    root.
    """
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        ensure(["python3-venv"], "a virtual environment")
    say("Creating the virtual environment .venv")
    run([sys.executable, "-m", "venv", "--clear", VENV], "Creating the virtual environment")
    if not PYTHON.exists():
        raise Failure(f"{sys.executable} did not create a virtual environment in {VENV}. Try another python3.")

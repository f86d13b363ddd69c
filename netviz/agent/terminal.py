"""What the agent prints. Texts of a server and of this host reach root's terminal here and in `netviz.agent.log`, so
every line passes `netviz.model.text.visible`, which leaves no character that a terminal would obey.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from netviz.model.text import visible

# Maximum characters of a line. No message of ours is longer; a server's text may be.
_CHARACTERS = 2_000


class UnwritableError(Exception):
    """Raised if stdout cannot be written; the message says why."""


def complain(message: str) -> None:
    """Prints one line to stderr. Does nothing if stderr is closed or full, because no other place is left."""
    if sys.stderr is not None:  # `print` would take stdout instead
        with suppress(OSError):
            print(one_line(message), file=sys.stderr)


def say(message: str) -> None:
    """Prints one line to stdout. Raises UnwritableError."""
    write(f"{one_line(message)}\n".encode())


def write(data: bytes) -> None:
    """Writes bytes to stdout. Raises UnwritableError, or BrokenPipeError if nobody reads them any longer."""
    if sys.stdout is None:
        raise UnwritableError("it is closed")
    try:
        left = memoryview(data)
        while left:  # with PYTHONUNBUFFERED one call may write only a part
            left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnwritableError(error.strerror or str(error)) from None


def write_rest() -> None:
    """Writes what was printed to stdout and is still in its buffer. Raises UnwritableError or BrokenPipeError."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnwritableError(error.strerror or str(error)) from None


class Parser(argparse.ArgumentParser):
    """A parser of command lines whose help is an error if it cannot be written; argparse itself would not say so."""

    def print_help(self, file: Any = None) -> None:
        """Writes the help to stdout. Raises UnwritableError."""
        write(self.format_help().encode())


def exit_code(command: Callable[[], int]) -> int:
    """Runs a command and returns its exit code.

    If stdout cannot be written, prints one sentence to stderr and returns 1. If nobody reads stdout any longer, the
    process ends by SIGPIPE, without a word, as a command in C does.
    """
    try:
        try:
            code = command()
        except SystemExit as stop:  # argparse, after it printed its help
            code = stop.code if isinstance(stop.code, int) else 1
        write_rest()
    except BrokenPipeError:
        _discard_stdout()
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGPIPE)
        return 1
    except UnwritableError as error:
        _discard_stdout()
        complain(f"netviz: cannot write to stdout: {error}")
        return 1
    return code


def _discard_stdout() -> None:
    """Makes the interpreter's end not write again what could not be written."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def one_line(message: str) -> str:
    """Returns a message as one line of text that a terminal shows without obeying any of it."""
    shown = visible(message[:_CHARACTERS])
    return shown if len(message) <= _CHARACTERS else f"{shown} (and {len(message) - _CHARACTERS} more characters)"

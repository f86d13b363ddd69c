"""The commands behind `make` and `manage.py`."""

import errno
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

from netviz.launch import environment, front, packages
from netviz.launch.failure import Failure
from netviz.launch.paths import CHECKOUT, PYTHON
from netviz.launch.shell import say


def manage(argv: Sequence[str]) -> int:
    """Runs `manage.py`: performs the command `run` itself, and passes every other command to Django in the checkout's
    virtual environment.
    """
    if argv[1:2] == ["run"]:
        return answer(run_all, argv[2:])
    if PYTHON.exists() and sys.prefix == sys.base_prefix:
        os.execv(PYTHON, [str(PYTHON), *argv])  # noqa: S606 - our own interpreter
    return answer(django, argv)


def django(argv: Sequence[str]) -> int:
    """Runs a Django command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netviz.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        raise Failure("Nothing is installed yet. Start with `python3 manage.py run`, or `make venv`.") from None
    execute_from_command_line(list(argv))
    return 0


def run_all(arguments: Sequence[str]) -> int:
    """`run`: installs and starts everything."""
    from netviz.launch.run import main

    return main(arguments)


def make_venv(arguments: Sequence[str]) -> int:
    """`venv [--test]`: creates the virtual environment `.venv`; with `--test`, also with the packages for tests."""
    environment.prepare("-test" if "--test" in arguments else "")
    return 0


def build_front(_arguments: Sequence[str]) -> int:
    """`front`: builds the front end."""
    front.install()
    front.build()
    return 0


def install_packages(arguments: Sequence[str]) -> int:
    """`packages [--bench]`: installs Debian packages for tests or benchmarks. A missing package is fatal only in CI."""
    wanted = packages.FOR_BENCHMARKS if "--bench" in arguments else packages.FOR_TESTS
    try:
        packages.ensure(packages.missing(wanted), "the benchmarks" if "--bench" in arguments else "the tests")
    except Failure as failure:
        if os.environ.get("CI") == "true":
            raise
        say(f"{failure} Tests and benchmarks that need these packages are skipped.")
    return 0


VERBS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "run": run_all,
    "venv": make_venv,
    "packages": install_packages,
    "front": build_front,
    "npm": front.npm,
}


def answer(verb: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    """Runs a command and returns its exit code. Prints a Failure as one sentence to stderr. Ctrl-C ends it quietly."""
    if sys.stdout is None:
        return _unwritable("it is closed")
    try:
        code = verb(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # nobody reads the output any longer: end without a word, as a command in C does
        _discard_stdout()
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGPIPE)
        return 1
    except Failure as failure:
        sys.stderr.write(f"netviz: {failure}\n")
        return failure.code
    except PermissionError as error:
        sys.stderr.write(f"netviz: This user cannot write {error.filename}. {CHECKOUT} may belong to another user.\n")
        return 1
    except OSError as error:
        if error.errno not in _FULL or error.filename is not None:
            raise
        _discard_stdout()
        return _unwritable(error.strerror or str(error))
    except KeyboardInterrupt:
        return 130


# The errors of a file that cannot be written: a full disk, a full quota, a broken disk, a closed descriptor.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF)


def _unwritable(reason: str) -> int:
    if sys.stderr is not None:
        sys.stderr.write(f"netviz: Cannot write to stdout: {reason}.\n")
    return 1


def _discard_stdout() -> None:
    """Makes the interpreter's end not write again what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(argv: Sequence[str]) -> int:
    """Runs `python3 -m netviz.launch VERB ...`, where VERB is a key of `VERBS`. Returns the exit code."""
    verb = VERBS.get(argv[1]) if len(argv) > 1 else None
    if verb is None:
        sys.stderr.write(f"netviz: unknown command. Use one of {', '.join(VERBS)}.\n")
        return 2
    return answer(verb, argv[2:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))

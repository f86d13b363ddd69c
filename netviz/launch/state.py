"""The state folder. It contains the database, the secret key, the agent's key and the logs."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netviz.launch.failure import Failure


@contextmanager
def locked(state: Path) -> Iterator[None]:
    """Creates the folder so that only this user can read it, and locks it while netviz runs, so that no second netviz
    uses it.
    """
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if state.stat().st_uid != os.geteuid():
            raise Failure(f"{state} belongs to another user. Choose your own folder with --state DIR.")
        state.chmod(0o700)
        lock = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Failure(
            f"Cannot use {error.filename} ({error.strerror}). Choose another folder with --state DIR."
        ) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                f"netviz already runs with {state}. Stop it, or choose another folder with --state DIR."
            ) from None
        yield
    finally:
        os.close(lock)

"""A PostgreSQL of a test's own, which the test may stop, start and make read-only."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.services import daemon, free_port, known_user, new_postgres, ordinary_folder, takes_sql


class Postgres:
    """A PostgreSQL that runs after `start`."""

    def __init__(self, folder: Path, as_user: list[str]) -> None:
        port = free_port()
        self.url = f"postgresql://netviz@127.0.0.1:{port}/postgres"
        self._folder = folder
        self._as_user = as_user
        self._command = new_postgres(folder, as_user, port)
        self._running = contextlib.ExitStack()

    def start(self) -> None:
        """Starts it, and waits until it takes connections."""
        self._running.enter_context(daemon(self._command, lambda: takes_sql(self.url), self._folder / "log"))

    def stop(self, mode: str = "fast") -> None:
        """Stops it as an operator does. The mode "immediate" is like a crash: nobody is told, and nothing is saved."""
        program = str(Path(self._command[len(self._as_user)]).with_name("pg_ctl"))
        words = ["stop", "-D", str(self._folder / "data"), "-m", mode, "-w"]
        subprocess.run([*self._as_user, program, *words], check=True, capture_output=True)
        self._running.close()

    def close(self) -> None:
        """Stops it, if it runs."""
        self._running.close()

    def make_read_only(self, value: str) -> None:
        """Makes all databases read-only ("on") or writable ("off"), for present connections too."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}".encode())
            connection.execute("SELECT pg_reload_conf()")


@contextlib.contextmanager
def stoppable_postgres() -> Iterator[Postgres]:
    """Provides a PostgreSQL that runs, and stops it at the end."""
    with ordinary_folder(known_user("postgres", "nobody")) as (folder, as_user):
        postgres = Postgres(folder, as_user)
        postgres.start()
        try:
            yield postgres
        finally:
            postgres.close()

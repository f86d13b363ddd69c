"""Outages: the database is away, locked or hangs, or the disk is full. The server says so, and recovers."""

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from netviz.server.limits import DATABASE_S, READY_S
from netviz.wire.codec import encode
from netviz.wire.frames import Subscribe
from tests.cable import Cable
from tests.server.knocking import ask
from tests.server.returning import check_outlasts, enrolled, is_ready, readiness
from tests.server.stoppable import Postgres, stoppable_postgres
from tests.services import Served, serving
from tests.waiting import patient, wait_until


@contextmanager
def without(database: str) -> Iterator[None]:
    """Takes a database away within the block: it has another name."""
    parts = urlsplit(database)
    name, admin = parts.path[1:], urlunsplit(parts._replace(path="/postgres"))

    def rename(old: str, new: str) -> None:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {old} ALLOW_CONNECTIONS false".encode())
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            connection.execute(f"ALTER DATABASE {old} RENAME TO {new}".encode())
            connection.execute(f"ALTER DATABASE {new} ALLOW_CONNECTIONS true".encode())

    rename(name, f"{name}_away")
    try:
        yield
    finally:
        rename(f"{name}_away", name)


def close_code(browser: ClientConnection, limit_s: float = 5) -> int | None:
    """Returns the code with which the server closes the websocket of a browser."""
    try:
        while True:
            browser.recv(patient(limit_s))
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_pages_sockets_and_log_say_that_the_database_is_away(
    make_served: Callable[..., Served], postgres_database: str
) -> None:
    served = make_served(NETVIZ_DATABASE_URL=postgres_database)
    served.first_run()
    cookie = served.cookie()
    headers = {"Cookie": cookie}
    url, origin = f"{served.ws_url}/ws/view/", Origin(served.url)
    with ExitStack() as sockets:

        def browser() -> ClientConnection:
            return sockets.enter_context(
                connect(url, origin=origin, additional_headers=headers, proxy=None, open_timeout=patient(10))
            )

        earlier = [browser() for _ in range(3)]
        with without(postgres_database):
            for _ in range(40):
                page = ask(served, "GET /?all", f"Cookie: {cookie}")
                assert page.status == 503
                assert page.headers["retry-after"] == "10"
            api = ask(served, "GET /api/v1/hosts/", f"Cookie: {cookie}")
            assert (api.status, json.loads(api.body)["code"]) == (503, "unavailable")
            for one in [*earlier, browser()]:
                with suppress(ConnectionClosed):
                    one.send(encode(Subscribe("00000000-0000-4000-8000-000000000000")), text=True)
                assert close_code(one) == 1013
            assert readiness(served)[0] == 503
            assert ask(served, "GET /healthz").status == 200
        log = served.log.read_text()
        assert "Traceback" not in log
        assert len(log.splitlines()) <= 6
        wait_until(lambda: is_ready(served), "it is ready again")
        assert ask(served, "GET /?all", f"Cookie: {cookie}").status in (200, 302)


def test_readyz_is_503_within_2_s_while_the_database_hangs(
    make_served: Callable[..., Served], postgres_cable: tuple[Cable, str]
) -> None:
    cable, url = postgres_cable
    served = make_served(NETVIZ_DATABASE_URL=url)
    assert is_ready(served)
    cable.cut()
    for _ in range(4):
        status, took = readiness(served)
        assert status == 503
        assert took < READY_S + 0.5
    assert ask(served, "GET /healthz").status == 200
    cable.mend()
    wait_until(lambda: is_ready(served), "it is ready again", 10)


def test_readyz_is_503_while_the_database_is_read_only(
    make_served: Callable[..., Served], postgres_database: str
) -> None:
    served = make_served(NETVIZ_DATABASE_URL=postgres_database)
    name = urlsplit(postgres_database).path[1:]
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        assert readiness(served)[0] == 503
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only".encode())
    assert is_ready(served)


def test_readyz_is_503_within_2_s_while_another_program_locks_sqlite(served: Served) -> None:
    with closing(sqlite3.connect(served.state / "db.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        status, took = readiness(served)
        assert status == 503
        assert took < READY_S + 0.5
        other.execute("ROLLBACK")
    wait_until(lambda: is_ready(served), "it is ready again")


@pytest.mark.root
def test_readyz_is_503_while_the_disk_is_full_and_pages_are_never_a_500(tmp_path: Path, migrated_state: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "nvt-disk", str(disk)], check=True)
    try:
        with serving(disk, migrated_state) as make:
            served = make()
            served.first_run()
            cookie = served.cookie()
            assert is_ready(served)
            with suppress(OSError), open(disk / "filler", "wb", buffering=0) as filler:
                while filler.write(bytes(1 << 16)):
                    pass
            status, took = readiness(served)
            assert status == 503
            assert took < READY_S + 0.5
            assert ask(served, "GET /healthz").status == 200
            for path in ("/sign-in/", "/?all", "/api/v1/hosts/"):
                assert ask(served, f"GET {path}", f"Cookie: {cookie}").status in (200, 302, 503)
            (disk / "filler").unlink()
            wait_until(lambda: is_ready(served), "it is ready again")
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """Provides a PostgreSQL that a test may stop."""
    with stoppable_postgres() as postgres:
        yield postgres


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_server_outlasts_a_postgresql_that_is_stopped_and_started(
    make_served: Callable[..., Served], postgres: Postgres, mode: str
) -> None:
    served = make_served(NETVIZ_DATABASE_URL=postgres.url)
    check_outlasts(served, lambda: postgres.stop(mode), postgres.start, reads=False)


def test_server_whose_postgresql_is_made_read_only_goes_on_reading_and_stores_again_when_it_is_writable(
    make_served: Callable[..., Served], postgres: Postgres
) -> None:
    served = make_served(NETVIZ_DATABASE_URL=postgres.url)
    check_outlasts(served, lambda: postgres.make_read_only("on"), lambda: postgres.make_read_only("off"))


def test_browsers_are_told_in_time_that_the_database_hangs_however_many_wait_for_it(
    make_served: Callable[..., Served], postgres_cable: tuple[Cable, str]
) -> None:
    cable, url = postgres_cable
    served = make_served(NETVIZ_DATABASE_URL=url)
    host = enrolled(served)
    headers, origin = {"Cookie": served.cookie()}, Origin(served.url)
    with ExitStack() as sockets:

        def browser() -> ClientConnection:
            return sockets.enter_context(
                connect(
                    f"{served.ws_url}/ws/view/",
                    origin=origin,
                    additional_headers=headers,
                    proxy=None,
                    open_timeout=patient(DATABASE_S + 5),
                    close_timeout=1,
                )
            )

        earlier = [browser() for _ in range(20)]
        cable.cut()
        began = time.monotonic()
        for one in earlier:
            one.send(encode(Subscribe(host)), text=True)
        with ThreadPoolExecutor(40) as threads:
            later = [threads.submit(lambda: close_code(browser(), DATABASE_S + 5)) for _ in range(20)]
            codes = list(threads.map(lambda one: close_code(one, DATABASE_S + 5), earlier))
            codes += [one.result() for one in later]
        took_s = time.monotonic() - began
        cable.mend()
    assert codes == [1013] * 40
    assert took_s < patient(DATABASE_S + 2)

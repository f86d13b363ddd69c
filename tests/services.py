"""Real servers for tests: PostgreSQL, Redis, netviz's own, a browser. Started on first use, ended at the end.

PostgreSQL and Redis come from the environment (NETVIZ_TEST_POSTGRES_URL, NETVIZ_TEST_REDIS_URL), else from the system's
programs, which run on free ports as an ordinary user.
"""

import contextlib
import glob
import json
import os
import pwd
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis
from playwright.sync_api import Browser, Page, sync_playwright

from netviz.launch import programs
from netviz.launch.address import Address, origins
from netviz.launch.watch import server_answers
from tests.missing import missing
from tests.waiting import START_S, patient
from tests.waiting import wait_until as wait_until  # benchmarks also import this name from here

CHECKOUT = Path(__file__).resolve().parents[1]
END_S = 5.0

BROWSER_FLAGS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
]


# Ports for tests: below those that the kernel assigns by itself (ip_local_port_range starts at 32768).
PORTS = range(20_000, 32_000)
_claims: list[socket.socket] = []


def free_port() -> int:
    """Returns a TCP port of 127.0.0.1 that is free, and that no other test process receives meanwhile.

    An abstract address (unix(7)) reserves it until this process ends: a server may be stopped and started again.
    """
    for port in random.sample(PORTS, len(PORTS)):
        claim = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(OSError), socket.socket() as trial:
            claim.bind(f"\0netviz-test-port-{port}")
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
            trial.bind(("127.0.0.1", port))
            _claims.append(claim)
            return port
        claim.close()
    raise AssertionError(f"no port of {PORTS} is free")


def stop(process: subprocess.Popen[Any]) -> None:
    """Ends a process by its pid: SIGTERM, then SIGKILL."""
    process.terminate()
    try:
        process.wait(patient(END_S))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def daemon(argv: Sequence[str], ready: Callable[[], bool], log: Path) -> Iterator[None]:
    """Provides a server that runs within the block."""
    with open(log, "ab") as output:
        # In a process group of its own: Ctrl-C ends the tests, which end the server.
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, process_group=0)
    try:
        wait_until(lambda: process.poll() is not None or ready(), f"{argv} answers", START_S)
        assert process.poll() is None, f"{argv} ended: {log.read_text(errors='replace')[-2000:]}"
        yield
    finally:
        stop(process)


@contextlib.contextmanager
def ordinary_folder(user: str) -> Iterator[tuple[Path, list[str]]]:
    """Provides a new folder that an ordinary user owns, and the words before a command that run it as this user."""
    with tempfile.TemporaryDirectory(prefix="nvt-") as name:
        if os.geteuid() != 0:
            yield Path(name), []
            return
        entry = pwd.getpwnam(user)
        os.chown(name, entry.pw_uid, entry.pw_gid)
        yield Path(name), ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups", "--"]


def known_user(*names: str) -> str:
    """Returns the first of these users that exists on the system."""
    return next(name for name in names if name in {entry.pw_name for entry in pwd.getpwall()})


def new_postgres(folder: Path, as_user: list[str], port: int) -> list[str]:
    """Makes a PostgreSQL in this folder, and returns the command that runs it."""
    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    initdb = programs[-1] if programs else shutil.which("initdb")
    if initdb is None:
        missing("PostgreSQL is not installed: `sudo apt-get install postgresql`, or set NETVIZ_TEST_POSTGRES_URL.")
    data = str(folder / "data")
    argv = [*as_user, initdb, "-D", data, "-U", "netviz", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(argv, check=True, capture_output=True)
    server = [*as_user, str(Path(initdb).with_name("postgres")), "-D", data, "-p", str(port), "-k", str(folder)]
    return [*server, "-h", "127.0.0.1", "-F"]


@contextlib.contextmanager
def running_postgres() -> Iterator[str]:
    """Provides a PostgreSQL that runs within the block, as a URL of its database `postgres`."""
    if url := os.environ.get("NETVIZ_TEST_POSTGRES_URL"):
        yield url
        return
    with ordinary_folder(known_user("postgres", "nobody")) as (folder, as_user):
        port = free_port()
        url, server = f"postgresql://netviz@127.0.0.1:{port}/postgres", new_postgres(folder, as_user, port)
        with daemon(server, lambda: takes_sql(url), folder / "log"):
            yield url


def takes_sql(url: str) -> bool:
    """Returns whether a PostgreSQL takes connections."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Provides a running PostgreSQL, as a URL of its database `postgres`."""
    with running_postgres() as url:
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """Provides an empty database of its own in the running PostgreSQL, as a URL; dropped after the test."""
    name = f"nvt_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextlib.contextmanager
def running_redis() -> Iterator[str]:
    """Provides a Redis that runs within the block, as a URL of its database 0."""
    if url := os.environ.get("NETVIZ_TEST_REDIS_URL"):
        yield url
        return
    with own_redis() as url:
        yield url


@contextlib.contextmanager
def own_redis() -> Iterator[str]:
    """Provides a Redis that nobody else uses, so that a test may stop it."""
    program = shutil.which("redis-server")
    if program is None:
        missing("Redis is not installed: `sudo apt-get install redis-server`, or set NETVIZ_TEST_REDIS_URL.")
    with ordinary_folder(known_user("redis", "nobody")) as (folder, as_user):
        port = free_port()
        argv = [*as_user, program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        url = f"redis://127.0.0.1:{port}/0"
        with daemon(argv, lambda: _takes_pings(url), folder / "log"):
            yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Provides a running Redis, as a URL of its database 0."""
    with running_redis() as url:
        yield url


def _takes_pings(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


# Runs each input line, a JSON string with Python code; answers with what it printed and raised.
_SHELL = """
import contextlib, io, json, sys, traceback
import django
django.setup()
from django.db import connections
for line in sys.stdin:
    printed, raised = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(printed):
            exec(json.loads(line), {})
    except BaseException:
        raised = traceback.format_exc()
    connections.close_all()
    print(json.dumps([printed.getvalue(), raised]), flush=True)
"""


@dataclass
class Served:
    """netviz's own server, running. `state` is its folder."""

    address: Address
    state: Path
    environ: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None)
    _shell: subprocess.Popen[str] | None = field(default=None)

    @property
    def url(self) -> str:
        """Returns the server's origin, without a slash at the end."""
        return self.address.url("http")

    @property
    def ws_url(self) -> str:
        """Returns the server's websocket origin, without a slash at the end."""
        return self.address.url("ws")

    @property
    def log(self) -> Path:
        """Returns the server's log file."""
        return self.state / "server.log"

    @property
    def env(self) -> dict[str, str]:
        """Returns the environment of the server and of Django's commands."""
        return {**programs.server_environment(self.state, self.address), **self.environ}

    def manage(self, *arguments: str) -> str:
        """Runs a command of manage.py on this server's database and returns its stdout."""
        done = subprocess.run(programs.manage(*arguments), env=self.env, cwd=CHECKOUT, capture_output=True, text=True)
        assert done.returncode == 0, f"manage.py {arguments} ended with {done.returncode}: {done.stderr}"
        return done.stdout

    def shell(self, code: str) -> str:
        """Runs Python with this server's settings and database, and returns what it prints.

        All calls share one process, because starting one and importing Django takes a second.
        """
        if self._shell is None:
            self._shell = subprocess.Popen(
                [sys.executable, "-c", _SHELL], env=self.env, cwd=CHECKOUT, stdin=PIPE, stdout=PIPE, text=True
            )
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(json.dumps(code) + "\n")
        self._shell.stdin.flush()
        printed, raised = json.loads(self._shell.stdout.readline())
        assert not raised, raised
        return str(printed)

    def first_run(self, agent_name: str = "here") -> dict[str, str | None]:
        """`sign_in_path` (works once) and `enrol_token`, None if an agent of that name is enrolled."""
        words = ("first_run", "--agent-name", agent_name, "--json")
        answer: dict[str, str | None] = json.loads(
            self.shell(f"from django.core.management import call_command; call_command(*{words!r})")
        )
        return answer

    def cookie(self, username: str = "admin") -> str:
        """Returns the Cookie header of a browser in which this user is signed in."""
        code = (
            "from django.test import Client; from netviz.server.teams.models import User; client = Client()\n"
            f"client.force_login(User.objects.get(username={username!r}))\n"
            "print('; '.join(f'{name}={one.value}' for name, one in client.cookies.items()))"
        )
        return self.shell(code).strip()

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                programs.server(self.address),
                env=self.env,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        process = self.process
        wait_until(lambda: process.poll() is not None or server_answers(self.address), "the server answers", START_S)
        assert process.poll() is None, self.log.read_text(errors="replace")[-2000:]

    def stop(self) -> None:
        """Stops the server; its state stays for another `start`."""
        if self.process is not None:
            stop(self.process)
            self.process = None

    def close(self) -> None:
        """Stops the server, and the process of `shell`."""
        self.stop()
        if self._shell is not None:
            self._shell.communicate()
            self._shell = None


@pytest.fixture(scope="session")
def migrated_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Provides a state folder with an empty, migrated SQLite database, to be copied."""
    state = tmp_path_factory.mktemp("migrated")
    address = Address("127.0.0.1", 1)
    Served(address, state, {"NETVIZ_DATABASE_URL": ""}).manage("migrate", "--noinput", "--verbosity", "0")
    return state


@contextlib.contextmanager
def serving(folder: Path, migrated_state: Path) -> Iterator[Callable[..., Served]]:
    """Starts servers within the block, each with its own state in this folder."""
    started: list[Served] = []

    def make(**environ: str) -> Served:
        state = folder / f"state-{len(started)}"
        shutil.copytree(migrated_state, state)
        state.chmod(0o700)
        address = Address("127.0.0.1", free_port())
        environ = {"NETVIZ_DATABASE_URL": "", "NETVIZ_REDIS_URL": "", **environ}  # not those of this process
        served = Served(Address(address.host, address.port, origins=origins(address, {})), state, environ)
        started.append(served)
        if environ["NETVIZ_DATABASE_URL"]:
            served.manage("migrate", "--noinput", "--verbosity", "0")
        served.start()
        return served

    try:
        yield make
    finally:
        for served in started:
            served.close()


@pytest.fixture
def make_served(tmp_path: Path, migrated_state: Path) -> Iterator[Callable[..., Served]]:
    """Starts servers, each with its own state; `make_served(NAME=value)` adds to their environment."""
    with serving(tmp_path, migrated_state) as make:
        yield make


@pytest.fixture
def served(make_served: Callable[..., Served]) -> Served:
    """Provides netviz's own server on SQLite, on a free port."""
    return make_served()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Provides Debian's Chromium without a window. It can connect only to this machine.

    There is one for each module, because Playwright keeps an event loop running in this thread: tests of the same
    module can neither be async nor use Django's ORM.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing("Chromium is not installed: `sudo apt-get install chromium`.")
    flags = [*BROWSER_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Provides a page of a new browser profile, 1440 by 900; the test fails if a script of the page raised an error."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    raised: list[str] = []
    page.on("pageerror", lambda error: raised.append(str(error)))
    yield page
    context.close()
    assert raised == []

"""The gate: clients that send nothing, or too slowly, or do not read, lock nobody out."""

import contextlib
import socket
import time
from collections.abc import Callable

import pytest

from netviz.launch import programs
from netviz.server import limits
from netviz.server.edge.doors import Doors
from tests.server.connected import agent, browser, is_served
from tests.server.knocking import UPGRADE, Response, ask, connect, crowd, frame, head, is_closed, read_all
from tests.services import Served
from tests.waiting import patient, wait_until

MANY = 1_100


@pytest.fixture
def few_files(make_served: Callable[..., Served], monkeypatch: pytest.MonkeyPatch) -> Served:
    """Provides a server that can open only 1,024 files: the usual limit, and it cannot raise it."""
    command = programs.server
    monkeypatch.setattr(programs, "server", lambda at: ["prlimit", "--nofile=1024:1024", "--", *command(at)])
    return make_served()


def test_server_raises_the_number_of_files_that_it_may_open_to_the_hard_limit(
    make_served: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = programs.server
    monkeypatch.setattr(programs, "server", lambda at: ["prlimit", "--nofile=1024:2048", "--", *command(at)])
    served = make_served()
    assert served.process is not None
    with open(f"/proc/{served.process.pid}/limits") as rows:
        (row,) = [line.split() for line in rows if line.startswith("Max open files")]
    assert row[3:5] == ["2048", "2048"]


HALVES = {
    "nothing": "",
    "half a head": "GET /sign-in/ HTTP/1.1\r\nHost: {host}\r\nX-",
    "half a body": "POST /sign-in/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 900\r\n\r\nusern",
    "half a chunk": "POST /sign-in/ HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nus",
    "half a handshake": "GET /ws/agent/ HTTP/1.1\r\nHost: {host}\r\n" + UPGRADE,
    "a handshake of an agent without its proof": "GET /ws/agent/ HTTP/1.1\r\nHost: {host}\r\n" + UPGRADE + "\r\n",
    "a request that is kept alive": "GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n",
}


@pytest.mark.parametrize("start", HALVES)
def test_everybody_gets_in_and_stays_in_while_1100_connections_from_their_own_address_send_only(
    few_files: Served, start: str
) -> None:
    sent = HALVES[start].format(host=f"127.0.0.1:{few_files.address.port}").encode()
    with agent(few_files) as connected, browser(few_files) as before, crowd(few_files, MANY, sent):
        for _ in range(3):
            assert ask(few_files, "GET /sign-in/").status == 200
        with browser(few_files) as late:
            assert late.ping().wait(patient(5))
        assert is_served(connected, 1)
        assert before.ping().wait(patient(5))


def test_connection_that_sends_no_request_is_closed_in_time(quick: Served) -> None:
    with connect(quick) as connection:
        assert read_all(connection).status == 408


def test_connection_that_sends_a_head_byte_by_byte_is_closed_in_time(quick: Served) -> None:
    began = time.monotonic()
    with connect(quick) as connection:
        for byte in head(quick, "GET /healthz", "X-Long: " + "x" * 4_000):
            try:
                connection.sendall(bytes([byte]))
            except OSError:
                break
            time.sleep(0.05)
        else:
            raise AssertionError("the server accepted the whole head")
    assert time.monotonic() - began < patient(10)


def test_request_whose_body_does_not_arrive_is_answered_with_408(quick: Served) -> None:
    assert ask(quick, "POST /sign-in/", "Content-Length: 900", body=b"usern").status == 408


def test_websocket_of_an_agent_that_proves_nothing_is_closed(quick: Served) -> None:
    with connect(quick) as connection:
        connection.sendall(head(quick, "GET /ws/agent/", *UPGRADE.split("\r\n")[:-1]))
        assert read_all(connection).status == 101


def test_client_that_does_not_read_a_long_response_is_disconnected(quick: Served) -> None:
    with deaf(quick) as connection:
        for _ in range(400):
            with contextlib.suppress(OSError):
                connection.sendall(head(quick, "GET /help/"))
        wait_until(lambda: reset(connection), "it is reset", 30)


def deaf(served: Served) -> socket.socket:
    """Returns a connection whose client has a very small buffer for what it receives."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.settimeout(patient(10))
    connection.connect((served.address.host, served.address.port))
    return connection


def reset(connection: socket.socket, data: bytes = b"G") -> bool:
    """Returns whether a connection was reset: writing fails."""
    try:
        connection.sendall(data)
    except OSError:
        return True
    time.sleep(0.1)
    return False


def test_client_that_sends_pings_and_does_not_read_the_pongs_is_disconnected(served: Served) -> None:
    with deaf(served) as connection:
        connection.sendall(head(served, "GET /ws/agent/", *UPGRADE.split("\r\n")[:-1]))
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 101 ")
        pings = frame(9, b"x" * 125) * 1_000
        wait_until(lambda: reset(connection, pings), "it is reset")
    assert b"too many pings" in served.log.read_bytes()


QUICK = """
import sys
from netviz.server import limits
limits.HEAD_S, limits.BODY_S, limits.STALL_S, limits.UNKNOWN_S, limits.PROOF_S = 1, 1, 1, 2, 1
import uvicorn
uvicorn.main(sys.argv[1:])
"""


@pytest.fixture
def quick(make_served: Callable[..., Served], monkeypatch: pytest.MonkeyPatch) -> Served:
    """Provides a server with limits of one second."""
    command = programs.server

    def quickened(at: object) -> list[str]:
        python, _, _, *words = command(at)  # type: ignore[arg-type]
        return [python, "-c", QUICK, *words]

    monkeypatch.setattr(programs, "server", quickened)
    return make_served(DJANGO_SETTINGS_MODULE="netviz.settings")


# -- which connection is closed


class Fake:
    """A connection that records that it was closed."""

    def __init__(self, address: str = "a") -> None:
        self.address = address
        self.gone = False

    def evict(self) -> None:
        self.gone = True


def gone(connections: list[Fake]) -> list[int]:
    return [number for number, one in enumerate(connections) if one.gone]


class Clock:
    """A clock that advances by two seconds each time it is read, so that no connection is young."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 2
        return self.now


def test_connection_that_has_waited_longest_is_closed_if_an_address_has_too_many() -> None:
    doors, ones = Doors(10_000, Clock()), [Fake() for _ in range(limits.WAITING_PER_ADDRESS + 2)]
    other = Fake("b")
    doors.enter(other)
    for one in ones:
        doors.enter(one)
    assert gone(ones) == [0, 1]
    assert not other.gone


def test_address_with_the_most_waiting_connections_loses_one_if_too_many_wait() -> None:
    doors, many, few = Doors(20, Clock()), [Fake("many") for _ in range(8)], [Fake(f"one-{n}") for n in range(4)]
    for one in (*few, *many):
        doors.enter(one)
    assert gone(few) == []
    assert gone(many) == [0, 1]


def test_clients_that_come_at_once_do_not_close_the_connections_of_each_other() -> None:
    doors, ones = Doors(10_000, lambda: 5.0), [Fake() for _ in range(4 * limits.WAITING_PER_ADDRESS)]
    for one in ones:
        doors.enter(one)
    assert gone(ones) == []


def test_young_connection_is_closed_if_the_process_can_have_no_more() -> None:
    doors, ones = Doors(100, lambda: 5.0), [Fake() for _ in range(103)]
    for one in ones:
        doors.enter(one)
    assert gone(ones) == [0, 1, 2]
    assert len(doors.open) == 100


def test_connection_that_the_server_works_for_is_never_closed_for_another() -> None:
    doors, busy = Doors(3), [Fake() for _ in range(3)]
    for one in busy:
        doors.enter(one)
        doors.work(one)
    late = Fake()
    doors.enter(late)
    assert gone(busy) == []
    assert late.gone


def test_closed_connection_leaves_nothing_behind() -> None:
    doors, one = Doors(10), Fake()
    doors.enter(one)
    doors.wait(one)
    doors.leave(one)
    doors.wait(one)
    assert (doors.open, doors.waiting, doors._waiting) == (set(), 0, {})


def test_response_is_complete_although_its_client_reads_slowly(served: Served) -> None:
    with connect(served) as connection:
        connection.sendall(head(served, "GET /help/", "Connection: close"))
        found = b""
        while data := connection.recv(500):
            found += data
            time.sleep(0.001)
    assert Response(found).status == 200
    assert found.rstrip().endswith((b"</html>", b"0"))


def test_oldest_waiting_connections_of_an_address_are_closed_if_more_come(served: Served) -> None:
    with crowd(served, limits.WAITING_PER_ADDRESS) as older, contextlib.ExitStack() as later:

        def is_one_closed() -> bool:
            later.enter_context(connect(served))
            return any(map(is_closed, older))

        wait_until(is_one_closed, "one of the older ones is closed")
    assert "its address has too many" in served.log.read_text()


def test_300_browsers_that_come_at_once_all_get_in(few_files: Served) -> None:
    few_files.first_run("h1")
    lines = [*UPGRADE.split("\r\n")[:-1], f"Origin: {few_files.url}", f"Cookie: {few_files.cookie()}"]
    with crowd(few_files, 300, head(few_files, "GET /ws/view/", *lines)) as browsers:
        assert all(one.recv(1 << 16).startswith(b"HTTP/1.1 101 ") for one in browsers)


def test_server_that_was_started_without_the_gate_warns_once(
    make_served: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = programs.server
    monkeypatch.setattr(
        programs, "server", lambda at: [word.replace("netviz.server.edge.gate:Gate", "h11") for word in command(at)]
    )
    served = make_served()
    for _ in range(3):
        ask(served, "GET /healthz")
    assert served.log.read_text().count("without the gate") == 1


@pytest.mark.parametrize("flags", [["--proxy-headers"], ["--proxy-headers", "--forwarded-allow-ips", "*"]])
def test_gate_does_not_believe_the_proxies_that_uvicorn_believes(
    make_served: Callable[..., Served], monkeypatch: pytest.MonkeyPatch, flags: list[str]
) -> None:
    command = programs.server
    monkeypatch.setattr(
        programs, "server", lambda at: [*[word for word in command(at) if word != "--no-proxy-headers"], *flags]
    )
    served = make_served()
    path = "/sign-in/once/nvs_guess/"
    answers = [ask(served, f"GET {path}", f"X-Forwarded-For: 203.0.113.{n}").status for n in range(11)]
    assert answers == [410] * 10 + [429]


def test_trusted_proxy_may_report_the_address_of_its_client(make_served: Callable[..., Served]) -> None:
    served = make_served(NETVIZ_TRUSTED_PROXIES="127.0.0.1,::1")
    path = "/sign-in/once/nvs_guess/"
    answers = [ask(served, f"GET {path}", f"X-Forwarded-For: 203.0.113.{n}").status for n in range(11)]
    assert answers == [410] * 11

"""What the server promises while its database cannot be used, and an agent that comes back as soon as it can."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from netviz.agent.session_process.server_url import parse
from netviz.agent.session_process.signing_key import Key
from netviz.model.link import Link
from netviz.model.topology import AnyEntity
from netviz.server.limits import READY_S
from netviz.server.live import closing
from netviz.wire.chunks import snapshot_frames
from netviz.wire.codec import decode, encode
from netviz.wire.frames import (
    PROTOCOL,
    Ack,
    Challenge,
    DeltaFrame,
    Freshness,
    Heartbeat,
    Hello,
    Ping,
    Pong,
    Problem,
    Proof,
    Resync,
    SnapshotChunk,
    SnapshotEnd,
    Subscribe,
    Welcome,
    proof_text,
)
from netviz.wire.limits import SILENT_S
from tests.server.entities import HERE
from tests.server.knocking import ask
from tests.services import Served
from tests.waiting import patient, wait_until

KEY = Key(b"\x05" * 32)

# What the server promises: a host whose agent connects within this time after the end of a fault is stored again.
BACK_S = 10.0

NOT_LET_IN = (ConnectionClosed, OSError, AssertionError)


def enrolled(served: Served) -> str:
    """Creates a host with our key in the team of the first user, and returns its id."""
    served.first_run()
    return served.shell(
        "from netviz.server.hosts.models import Host\n"
        "from netviz.server.teams.models import Team\n"
        f"print(Host.objects.create(team=Team.objects.get(), name='h1', key={KEY.public!r}).id)"
    ).strip()


@contextlib.contextmanager
def greeted(served: Served, epoch: str = "e") -> Iterator[ClientConnection]:
    """Provides an agent's connection. Raises one of `NOT_LET_IN` if the server does not let the agent in."""
    url = parse(served.ws_url)
    with connect(url.socket, compression=None, proxy=None, open_timeout=5, close_timeout=1) as connection:
        challenge = decode(connection.recv(12), "server")
        assert isinstance(challenge, Challenge)
        signature = KEY.sign(proof_text(challenge.nonce, url.authority))
        connection.send(encode(Proof(KEY.public, signature)).decode())
        connection.send(encode(Hello(PROTOCOL, "test", epoch, 0, 0)).decode())
        welcome = decode(connection.recv(12), "server")
        if isinstance(welcome, Problem):
            connection.recv(5)
        assert isinstance(welcome, Welcome)
        yield connection


def store(connection: ClientConnection, *links: int) -> None:
    """Sends a snapshot with these links, and waits until it is stored."""
    entities: list[AnyEntity] = [*HERE, *(Link("1", at, f"v{at}", "veth") for at in links)]
    for frame in snapshot_frames(entities, "e", 0, 0):
        connection.send(frame.decode())
    while not isinstance(decode(connection.recv(patient(5)), "server"), Ack):
        pass


def until_stored(served: Served, *links: int) -> float:
    """Connects again and again, as an agent does, until a snapshot is stored. Returns how long that took."""
    began = time.monotonic()
    while True:
        with contextlib.suppress(*NOT_LET_IN), greeted(served) as connection:
            store(connection, *links)
            return time.monotonic() - began
        assert time.monotonic() - began < patient(BACK_S), "the agent is not let in again"
        time.sleep(0.2)


def ended(connection: ClientConnection, limit_s: float) -> int | None:
    """Sends a change every tenth of a second until the server closes, and returns the close code."""
    seq, end = 0, time.monotonic() + limit_s
    try:
        while time.monotonic() < end:
            seq += 1
            connection.send(encode(DeltaFrame("e", seq, (Link("1", 1, "lo", "loopback", mtu=seq),))).decode())
            connection.send(encode(Heartbeat()).decode())
            with contextlib.suppress(TimeoutError):
                connection.recv(0.1)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
    raise AssertionError(f"the server did not close the connection within {limit_s} s")


def check_outlasts(served: Served, begin: Callable[[], None], end: Callable[[], None], *, reads: bool = True) -> None:
    """Checks all that the server promises while its database cannot be used, and after that. `begin` and `end` are
    those of the fault; `reads` is whether what is stored can be read meanwhile.
    """
    host = enrolled(served)
    cookie = served.cookie()
    with page(served, host, cookie) as shown:
        with greeted(served) as agent:
            store(agent, 1)
            assert shown.is_live()
            assert links(served, host, cookie) == {"v1": 0}
            begin()
            try:
                assert ended(agent, patient(15)) == closing.TRY_LATER
                check_unready(served)
                check_refused(served)
                check_reading(served, shown, cookie) if reads else check_not_reading(served, shown, cookie)
            finally:
                end()
        took_s = until_stored(served, 1, 2)
        assert took_s < BACK_S
        wait_until(lambda: is_ready(served), "it is ready again", BACK_S)
        assert links(served, host, cookie) == {"v1": 0, "v2": 0}
        if reads:
            shown.pong()
            assert {"link/1/1", "link/1/2"} <= set(shown.entities)
    log = served.log.read_text()
    assert "Traceback" not in log
    assert len(log.splitlines()) <= 3, log


def check_refused(served: Served) -> None:
    """Checks that an agent is told in time to come back later."""
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(NOT_LET_IN) as refused, greeted(served):
            pass
        assert time.monotonic() - began < patient(11)
        assert isinstance(refused.value, ConnectionClosed)
        assert refused.value.rcvd
        assert refused.value.rcvd.code == closing.TRY_LATER


def check_reading(served: Served, shown: "Page", cookie: str) -> None:
    """Checks that page and API show what is stored, and that no page calls it live."""
    assert not shown.is_live()
    assert links(served, shown.host, cookie) == {"v1": 0}
    for path in (f"/map/{shown.host}/", "/?all", "/api/v1/hosts/"):
        assert ask(served, f"GET {path}", f"Cookie: {cookie}").status == 200
    with page(served, shown.host, cookie) as other:
        assert "link/1/1" in other.entities
        assert not other.is_live()


def check_not_reading(served: Served, shown: "Page", cookie: str) -> None:
    """Checks that page and API say that nothing can be read, and that no page calls anything live."""
    with contextlib.suppress(ConnectionClosed):
        assert not shown.is_live()
    for path in (f"/map/{shown.host}/", "/?all", "/api/v1/hosts/"):
        assert ask(served, f"GET {path}", f"Cookie: {cookie}").status == 503


@dataclass
class Page:
    """A browser that shows a host, and subscribes again whenever the server asks for it."""

    host: str
    socket: ClientConnection
    entities: dict[str, AnyEntity] = field(default_factory=dict)
    freshness: str = ""
    pings: int = 0

    def subscribe(self) -> None:
        """Subscribes, and receives the snapshot."""
        self.entities = {}
        self.socket.send(encode(Subscribe(self.host)), text=True)
        while not isinstance(self._next(), SnapshotEnd):
            pass

    def pong(self) -> Pong:
        """Sends a ping, and returns the answer to it."""
        self.pings += 1
        self.socket.send(encode(Ping(self.pings)), text=True)
        while True:
            match self._next():
                case Resync():
                    self.subscribe()
                    self.socket.send(encode(Ping(self.pings)), text=True)
                case Pong() as pong:
                    return pong

    def is_live(self) -> bool:
        """Returns whether the page would show its map as live."""
        return self.pong().silent_ms < SILENT_S * 1_000 and self.freshness == "live"

    def _next(self) -> object:
        while not self._lines:
            self._lines += str(self.socket.recv(patient(10))).split("\n")
        frame = decode(self._lines.pop(0), "view")
        match frame:
            case SnapshotChunk():
                self.entities.update((entity.key, entity) for entity in frame.entities)
            case DeltaFrame():
                self.entities.update((entity.key, entity) for entity in frame.put)
            case Freshness():
                self.freshness = frame.state
        return frame

    _lines: list[str] = field(default_factory=list)


@contextlib.contextmanager
def page(served: Served, host: str, cookie: str) -> Iterator[Page]:
    """Provides a page that shows this host."""
    url, headers = f"{served.ws_url}/ws/view/", {"Cookie": cookie}
    with connect(url, origin=Origin(served.url), additional_headers=headers, proxy=None, close_timeout=1) as socket:
        found = Page(host, socket)
        found.subscribe()
        yield found


def readiness(served: Served) -> tuple[int, float]:
    """Returns the status of `/readyz`, and how long it took."""
    began = time.monotonic()
    status = ask(served, "GET /readyz").status
    return status, time.monotonic() - began


def is_ready(served: Served) -> bool:
    """Returns whether the server says that it can serve."""
    return readiness(served)[0] == 200


def check_unready(served: Served) -> None:
    """Checks that the server says in time that it is alive, but cannot store."""
    status, took = readiness(served)
    assert status == 503
    assert took < READY_S + 0.5
    assert ask(served, "GET /healthz").status == 200


def links(served: Served, host: str, cookie: str) -> dict[str, int]:
    """Returns the names and MTUs of the stored links of the host, as the API answers."""
    answer = ask(served, f"GET /api/v1/hosts/{host}/links/", f"Cookie: {cookie}")
    assert answer.status == 200, answer.raw[:400]
    return {row["ifname"]: row.get("mtu", 0) for row in json.loads(answer.body)["items"]}

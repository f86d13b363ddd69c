"""Two server processes with one PostgreSQL and one Redis: clients may connect to either one."""

import json
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
import redis
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from netviz.agent.session_process.server_url import parse
from netviz.agent.session_process.signing_key import Key
from netviz.model.link import Link
from netviz.model.netfilter import NfRule
from netviz.model.state import LinkCounters
from netviz.wire.chunks import snapshot_frames
from netviz.wire.codec import decode, encode
from netviz.wire.frames import (
    PROTOCOL,
    Ack,
    Answer,
    Bulk,
    Challenge,
    DeltaFrame,
    Enrol,
    Enrolled,
    Freshness,
    Hello,
    Proof,
    ReadNow,
    Request,
    Resync,
    SnapshotChunk,
    SnapshotEnd,
    State,
    Subscribe,
    Watch,
    Welcome,
    proof_text,
)
from tests.missing import missing
from tests.server.entities import HERE
from tests.services import Served, daemon, free_port
from tests.waiting import patient, wait_until

KEY = Key(b"\x05" * 32)
WAIT_S = 10

# Frames of a message that were not read yet.
_WAITING: WeakKeyDictionary[ClientConnection, deque[str]] = WeakKeyDictionary()


def link(ifindex: int) -> Link:
    return Link("1", ifindex, f"v{ifindex}", "veth")


def rule(handle: int) -> NfRule:
    return NfRule("1", "inet", "t", "c", handle)


def receive(socket: ClientConnection, direction: Any, wanted: Any) -> Any:
    """Returns the next frame of this type; a message contains one or more frames, one per line."""
    waiting = _WAITING.setdefault(socket, deque())
    while True:
        if not waiting:
            waiting.extend(str(socket.recv(patient(WAIT_S))).split("\n"))
        frame = decode(waiting.popleft(), direction)
        if isinstance(frame, wanted):
            return frame


class Cluster:
    """Two servers, and sockets to both."""

    def __init__(self, first: Served, second: Served, sockets: ExitStack) -> None:
        self.servers = (first, second)
        self._sockets = sockets

    def agent(self, at: int) -> ClientConnection:
        """Returns a challenged connection to one of the servers."""
        url = parse(self.servers[at].ws_url)
        socket: ClientConnection = connect(url.socket, compression=None, proxy=None)
        return self._sockets.enter_context(socket)

    def signed(self, socket: ClientConnection, at: int) -> str:
        nonce = receive(socket, "server", Challenge).nonce
        return KEY.sign(proof_text(nonce, parse(self.servers[at].ws_url).authority))

    def enrol(self, at: int) -> str:
        token = str(self.servers[at].first_run("h1")["enrol_token"])
        socket = self.agent(at)
        socket.send(encode(Enrol(token, KEY.public, self.signed(socket, at), "h1")), text=True)
        host: str = receive(socket, "server", Enrolled).host
        return host

    def greet(self, at: int, since: int = 0, seq: int = 0) -> tuple[ClientConnection, int | None]:
        socket = self.agent(at)
        socket.send(encode(Proof(KEY.public, self.signed(socket, at))), text=True)
        socket.send(encode(Hello(PROTOCOL, "test", "e", since, seq)), text=True)
        return socket, receive(socket, "server", Welcome).seq

    def browser(self, at: int) -> ClientConnection:
        """Returns a signed-in browser's socket to one of the servers."""
        server = self.servers[at]
        socket: ClientConnection = connect(
            f"{server.ws_url}/ws/view/",
            origin=Origin(server.url),
            additional_headers={"Cookie": server.cookie()},
            compression=None,
            proxy=None,
        )
        return self._sockets.enter_context(socket)


@pytest.fixture
def cluster(make_served: Callable[..., Served], postgres_database: str, redis_url: str) -> Iterator[Cluster]:
    """Provides two servers that share a database and a Redis."""
    services = {"NETVIZ_DATABASE_URL": postgres_database, "NETVIZ_REDIS_URL": redis_url}
    first, second = make_served(**services), make_served(**services)
    with ExitStack() as sockets:
        yield Cluster(first, second, sockets)


class OwnRedis:
    """A Redis that a test can stop and start again."""

    def __init__(self, folder: Path) -> None:
        self._program = shutil.which("redis-server")
        self._folder = folder
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._running = ExitStack()

    def start(self) -> None:
        if self._program is None:
            missing("Redis is not installed: `sudo apt-get install redis-server`.")
        words = [
            self._program,
            "--port",
            str(self._port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self._folder),
        ]
        self._running.enter_context(daemon(words, self._answers, self._folder / "redis.log"))

    def stop(self) -> None:
        self._running.close()

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url) as client, suppress(redis.ConnectionError):
            return bool(client.ping())
        return False


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    """Provides a running Redis of its own."""
    own = OwnRedis(tmp_path)
    own.start()
    yield own
    own.stop()


@pytest.fixture
def fragile(make_served: Callable[..., Served], postgres_database: str, own_redis: OwnRedis) -> Iterator[Cluster]:
    """Provides two servers whose Redis can be stopped."""
    services = {"NETVIZ_DATABASE_URL": postgres_database, "NETVIZ_REDIS_URL": own_redis.url}
    first, second = make_served(**services), make_served(**services)
    with ExitStack() as sockets:
        yield Cluster(first, second, sockets)


def connected(cluster: Cluster) -> tuple[str, ClientConnection]:
    """Connects an agent to the first server. Returns the host's id and the connection."""
    host = cluster.enrol(0)
    agent, _ = cluster.greet(0)
    for frame in snapshot_frames(HERE, "e", 0, 0):
        agent.send(frame, text=True)
    receive(agent, "server", Ack)
    return host, agent


def subscribed(browser: ClientConnection, host: str) -> set[Any]:
    browser.send(encode(Subscribe(host)), text=True)
    found: set[Any] = set()
    while not isinstance(frame := receive(browser, "view", object), SnapshotEnd):
        found |= set(frame.entities) if isinstance(frame, SnapshotChunk) else set()
    return found


def test_clients_can_connect_to_either_of_two_servers(cluster: Cluster) -> None:
    host = cluster.enrol(0)
    agent, seq = cluster.greet(0)
    assert seq is None
    for frame in snapshot_frames(HERE, "e", 0, 0):
        agent.send(frame, text=True)
    receive(agent, "server", Ack)

    browser = cluster.browser(1)
    assert subscribed(browser, host) == set(HERE)
    for number in range(1, 6):
        agent.send(encode(DeltaFrame("e", number, (link(number),))), text=True)
    assert [receive(browser, "view", DeltaFrame).put for _ in range(5)] == [(link(n),) for n in range(1, 6)]

    browser.send(encode(Watch("1", ("counters",))), text=True)
    assert receive(agent, "server", Watch) == Watch("1", ("counters",))
    agent.send(encode(State("1", "counters", (LinkCounters(1, rx_bytes="5"),))), text=True)
    assert receive(browser, "view", State).values == (LinkCounters(1, rx_bytes="5"),)

    agent.close()
    assert receive(browser, "view", Freshness).state == "stale"


def test_agent_of_one_server_process_can_resume_at_another_server_process(cluster: Cluster) -> None:
    host = cluster.enrol(0)
    agent, _ = cluster.greet(0)
    for frame in (*snapshot_frames(HERE, "e", 0, 0), encode(DeltaFrame("e", 1, (link(1),)))):
        agent.send(frame, text=True)
    while receive(agent, "server", Ack).seq < 1:
        pass
    browser = cluster.browser(0)
    assert subscribed(browser, host) == {*HERE, link(1)}

    other, seq = cluster.greet(1, since=0, seq=3)
    assert seq == 1
    other.send(encode(DeltaFrame("e", 2, (link(2),))), text=True)
    assert receive(browser, "view", DeltaFrame).put == (link(2),)
    wait_until(lambda: int(cluster.servers[0].shell(_COUNT)) >= 3, "what was shown is stored")
    assert json.loads(cluster.servers[0].manage("shell", "-v", "0", "-c", _COUNT).strip()) == 3


def test_request_and_its_answer_are_forwarded_between_servers(cluster: Cluster) -> None:
    host = cluster.enrol(0)
    agent, _ = cluster.greet(0)
    for frame in snapshot_frames(HERE, "e", 0, 0):
        agent.send(frame, text=True)
    receive(agent, "server", Ack)
    browser, other = cluster.browser(1), cluster.browser(1)
    subscribed(browser, host)
    subscribed(other, host)

    browser.send(encode(Request("mine", ReadNow("1", ("counters",)))), text=True)
    request = receive(agent, "server", Request)
    assert request.ask == ReadNow("1", ("counters",))
    assert request.id != "mine"
    agent.send(encode(State("1", "counters", (LinkCounters(1, rx_bytes="5"),))), text=True)
    agent.send(encode(Answer(request.id, "failed", "no luck")), text=True)
    assert receive(browser, "view", State).values == (LinkCounters(1, rx_bytes="5"),)
    assert receive(browser, "view", Answer) == Answer("mine", "failed", "no luck")

    browser.send(encode(Request("second", ReadNow("1", ("counters",)))), text=True)
    receive(agent, "server", Request)
    agent.close()
    assert receive(browser, "view", Answer) == Answer("second", "no-agent")
    assert receive(other, "view", Freshness).state == "stale"
    browser.send(encode(Request("third", ReadNow("1", ("counters",)))), text=True)
    assert receive(browser, "view", Answer) == Answer("third", "no-agent")


def test_netfilter_rules_are_forwarded_to_the_browsers_of_another_server_process(cluster: Cluster) -> None:
    host = cluster.enrol(0)
    agent, _ = cluster.greet(0)
    for frame in snapshot_frames((*HERE, rule(1)), "e", 0, 0):
        agent.send(frame, text=True)
    receive(agent, "server", Ack)
    leased, other = cluster.browser(1), cluster.browser(1)
    assert subscribed(leased, host) == subscribed(other, host) == set(HERE)

    leased.send(encode(Watch("1", (), bulky=True)), text=True)
    whole = receive(leased, "view", Bulk)
    assert (whole.seq, whole.whole, whole.put) == (1, True, (rule(1),))
    agent.send(encode(DeltaFrame("e", 1, (rule(2), link(5)), (rule(1).key,), 77)), text=True)
    for browser in (leased, other):
        delta = receive(browser, "view", DeltaFrame)
        assert (delta.seq, delta.put, delta.drop, delta.at_ms) == (2, (link(5),), (), 77)
    bulk = receive(leased, "view", object)
    assert bulk == Bulk("1", 2, (rule(2),), (rule(1).key,))
    agent.send(encode(DeltaFrame("e", 2, (link(6),))), text=True)
    assert receive(other, "view", DeltaFrame).put == (link(6),)


def test_browser_of_another_server_process_learns_that_changes_were_lost_while_redis_was_away(
    fragile: Cluster, own_redis: OwnRedis
) -> None:
    host, agent = connected(fragile)
    browser = fragile.browser(1)
    assert subscribed(browser, host) == set(HERE)
    own_redis.stop()
    agent.send(encode(DeltaFrame("e", 1, (link(1),))), text=True)
    assert receive(agent, "server", Ack).seq == 1
    own_redis.start()
    began = time.monotonic()
    receive(browser, "view", Resync)
    assert time.monotonic() - began < patient(6)
    assert subscribed(browser, host) == {*HERE, link(1)}
    agent.send(encode(DeltaFrame("e", 2, (link(2),))), text=True)
    assert receive(browser, "view", DeltaFrame).put == (link(2),)


def test_agent_does_not_wait_for_redis_while_it_is_away(fragile: Cluster, own_redis: OwnRedis) -> None:
    _, agent = connected(fragile)
    own_redis.stop()
    began = time.monotonic()
    for number in range(1, 51):
        agent.send(encode(DeltaFrame("e", number, (link(number),))), text=True)
    while receive(agent, "server", Ack).seq < 50:
        pass
    assert time.monotonic() - began < patient(4)


def test_host_that_no_server_process_holds_can_be_opened_while_redis_is_away(
    fragile: Cluster, own_redis: OwnRedis
) -> None:
    host, _ = connected(fragile)
    browser = fragile.browser(1)
    own_redis.stop()
    assert subscribed(browser, host) == set(HERE)


def test_change_of_12_000_entities_reaches_the_browsers_of_another_server_process(cluster: Cluster) -> None:
    host, agent = connected(cluster)
    browser = cluster.browser(1)
    subscribed(browser, host)
    rules = tuple(rule(number) for number in range(12_000))
    browser.send(encode(Watch("1", (), bulky=True)), text=True)
    assert receive(browser, "view", Bulk).whole
    for frame in snapshot_frames((*HERE, *rules, *(link(number) for number in range(1, 501))), "e2", 0, 0):
        agent.send(frame, text=True)
    assert len(receive(browser, "view", DeltaFrame).put) == 500
    seen: set[Any] = set()
    while (frame := receive(browser, "view", Bulk)).more:
        seen |= set(frame.put)
    assert seen | set(frame.put) == set(rules)
    assert len(subscribed(browser, host)) == 502


def test_snapshot_that_changes_everything_reaches_the_browsers_of_another_server_process(cluster: Cluster) -> None:
    host, agent = connected(cluster)
    browser = cluster.browser(1)
    subscribed(browser, host)
    links = {link(number) for number in range(1, 15_001)}
    for frame in snapshot_frames((*HERE, *links), "e2", 0, 0):
        agent.send(frame, text=True)
    found = {entity.key: entity for entity in HERE}
    wanted = {entity.key: entity for entity in (*HERE, *links)}
    while found != wanted:
        frame = receive(browser, "view", (DeltaFrame, Resync))
        if isinstance(frame, Resync):
            found = {entity.key: entity for entity in subscribed(browser, host)}
        else:
            found |= {entity.key: entity for entity in frame.put}


_COUNT = "from netviz.server.hosts.models import Host; print(Host.objects.get().seq)"

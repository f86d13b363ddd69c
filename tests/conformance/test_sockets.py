"""The command `dump` and a watch show listening sockets, their processes, and the numbers of connections."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from netviz.agent.live.current_values import Reading
from netviz.agent.live.watches import Watches, state_frame
from netviz.model.namespace import Namespace
from netviz.model.state import Connections, Listener, StateValue
from netviz.model.topology import of_type
from netviz.wire.codec import decode
from netviz.wire.frames import State
from netviz.wire.limits import ARRAY_ITEMS, FRAME_BYTES, WATCH_LEASE_S
from tests.conformance.listening import ANY
from tests.conformance.live import Live
from tests.ordinary import ordinary_netviz
from tests.worlds import CHECKOUT, World, inner_pid

HERE = {
    ("tcp", ANY, 8080, None, False),
    ("tcp", "::1", 8081, None, True),
    ("tcp", "::", 8082, None, False),
    ("tcp", "127.0.0.1", 8083, 1, False),
    ("tcp", "127.0.0.1", 8084, None, False),
    ("udp", "127.0.0.1", 5353, None, False),
}


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in the world."""
    agent = Live(world)
    yield agent
    agent.close()


def listen(world: World, *how: str, enter: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Starts a process that opens sockets."""
    script = str(CHECKOUT / "tests/conformance/listening.py")
    command = [*enter, "env", f"PYTHONPATH={CHECKOUT}", sys.executable, script, *how]
    process = world.popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"open\n"
    return process


def pid_inside(process: subprocess.Popen[bytes]) -> int:
    """Returns the pid of the started process inside the world."""
    with open(f"/proc/{inner_pid(process)}/status") as file:
        return int(next(line for line in file if line.startswith("NSpid:")).split()[-1])


def states_read(world: World) -> list[State]:
    """Returns the states that `dump --format json` prints."""
    done = world.agent("dump", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    frames = [decode(json.dumps(state), "agent") for state in json.loads(done.stdout)["states"]]
    return [frame for frame in frames if isinstance(frame, State)]


def listeners(values: Sequence[StateValue]) -> dict[int, Listener]:
    """Returns the listeners by port."""
    return {value.port: value for value in values if isinstance(value, Listener)}


def addresses(values: Sequence[StateValue]) -> set[tuple[str, str, int, int | None, bool]]:
    found = listeners(values).values()
    return {(each.protocol, each.address, each.port, each.ifindex, each.v6only) for each in found}


def counts(values: Sequence[StateValue]) -> set[tuple[str, str, int, int]]:
    return {(v.protocol, v.state, v.port, v.count) for v in values if isinstance(v, Connections)}


def ns_of(live: Live, *, host: bool) -> str:
    (found,) = [ns.id for ns in of_type(live.topology, Namespace) if ns.is_host is host]
    return found


def test_dump_command_prints_listening_sockets_with_their_processes_and_the_numbers_of_connections(
    world: World,
) -> None:
    process = listen(world, "here")
    (state,) = states_read(world)
    assert addresses(state.values) == HERE
    pid = pid_inside(process)
    assert {(each.pid, each.process[:6], each.others) for each in listeners(state.values).values()} == {
        (pid, "python", 0)
    }
    assert counts(state.values) == {
        ("tcp", "established", 8080, 3),
        ("tcp", "established", 0, 3),
        ("udp", "established", 0, 1),
    }
    assert (state.total, state.missing) == (0, None)


def printed_by_ss(line: str) -> tuple[str, str, int, str, bool, frozenset[int]]:
    """Returns protocol, address, port, link, whether it is for IPv6 alone, and the processes of a listener."""
    protocol, _, _, _, local, *rest = line.split()
    place, _, port = local.rpartition(":")
    address, _, link = place.partition("%")
    processes = frozenset(int(pid) for pid in re.findall(r"pid=(\d+)", line))
    return protocol, address.strip("[]").replace("*", "::"), int(port), link, "v6only:1" in rest, processes


def test_listeners_equal_the_listeners_that_ss_prints(world: World) -> None:
    listen(world, "here")
    (state,) = states_read(world)
    names = {None: "", 1: "lo"}
    ours = {
        (each.protocol, each.address, each.port, names[each.ifindex], each.v6only, frozenset({each.pid}))
        for each in state.values
        if isinstance(each, Listener)
    }
    # Of sockets with one address, ss prints each, and netviz one.
    assert ours == {printed_by_ss(line) for line in world.run("ss -Hltunpe").splitlines()}


def test_dump_prints_listeners(world: World) -> None:
    pid = pid_inside(listen(world, "here"))
    lines = [line.strip() for line in world.agent("dump").stdout.splitlines()]
    (line,) = [line for line in lines if line.startswith("tcp [::1]:8081")]
    assert line.startswith("tcp [::1]:8081 v6only python")
    assert line.endswith(f"({pid})")
    (line,) = [line for line in lines if line.startswith("tcp 127.0.0.1:8083")]
    assert " dev lo " in line
    assert "tcp 3 established on port 8080" in lines
    assert "tcp 3 established on other ports" in lines


def test_socket_is_shown_with_its_process_even_if_the_process_is_in_another_namespace(world: World) -> None:
    world.run("ip netns add n1")
    process = listen(world, "far", "/run/netns/n1")
    (state,) = states_read(world)
    assert addresses(state.values) == {("tcp", ANY, 9090, None, False)}
    assert listeners(state.values)[9090].pid == pid_inside(process)


def test_socket_of_several_processes_names_the_lowest_pid_and_counts_the_others(world: World) -> None:
    process = listen(world, "shared")
    (state,) = states_read(world)
    found = listeners(state.values)[7070]
    assert (found.pid, found.others) == (pid_inside(process), 1)


def test_connection_that_waits_after_its_end_is_counted_in_a_namespace_without_any_open_socket(world: World) -> None:
    listen(world, "waiting")
    (state,) = states_read(world)
    assert counts(state.values) == {("tcp", "time-wait", 0, 1)}


def test_listeners_are_shown_only_in_their_own_namespace(world: World, live: Live) -> None:
    world.run("ip netns add n1")
    world.run("ip -n n1 link set lo up")
    listen(world, "here", enter=["ip", "netns", "exec", "n1"])
    live.wait_until(lambda: len(list(of_type(live.topology, Namespace))) == 2)
    live.watch(ns_of(live, host=True), "sockets")
    live.watch(ns_of(live, host=False), "sockets")
    live.wait_until(lambda: len(live.states) == 2)
    by_ns = {state.ns: addresses(state.values) for state in live.states}
    assert by_ns == {ns_of(live, host=True): set(), ns_of(live, host=False): HERE}


def test_renewed_watch_makes_the_agent_send_new_listening_sockets_before_the_usual_ten_seconds_have_passed(
    world: World, live: Live
) -> None:
    ns = ns_of(live, host=True)
    live.watch(ns, "sockets")
    live.wait_until(lambda: len(live.states) == 1)
    assert not live.states[0].values
    listen(world, "here")
    world.run("sleep 1")
    live.watch(ns, "sockets")
    live.wait_until(lambda: len(live.states) == 2, 5, exact=True)  # by itself it would arrive after 10 seconds
    assert addresses(live.states[1].values) == HERE


@pytest.mark.root
def test_missing_right_to_see_processes_is_reported(world: World) -> None:
    listen(world, "here")
    written = world.run([*ordinary_netviz(), "-m", "netviz.agent", "dump", "--format", "json"])
    (state,) = json.loads(written)["states"]
    assert "CAP_SYS_PTRACE" in state["missing"]
    assert {value.get("pid") for value in state["values"] if value["t"] == "listener"} == {None}


class Clock:
    """A clock that the test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def watches(clock: Clock) -> Watches:
    """Returns the watches of a host without any namespace."""
    monitor: Any = SimpleNamespace(reader=SimpleNamespace(namespaces=SimpleNamespace(by_id={})))
    return Watches(monitor, clock)


def test_sockets_of_a_watched_namespace_are_read_every_ten_seconds_and_its_counters_every_two() -> None:
    clock = Clock()
    looked_at = watches(clock)
    looked_at.add("1", ["sockets", "counters"])
    seen: dict[str, list[float]] = {"sockets": [], "counters": []}
    while clock.now < 100 + WATCH_LEASE_S:
        for frame in looked_at.due():
            seen[json.loads(frame)["subject"]].append(clock.now)
        clock.now += 1
    assert seen["sockets"] == [100, 110, 120]
    assert seen["counters"] == list(range(100, 100 + WATCH_LEASE_S, 2))


def test_sockets_are_read_at_most_once_a_second_however_often_a_browser_watches_them() -> None:
    clock = Clock()
    looked_at = watches(clock)
    numbers = []
    for clock.now in (100.0, 100.5, 101.0):
        looked_at.add("1", ["sockets"])
        numbers.append(len(list(looked_at.due())))
    assert numbers == [1, 0, 1]


def test_renewed_watch_of_sockets_causes_a_read_one_second_after_the_last_read() -> None:
    clock = Clock()
    looked_at = watches(clock)
    looked_at.add("1", ["sockets"])
    list(looked_at.due())
    clock.now = 100.5
    looked_at.add("1", ["sockets"])
    assert looked_at.wait_s() == 0.5
    clock.now = 101.0
    assert len(list(looked_at.due())) == 1


def test_state_frame_for_too_many_values_contains_only_some_of_the_values_and_the_number_of_all_values() -> None:
    values = [Connections("tcp", "established", port, 1) for port in range(ARRAY_ITEMS + 5)]
    frame = decode(state_frame("1", "sockets", Reading(values)), "agent")
    assert isinstance(frame, State)
    assert (len(frame.values), frame.total) == (ARRAY_ITEMS, ARRAY_ITEMS + 5)
    assert decode(state_frame("1", "sockets", Reading(values[:5])), "agent").total == 0  # type: ignore[union-attr]


def test_state_frame_that_would_be_too_large_contains_only_some_sockets_and_the_number_of_all_sockets() -> None:
    values = [Listener("tcp", ANY, port, process="\u6f22" * 100) for port in range(9_000)]
    data = state_frame("1", "sockets", Reading(values))
    frame = decode(data, "agent")
    assert isinstance(frame, State)
    assert len(data) <= FRAME_BYTES
    assert 0 < len(frame.values) < frame.total == 9_000

"""Server and agent are killed in the middle of a stream of changes: nothing is lost, nothing is applied twice."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from netviz.launch import programs
from netviz.model.link import Link
from netviz.wire.frames import Resync
from tests.agent.test_connection import agent, enrolled, stored
from tests.conformance.live import dumped_topology
from tests.services import Served
from tests.waiting import patient, until, wait_until
from tests.worlds import CHECKOUT, World, agent_command, inner_pid

_HISTORY = """
import json
from netviz.server.history.blobs import unpack_changes
from netviz.server.history.models import Segment
from netviz.server.history.store import load
from netviz.server.hosts.models import Host
found = [change for each in Segment.objects.order_by("first") for change in unpack_changes(bytes(each.blob))]
put = [[each.key for each in change.delta.put] for change in found]
named = [[getattr(each, "ifname", "") for each in change.delta.put] for change in found]
drop = [list(change.delta.drop) for change in found]
host = Host.objects.get()
mtu = {each.ifname: each.mtu for each in load(host.id).entities.values() if hasattr(each, "mtu")}
print(json.dumps({"seq": host.seq, "put": put, "named": named, "drop": drop, "mtu": mtu}))
"""


def history(served: Served) -> dict[str, Any]:
    """Returns the stored history: the number of the last change, and the keys that each change put and dropped."""
    answer: dict[str, Any] = json.loads(served.shell(_HISTORY))
    return answer


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("number", "times"), [(signal.SIGKILL, 20), (signal.SIGTERM, 4)])
def test_killed_server_loses_no_delta_and_applies_none_twice(
    served: Served, tmp_path: Path, number: signal.Signals, times: int
) -> None:
    enrolled(served, tmp_path)
    assert asyncio.run(_stream(served, tmp_path, number, times)) == [Resync]


async def _stream(served: Served, state: Path, number: signal.Signals, times: int) -> list[type[Any]]:
    """Sends 50 deltas a second that rename links. Returns the types of frames that the kernel process received."""
    names = [f"v{n}" for n in range(100_000)]
    async with agent(served, state) as (kernel, _):
        await until(lambda: stored(served) == set(kernel.world), "the snapshot is stored")

        async def talk() -> None:
            while True:
                kernel.put(Link("1", 2, names[kernel.seq], "veth"))
                await asyncio.sleep(0.02)

        talking = asyncio.create_task(talk())
        for turn in range(times):
            await asyncio.sleep(0.2 + 0.1 * (turn % 7))
            assert served.process is not None
            served.process.send_signal(number)
            await asyncio.to_thread(served.process.wait)
            await asyncio.to_thread(served.start)
        talking.cancel()
        await until(lambda: history(served)["seq"] == kernel.seq + 1, "every delta is stored once")
        recorded = history(served)
        assert [name for change in recorded["named"] for name in change if name] == names[: kernel.seq]
    return [type(frame) for frame in kernel.received]


# -- the agent


class Inside:
    """A server and an agent in one world, as on one host. `rights` has words to put before the agent's command."""

    def __init__(self, world: World, served: Served, state: Path, rights: Sequence[str] = ()) -> None:
        self.world, self.served = world, served
        self._rights = rights
        self._state = str(state)
        served.stop()
        self._server = world.popen(programs.server(served.address), env={**served.env, "PYTHONPATH": str(CHECKOUT)})
        token = str(served.first_run("h1")["enrol_token"])
        words = ["enrol", "--server", served.ws_url, "--state", self._state, "--name", "h1"]
        wait_until(lambda: world.agent(*words, stdin=token + "\n").returncode == 0, "the agent is enrolled", 20)
        self.start()

    def start(self) -> None:
        """Starts the agent."""
        command = agent_command("run", "--server", self.served.ws_url, "--state", self._state)
        self._agent = self.world.popen([*self._rights, *command], env={**os.environ, "PYTHONPATH": str(CHECKOUT)})

    def pids(self) -> tuple[int, int]:
        """Returns the agent's two processes: session process and kernel process."""
        session = inner_pid(self._agent)
        (kernel,) = Path(f"/proc/{session}/task/{session}/children").read_text().split()
        return session, int(kernel)

    def kill(self, which: str) -> None:
        """Ends one of the agent's two processes with SIGKILL; the other follows it."""
        session, kernel = self.pids()
        os.kill(session if which == "session" else kernel, signal.SIGKILL)
        self._agent.wait(patient(10))
        wait_until(lambda: not Path(f"/proc/{kernel}").exists(), "the agent's kernel process ended too")

    def stored(self) -> set[str]:
        """Returns the keys that the server stored for the host. Omits owners, which include commands of the test."""
        return without_owners(stored(self.served))

    def close(self) -> None:
        """Ends both."""
        for process in (self._agent, self._server):
            process.terminate()


@pytest.fixture
def inside(world: World, served: Served, tmp_path: Path) -> Iterator[Inside]:
    """Provides a server and an agent in a world."""
    both = Inside(world, served, tmp_path / "agent")
    yield both
    both.close()


def without_owners(keys: Iterable[str]) -> set[str]:
    return {key for key in keys if not key.startswith("owner/")}


def as_read(inside: Inside) -> bool:
    """Returns whether the server's topology equals a fresh read."""
    return inside.stored() == without_owners(dumped_topology(inside.world))


@pytest.mark.timeout(600)
def test_agent_restarted_after_a_kill_uses_the_same_keys_for_unchanged_entities(inside: Inside) -> None:
    world = inside.world
    for command in (
        "ip netns add n1",
        "ip link add v0 type veth peer name v1 netns n1",
        "ip -n n1 addr add 192.0.2.1/24 dev v1",
        "ip -n n1 link set v1 up",
        "ip netns exec n1 nft add table ip t",
    ):
        world.run(command)
    wait_until(lambda: as_read(inside), "all is stored", 15)
    before = inside.stored()
    for turn, which in enumerate(("session", "kernel")):
        number = len(history(inside.served)["drop"])
        first, last = 1300 + 50 * turn, 1340 + 50 * turn
        storm = f"i={first}; while [ $i -lt {last} ]; do i=$((i+1)); ip link set v0 mtu $i; done"
        storming = world.popen(["sh", "-c", storm])
        time.sleep(0.05)
        inside.kill(which)
        storming.wait(patient(10))
        inside.start()
        wait_until(lambda last=last: history(inside.served)["mtu"]["v0"] == last, "the last change", 15)  # type: ignore[misc]
        wait_until(lambda: as_read(inside), "all is stored again", 15)
        recorded = history(inside.served)
        assert inside.stored() == before
        later = without_owners(key for dropped in recorded["drop"][number:] for key in dropped)
        assert not later, f"dropped when the {which} process was killed: {later}"
        assert len(recorded["drop"]) > number

"""Namespaces that appear and disappear, and a server that is away: nothing is kept open, and nothing grows."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from netviz.model.link import Link
from netviz.model.namespace import Namespace
from netviz.model.topology import of_type
from netviz.wire.frames import Resync
from netviz.wire.limits import UNACKED_BYTES
from tests.agent.test_connection import agent, enrolled, session_of, stored
from tests.conformance.live import Live
from tests.services import Served
from tests.waiting import until
from tests.worlds import World, inner_pid


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in the world."""
    agent = Live(world)
    yield agent
    agent.close()


def descriptors(live: Live) -> list[str]:
    """Returns the open descriptors of the agent's kernel process."""
    folder = Path(f"/proc/{inner_pid(live.process)}/fd")
    return sorted(os.readlink(entry) for entry in folder.iterdir())


@pytest.mark.xdist_group("this host")
def test_two_hundred_short_lived_namespaces_leave_no_open_descriptor(world: World, live: Live) -> None:
    live.wait_until_as_fresh()
    before = descriptors(live)
    for turn in range(5):
        names = [f"n{turn}x{number}" for number in range(40)]
        made = (f"netns add {name}\nlink add {name} type veth peer name v0 netns {name}" for name in names)
        world.run("ip -batch -", stdin="\n".join(made))
        live.wait_until(lambda turn=turn: any(f"n{turn}x" in edge for edge in live.edges()), 10)  # type: ignore[misc]
        world.run("ip -batch -", stdin="\n".join(f"netns del {name}" for name in names))
    live.wait_until(lambda: not live.edges() and len(list(of_type(live.topology, Namespace))) == 1, 10)
    # A namespace that is held open keeps its links, and their other ends.
    live.wait_until(lambda: "n4x" not in world.run("ip link"), 10)
    assert world.run("ip -o link").count("\n") == 1
    live.wait_until_as_fresh()
    assert descriptors(live) == before


# Deltas of one hour at the highest rate of an agent (`FRAMES_PER_SECOND`), and the size of such a delta here.
HOUR, HELD_BYTES = 3_600 * 50, 200


@pytest.mark.timeout(600)
def test_agent_sends_exactly_one_snapshot_and_then_deltas_again_after_an_hour_without_a_server(
    served: Served, tmp_path: Path
) -> None:
    enrolled(served, tmp_path)
    assert HOUR * HELD_BYTES > UNACKED_BYTES
    asyncio.run(_hour(served, tmp_path))


async def _hour(served: Served, state: Path) -> None:
    session = session_of(served, state)
    async with agent(served, state, session) as (kernel, _):
        await until(lambda: stored(served) == set(kernel.world), "the snapshot is stored")
        await asyncio.to_thread(served.stop)
        most = 0
        for number in range(HOUR):
            kernel.put(Link("1", 2 + number % 50, f"v{number}", "veth", ifalias="x" * (HELD_BYTES - 100)))
            if number % 100 == 0:
                await kernel._writer.drain()
                await asyncio.sleep(0)
                most = max(most, session._unacked_bytes)
        await asyncio.to_thread(served.start)
        await until(lambda: stored(served) == set(kernel.world), "all is stored")
        assert UNACKED_BYTES / 2 < most <= UNACKED_BYTES
        assert [type(frame) for frame in kernel.received] == [Resync, Resync]
        kernel.put(Link("1", 99, "last", "veth"))
        await until(lambda: Link("1", 99, "last", "veth").key in stored(served), "the next delta is stored")
        assert [type(frame) for frame in kernel.received] == [Resync, Resync]

"""An ordinary user of the host attacks the agent: it survives, stays small, and still shows everything else."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from netviz.model.address import Address
from netviz.model.link import Link
from netviz.model.topology import of_type
from tests.conformance.live import Live
from tests.ordinary import as_ordinary
from tests.worlds import World, inner_pid

PAIRS, STORM_S = 500, 12.0
KNOWN_S, MEMORY_KIB, SHARE = 5.0, 200 << 10, 0.25


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in the world."""
    agent = Live(world)
    yield agent
    agent.close()


def cpu_s(pid: int) -> float:
    """Returns the CPU time of a process, in user and kernel mode (proc_pid_stat(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def most_kib(pid: int) -> int:
    """Returns the peak memory of a process (proc_pid_status(5))."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1])


def names(live: Live) -> set[str]:
    return {link.ifname for link in of_type(live.topology, Link)}


def addresses(live: Live) -> set[str]:
    return {address.address for address in of_type(live.topology, Address)}


@pytest.mark.root
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("this host")
def test_flood_of_events_from_an_ordinary_user_hides_no_other_change_and_uses_little_cpu(
    world: World, live: Live
) -> None:
    world.run("ip netns add n1")
    script = (Path(__file__).parent / "storming.sh").read_text()
    command = as_ordinary(["unshare", "--user", "--map-root-user", "--net", "sh", "-c", script, "sh", str(PAIRS)])
    storm = world.popen(command, stdout=subprocess.PIPE)
    assert storm.stdout is not None
    assert storm.stdout.readline() == b"made\n"
    live.wait_until(lambda: len(live.edges()) == PAIRS, 10)
    live.wait_until(lambda: "\\xff\\xfe" in names(live))
    live.wait_until(lambda: any(link.ifalias for link in of_type(live.topology, Link)))  # links are read in any order
    assert [link.ifalias for link in of_type(live.topology, Link) if link.ifalias] == ["<img src=x onerror=alert(1)>"]
    pid = inner_pid(live.process)
    began, used = time.monotonic(), cpu_s(pid)
    for number in range(1, 251):
        address = f"192.0.2.{number}"
        world.run(f"ip -n n1 addr add {address}/32 dev lo")
        live.wait_until(lambda address=address: address in addresses(live), KNOWN_S, exact=True)  # type: ignore[misc]
        live.take_for(0.5)
        if time.monotonic() > began + STORM_S:
            break
    share = (cpu_s(pid) - used) / (time.monotonic() - began)
    world.run("touch /run/stop")
    assert storm.stdout.readline() == b"stopped\n"
    assert share <= SHARE
    assert most_kib(pid) <= MEMORY_KIB
    live.wait_until_as_fresh()

"""With fewer capabilities the agent shows less, and says what is missing."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from netviz.model.address import Address
from netviz.model.namespace import Host
from netviz.model.topology import of_type
from tests.conformance.live import Live
from tests.conformance.test_deaths import Inside, as_read
from tests.ordinary import as_ordinary, ordinary_checkout, ordinary_netviz, ordinary_python
from tests.services import Served
from tests.waiting import wait_until
from tests.worlds import CHECKOUT, World

UNIT = CHECKOUT / "deploy/netviz-agent.service"


def dump_as(world: World, setpriv: list[str], written: str) -> str:
    environment = ["env", f"PYTHONPATH={ordinary_checkout()}", "PYTHONDONTWRITEBYTECODE=1"]
    return world.run([*setpriv, *environment, ordinary_python(), "-m", "netviz.agent", "dump", "--format", written])


@pytest.mark.root
def test_ordinary_user_sees_only_its_own_namespace_and_a_list_of_the_missing_data(world: World) -> None:
    world.run("ip netns add n1")
    world.run("ip link add v0 type veth peer name v1 netns n1")
    entities = json.loads(dump_as(world, as_ordinary([]), "json"))["entities"]
    links = {entity["ifname"] for entity in entities if entity["t"] == "link"}
    assert links == {"lo", "v0"}
    (host,) = [entity for entity in entities if entity["t"] == "host"]
    assert any("CAP_SYS_ADMIN" in sentence for sentence in host["missing"])
    assert any("BPF programs" in sentence for sentence in host["missing"])
    (closed,) = [entity for entity in entities if entity["t"] == "ns" and not entity.get("is_host")]
    assert (closed["names"], closed["readable"]) == (["n1"], False)
    gaps = {(entity["ns"], entity["subject"], entity["code"]) for entity in entities if entity["t"] == "gap"}
    assert (closed["id"], "links", "rights") in gaps


@pytest.mark.root
def test_ordinary_user_sees_that_a_veth_has_a_peer_in_a_namespace_that_is_not_visible(world: World) -> None:
    world.run("ip netns add n1")
    world.run("ip link add v0 type veth peer name v1 netns n1")
    world.run("ip link add w0 type veth peer name w1")
    assert dump_as(world, as_ordinary([]), "edges") == "veth host:v0 ?\nveth host:w0 host:w1\n"


def of_unit(setting: str) -> str:
    """Returns the value of this setting in the unit."""
    (line,) = [line for line in UNIT.read_text().splitlines() if line.startswith(f"{setting}=")]
    return line.partition("=")[2]


def unit_rights() -> list[str]:
    """Returns the unit's capabilities, as setpriv writes them."""
    return [right.removeprefix("CAP_").lower() for right in of_unit("CapabilityBoundingSet").split()]


def with_calls() -> list[str]:
    """Returns words to put before a command. They allow only the unit's system calls; any other call kills it."""
    return [sys.executable, str(CHECKOUT / "tests/conformance/filtering.py"), of_unit("SystemCallFilter")]


def with_rights(rights: list[str]) -> list[str]:
    """Returns words to put before a command, so that it has exactly these capabilities."""
    given = ",".join(["-all", *(f"+{right}" for right in rights)])
    return ["setpriv", f"--bounding-set={given}", f"--inh-caps={given}", "--ambient-caps=-all", "--no-new-privs", "--"]


def furnished(world: World) -> None:
    """Prepares a world with a namespace, a veth, a table, and a listening socket of another user."""
    world.run("ip netns add n1")
    world.run("ip link add v0 type veth peer name v1 netns n1")
    world.run("ip netns exec n1 nft add table ip nvt")
    program = "import socket; s = socket.create_server(('127.0.0.1', 5000)); print(flush=True); input()"
    command = as_ordinary([ordinary_python(), "-c", program])
    process = world.popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"\n"


@pytest.mark.root
def test_systemd_accepts_the_unit_file_of_the_agent() -> None:
    done = subprocess.run(["systemd-analyze", "verify", str(UNIT)], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.root
def test_capabilities_of_the_systemd_unit_suffice_to_read_everything(world: World) -> None:
    furnished(world)
    whole = json.loads(dump_as(world, [], "json"))
    ours = json.loads(dump_as(world, [*with_rights(unit_rights()), *with_calls()], "json"))
    assert ours == whole
    assert [each.get("process") for state in ours["states"] for each in state["values"]] != [None]
    assert not any(entity["t"] == "gap" for entity in ours["entities"])


def rights_of(pid: int, which: str) -> int:
    """Returns one of a process's capability sets, as bits."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{which}:")).split()[1], 16)


@pytest.mark.root
def test_system_call_outside_of_the_filter_of_the_systemd_unit_kills_the_process() -> None:
    program = "import ctypes; ctypes.CDLL(None).swapoff(b'/nowhere')"
    done = subprocess.run([*with_calls(), sys.executable, "-c", program], capture_output=True)
    assert done.returncode == -signal.SIGSYS


@pytest.mark.root
def test_capabilities_and_system_calls_of_the_systemd_unit_suffice_for_the_agent(
    world: World, served: Served, tmp_path: Path
) -> None:
    furnished(world)
    both = Inside(world, served, tmp_path / "agent", [*with_rights(unit_rights()), *with_calls()])
    wait_until(lambda: as_read(both), "the server has what a read with all rights gives", 15)
    world.run("ip -n n1 addr add 192.0.2.1/24 dev v1")
    wait_until(lambda: any("192.0.2.1" in key for key in both.stored()), "a change in another namespace is reported")
    session, kernel = both.pids()
    assert rights_of(kernel, "CapBnd").bit_count() == rights_of(kernel, "CapEff").bit_count() == len(unit_rights())
    assert (rights_of(session, "CapEff"), rights_of(session, "CapPrm")) == (0, 0)
    both.close()


MISSING = {"net_admin", "sys_admin", "sys_ptrace", "dac_read_search"}


@pytest.mark.root
@pytest.mark.parametrize("dropped", sorted(MISSING))
def test_missing_capability_is_reported_and_the_rest_is_shown(world: World, dropped: str) -> None:
    furnished(world)
    rights = [right for right in unit_rights() if right != dropped]
    assert len(rights) == len(unit_rights()) - 1
    dumped = json.loads(dump_as(world, with_rights(rights), "json"))
    (host,) = [entity for entity in dumped["entities"] if entity["t"] == "host"]
    gaps = [entity["text"] for entity in dumped["entities"] if entity["t"] == "gap"]
    unread = [state.get("missing", "") for state in dumped["states"]]
    assert any(f"CAP_{dropped.upper()}" in sentence for sentence in [*host.get("missing", ()), *gaps, *unread])
    links = {entity["ifname"] for entity in dumped["entities"] if entity["t"] == "link"}
    assert links >= {"lo", "v0"}


@pytest.mark.root
@pytest.mark.parametrize("dropped", ["net_admin", "sys_admin", "sys_ptrace", "net_broadcast", "dac_read_search"])
def test_agent_that_lacks_one_capability_shows_changes_in_its_own_network_namespace_as_they_happen(
    world: World, dropped: str
) -> None:
    rights = [right for right in unit_rights() if right != dropped]
    live = Live(world, [*with_rights(rights), sys.executable])
    world.run("ip link add w0 type veth peer name w1")
    live.wait_until(lambda: live.edges() == ["veth host:w0 host:w1"])
    world.run("ip link del w0")
    live.wait_until(lambda: not live.edges())
    (host,) = of_type(live.topology, Host)
    assert dropped != "net_broadcast" or any("CAP_NET_BROADCAST" in note.text for note in host.missing)
    live.close()


@pytest.mark.root
def test_kernel_refuses_every_change_by_an_agent_with_reduced_rights(world: World) -> None:
    rights = [right for right in unit_rights() if right != "net_admin"]
    with pytest.raises(AssertionError, match="Operation not permitted"):
        world.run([*with_rights(rights), "ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1"])


@pytest.mark.root
def test_agent_of_an_ordinary_user_shows_changes_in_its_own_network_namespace_as_they_happen(world: World) -> None:
    live = Live(world, ordinary_netviz())
    world.run("ip link add v0 type veth peer name v1")
    world.run("ip addr add 192.0.2.1/24 dev v0")
    live.wait_until(lambda: live.edges() == ["veth host:v0 host:v1"])
    live.wait_until(lambda: any(address.address == "192.0.2.1" for address in of_type(live.topology, Address)))
    world.run("ip link del v0")
    live.wait_until(lambda: not live.edges())
    live.close()


def test_namespace_given_with_the_host_netns_option_is_shown_as_the_host_namespace(world: World) -> None:
    world.run("ip netns add n1")
    world.run("ip link add v0 type veth peer name v1 netns n1")
    done = world.agent("dump", "--format", "edges", "--host-netns", "/run/netns/n1")
    own = os.readlink(f"/proc/{world.pid}/ns/net")
    assert own.startswith("net:")
    assert done.stdout == "veth host:v1 pid:1:v0\n"


def test_error_about_an_invalid_host_namespace_contains_the_path_that_was_given(world: World) -> None:
    for path in ("/nowhere", "/etc/passwd"):
        done = world.agent("dump", "--host-netns", path)
        assert (done.returncode, done.stdout) == (1, "")
        assert path in done.stderr

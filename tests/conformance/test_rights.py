"""With fewer rights the agent shows less, and says what is missing."""

import json
import os

import pytest

from netviz.model.address import Address
from netviz.model.topology import of_type
from tests.conformance.live import Live
from tests.ordinary import as_ordinary, ordinary_python
from tests.worlds import CHECKOUT, World


def dump_as(world: World, setpriv: list[str], written: str) -> str:
    environment = ["env", f"PYTHONPATH={CHECKOUT}", "PYTHONDONTWRITEBYTECODE=1"]
    return world.run([*setpriv, *environment, ordinary_python(), "-m", "netviz.agent", "dump", "--format", written])


@pytest.mark.root
def test_an_ordinary_user_sees_the_own_namespace_and_is_told_what_is_missing(world: World) -> None:
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
def test_an_ordinary_user_sees_a_peer_beyond_sight(world: World) -> None:
    world.run("ip netns add n1")
    world.run("ip link add v0 type veth peer name v1 netns n1")
    world.run("ip link add w0 type veth peer name w1")
    assert dump_as(world, as_ordinary([]), "edges") == "veth host:v0 ?\nveth host:w0 host:w1\n"


@pytest.mark.root
@pytest.mark.parametrize("dropped", ["net_admin", "sys_admin", "sys_ptrace", "net_broadcast"])
def test_without_one_right_nothing_breaks(world: World, dropped: str) -> None:
    world.run("ip netns add n1")
    world.run("ip link add v0 type veth peer name v1 netns n1")
    setpriv = ["setpriv", f"--bounding-set=-{dropped}", f"--inh-caps=-{dropped}", "--"]
    written = dump_as(world, setpriv, "edges").splitlines()
    assert len(written) == 1
    assert written[0].startswith("veth host:v0 ") or written[0] == "veth n1:v1 host:v0"


@pytest.mark.root
def test_an_ordinary_users_agent_is_live_in_its_own_namespace(world: World) -> None:
    live = Live(world, as_ordinary([ordinary_python()]))
    world.run("ip link add v0 type veth peer name v1")
    world.run("ip addr add 192.0.2.1/24 dev v0")
    live.wait_until(lambda: live.edges() == ["veth host:v0 host:v1"])
    live.wait_until(lambda: any(address.address == "192.0.2.1" for address in of_type(live.topology, Address)))
    world.run("ip link del v0")
    live.wait_until(lambda: not live.edges())
    live.close()


def test_the_hosts_own_namespace_can_be_another(world: World) -> None:
    world.run("ip netns add n1")
    world.run("ip link add v0 type veth peer name v1 netns n1")
    done = world.agent("dump", "--format", "edges", "--host-netns", "/run/netns/n1")
    own = os.readlink(f"/proc/{world.pid}/ns/net")
    assert own.startswith("net:")
    assert done.stdout == "veth host:v1 pid:1:v0\n"


def test_a_host_namespace_that_is_none_is_a_failure_with_a_sentence(world: World) -> None:
    for path in ("/nowhere", "/etc/passwd"):
        done = world.agent("dump", "--host-netns", path)
        assert (done.returncode, done.stdout) == (1, "")
        assert path in done.stderr

"""The topologies: commands that change the kernel, and the edges that the map must have afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One test case: commands in steps, the edges after the last step, and namespaces that exist or no longer exist."""

    name: str
    commands: Sequence[str]
    edges: Sequence[str]
    namespaces: Sequence[str] = ()
    gone: Sequence[str] = ()


CASES = (
    Case("T01 a veth pair is one edge", ["ip link add v0 type veth peer name v1"], ["veth host:v0 host:v1"]),
    Case(
        "T02 a tap is a port of its bridge",
        [
            "ip link add br0 type bridge",
            "ip tuntap add t0 mode tap",
            "ip link set t0 up",
            "ip link set t0 master br0",
        ],
        ["port host:br0 host:t0"],
    ),
    Case(
        "T03 a veth end with another name and MAC is the same edge",
        [
            "ip link add v0 type veth peer name v1",
            "ip link set v0 name w0",
            "ip link set w0 address 02:00:00:00:00:77",
        ],
        ["veth host:v1 host:w0"],
    ),
    Case("T04 a namespace appears", ["ip netns add n1"], [], namespaces=["n1"]),
    Case("T04 a namespace disappears", ["ip netns add n1", "ip netns del n1"], [], gone=["n1"]),
    Case(
        "T05 a veth with one end made in a namespace",
        ["ip netns add n1", "ip link add v0 type veth peer name v1 netns n1"],
        ["veth host:v0 n1:v1"],
        namespaces=["n1"],
    ),
    Case(
        "T06 a veth between two namespaces other than the host's",
        ["ip netns add n1", "ip netns add n2", "ip -n n1 link add x type veth peer name y netns n2"],
        ["veth n1:x n2:y"],
    ),
    Case(
        "T07 both ends with the same ifindex",
        [
            "ip netns add a",
            "ip netns add b",
            "ip -n a link add v0 index 10 type veth peer name v1 index 10 netns b",
        ],
        ["veth a:v0 b:v1"],
    ),
    Case(
        "T08 an ifindex that points at a wrong link in another namespace",
        [
            "ip netns add a",
            "ip netns add c",
            "ip -n c link add d0 index 20 type veth peer name d1 index 21",
            "ip -n c link add x0 index 5 type veth peer name x1 index 20 netns a",
        ],
        ["veth a:x1 c:x0", "veth c:d0 c:d1"],
    ),
    Case(
        "T09 two links with the same name on one bridge",
        [
            "ip netns add a",
            "ip netns add b",
            "ip link add br0 type bridge",
            "ip link add pa type veth peer name eth0 netns a",
            "ip link add pb type veth peer name eth0 netns b",
            "ip link set pa master br0",
            "ip link set pb master br0",
        ],
        ["port host:br0 host:pa", "port host:br0 host:pb", "veth a:eth0 host:pa", "veth b:eth0 host:pb"],
    ),
    Case(
        "T10 a bridge in a namespace",
        [
            "ip netns add a",
            "ip netns add b",
            "ip -n a link add name br type bridge",
            "ip -n a link add p type veth peer name eth0 netns b",
            "ip -n a link set p master br",
        ],
        ["port a:br a:p", "veth a:p b:eth0"],
    ),
    Case(
        "T11 two bridges joined by a veth",
        [
            "ip link add br0 type bridge",
            "ip link add br1 type bridge",
            "ip link add p0 type veth peer name p1",
            "ip link set p0 master br0",
            "ip link set p1 master br1",
        ],
        ["port host:br0 host:p0", "port host:br1 host:p1", "veth host:p0 host:p1"],
    ),
    Case(
        "T12 a port moves from its bridge to another namespace",
        [
            "ip netns add n1",
            "ip link add br0 type bridge",
            "ip link add p0 type veth peer name p1",
            "ip link set p0 master br0",
            "ip link set p0 nomaster",
            "ip link set p0 netns n1",
        ],
        ["veth host:p1 n1:p0"],
    ),
    Case(
        "T13 a namespace with a veth's end disappears",
        ["ip netns add c", "ip link add v0 type veth peer name v1 netns c", "ip netns del c"],
        [],
        gone=["c"],
    ),
    Case(
        "T14 a namespace with two names",
        [
            "ip netns add b",
            "touch /run/netns/alias",
            "mount --bind /run/netns/b /run/netns/alias",
            "ip link add v0 type veth peer name v1 netns b",
        ],
        ["veth alias:v1 host:v0"],
        namespaces=["alias", "b"],
    ),
    Case("T15 a plain file is not a namespace", ["touch /run/netns/plain"], [], gone=["plain"]),
    Case(
        "T18 a vxlan moved away from its lower link",
        [
            "ip netns add n1",
            "ip link add br0 type bridge",
            "ip link add vx type vxlan id 5 dev br0 dstport 4789",
            "ip link set vx netns n1",
        ],
        ["lower n1:vx host:br0"],
    ),
    Case(
        "T19 a macvlan moved away from its lower link",
        [
            "ip netns add n1",
            "ip link add v0 type veth peer name v1",
            "ip link add mv link v0 type macvlan mode bridge",
            "ip link set mv netns n1",
        ],
        ["lower n1:mv host:v0", "veth host:v0 host:v1"],
    ),
    Case(
        "a lower link moved away from under its macvlan",
        [
            "ip netns add n1",
            "ip link add v0 type veth peer name v1",
            "ip link add mv link v0 type macvlan mode bridge",
            "ip link set v0 netns n1",
        ],
        ["lower host:mv n1:v0", "veth host:v1 n1:v0"],
    ),
    Case(
        "names that could be taken for another form",
        [
            "ip netns add host",
            "ip netns add pid:3",
            "ip netns add nsid:0",
            "ip -n host link add v0 type veth peer name v1 netns pid:3",
            "ip -n nsid:0 link add w0 type veth peer name w1",
        ],
        ["veth netns/host:v0 netns/pid:3:v1", "veth netns/nsid:0:w0 netns/nsid:0:w1"],
    ),
    Case(
        "a veth that goes round three namespaces and comes back under another name",
        [
            "ip netns add a",
            "ip netns add b",
            "ip link add v0 type veth peer name v1",
            "ip link set v0 netns a",
            "ip link set v1 netns b",
            "ip -n a link set v0 netns b",
            "ip -n b link set v1 netns 1",
            "ip link set v1 name home",
        ],
        ["veth b:v0 host:home"],
    ),
)

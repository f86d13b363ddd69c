"""Each field of each kind of link of this kernel equals what pyroute2 decodes and ip prints."""

import glob
import json
import os
import subprocess

from netviz.model.device import Device, PortVlans, Qdisc, WireGuard
from netviz.model.link import Link
from netviz.model.topology import of_type
from tests.conformance.comparing import Comparison
from tests.conformance.oracle import LINK, tables
from tests.conformance.oracle_links import COMMON, SECOND
from tests.conformance.oracle_more import missing
from tests.second_kernel.forked import read_afresh
from tests.second_kernel.named import Named
from tests.worlds import World

# Fields that this kernel, or Debian 12's ip and pyroute2, do not report.
NOT_HERE = {
    "BridgeData": {"fdb_max_learned"},
    "BridgePort": {"mab", "neigh_vlan_suppress", "mcast_max_groups", "backup_nhid"},
    "VxlanData": {"vnifilter", "remcsum_nopartial"},
    "TunnelData": {"udp_zero_csum6_tx"},
    "MacsecData": {"offload"},
    "Link": {"gso_ipv4_max_size", "gro_ipv4_max_size", "switch", "port_id"},
}


def test_links_equal_the_links_that_pyroute2_and_ip_report(world: World) -> None:
    world.run(["sh", "-ec", COMMON + SECOND])
    compared = Comparison(world, read_afresh(world))
    for _ in range(5):  # LACP goes on between the readings, so what differs is read again by all
        if compared.differences:
            compared = Comparison(world, read_afresh(world))
    assert compared.differences == []
    assert compared.unread == []
    known = {cls.__name__: set(rows) for cls, rows in tables({}).items()} | {"Link": set(LINK)}
    assert missing(known, compared.reported, NOT_HERE) == {}


def test_vlans_equal_the_vlans_that_the_bridge_command_prints(world: World) -> None:
    script = """
    ip link add br0 type bridge vlan_filtering 1
    ip link add p0 type veth peer name q0
    ip link set p0 master br0
    bridge vlan add dev p0 vid 10-12
    bridge vlan add dev p0 vid 13 untagged
    bridge vlan add dev p0 vid 20 pvid untagged
    bridge vlan add dev br0 vid 30-31 self
    """
    world.run(["sh", "-ec", script])
    named = Named(read_afresh(world))
    for line in json.loads(world.run("bridge -j -c vlan show")):
        (read,) = named.beside(PortVlans, line["ifname"])
        printed = [
            (vid, "PVID" in each.get("flags", ()), "Egress Untagged" in each.get("flags", ()))
            for each in line["vlans"]
            for vid in range(each["vlan"], each.get("vlanEnd", each["vlan"]) + 1)
        ]
        ours = [
            (vid, each.pvid, each.untagged)
            for each in read.vlans
            for vid in range(each.vid, (each.end or each.vid) + 1)
        ]
        assert ours == printed


def test_qdiscs_equal_the_qdiscs_that_tc_prints(world: World) -> None:
    script = """
    ip link add v0 type veth peer name v1
    ip link set v0 up
    tc qdisc add dev v0 root handle 1: prio
    tc qdisc add dev v0 parent 1:2 handle 20: tbf rate 1mbit burst 10k latency 50ms
    tc qdisc add dev v1 ingress
    """
    world.run(["sh", "-ec", script])
    read = read_afresh(world)
    named = Named(read)
    ours = {(each.kind, each.handle, each.ifindex) for each in of_type(read, Qdisc)}
    printed = {
        (line["kind"], line["handle"], named.index(line["dev"]))
        for line in json.loads(world.run("tc -j qdisc show"))
        if line["handle"] != "0:"
    }
    assert ours == printed
    assert len(ours) == 3


def test_agent_reports_the_same_wireguard_settings_as_the_wg_command_but_reports_no_keys(world: World) -> None:
    many = ",".join(f"10.{a}.{b}.0/24" for a in range(10) for b in range(200))
    script = f"""
    ip link add wg0 type wireguard
    for each in own one two; do wg genkey >/run/$each.key; done
    wg genpsk >/run/psk
    wg set wg0 private-key /run/own.key listen-port 51999 fwmark 7
    wg set wg0 peer $(wg pubkey </run/one.key) preshared-key /run/psk endpoint 192.0.2.1:1234 allowed-ips {many}
    wg set wg0 peer $(wg pubkey </run/two.key) allowed-ips 2001:db8::/32 persistent-keepalive 9
    """
    world.run(["sh", "-ec", script])
    read = read_afresh(world)
    (found,) = of_type(read, WireGuard)
    head, *peers = [line.split("\t") for line in world.run("wg show wg0 dump").splitlines()]
    assert (found.port, found.fwmark) == (int(head[2]), int(head[3], 0))
    printed = [
        ("" if endpoint == "(none)" else endpoint, set(allowed.split(",")), int(alive.replace("off", "0")))
        for _, _, endpoint, allowed, _, _, _, alive in peers
    ]
    assert [(each.endpoint, set(each.allowed), each.keepalive_s) for each in found.peers] == printed
    assert max(len(each.allowed) for each in found.peers) == 2_000
    keys = [key for line in (head[:2], *(peer[:2] for peer in peers)) for key in line if key != "(none)"]
    assert len(keys) == 5
    reported = "\n".join(repr(entity) for entity in read.values())
    assert not any(key in reported for key in keys)


def test_physical_link_has_driver_and_speed(world: World) -> None:
    (name,) = [os.path.basename(path) for path in glob.glob("/sys/bus/pci/drivers/e1000/*/net/*")]
    subprocess.run(["ip", "link", "set", name, "netns", str(world.pid)], check=True)
    world.run(f"ip link set {name} up")
    read = read_afresh(world)
    (link,) = [each for each in of_type(read, Link) if each.kind == "physical"]
    (device,) = of_type(read, Device)
    assert (device.ifindex, device.driver, device.port) == (link.ifindex, "e1000", "tp")
    assert (device.speed_mbps, device.duplex, device.autoneg) == (1_000, "full", True)
    assert (device.bus, link.bus) == (link.device, "pci")
    printed = dict(line.split(": ", 1) for line in world.run(f"ethtool -i {name}").splitlines() if ": " in line)
    assert (device.driver, device.version, device.bus) == (printed["driver"], printed["version"], printed["bus-info"])

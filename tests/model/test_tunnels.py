"""Two tunnels are a pair if each names the other and no other link matches as well."""

from collections.abc import Mapping

from netviz.model.device import WireGuard, WireGuardPeer
from netviz.model.kinds import TunnelData, VxlanData
from netviz.model.link import Link
from netviz.model.tunnels import TunnelEnd, tunnel_pairs

Pair = tuple[tuple[str, int], tuple[str, int]]


def gre(ns: str, ifindex: int, local: str, remote: str, *keys: str) -> TunnelEnd:
    ikey, okey = keys or ("", "")
    return TunnelEnd(Link(ns, ifindex, "g", "gre", data=TunnelData(local, remote, ikey=ikey, okey=okey)), ns)


def vxlan(ns: str, ifindex: int, vni: int, remote: str, local: str = "", underlay: str = "") -> TunnelEnd:
    return TunnelEnd(Link(ns, ifindex, "v", "vxlan", data=VxlanData(vni, remote, local, 4789)), underlay or ns)


def wireguard(ns: str, ifindex: int, port: int, *endpoints: str) -> TunnelEnd:
    settings = WireGuard(ns, ifindex, port, 0, tuple(WireGuardPeer(endpoint) for endpoint in endpoints))
    return TunnelEnd(Link(ns, ifindex, "wg", "wireguard"), None, settings)


def pairs(ends: list[TunnelEnd], addresses: Mapping[str, set[str]]) -> list[Pair]:
    found = tunnel_pairs(ends, lambda ns: addresses.get(ns, set()), list(addresses))
    return [((each.ns, each.ifindex), (each.far_ns, each.far_ifindex)) for each in found]


HOSTS = {"a": {"192.0.2.1"}, "b": {"192.0.2.2"}, "c": {"192.0.2.3"}}
A_B: Pair = (("a", 1), ("b", 2))


def test_two_tunnel_links_that_name_the_addresses_of_each_other_are_a_pair() -> None:
    assert pairs([gre("b", 2, "192.0.2.2", "192.0.2.1"), gre("a", 1, "192.0.2.1", "192.0.2.2")], HOSTS) == [A_B]


def test_two_tunnel_links_are_not_a_pair_if_only_one_names_the_address_of_the_other() -> None:
    assert pairs([gre("a", 1, "192.0.2.1", "192.0.2.2"), gre("b", 2, "192.0.2.2", "192.0.2.3")], HOSTS) == []


def test_tunnel_links_are_a_pair_only_if_the_output_key_of_each_equals_the_input_key_of_the_other() -> None:
    first = gre("a", 1, "192.0.2.1", "192.0.2.2", "0.0.0.1", "0.0.0.2")
    fits = gre("b", 2, "192.0.2.2", "192.0.2.1", "0.0.0.2", "0.0.0.1")
    fits_not = gre("b", 3, "192.0.2.2", "192.0.2.1", "0.0.0.1", "0.0.0.2")
    assert pairs([first, fits, fits_not], HOSTS) == [A_B]
    assert pairs([first, fits_not], HOSTS) == []


def test_tunnel_link_is_in_no_pair_if_several_links_match_as_its_other_end() -> None:
    twins = {"a": {"192.0.2.1"}, "b": {"192.0.2.2"}, "d": {"192.0.2.2"}}
    ends = [vxlan("a", 1, 5, "192.0.2.2"), vxlan("b", 2, 5, "192.0.2.1"), vxlan("d", 3, 5, "192.0.2.1")]
    assert pairs(ends, twins) == []


def test_vxlans_of_one_namespace_are_distinguished_by_their_vni_even_without_a_local_address() -> None:
    ends = [vxlan("a", 1, 5, "192.0.2.2", "192.0.2.1"), vxlan("b", 2, 5, "192.0.2.1"), vxlan("b", 3, 6, "192.0.2.1")]
    assert pairs(ends, HOSTS) == [A_B]


def test_tunnel_link_that_moved_to_another_namespace_is_still_paired_by_an_address_of_its_old_namespace() -> None:
    assert pairs([vxlan("a", 1, 5, "192.0.2.2"), vxlan("z", 2, 5, "192.0.2.1", underlay="b")], HOSTS) == [
        (("a", 1), ("z", 2))
    ]


def test_vxlans_that_send_to_a_multicast_group_are_not_a_pair() -> None:
    assert pairs([vxlan("a", 1, 5, "239.1.1.1"), vxlan("b", 2, 5, "239.1.1.1")], HOSTS) == []


def test_wireguard_link_with_several_peers_on_this_host_is_in_several_pairs() -> None:
    ends = [
        wireguard("a", 1, 1_000, "192.0.2.2:2000", "192.0.2.3:3000", "198.51.100.1:2000"),
        wireguard("b", 2, 2_000, "192.0.2.1:1000"),
        wireguard("c", 3, 3_000, "192.0.2.1:1000"),
    ]
    assert pairs(ends, HOSTS) == [A_B, (("a", 1), ("c", 3))]


def test_wireguard_links_are_a_pair_if_their_endpoint_addresses_belong_to_any_namespaces_of_the_host() -> None:
    ends = [wireguard("a", 1, 1_000, "192.0.2.2:2000"), wireguard("z", 2, 2_000, "192.0.2.1:1000")]
    assert pairs(ends, {**HOSTS, "z": set()}) == [(("a", 1), ("z", 2))]
    assert pairs(ends, {"a": {"192.0.2.1"}, "z": set()}) == []


def test_two_wireguard_links_of_one_namespace_are_distinguished_by_their_listening_ports() -> None:
    ends = [
        wireguard("a", 1, 1_000, "[2001:db8::2]:2000"),
        wireguard("b", 2, 2_000, "[2001:db8::1]:1000"),
        wireguard("b", 3, 2_001, "[2001:db8::1]:1000"),
    ]
    assert pairs(ends, {"a": {"2001:db8::1"}, "b": {"2001:db8::2"}}) == [A_B]


def test_wireguard_links_with_loopback_endpoints_are_a_pair_only_if_they_are_in_the_same_namespace() -> None:
    addresses = {"a": {"127.0.0.1"}, "b": {"127.0.0.1"}}
    ends = [wireguard("a", 1, 1_000, "127.0.0.1:2000"), wireguard("b", 2, 2_000, "127.0.0.1:1000")]
    assert pairs(ends, addresses) == []
    ends = [wireguard("a", 1, 1_000, "127.0.0.1:2000"), wireguard("a", 2, 2_000, "127.0.0.1:1000")]
    assert pairs(ends, addresses) == [(("a", 1), ("a", 2))]

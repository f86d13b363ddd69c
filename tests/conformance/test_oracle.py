"""Each decoded field of each kind of link equals what pyroute2 decodes and ip prints."""

from dataclasses import fields

from netviz.model.kinds import LinkData, OpaqueData, OpaquePort, PortData
from tests.conformance.comparing import Comparison
from tests.conformance.live import dumped_topology
from tests.conformance.oracle import LINK, link_fields, tables
from tests.conformance.oracle_links import COMMON
from tests.conformance.oracle_more import missing
from tests.worlds import World

# Fields that neither reader reports for links of this kernel: VLANs need the second kernel, the rest a newer ip.
NOT_HERE = {
    "BridgeData": {"vlan_protocol", "vlan_default_pvid", "vlan_stats", "vlan_stats_per_port", "fdb_max_learned"},
    "BridgePort": {"mab", "neigh_vlan_suppress", "mcast_max_groups", "backup_nhid"},
    "VxlanData": {"vnifilter", "remcsum_tx", "remcsum_rx", "remcsum_nopartial", "gpe", "ttl_inherit"},
    "Link": {"permanent_address", "gso_ipv4_max_size", "gro_ipv4_max_size", "port_id", "switch"},
}


def test_every_field_of_every_link_kind_is_in_the_table_of_compared_fields() -> None:
    known = tables({})
    for cls in (set(LinkData.__args__) | set(PortData.__args__)) - {OpaqueData, OpaquePort}:
        assert {field.name for field in fields(cls)} == set(known[cls]), cls.__name__
    assert link_fields() == set(LINK)


def test_links_equal_the_links_that_pyroute2_and_ip_report(world: World) -> None:
    world.run(["sh", "-ec", COMMON])
    compared = Comparison(world, dumped_topology(world))
    for _ in range(5):  # LACP goes on between the readings, so what differs is read again by all
        if compared.differences:
            compared = Comparison(world, dumped_topology(world))
    assert compared.differences == []
    assert compared.unread == []
    known = {cls.__name__: set(rows) for cls, rows in tables({}).items()} | {"Link": set(LINK)}
    here = {name: known[name] for name in compared.reported}
    assert missing(here, compared.reported, NOT_HERE) == {}
    assert compared.reported.keys() == {
        *("Link", "VethData", "BridgeData", "BridgePort", "MacvlanData", "VxlanData", "TunData"),
    }

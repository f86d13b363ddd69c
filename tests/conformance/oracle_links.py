"""Links of every kind with their own settings: scripts for a world, by the kernel that has the kinds."""

# Kinds that both kernels have.
COMMON = """
ip link add br0 type bridge
ip link set br0 type bridge stp_state 1 priority 4096 forward_delay 777 hello_time 300 max_age 1500 ageing_time 1234 \
    group_fwd_mask 8 mcast_snooping 1 mcast_querier 1 mcast_router 2 mcast_query_use_ifaddr 1 mcast_hash_max 512 \
    mcast_last_member_count 3 mcast_startup_query_count 4 mcast_last_member_interval 200 \
    mcast_membership_interval 27000 mcast_querier_interval 26500 mcast_query_interval 13500 \
    mcast_query_response_interval 1100 mcast_startup_query_interval 3000 mcast_stats_enabled 1 \
    mcast_igmp_version 3 mcast_mld_version 2 nf_call_iptables 1 nf_call_ip6tables 1 nf_call_arptables 1 \
    no_linklocal_learn 1 group_address 01:80:c2:00:00:0f
ip link add v0 type veth peer name v1
ip link add v2 type veth peer name v3
ip link set v0 master br0
ip link set v2 master br0
bridge link set dev v0 cost 7 priority 9 hairpin on isolated on learning off flood off guard on root_block on \
    fastleave on mcast_flood off bcast_flood off mcast_to_unicast on neigh_suppress on mcast_router 2 backup_port v2
ip link set v0 type bridge_slave proxy_arp on proxy_arp_wifi on group_fwd_mask 8 locked on
ip link property add dev v0 altname other altname another
ip link set v0 mtu 1400 alias hello group 7 txqueuelen 77 up
ip link set v1 up promisc on address 02:00:00:00:00:07 arp off
ip link add mv link v1 type macvlan mode source
ip link set mv type macvlan macaddr add 02:00:00:00:00:55
ip link set mv protodown on protodown_reason 3 on
ip link set mv type macvlan bcqueuelen 2000
ip link add mt link v1 type macvtap mode vepa
ip link add vx type vxlan id 99 remote 192.0.2.9 local 192.0.2.1 dstport 4790 srcport 5000 6000 ttl 9 tos 0x10 \
    nolearning proxy rsc l2miss l3miss ageing 77 maxaddress 88 gbp noudpcsum df set
ip link add vx6 type vxlan id 100 remote 2001:db8::9 local 2001:db8::1 dstport 4789 dev v3 flowlabel 0x12 \
    udp6zerocsumtx udp6zerocsumrx
ip link add vxr type vxlan id 101 dstport 4792 remcsumtx remcsumrx
ip link add vxg type vxlan external gpe dstport 4793
ip link add vxe type vxlan external dstport 4791
ip tuntap add t0 mode tap user 54321 group 54322 multi_queue vnet_hdr
ip tuntap add t1 mode tun pi
ip link add i0 type ifb
"""

# Further kinds of the second kernel.
SECOND = """
ip link set br0 type bridge vlan_filtering 1 vlan_protocol 802.1ad vlan_default_pvid 5 vlan_stats_enabled 1 \
    mcast_vlan_snooping 1
ip link set v2 type bridge_slave vlan_tunnel on
ip link add d0 type dummy
ip link add link d0 name d0.7 type vlan protocol 802.1ad id 7 gvrp on loose_binding on reorder_hdr off \
    ingress-qos-map 1:2 4:5 egress-qos-map 3:4
ip link add link d0 name iv type ipvlan mode l3s private
ip link add link v3 name it type ipvtap mode l2
ip link add b0 type bond mode 802.3ad miimon 100 updelay 200 downdelay 300 xmit_hash_policy layer3+4 lacp_rate fast \
    min_links 2 ad_select bandwidth ad_actor_sys_prio 7 ad_user_port_key 9 ad_actor_system 02:00:00:00:00:66
ip link add b1 type bond mode active-backup arp_interval 500 arp_ip_target 192.0.2.7,192.0.2.8 fail_over_mac follow \
    primary_reselect failure ns_ip6_target 2001:db8::7 arp_validate all arp_all_targets all resend_igmp 3 \
    num_grat_arp 4 all_slaves_active 1 lp_interval 5 arp_missed_max 3
ip link add m0 type veth peer name m1
ip link add m2 type veth peer name m3
ip link set m0 master b0
ip link set m2 master b1
ip link set b1 type bond primary m2
ip link set m2 type bond_slave queue_id 3 prio 8
ip link set m1 up
ip link set b0 up
ip link add b2 type bond mode active-backup miimon 100
ip link add m4 type veth peer name m5
ip link set m4 master b2
ip link set m5 up
ip link set b2 up
ip link add red type vrf table 77
ip link add r0 type dummy
ip link set r0 master red
ip link add g0 type gre local 192.0.2.1 remote 192.0.2.9 ikey 5 okey 6 ttl 9 tos 0x10 dev d0 fwmark 7
ip link add g1 type gretap local 192.0.2.1 remote 192.0.2.10 key 7 nopmtudisc ignore-df
ip link add g2 type erspan seq key 8 local 192.0.2.1 remote 192.0.2.11 erspan_ver 1 erspan 123
ip link add g3 type ip6gre local 2001:db8::1 remote 2001:db8::9 ttl 5 flowlabel 0x12345 encaplimit 6
ip link add g4 type ip6gretap local 2001:db8::1 remote 2001:db8::10 encaplimit none
ip link add g5 type gretap external
ip link add p0 type ipip local 192.0.2.1 remote 192.0.2.9 ttl 7 mode ipip encap gue encap-sport 5555 \
    encap-dport 6666 encap-csum
ip link add s0 type sit local 192.0.2.1 remote 192.0.2.9 ttl 8 mode ip6ip
ip link add s1 type sit local 192.0.2.1 6rd-prefix 2001:db8::/32 6rd-relay_prefix 192.0.0.0/8
ip link add x0 type ip6tnl local 2001:db8::1 remote 2001:db8::9 mode ip6ip6 encaplimit 5 hoplimit 9 flowlabel 0x54321
ip link add e0 type geneve id 77 remote 192.0.2.9 ttl 5 tos 0x10 dstport 7000 df set udp6zerocsumtx
ip link add e1 type geneve external dstport 7001
ip link add y0 type vti local 192.0.2.1 remote 192.0.2.9 ikey 5 okey 6
ip link add y1 type vti6 local 2001:db8::1 remote 2001:db8::9 key 7
ip link add z0 type xfrm dev d0 if_id 0x42
ip link add z1 type xfrm external
ip link add g6 type erspan seq key 9 local 192.0.2.1 remote 192.0.2.12 erspan_ver 2 erspan_dir egress erspan_hwid 0x17
ip link add e2 type geneve id 78 remote 192.0.2.8 dstport 7002 innerprotoinherit
ip link add d1 type dummy
ip link add link d1 ms0 type macsec port 5 cipher gcm-aes-256 encrypt on send_sci off end_station on replay on \
    window 7 validate check encodingsa 2 protect on
ip link add n0 type nlmon
ip link add c0 type vcan
ip link add w0 type wireguard
ip link add t9 type team
"""

"""Commands that create objects of each type beside each other, as alike as the kernel allows, and with every setting
that the tools of this machine know.
"""

TWINS = r"""
ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
ip addr add 192.0.2.1/24 dev v0 brd + label v0:x metric 7
ip addr add 192.0.2.1/25 dev v0
ip addr add 192.0.2.1 peer 198.51.100.1/32 dev v0
ip addr add 192.0.2.1 peer 198.51.100.2/32 dev v0
ip -6 addr add 2001:db8::1/64 dev v0 nodad
ip link add vx type vxlan id 5 dstport 4789
ip link set vx up
Z=00:00:00:00:00:00
M=02:00:00:00:00:01
bridge fdb append $Z dev vx dst 192.0.2.2
bridge fdb append $Z dev vx dst 192.0.2.2 port 5000
bridge fdb append $Z dev vx dst 192.0.2.2 via v0
bridge fdb append $Z dev vx dst 192.0.2.2 vni 7
bridge fdb append $Z dev vx dst 192.0.2.3
ip link add vxe type vxlan external dstport 4790
ip link set vxe up
bridge fdb append $M dev vxe dst 192.0.2.2 src_vni 10
bridge fdb append $M dev vxe dst 192.0.2.2 src_vni 11
ip nexthop add id 1 via 192.0.2.9 fdb
ip nexthop add id 10 group 1 fdb
bridge fdb add 02:00:00:00:00:09 dev vx nhid 10
ip neigh add 192.0.2.7 lladdr $M dev v0 nud permanent
ip neigh add proxy 192.0.2.7 dev v0
ip neigh add proxy 192.0.2.7 dev v1
ip neigh add 192.0.2.8 lladdr $M dev v0 nud permanent extern_learn protocol 33 router
ip neigh add 192.0.2.18 lladdr $M dev v0 nud reachable managed
ip neigh add 2001:db8::9 lladdr $M dev v0 nud permanent
for t in 0 0x10; do
    for m in 1 2; do ip route add 10.0.0.0/8 via 192.0.2.2 metric $m tos $t; done
done
ip route append 10.0.0.0/8 via 192.0.2.3 metric 1
ip route add 10.0.0.0/8 via 192.0.2.2 table 99
ip route add blackhole 10.0.0.0/8 metric 9
ip route append unreachable 10.0.0.0/8 metric 9
ip route add 10.1.0.0/16 via 192.0.2.2 rtt 100ms rttvar 40ms mtu lock 1400 features ecn hoplimit 9 quickack 1 \
    realms 3/4 advmss 500 window 77 cwnd lock 7 reordering 5 initcwnd 6 initrwnd 8 rto_min 50ms ssthresh 9 \
    congctl reno fastopen_no_cookie 1
ip -6 route add 2001:db8:9::/64 via 2001:db8::2
ip -6 route add 2001:db8:9::/64 dev v1 metric 5
ip -6 route add 2001:db8:a::/64 via 2001:db8::2 expires 500 pref high
ip -6 route add 2001:db8:b::/64 nexthop via 2001:db8::2 nexthop via 2001:db8::3 weight 4
ip route add 10.9.0.0/16 encap seg6 mode encap segs fc00::1,fc00::2 dev v0
ip -6 route add fc00::7/128 encap seg6local action End.DX4 nh4 192.0.2.2 dev v0
ip -6 route add fc00::8/128 encap seg6local action End.DT6 table 100 dev v0
ip route add 10.11.0.0/16 encap ip id 7 dst 192.0.2.9 ttl 5 csum dev vx
ip nexthop add id 2 encap seg6 mode inline segs fc00::5 via 2001:db8::2 dev v0
ip nexthop add id 20 via 192.0.2.2 dev v0
ip nexthop add id 30 group 20 type resilient buckets 8 idle_timer 7
ip nexthop add id 21 blackhole protocol static
ip nexthop add id 22 via 203.0.113.1 dev v0 onlink
ip nexthop add id 31 group 20,3/22 type resilient buckets 8 unbalanced_timer 9
ip route add 10.12.0.0/16 nhid 20
ip -6 route add 2001:db8:c::/64 from 2001:db8:d::/64 via 2001:db8::2 dev v0
for s in "iif v0" "oif v0" "fwmark 1" "fwmark 1/2" "sport 1000-2000" "dport 1000-2000" "ipproto 6" "uidrange 1-2" \
    "tun_id 7" "tos 0x10"; do
    ip rule add $s lookup 7 prio 100
done
ip rule add lookup 7 suppress_prefixlength 3 prio 100
ip rule add lookup 7 prio 100 realms 2/3
ip rule add goto 32766 prio 99
ip rule add goto 500 prio 98
ip rule add iif nosuch oif neither lookup 7 prio 97
ip rule add not from 10.0.0.0/8 unreachable protocol 33
ip -6 rule add to 2001:db8::/32 lookup 8 suppress_ifgroup 7
ip link add br0 type bridge mcast_snooping 1
ip link set v1 master br0
ip link set br0 up
bridge fdb add 02:00:00:00:00:13 dev v1 master static sticky
bridge fdb add 02:00:00:00:00:14 dev v1 master extern_learn
bridge mdb add dev br0 port v1 grp 239.1.1.1 permanent
bridge mdb add dev br0 port v1 grp 239.1.1.1 src 192.0.2.5 permanent
bridge mdb add dev br0 port v1 grp ff0e::1 permanent
bridge mdb add dev br0 port v1 grp 01:02:03:04:05:06 permanent
bridge mdb add dev br0 port br0 grp 239.1.1.2 temp
ip link add br1 type bridge
ip link set br1 up
bridge mdb add dev br1 port br1 grp 239.1.1.2 temp
bridge link set dev v1 mcast_router 2
ip xfrm policy add src 10.0.0.0/24 dst 10.0.1.0/24 dir out tmpl src 1.1.1.1 dst 2.2.2.2 proto esp reqid 7 mode tunnel
ip xfrm policy add src 10.0.0.0/24 dst 10.0.1.0/24 dir out mark 3 mask 0xff ptype main action block
ip xfrm policy setdefault fwd block
"""

"""The settings of a namespace that matter to packets and belong to no link (ip-sysctl.rst, /proc/sys/net).

A thread sees the settings of the namespace that it is in.
"""

import os
from contextlib import suppress

from netviz.model.namespace import Sysctl, Sysctls
from netviz.model.text import text

_IPV4_CONF = (
    "rp_filter",
    "accept_local",
    "route_localnet",
    "src_valid_mark",
    "proxy_arp",
    "arp_filter",
    "arp_announce",
    "arp_ignore",
    "send_redirects",
)
_NAMES = sorted(
    (
        "net.ipv4.ip_forward",
        *(f"net.ipv4.conf.all.{name}" for name in _IPV4_CONF),
        "net.ipv4.conf.default.forwarding",
        "net.ipv4.conf.default.rp_filter",
        "net.ipv4.fib_multipath_hash_policy",
        "net.ipv4.icmp_echo_ignore_all",
        "net.ipv4.ip_nonlocal_bind",
        "net.ipv4.fwmark_reflect",
        "net.ipv6.conf.all.forwarding",
        "net.ipv6.conf.all.disable_ipv6",
        "net.ipv6.conf.default.forwarding",
        "net.ipv6.conf.default.disable_ipv6",
        "net.bridge.bridge-nf-call-arptables",
        "net.bridge.bridge-nf-call-ip6tables",
        "net.bridge.bridge-nf-call-iptables",
        "net.bridge.bridge-nf-filter-vlan-tagged",
        "net.bridge.bridge-nf-pass-vlan-input-dev",
        "net.netfilter.nf_conntrack_tcp_be_liberal",
    )
)
_FILES = tuple((name, "/proc/sys/" + name.replace(".", "/")) for name in _NAMES)


def read(ns: str) -> Sysctls:
    """The settings of the namespace that the calling thread is in, but those that this kernel does not have."""
    values = []
    for name, path in _FILES:
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                values.append(Sysctl(name, text(os.read(descriptor, 256).rstrip(b"\n"))))
            finally:
                os.close(descriptor)
    return Sysctls(ns, tuple(values))

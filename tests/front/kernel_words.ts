/**
 * Words that are the same in every language: words of the kernel, of iproute2 and of nft(8), names of protocols and
 * programs, and names that people gave. All other words on the page have a translation.
 */
export const KERNEL_WORDS: ReadonlySet<string> = new Set([
  // Names of kinds of links, and the words of which longer names consist, such as "Ethernet".
  ...[
    "veth",
    "VLAN",
    "MACVLAN",
    "macvlan",
    "IPVLAN",
    "VXLAN",
    "MACsec",
    "Geneve",
    "WireGuard",
    "OpenVPN",
    "GRE",
    "CAN",
  ],
  ...[
    "ERSPAN",
    "IPsec",
    "SPI",
    "VNI",
    "TUN",
    "TAP",
    "tap",
    "tun",
    "bond",
    "team",
    "dummy",
    "legacy",
    "BPF",
    "tcx",
    "IPv4-in-IPv4",
    "IPv6-in-IPv4",
  ],
  // Attributes and states, as `ip` and the kernel's files name them.
  ...[
    "MTU",
    "Compose",
    "MAC",
    "FDB",
    "nsid",
    "ifindex",
    "cookie",
    "altname",
    "qdisc",
    "tx",
    "rx",
    "nexthop",
    "main",
    "TTL",
    "VNI",
  ],
  ...["netfilter", "Netfilter", "nftables", "netstat", "rn", "flowtable", "run", "netns"],
  ...["blackhole", "unreachable", "prohibit", "ENOENT"],
  // Names of Linux capabilities (capabilities(7)).
  ...["CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_NET_BROADCAST", "CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"],
  // Names of protocols, formats and units.
  ...["IPv4", "IPv6", "UTF", "JSON", "Mbit", "PID", "ID", "UID"],
  // Names of products and their terms.
  ...["Kubernetes", "Pod"],
  // Words on the keys of a keyboard, and the name of a language in that language.
  ...["Page", "Up", "Down", "English"],
]);

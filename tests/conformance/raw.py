"""Run inside a world: sets names that ip(8) refuses to set, with netlink itself.

raw.py rename IFNAME HEX    raw.py altname IFNAME HEX    raw.py alias IFNAME HEX
"""

import socket
import struct
import sys

from netviz.agent.netlink.requests import ACK, Socket, attribute

RTM_NEWLINK, RTM_NEWLINKPROP = 16, 108
IFLA_IFNAME, IFLA_IFALIAS, IFLA_PROP_LIST, IFLA_ALT_IFNAME = 3, 20, 52, 53
NLM_F_CREATE, NLM_F_EXCL, NLM_F_APPEND = 0x400, 0x200, 0x800


def main(verb: str, ifname: str, text: str) -> None:
    raw = bytes.fromhex(text)
    header = struct.pack("=BxHiII", 0, 0, socket.if_nametoindex(ifname), 0, 0)
    with Socket() as sock:
        if verb == "rename":
            sock.request(RTM_NEWLINK, header + attribute(IFLA_IFNAME, raw + b"\0"))
        elif verb == "alias":
            sock.request(RTM_NEWLINK, header + attribute(IFLA_IFALIAS, raw))
        else:
            name = attribute(IFLA_ALT_IFNAME, raw + b"\0")
            flags = ACK | NLM_F_CREATE | NLM_F_EXCL | NLM_F_APPEND
            sock.request(RTM_NEWLINKPROP, header + attribute(IFLA_PROP_LIST | 0x8000, name), flags)


if __name__ == "__main__":
    main(*sys.argv[1:])

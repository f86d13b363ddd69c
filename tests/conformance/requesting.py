"""Run inside a world: sends a netlink request that the tools of this machine are too old for.

requesting.py TYPE FLAGS BODY        the body is in hexadecimal; exits with 1 if the kernel refuses the request
"""

import sys

from netviz.agent.netlink.requests import Socket

if __name__ == "__main__":
    kind, flags, body = sys.argv[1:]
    with Socket() as sock:
        sock.request(int(kind), bytes.fromhex(body), int(flags) | 0x4)

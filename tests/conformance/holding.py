"""Run inside a world: holds a namespace as no name does, says so on stdout, and goes on until its stdin ends.

holding.py socket           by a socket made in it, and nothing else
holding.py descriptor       by an open file of it
holding.py thread           by a thread of a process whose first thread is elsewhere
Each makes a veth `v0` in the own namespace with its other end `v1` in the one that is held.
"""

import os
import socket
import subprocess
import sys
import threading

from netviz.agent.syscalls import own_namespace, setns, unshare_net


def new_namespace(home: int) -> int:
    """A descriptor of a new namespace with one end of a veth in it; the caller's thread is at home."""
    unshare_net()
    new = own_namespace()
    setns(home)
    subprocess.run(
        ["ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", f"/proc/{os.getpid()}/fd/{new}"],
        check=True,
        pass_fds=(new,),
    )
    return new


def stay(namespace: int) -> None:
    """The calling thread goes there and does not come back."""
    setns(namespace)
    threading.Event().wait()


def main(how: str) -> None:
    home = own_namespace()
    new = new_namespace(home)
    held: object = None
    if how == "socket":
        setns(new)
        held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        setns(home)
    elif how == "thread":
        threading.Thread(target=stay, args=(new,), daemon=True).start()
    if how != "descriptor":
        threading.Event().wait(0.1)
        os.close(new)
    print("held", flush=True)
    sys.stdin.read()
    del held


if __name__ == "__main__":
    main(sys.argv[1])

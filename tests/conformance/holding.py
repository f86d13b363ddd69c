"""Run inside a world: holds a namespace as no name does, says so on stdout, and goes on until its stdin ends.

holding.py socket           by a socket made in it, and nothing else
holding.py descriptor       by an open file of it
holding.py thread           by a thread of a process whose first thread is elsewhere
holding.py leaderless       by a thread of a process whose first thread has ended
holding.py unlinked         by an open file of it, without any link between
holding.py unshared         by a process that left for it and did nothing more
holding.py zombie           by nobody: its one process is dead, and nobody has asked for how
The first three make a veth `v0` in the own namespace with its other end `v1` in the one that is held.
"""

import ctypes
import os
import socket
import subprocess
import sys
import threading

from netviz.agent.system.syscalls import own_namespace, setns, unshare_net


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


def leaderless() -> None:
    """The first thread ends, a second one says so from a namespace of its own, and ends the process with its stdin."""

    def other() -> None:
        unshare_net()
        while os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/ns/net"):
            threading.Event().wait(0.01)
        say_and_wait()
        os._exit(0)

    threading.Thread(target=other).start()
    ctypes.CDLL(None).syscall({"x86_64": 60}.get(os.uname().machine, 93), 0)  # exit(2), of this thread alone


def zombie() -> None:
    """A child that is dead and not waited for."""
    child = os.fork()
    if child == 0:
        unshare_net()
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    say_and_wait()


def unlinked() -> None:
    """A descriptor, and nothing else."""
    home = own_namespace()
    unshare_net()
    held = own_namespace()
    setns(home)
    say_and_wait()
    os.close(held)


def unshared() -> None:
    """This process, there."""
    unshare_net()
    say_and_wait()


def say_and_wait() -> None:
    """All is as it was asked for, until stdin ends."""
    print("held", flush=True)
    sys.stdin.read()


def main(how: str) -> None:
    others = {"leaderless": leaderless, "zombie": zombie, "unlinked": unlinked, "unshared": unshared}
    if how in others:
        others[how]()
        return
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
    say_and_wait()
    del held


if __name__ == "__main__":
    main(sys.argv[1])

"""Run inside a world: holds a namespace without a name, reports on stdout, and stays until its stdin ends.

holding.py socket           by a socket that was opened in it
holding.py descriptor       by an open descriptor of it
holding.py thread           by a thread of a process whose main thread is elsewhere
holding.py leaderless       by a thread of a process whose main thread has ended
holding.py unlinked         by an open descriptor, without any link that leads to it
holding.py unshared         by a process that entered it and did nothing else
holding.py zombie           by nothing: its only process is a zombie
holding.py socket-in-n1     holds the namespace named n1 by a socket; a line on stdin makes it delete the routes there
                            and name the namespace again
The first three create a veth `v0` in the own namespace with its other end `v1` in the held one.
"""

import ctypes
import fcntl
import os
import socket
import subprocess
import sys
import threading

from netviz.agent.system.syscalls import own_namespace, setns, unshare_net

SIOCGSKNS = 0x894C  # linux/sockios.h: returns a descriptor of the socket's namespace


def new_namespace(home: int) -> int:
    """Returns a descriptor of a new namespace with one end of a veth. The calling thread stays in its namespace."""
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
    """Moves the calling thread to the new namespace permanently."""
    setns(namespace)
    threading.Event().wait()


def leaderless() -> None:
    """Ends the main thread. A second thread reports from its own namespace, and ends the process when stdin ends."""

    def other() -> None:
        unshare_net()
        while os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/ns/net"):
            threading.Event().wait(0.01)
        say_and_wait()
        os._exit(0)

    threading.Thread(target=other).start()
    ctypes.CDLL(None).syscall({"x86_64": 60}.get(os.uname().machine, 93), 0)  # exit(2) ends only this thread


def zombie() -> None:
    """Creates a child process that ends and is not waited for."""
    child = os.fork()
    if child == 0:
        unshare_net()
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    say_and_wait()


def unlinked() -> None:
    """Holds a namespace only by a descriptor."""
    home = own_namespace()
    unshare_net()
    held = own_namespace()
    setns(home)
    say_and_wait()
    os.close(held)


def unshared() -> None:
    """Moves this process into a new namespace."""
    unshare_net()
    say_and_wait()


def socket_in_n1() -> None:
    """Holds the namespace n1 by a socket. Names it again, after the deletion of a route, when stdin has a line."""
    home = own_namespace()
    named = os.open("/run/netns/n1", os.O_RDONLY | os.O_CLOEXEC)
    setns(named)
    held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    setns(home)
    os.close(named)
    print("held", flush=True)
    sys.stdin.readline()
    again = fcntl.ioctl(held.fileno(), SIOCGSKNS)
    subprocess.run(["nsenter", f"--net=/proc/{os.getpid()}/fd/{again}", "ip", "route", "flush", "root", "10.2.0.0/16"])
    open("/run/netns/again", "w").close()
    subprocess.run(["mount", "--bind", f"/proc/{os.getpid()}/fd/{again}", "/run/netns/again"], check=True)
    os.close(again)
    say_and_wait()


def say_and_wait() -> None:
    """Reports that the namespace is held, and waits until stdin ends."""
    print("held", flush=True)
    sys.stdin.read()


def main(how: str) -> None:
    others = {"leaderless": leaderless, "zombie": zombie, "unlinked": unlinked, "unshared": unshared}
    others["socket-in-n1"] = socket_in_n1
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

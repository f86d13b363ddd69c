"""Run inside a world: opens sockets, reports on stdout, and stays until its stdin ends.

listening.py here           one socket of each sort in the own namespace, and three connections to the first
listening.py far PATH       one socket in the namespace of this file, of a process that stays in its own
listening.py shared         one socket that a second process has open too
listening.py waiting        no open socket, but a connection that waits after its end
"""

import os
import socket
import sys
from collections.abc import Callable

from netviz.agent.system.syscalls import own_namespace, setns

SO_BINDTODEVICE = 25
ANY = "0.0.0.0"  # noqa: S104 - in a world of its own


def tcp(address: str, port: int, *options: tuple[int, int, int | bytes]) -> socket.socket:
    """Opens and returns a listening TCP socket."""
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    for level, name, value in options:
        sock.setsockopt(level, name, value)
    sock.bind((address, port))
    sock.listen()
    return sock


def here() -> list[socket.socket]:
    """Opens the sockets that `test_sockets` expects."""
    any_address = tcp(ANY, 8080)
    held = [
        any_address,
        tcp("::1", 8081, (socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)),
        tcp("::", 8082, (socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)),
        tcp("127.0.0.1", 8083, (socket.SOL_SOCKET, SO_BINDTODEVICE, b"lo\0")),
        *(tcp("127.0.0.1", 8084, (socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)) for _ in range(2)),
    ]
    bound, connected = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    bound.bind(("127.0.0.1", 5353))
    connected.connect(("127.0.0.1", 5353))
    for _ in range(3):
        held += [socket.create_connection(("127.0.0.1", 8080)), any_address.accept()[0]]
    return [*held, bound, connected]


def far(path: str) -> list[socket.socket]:
    """Opens a socket in another namespace."""
    home = own_namespace()
    setns(os.open(path, os.O_RDONLY))
    held = tcp(ANY, 9090)
    setns(home)
    return [held]


def waiting() -> list[socket.socket]:
    """Opens a connection, and closes all its sockets, the client's first: then the client's end waits (TIME_WAIT)."""
    with tcp("127.0.0.1", 6060) as listener:
        client = socket.create_connection(("127.0.0.1", 6060))
        accepted = listener.accept()[0]
        client.close()
        accepted.recv(1)
        accepted.close()
    return []


def main(how: str, *arguments: str) -> None:
    ways: dict[str, Callable[[], list[socket.socket]]] = {
        "here": here,
        "far": lambda: far(arguments[0]),
        "shared": lambda: [tcp("127.0.0.1", 7070)],
        "waiting": waiting,
    }
    held = ways[how]()
    if how == "shared" and os.fork() == 0:
        sys.stdin.read()
        os._exit(0)
    print("open", flush=True)
    sys.stdin.read()
    del held


if __name__ == "__main__":
    main(*sys.argv[1:])

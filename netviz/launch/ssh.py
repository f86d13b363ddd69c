"""Detects an SSH session, and gives the command that forwards the server's port to the user's own machine."""

import getpass
import os

from netviz.launch.address import Address


def forward_line(address: Address) -> str | None:
    """Returns the `ssh -L` command for the user's own machine; None if this is not an SSH session, or if the server
    does not listen on loopback.
    """
    if not address.is_loopback:
        return None
    words = connection().split()
    if len(words) != 4:
        return None
    host, port = words[2], words[3]
    user = os.environ.get("SUDO_USER") or getpass.getuser()
    ssh_port = "" if port == "22" else f" -p {port}"
    return f"ssh{ssh_port} -L {address.port}:{address.host}:{address.port} {user}@{host}"


def connection() -> str:
    """Returns the environment variable SSH_CONNECTION (ssh(1)) of this process or of an ancestor, because sudo removes
    it.
    """
    pid = os.getpid()
    while pid > 1:
        try:
            with open(f"/proc/{pid}/environ", "rb") as environ:
                entries = environ.read().split(b"\0")
            with open(f"/proc/{pid}/stat", "rb") as stat:
                pid = int(stat.read().rpartition(b")")[2].split()[1])
        except (OSError, ValueError):
            return ""
        for entry in entries:
            if entry.startswith(b"SSH_CONNECTION="):
                return entry.partition(b"=")[2].decode(errors="replace")
    return ""

"""Whether the user came by SSH, and the line that brings the map to where they sit."""

import getpass
import os

from netviz.launch.address import Address


def forward_line(address: Address) -> str | None:
    """The `ssh -L` command for the user's own machine; None where nobody came by SSH or the address is open anyway."""
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
    """SSH_CONNECTION (ssh(1)): ours, or that of a process above us, for sudo takes it away."""
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

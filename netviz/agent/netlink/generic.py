"""Generic netlink: finds families by name and sends requests (Documentation/userspace-api/netlink/intro.rst)."""

import struct

from netviz.agent.netlink.requests import GENERIC, Socket, attribute
from netviz.uapi.attributes import u16, walk

_CONTROL, _GETFAMILY = 16, 3
_FAMILY_ID, _FAMILY_NAME = 1, 2
_HEADER = struct.Struct("=BBxx")


class Family:
    """A family of generic netlink (such as "wireguard"), with a socket in the namespace that the calling thread is in.

    Raises NetlinkError with ENOENT if the kernel has no such family.
    """

    def __init__(self, name: str, version: int = 1) -> None:
        self._version = version
        self._socket = Socket(GENERIC)
        try:
            self._id = self._number(name)
        except OSError:
            self.close()
            raise

    def _number(self, name: str) -> int:
        body = _HEADER.pack(_GETFAMILY, 1) + attribute(_FAMILY_NAME, name.encode() + b"\0")
        payloads = self._socket.request(_CONTROL, body, flags=0)
        return u16(walk(payloads[0], _HEADER.size).get(_FAMILY_ID, b""))

    def __enter__(self) -> "Family":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()

    def dump(self, command: int, attributes: bytes) -> list[bytes]:
        """Returns the attributes of each message that answers a dump request. Raises NetlinkError."""
        payloads = self._socket.dump(self._id, _HEADER.pack(command, self._version) + attributes)
        return [payload[_HEADER.size :] for payload in payloads]

    def request(self, command: int, attributes: bytes) -> list[bytes]:
        """Returns the attributes of each message that answers one request. Raises NetlinkError."""
        payloads = self._socket.request(self._id, _HEADER.pack(command, self._version) + attributes, flags=0)
        return [payload[_HEADER.size :] for payload in payloads]

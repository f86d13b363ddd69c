"""The protocols that this server supports. An agent names its protocol in its `hello`."""

from netviz import __version__
from netviz.server.decoder import decode
from netviz.server.hosts.enrolment import Refused
from netviz.wire.codec import parse
from netviz.wire.frames import OLDEST_PROTOCOL, PROTOCOL, Hello
from netviz.wire.problems import WireError


def hello_of(data: str | bytes) -> Hello:
    """Decodes a hello of any supported protocol. Raises Refused for other protocols, WireError for an invalid hello.

    The protocol is checked first, because the hello of a newer protocol may have unknown fields.
    """
    row = parse(data)
    protocol = row.get("protocol") if isinstance(row, dict) and row.get("t") == Hello.TAG else None
    if type(protocol) is not int:
        protocol = PROTOCOL  # `decode` below raises an error that names the bad field
    _check(protocol)
    frame = decode(data, "agent", protocol)
    if not isinstance(frame, Hello):
        raise WireError("bad-order", f"expected hello, received {frame.TAG}", "t")
    return frame


def _check(protocol: int) -> None:
    if OLDEST_PROTOCOL <= protocol <= PROTOCOL:
        return
    known = f"this server (netviz {__version__}) supports {OLDEST_PROTOCOL} to {PROTOCOL}"
    side = "agent" if protocol < OLDEST_PROTOCOL else "server"
    raise Refused("protocol", f"The agent speaks protocol {protocol}, but {known}. Upgrade the {side}.")

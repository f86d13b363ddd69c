"""Which protocols this server understands. An agent says which one it speaks in its `hello`."""

from netviz import __version__
from netviz.server.decoder import decode
from netviz.server.hosts.enrolment import Refused
from netviz.wire.codec import parse
from netviz.wire.frames import OLDEST_PROTOCOL, PROTOCOL, Hello
from netviz.wire.problems import WireError


def hello_of(data: str | bytes) -> Hello:
    """The hello that these bytes are, in any protocol that is understood. Raises Refused for another, and WireError.

    The number is looked at before anything else: the hello of a newer protocol may have fields that nobody here knows.
    """
    row = parse(data)
    protocol = row.get("protocol") if isinstance(row, dict) and row.get("t") == Hello.TAG else None
    if type(protocol) is not int:
        protocol = PROTOCOL  # the decoder says what is wrong with it
    _check(protocol)
    frame = decode(data, "agent", protocol)
    if not isinstance(frame, Hello):
        raise WireError("bad-order", f"{frame.TAG} where hello should come", "t")
    return frame


def _check(protocol: int) -> None:
    if OLDEST_PROTOCOL <= protocol <= PROTOCOL:
        return
    known = f"this server (netviz {__version__}) speaks {OLDEST_PROTOCOL} to {PROTOCOL}"
    side = "agent" if protocol < OLDEST_PROTOCOL else "server"
    raise Refused("protocol", f"The agent speaks protocol {protocol}, and {known}: upgrade the {side}.")

"""IPsec: the policies that say which packets are protected, and the states that say how (ip-xfrm(8), RFC 4301).

Keys are never included. Source: include/uapi/linux/xfrm.h. Counters and ages change by themselves and are left out.
"""

from typing import ClassVar, Literal

from netviz.model.address import Family
from netviz.model.entity import Entity, Note
from netviz.model.value import value


@value
class XfrmSelector:
    """The packets that a policy or state is for. Prefixes are empty for any address; protocols are numbers, 0 for any.

    `sport` and `dport` are None for any port, a mask is None if all bits must match. `ifindex` is a link, None for any.
    """

    src: str = ""
    dst: str = ""
    protocol: int = 0
    sport: int | None = None
    sport_mask: int | None = None
    dport: int | None = None
    dport_mask: int | None = None
    ifindex: int | None = None
    uid: int | None = None


@value
class XfrmOption:
    """A further setting of a policy or state, as ip-xfrm(8) names it, and its value. The value of a flag is empty."""

    name: str
    value: str = ""


@value
class XfrmTemplate:
    """How a policy protects packets: by a state with these addresses, this protocol ("esp", "ah", "comp"), mode
    ("tunnel", "transport", ...) and reqid. `level` is "required" or "use". Masks of algorithms are in `options` if not
    all are allowed.
    """

    protocol: str
    mode: str
    src: str = ""
    dst: str = ""
    spi: int = 0
    reqid: int = 0
    level: str = "required"
    options: tuple[XfrmOption, ...] = ()


@value
class XfrmDefault(Entity):
    """What happens to packets for which there is no policy. Only namespaces that block some of them have this."""

    TAG: ClassVar[str] = "xfrm_default"
    KEY: ClassVar[tuple[str, ...]] = ("ns",)

    ns: str
    inwards: Literal["allow", "block"] = "allow"
    forward: Literal["allow", "block"] = "allow"
    outwards: Literal["allow", "block"] = "allow"


@value
class XfrmPolicy(Entity):
    """A policy of IPsec. `index` is the kernel's number of it; a policy with a lower `priority` is preferred.

    `direction` is "in", "out" or "fwd" ("socket in", ... for a policy of a single socket). `templates` are applied in
    their order; without one, packets pass unprotected if the action is "allow". Without a selector the policy is for
    all packets. `mark` and `mask` select packets by their mark, `if_id` by the IPsec interface.
    """

    TAG: ClassVar[str] = "xfrm_policy"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "index")

    ns: str
    index: int
    direction: str
    priority: int = 0
    action: Literal["allow", "block"] = "allow"
    type: str = "main"
    family: Family | None = None
    selector: XfrmSelector | None = None
    templates: tuple[XfrmTemplate, ...] = ()
    mark: int = 0
    mask: int = 0
    if_id: int = 0
    flags: tuple[str, ...] = ()
    options: tuple[XfrmOption, ...] = ()
    notes: tuple[Note, ...] = ()


@value
class XfrmState(Entity):
    """A state of IPsec (a security association): how packets between two addresses are protected. It has no keys.

    `spi` is the number in the packets. `auth`, `crypt`, `aead` and `comp` are the names of algorithms; `icv_bits` is
    the length of the check value. `encap` is "espinudp" if the packets are in UDP, from `source_port` to `target_port`.
    `options` are further settings in the words of ip-xfrm(8). States that are still being negotiated are left out.
    States that differ in none of the fields of the key are numbered by `nth`.
    """

    TAG: ClassVar[str] = "xfrm_state"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "dst", "protocol", "spi", "mark")
    NUMBERED: ClassVar[bool] = True

    ns: str
    dst: str
    protocol: str
    spi: int
    mark: int = 0
    nth: int = 0
    src: str = ""
    mode: str = ""
    reqid: int = 0
    mask: int = 0
    if_id: int = 0
    auth: str = ""
    crypt: str = ""
    aead: str = ""
    comp: str = ""
    icv_bits: int = 0
    replay_window: int = 0
    encap: str = ""
    source_port: int = 0
    target_port: int = 0
    selector: XfrmSelector | None = None
    flags: tuple[str, ...] = ()
    options: tuple[XfrmOption, ...] = ()
    notes: tuple[Note, ...] = ()

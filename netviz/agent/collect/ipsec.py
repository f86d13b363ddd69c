"""Reads the policies and states of IPsec (NETLINK_XFRM; net/xfrm/xfrm_user.c).

The kernel's answers about states contain keys. A key is never copied: of an algorithm only the name and the lengths
before the key are read.
"""

import struct
from collections.abc import Iterator, Mapping
from typing import Literal

from netviz.agent.collect.numbering import numbered
from netviz.agent.collect.unread import unread_notes
from netviz.agent.netlink.requests import NetlinkError, Socket
from netviz.model.ipsec import XfrmDefault, XfrmOption, XfrmPolicy, XfrmSelector, XfrmState, XfrmTemplate
from netviz.model.text import text
from netviz.uapi.attributes import be, i32, u8, u16, u32, unknown, walk
from netviz.uapi.known import known
from netviz.uapi.notation import FAMILIES, every_flag, ip, name
from netviz.uapi.xfrm import XFRM_MSG, XFRMA

# struct xfrm_selector: addresses, ports with masks, family, prefix lengths, protocol, ifindex, user.
_SELECTOR = struct.Struct("=16s16s2s2s2s2sHBBB3xiI")
_POLICY = struct.Struct("=56s64s32xIIBBBB4x")  # struct xfrm_userpolicy_info
_STATE = struct.Struct("=56s16s4sB3x16s64s32x12xIIHBBB7x")  # struct xfrm_usersa_info
_TEMPLATE = struct.Struct("=16s4sB3xH2x16sIBBBxIII")  # struct xfrm_user_tmpl
_LIMITS = struct.Struct("=8Q")  # struct xfrm_lifetime_cfg
_ALGORITHM = struct.Struct("=64sI")  # the name and the length of the key, which follows

_DIRECTIONS = {0: "in", 1: "out", 2: "fwd", 3: "socket in", 4: "socket out", 5: "socket fwd"}
_TYPES = {0: "main", 1: "sub"}
_PROTOCOLS = {43: "route2", 50: "esp", 51: "ah", 60: "hao", 108: "comp"}
_MODES = {0: "transport", 1: "tunnel", 2: "ro", 3: "in_trigger", 4: "beet", 5: "iptfs"}
_SHARES = {1: "session", 2: "user", 3: "unique"}
_POLICY_FLAGS = {1: "localok", 2: "icmp"}
_STATE_FLAGS = {
    1: "noecn",
    2: "decap-dscp",
    4: "nopmtudisc",
    8: "wildrecv",
    16: "icmp",
    32: "af-unspec",
    64: "align4",
    128: "esn",
}
_EXTRA_FLAGS = {1: "dont-encap-dscp", 2: "oseq-may-wrap"}
_ENCAPS = {1: "espinudp-nonike", 2: "espinudp", 7: "espintcp"}
_OFFLOADS = {1: "ipv6", 2: "in", 4: "packet"}
_LIMIT_NAMES = tuple(
    f"{kind}-{what}"
    for what in ("byte-limit", "packet-limit", "add-seconds", "use-seconds")
    for kind in ("soft", "hard")
)
_NO_LIMIT = (0, 0xFFFF_FFFF_FFFF_FFFF)
_ALL_ALGORITHMS = 0xFFFF_FFFF
_BLOCK = 1  # XFRM_POLICY_BLOCK, XFRM_USERPOLICY_BLOCK

Attributes = Mapping[int, bytes]


def read(sock: Socket, ns: str) -> list[XfrmDefault | XfrmPolicy | XfrmState]:
    """Returns the policies and states of the namespace of this socket, whose protocol is NETLINK_XFRM.

    Raises NetlinkError.
    """
    seen: dict[str, int] = {}
    out: list[XfrmDefault | XfrmPolicy | XfrmState] = [*_defaults(sock, ns)]
    out += [policy(ns, payload) for payload in sock.dump(XFRM_MSG.GETPOLICY, b"")]
    for payload in sock.dump(XFRM_MSG.GETSA, b""):
        found = state(ns, payload)
        if found is not None:
            out.append(numbered(found, seen))
    return out


def _defaults(sock: Socket, ns: str) -> Iterator[XfrmDefault]:
    """Yields what happens to packets without a policy, if it is not the usual: Linux before 5.14 cannot say."""
    try:
        payloads = sock.request(XFRM_MSG.GETDEFAULT, bytes(3), flags=0)
    except NetlinkError:
        return
    for inwards, forward, out in (payload[:3] for payload in payloads if len(payload) >= 3):
        if _BLOCK in (inwards, forward, out):
            yield XfrmDefault(ns, *(_action(number) for number in (inwards, forward, out)))


def _action(number: int) -> Literal["allow", "block"]:
    return "block" if number == _BLOCK else "allow"


def policy(ns: str, payload: bytes) -> XfrmPolicy:
    """Returns the policy in this message."""
    selector, limits, priority, index, direction, action, flags, share = _POLICY.unpack_from(payload)
    found = walk(payload, _POLICY.size)
    mark, mask = _mark(found)
    family = u16(selector[40:42])
    kind = found.get(XFRMA.POLICY_TYPE, b"")
    options = dict(_common(found, limits)) | ({"share": name(_SHARES, share)} if share else {})
    return XfrmPolicy(
        ns,
        index,
        name(_DIRECTIONS, direction),
        priority,
        _action(action),
        name(_TYPES, u8(kind)),
        FAMILIES.get(family),
        _selector(selector),
        tuple(_templates(found.get(XFRMA.TMPL, b""))),
        mark,
        mask,
        u32(found.get(XFRMA.IF_ID, b"")),
        every_flag(_POLICY_FLAGS, flags),
        _options(options),
        unread_notes(unknown(known(XFRMA), found)),
    )


def state(ns: str, payload: bytes) -> XfrmState | None:
    """Returns the state in this message, without its keys; None for a state that is still being negotiated (its SPI
    is 0). Its `nth` is 0.
    """
    selector, dst, spi, protocol, src, limits, _, reqid, family, mode, window, flags = _STATE.unpack_from(payload)
    if not any(spi):
        return None
    found = walk(payload, _STATE.size)
    mark, mask = _mark(found)
    auth, crypt, aead, comp = (
        _algorithm(found.get(kind, b""))
        for kind in (XFRMA.ALG_AUTH_TRUNC, XFRMA.ALG_CRYPT, XFRMA.ALG_AEAD, XFRMA.ALG_COMP)
    )
    encap = found.get(XFRMA.ENCAP, b"")  # struct xfrm_encap_tmpl: type, ports, the original address
    checked = found.get(XFRMA.ALG_AEAD) or found.get(XFRMA.ALG_AUTH_TRUNC, b"")
    esn = found.get(XFRMA.REPLAY_ESN_VAL, b"")
    return XfrmState(
        ns,
        _address(dst, family),
        name(_PROTOCOLS, protocol),
        be(spi),
        mark,
        0,
        _address(src, family),
        name(_MODES, mode),
        reqid,
        mask,
        u32(found.get(XFRMA.IF_ID, b"")),
        auth,
        crypt,
        aead,
        comp,
        u32(checked[68:72]),
        u32(esn[20:24]) if esn else window,
        name(_ENCAPS, u16(encap[:2])) if encap else "",
        be(encap[2:4]),
        be(encap[4:6]),
        _selector(selector),
        (*every_flag(_STATE_FLAGS, flags), *every_flag(_EXTRA_FLAGS, u32(found.get(XFRMA.SA_EXTRA_FLAGS, b"")))),
        _options(dict(_common(found, limits)) | dict(_of_state(found, family))),
        unread_notes(unknown(known(XFRMA), found)),
    )


def _options(options: Mapping[str, str]) -> tuple[XfrmOption, ...]:
    return tuple(XfrmOption(*option) for option in options.items())


def _address(raw: bytes, family: int) -> str:
    """Returns an address of a union that is as long as an IPv6 address; empty if it is any address."""
    raw = raw[:4] if FAMILIES.get(family) == "ip" else raw
    return ip(raw) if any(raw) else ""


def _selector(raw: bytes) -> XfrmSelector | None:
    """Returns a selector (struct xfrm_selector); None if it selects all packets."""
    dst, src, dport, dmask, sport, smask, family, dlen, slen, protocol, ifindex, uid = _SELECTOR.unpack(raw)
    found = XfrmSelector(
        _prefix(src, family, slen),
        _prefix(dst, family, dlen),
        protocol,
        be(sport) if any(smask) else None,
        _port_mask(smask),
        be(dport) if any(dmask) else None,
        _port_mask(dmask),
        ifindex or None,
        uid or None,
    )
    return None if found == XfrmSelector() else found


def _prefix(raw: bytes, family: int, length: int) -> str:
    address = ip(raw[:4] if FAMILIES.get(family) == "ip" else raw)
    return f"{address}/{length}" if length or any(raw) else ""


def _port_mask(raw: bytes) -> int | None:
    return None if be(raw) in (0, 0xFFFF) else be(raw)


def _templates(raw: bytes) -> Iterator[XfrmTemplate]:
    for at in range(0, len(raw) - _TEMPLATE.size + 1, _TEMPLATE.size):
        dst, spi, protocol, family, src, reqid, mode, share, optional, auths, crypts, comps = _TEMPLATE.unpack_from(
            raw, at
        )
        masks = (("auth-mask", auths), ("enc-mask", crypts), ("comp-mask", comps))
        options = {word: f"{mask:#x}" for word, mask in masks if mask != _ALL_ALGORITHMS}
        yield XfrmTemplate(
            name(_PROTOCOLS, protocol),
            name(_MODES, mode),
            _address(src, family),
            _address(dst, family),
            be(spi),
            reqid,
            "use" if optional else "required",
            _options(({"share": name(_SHARES, share)} if share else {}) | options),
        )


def _mark(found: Attributes) -> tuple[int, int]:
    raw = found.get(XFRMA.MARK, b"")
    return u32(raw[:4]), u32(raw[4:8])


def _algorithm(raw: bytes) -> str:
    """Returns the name of an algorithm. The key that follows the name and the lengths is not looked at."""
    return text(raw[:64])


def _common(found: Attributes, limits: bytes) -> Iterator[tuple[str, str]]:
    """Yields the settings that policies and states have: limits, the security context, the offload, the CPU."""
    for word, limit in zip(_LIMIT_NAMES, _LIMITS.unpack(limits), strict=True):
        if limit not in _NO_LIMIT:
            yield word, str(limit)
    if XFRMA.SEC_CTX in found:  # struct xfrm_user_sec_ctx: lengths, algorithm, domain, then the text
        yield "security-context", text(found[XFRMA.SEC_CTX][8:])
    if XFRMA.OFFLOAD_DEV in found:
        raw = found[XFRMA.OFFLOAD_DEV]
        words = every_flag(_OFFLOADS, u8(raw[4:5]))
        yield "offload", " ".join((f"if{i32(raw[:4])}", *words))
    if XFRMA.SA_PCPU in found:
        yield "pcpu-num", str(u32(found[XFRMA.SA_PCPU]))


def _of_state(found: Attributes, family: int) -> Iterator[tuple[str, str]]:
    """Yields the settings that only states have."""
    if XFRMA.COADDR in found:
        yield "coa", _address(found[XFRMA.COADDR], family)
    encap = found.get(XFRMA.ENCAP, b"")
    if any(encap[8:]):
        yield "original-address", _address(encap[8:24], family)
    if XFRMA.SET_MARK in found:
        mask = f"/{u32(found[XFRMA.SET_MARK_MASK]):#x}" if XFRMA.SET_MARK_MASK in found else ""
        yield "output-mark", f"{u32(found[XFRMA.SET_MARK]):#x}{mask}"
    if XFRMA.SA_DIR in found:
        yield "dir", {1: "in", 2: "out"}.get(u8(found[XFRMA.SA_DIR]), "")
    for kind, word in (
        (XFRMA.TFCPAD, "tfcpad"),
        (XFRMA.NAT_KEEPALIVE_INTERVAL, "nat-keepalive-interval"),
        (XFRMA.MTIMER_THRESH, "mtimer-thresh"),
        (XFRMA.IPTFS_DROP_TIME, "iptfs-drop-time"),
        (XFRMA.IPTFS_INIT_DELAY, "iptfs-init-delay"),
        (XFRMA.IPTFS_MAX_QSIZE, "iptfs-max-queue-size"),
        (XFRMA.IPTFS_PKT_SIZE, "iptfs-pkt-size"),
    ):
        if kind in found:
            yield word, str(u32(found[kind]))
    if XFRMA.IPTFS_REORDER_WINDOW in found:
        yield "iptfs-reorder-window", str(u16(found[XFRMA.IPTFS_REORDER_WINDOW]))
    if XFRMA.IPTFS_DONT_FRAG in found:
        yield "iptfs-dont-frag", ""

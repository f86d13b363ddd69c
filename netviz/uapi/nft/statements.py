"""Translates statements to text.

Statements are expressions that do something: count, limit, log, translate addresses, reject, set a mark.
"""

from collections.abc import Callable

from netviz.model.netfilter import Verdict
from netviz.model.text import text
from netviz.uapi.attributes import be, u8
from netviz.uapi.nf_expressions import (
    NFTA_CONNLIMIT,
    NFTA_DYNSET,
    NFTA_FLOW,
    NFTA_LIMIT,
    NFTA_LOG,
    NFTA_MASQ,
    NFTA_NAT,
    NFTA_OBJREF,
    NFTA_QUEUE,
    NFTA_QUOTA,
    NFTA_REDIR,
    NFTA_REJECT,
    NFTA_TPROXY,
)
from netviz.uapi.nft.fields import Kind
from netviz.uapi.nft.program import Attributes, Program
from netviz.uapi.nft.registers import Loaded
from netviz.uapi.nft.values import network, quoted, written
from netviz.uapi.notation import flag_names
from netviz.uapi.words import NF_OBJECTS

_UNITS = {1: "second", 60: "minute", 3_600: "hour", 86_400: "day", 604_800: "week"}
_LEVELS = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug", "audit")
_LEVEL_WARN = 4
_NAT_FLAGS = {0x04: "random", 0x10: "fully-random", 0x08: "persistent"}
_ICMP_CODES = {
    0: "net-unreachable",
    1: "host-unreachable",
    2: "prot-unreachable",
    3: "port-unreachable",
    9: "net-prohibited",
    10: "host-prohibited",
    13: "admin-prohibited",
}
_ICMPV6_CODES = {
    0: "no-route",
    1: "admin-prohibited",
    3: "addr-unreachable",
    4: "port-unreachable",
    5: "policy-fail",
    6: "reject-route",
}
_ICMPX_CODES = {0: "no-route", 1: "port-unreachable", 2: "host-unreachable", 3: "admin-prohibited"}


def assignment(program: Program, words: str, kind: Kind, register: int) -> str | None:
    """Returns the text of a statement that sets a field: `WORDS set VALUE`. The value is what the register contains.

    Returns None if that is not known.
    """
    loaded = program.registers.get(register)
    return None if loaded is None else f"{words} set {_value(loaded, kind)}"


def _value(loaded: Loaded, kind: Kind) -> str:
    return loaded.words if loaded.constant is None else written(kind, loaded.constant)


def _counter(program: Program, a: Attributes) -> str | None:
    program.counter = True
    return "counter"


_LIMIT = NFTA_LIMIT.RATE, NFTA_LIMIT.UNIT, NFTA_LIMIT.BURST, NFTA_LIMIT.TYPE, NFTA_LIMIT.FLAGS


def _limit(program: Program, a: Attributes) -> str | None:
    rate, unit, burst, kind, flags = (be(a.get(number, b"")) for number in _LIMIT)
    over = "over " if flags & 1 else ""
    size = " bytes" if kind == 1 else ""
    tail = f" burst {burst}{size or ' packets'}" if burst else ""
    return f"limit rate {over}{rate}{size}/{_UNITS.get(unit) or f'{unit} seconds'}{tail}"


def _quota(program: Program, a: Attributes) -> str | None:
    return f"quota {'over ' if be(a.get(NFTA_QUOTA.FLAGS, b'')) & 1 else ''}{be(a.get(NFTA_QUOTA.BYTES, b''))} bytes"


def _connlimit(program: Program, a: Attributes) -> str | None:
    return (
        f"ct count {'over ' if be(a.get(NFTA_CONNLIMIT.FLAGS, b'')) & 1 else ''}{be(a.get(NFTA_CONNLIMIT.COUNT, b''))}"
    )


def _log(program: Program, a: Attributes) -> str | None:
    words = ["log"]
    if NFTA_LOG.PREFIX in a:
        words.append(f"prefix {quoted(a[NFTA_LOG.PREFIX])}")
    if NFTA_LOG.GROUP in a:
        words.append(f"group {be(a[NFTA_LOG.GROUP])}")
    if NFTA_LOG.SNAPLEN in a:
        words.append(f"snaplen {be(a[NFTA_LOG.SNAPLEN])}")
    if NFTA_LOG.QTHRESHOLD in a:
        words.append(f"queue-threshold {be(a[NFTA_LOG.QTHRESHOLD])}")
    level = be(a.get(NFTA_LOG.LEVEL, b"\4"))
    if level != _LEVEL_WARN and level < len(_LEVELS):
        words.append(f"level {_LEVELS[level]}")
    return " ".join(words)


def _reject(program: Program, a: Attributes) -> str | None:
    kind, code = be(a.get(NFTA_REJECT.TYPE, b"")), u8(a.get(NFTA_REJECT.ICMP_CODE, b"\0"))
    if kind == 1:
        return "reject with tcp reset"
    if kind == 2:
        return f"reject with icmpx {_ICMPX_CODES.get(code) or code}"
    if program.network == "ip6":
        return f"reject with icmpv6 {_ICMPV6_CODES.get(code) or code}"
    return f"reject with icmp {_ICMP_CODES.get(code) or code}"


def _nat(program: Program, a: Attributes) -> str | None:
    verb = "dnat" if be(a.get(NFTA_NAT.TYPE, b"")) else "snat"
    family = {2: "ip", 10: "ip6"}.get(be(a.get(NFTA_NAT.FAMILY, b"")), "")
    bracketed = family == "ip6" and NFTA_NAT.REG_PROTO_MIN in a
    address = _ends(program, a, NFTA_NAT.REG_ADDR_MIN, NFTA_NAT.REG_ADDR_MAX, "address", bracketed=bracketed)
    port = _ends(program, a, NFTA_NAT.REG_PROTO_MIN, NFTA_NAT.REG_PROTO_MAX, "number")
    if address is None or port is None:
        return None
    scope = f" {family}" if family and program.family == "inet" else ""
    target = (address + (f":{port}" if port else "")) if address or port else ""
    return _joined(f"{verb}{scope}", f"to {target}" if target else "", _nat_flags(a.get(NFTA_NAT.FLAGS)))


def _masquerade(program: Program, a: Attributes) -> str | None:
    port = _ends(program, a, NFTA_MASQ.REG_PROTO_MIN, NFTA_MASQ.REG_PROTO_MAX, "number")
    return (
        None
        if port is None
        else _joined("masquerade", f"to :{port}" if port else "", _nat_flags(a.get(NFTA_MASQ.FLAGS)))
    )


def _redirect(program: Program, a: Attributes) -> str | None:
    port = _ends(program, a, NFTA_REDIR.REG_PROTO_MIN, NFTA_REDIR.REG_PROTO_MAX, "number")
    return (
        None
        if port is None
        else _joined("redirect", f"to :{port}" if port else "", _nat_flags(a.get(NFTA_REDIR.FLAGS)))
    )


def _tproxy(program: Program, a: Attributes) -> str | None:
    address = _ends(program, a, NFTA_TPROXY.REG_ADDR, NFTA_TPROXY.REG_ADDR, "address")
    port = _ends(program, a, NFTA_TPROXY.REG_PORT, NFTA_TPROXY.REG_PORT, "number")
    if address is None or port is None:
        return None
    return f"tproxy to {address}{f':{port}' if port else ''}"


def _nat_flags(raw: bytes | None) -> str:
    return ",".join(flag_names(_NAT_FLAGS, network(raw or b"")))


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)


def _ends(program: Program, a: Attributes, low: int, high: int, kind: Kind, *, bracketed: bool = False) -> str | None:
    """Returns a range as `FIRST-LAST`. The statement names two registers with the first and the last value.

    Returns a single value if both are equal, or if the statement names only the register of the first value. Returns an
    empty text if it does not name the register of the first value, and None if a value is not known.
    """
    if low not in a:
        return ""
    first = program.registers.get(be(a[low]))
    last = program.registers.get(be(a[high])) if high in a else first
    if first is None or last is None:
        return None
    words = [_value(loaded, kind) for loaded in ([first] if last == first else [first, last])]
    return "-".join(f"[{word}]" if bracketed else word for word in words)


def _notrack(program: Program, a: Attributes) -> str | None:
    return "notrack"


def _queue(program: Program, a: Attributes) -> str | None:
    first, total, flags = (
        be(a.get(NFTA_QUEUE.NUM, b"")),
        be(a.get(NFTA_QUEUE.TOTAL, b"\0\1")),
        be(a.get(NFTA_QUEUE.FLAGS, b"")),
    )
    program.verdict = Verdict("queue", number=first)
    number = str(first) if total < 2 else f"{first}-{first + total - 1}"
    return _joined(f"queue num {number}", ",".join(flag_names({1: "bypass", 2: "fanout"}, flags)))


def _dynset(program: Program, a: Attributes) -> str | None:
    name = text(a.get(NFTA_DYNSET.SET_NAME, b""))
    shape = program.sets.get(name)
    parts = program.registers.key(be(a.get(NFTA_DYNSET.SREG_KEY, b"")), shape.key_length) if shape else None
    if parts is None:
        return None
    verb = {0: "add", 1: "update", 2: "delete"}.get(be(a.get(NFTA_DYNSET.OP, b"")), "add")
    return f"{verb} @{name} {{ {' . '.join(part.words for part in parts)} }}"


def _objref(program: Program, a: Attributes) -> str | None:
    if NFTA_OBJREF.IMM_NAME in a:
        return (
            f"{NF_OBJECTS.get(be(a.get(NFTA_OBJREF.IMM_TYPE, b''))) or 'object'} name {quoted(a[NFTA_OBJREF.IMM_NAME])}"
        )
    shape = program.sets.get(text(a.get(NFTA_OBJREF.SET_NAME, b"")))
    parts = program.registers.key(be(a.get(NFTA_OBJREF.SET_SREG, b"")), shape.key_length) if shape else None
    if parts is None:
        return None
    return f"{' . '.join(part.words for part in parts)} map @{text(a.get(NFTA_OBJREF.SET_NAME, b''))}"


def _flow(program: Program, a: Attributes) -> str | None:
    return f"flow add @{text(a.get(NFTA_FLOW.TABLE_NAME, b''))}"


HANDLERS: dict[str, Callable[[Program, Attributes], str | None]] = {
    "counter": _counter,
    "limit": _limit,
    "quota": _quota,
    "connlimit": _connlimit,
    "log": _log,
    "reject": _reject,
    "nat": _nat,
    "masq": _masquerade,
    "redir": _redirect,
    "tproxy": _tproxy,
    "notrack": _notrack,
    "queue": _queue,
    "dynset": _dynset,
    "objref": _objref,
    "flow_offload": _flow,
}

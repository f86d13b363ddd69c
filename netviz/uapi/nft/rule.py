"""Translates the expressions of an nftables rule to text. This module translates matches (conditions on packets);
`netviz.uapi.nft.statements` translates statements.

An expression that only loads a register has an empty text; the expression that uses the register has the whole text. An
expression that is not decoded yet, or that uses the result of one, has no text (None); its bytes are kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from netviz.model.kinds import Hex
from netviz.model.netfilter import Expression, NfFamily, Verdict
from netviz.model.text import text
from netviz.uapi.attributes import be, each, walk
from netviz.uapi.nf_expressions import (
    NFTA_BITWISE,
    NFTA_BYTEORDER,
    NFTA_CMP,
    NFTA_CT,
    NFTA_FIB,
    NFTA_IMMEDIATE,
    NFTA_LOOKUP,
    NFTA_MATCH,
    NFTA_META,
    NFTA_NG,
    NFTA_PAYLOAD,
    NFTA_RANGE,
)
from netviz.uapi.nf_tables import NFTA_DATA, NFTA_EXPR
from netviz.uapi.nft import statements
from netviz.uapi.nft.elements import braces
from netviz.uapi.nft.fields import (
    ADDRESSES,
    BASES,
    CT,
    FIB,
    FIB_KEYS,
    HEADERS,
    LINK,
    META,
    NETWORK,
    TRANSPORT,
    Field,
    Kind,
)
from netviz.uapi.nft.program import Attributes, Phrase, Program, SetShape
from netviz.uapi.nft.registers import Loaded
from netviz.uapi.nft.values import BIT_KINDS, host, network, prefix_length, quoted, written, written_range
from netviz.uapi.nft.verdicts import verdict_of
from netviz.uapi.notation import flag_names

_OPERATORS = {0: "", 1: "!= ", 2: "< ", 3: "<= ", 4: "> ", 5: ">= "}
_EQUAL, _NOT_EQUAL, _AT_MOST, _AT_LEAST = 0, 1, 3, 5

# Maps the mask of the DSCP field (of IPv4 and of IPv6) to the number of bits to the right of the field.
_DSCP_SHIFTS = {0xFC: 2, 0x0FC0: 6}

# The bytes of these expressions change with every packet. They are left out, so that a packet does not change the
# model.
_LIVELY = frozenset({"counter", "quota", "last", "connlimit"})

_META_L4, _META_NFPROTO, _META_PROTOCOL = META[16], META[15], META[1]
_NETWORK_HEADERS = {"ip": "ip", "ip6": "ip6", "arp": "arp"}
_NAMES_OF_NETWORK = {"ipv4": "ip", "ipv6": "ip6", "ip": "ip", "ip6": "ip6", "arp": "arp"}


# A function that reads an expression. It returns the text of the expression. It returns an empty text if the text of a
# later expression covers this expression too, and None if the expression is not decoded yet.
Handler = Callable[[Program, Attributes], str | None]


class Reading(NamedTuple):
    """The result of reading a rule: its expressions, its verdict (None if it has none), whether it has a counter, and
    the comment that iptables stores as a match.
    """

    expressions: tuple[Expression, ...]
    verdict: Verdict | None
    counter: bool
    comment: str


def read_rule(family: NfFamily, raw: bytes, sets: Mapping[str, SetShape]) -> Reading:
    """Reads the attribute NFTA_RULE_EXPRESSIONS of a rule. `sets` maps names to all sets of the rule's table."""
    return _read_rule(family, raw, sets) if sets else _read_rule_without_sets(family, raw)


@lru_cache(maxsize=8_192)
def _read_rule_without_sets(family: NfFamily, raw: bytes) -> Reading:
    """Cached, because a change of one rule makes the agent read all rules, and namespaces often have the same rules."""
    return _read_rule(family, raw, {})


def _read_rule(family: NfFamily, raw: bytes, sets: Mapping[str, SetShape]) -> Reading:
    program = Program(family, sets, _NETWORK_HEADERS.get(family, ""))
    for _, item in each(raw):
        shown, raw_data, handler, attributes = _taken_apart(item)
        phrase = handler(program, attributes) if handler else None
        program.phrases.append(Phrase(shown, raw_data, phrase))
    expressions = tuple(Expression(p.name, p.raw, p.text) for p in program.phrases)
    return Reading(expressions, program.verdict, program.counter, program.comment)


def read_kept(family: NfFamily, kept: Sequence[Expression]) -> Reading:
    """Reads a rule again from stored expressions, to decode what an older version of this code did not decode.

    Expressions that have a text keep it; the others are decoded again, without the rule's sets. An expression whose
    bytes are not hexadecimal stays as it is.
    """
    program = Program(family, {}, _NETWORK_HEADERS.get(family, ""))
    for expression in kept:
        name = expression.name.partition(" ")[0]
        try:
            attributes = walk(bytes.fromhex(expression.raw))
        except ValueError:
            attributes = {}
        handler = _HANDLERS.get(name)
        phrase = handler(program, attributes) if handler and (attributes or name in _LIVELY) else None
        text_then = expression.text
        program.phrases.append(Phrase(expression.name, expression.raw, phrase if text_then is None else text_then))
    expressions = tuple(Expression(p.name, p.raw, p.text) for p in program.phrases)
    return Reading(expressions, program.verdict, program.counter, program.comment)


@lru_cache(maxsize=4_096)
def _taken_apart(item: bytes) -> tuple[str, Hex, Handler | None, Attributes]:
    """Returns the shown name, the bytes, the handler and the attributes of an encoded expression.

    Cached, because many expressions are equal.
    """
    found = walk(item)
    name = text(found.get(NFTA_EXPR.NAME, b""))
    data = found.get(NFTA_EXPR.DATA, b"")
    attributes = walk(data)
    return _shown_name(name, attributes), _hex(name, data), _HANDLERS.get(name), attributes


def _shown_name(name: str, attributes: Attributes) -> str:
    """Returns the name to show for an expression.

    For a match or target of iptables, the name of the match or target is added.
    """
    return f"{name} {text(attributes.get(NFTA_MATCH.NAME, b''))}" if name in ("match", "target") else name


def _hex(name: str, data: bytes) -> Hex:
    return "" if name in _LIVELY else data.hex()


# -- loads


def _meta(program: Program, a: Attributes) -> str | None:
    field = META.get(be(a.get(NFTA_META.KEY, b"")), Field("meta ?", "hex"))
    if NFTA_META.SREG in a:  # with a source register, the expression is a statement that sets a value
        words = field.words if field.words.startswith("meta ") else f"meta {field.words}"
        return statements.assignment(program, words, field.kind, be(a[NFTA_META.SREG]))
    length = {"ifname": 16, "ethertype": 2, "nfproto": 1, "proto": 1, "pkttype": 1}.get(field.kind, 4)
    program.registers.put(be(a.get(NFTA_META.DREG, b"")), Loaded(field.words, field.kind, length))
    return ""


def _ct(program: Program, a: Attributes) -> str | None:
    field = CT.get(be(a.get(NFTA_CT.KEY, b"")), Field("?", "hex"))
    side = {b"\0": "original ", b"\1": "reply "}.get(a.get(NFTA_CT.DIRECTION, b"-"), "")
    words = f"ct {side}{field.words}"
    if NFTA_CT.SREG in a:
        return statements.assignment(program, words, field.kind, be(a[NFTA_CT.SREG]))
    length = {"ifname": 16, "number": 2, "proto": 1, "ct_direction": 1, "nfproto": 1}.get(field.kind, 4)
    program.registers.put(be(a.get(NFTA_CT.DREG, b"")), Loaded(words, field.kind, length))
    return ""


def _fib(program: Program, a: Attributes) -> str | None:
    field = FIB.get(be(a.get(NFTA_FIB.RESULT, b"")), Field("?", "hex"))
    flags = be(a.get(NFTA_FIB.FLAGS, b""))
    words = f"fib {' . '.join(flag_names(FIB_KEYS, flags))} {field.words}"
    program.registers.put(be(a.get(NFTA_FIB.DREG, b"")), Loaded(words, field.kind, 16 if field.kind == "ifname" else 4))
    return ""


def _payload(program: Program, a: Attributes) -> str | None:
    base, offset, length = (be(a.get(kind, b"")) for kind in (NFTA_PAYLOAD.BASE, NFTA_PAYLOAD.OFFSET, NFTA_PAYLOAD.LEN))
    header = _header(program, base)
    loaded = _header_field(header, base, offset, length)
    if NFTA_PAYLOAD.SREG in a:
        return statements.assignment(program, loaded.words, loaded.kind, be(a[NFTA_PAYLOAD.SREG]))
    program.blank_dependencies(base, header)
    program.registers.put(be(a.get(NFTA_PAYLOAD.DREG, b"")), loaded)
    return ""


def _header(program: Program, base: int) -> str:
    if base == LINK:
        return "ether"
    if base == NETWORK:
        return program.network
    return (program.transport or "th") if base == TRANSPORT else ""


def _header_field(header: str, base: int, offset: int, length: int) -> Loaded:
    name = "icmpv6" if header == "ipv6-icmp" else header
    known = HEADERS.get(name, HEADERS["th"] if base == TRANSPORT else {}).get((offset, length))
    if known is not None:
        words, kind = known
        return Loaded(f"{name if name in HEADERS else 'th'} {words}", kind, length)
    whole = ADDRESSES.get((name, offset))
    if whole is not None and length < whole[1]:
        return Loaded(f"{name} {whole[0]}", "address", length, full=whole[1])
    return Loaded(f"@{BASES.get(base, '?')},{offset * 8},{length * 8}", "hex", length)


def _immediate(program: Program, a: Attributes) -> str | None:
    register = be(a.get(NFTA_IMMEDIATE.DREG, b""))
    data = walk(a.get(NFTA_IMMEDIATE.DATA, b""))
    if NFTA_DATA.VERDICT in data:
        program.verdict = verdict_of(data[NFTA_DATA.VERDICT])
        return program.verdict.text
    value = data.get(NFTA_DATA.VALUE, b"")
    program.registers.put(register, Loaded("", "bytes", len(value), constant=value))
    return ""


def _byteorder(program: Program, a: Attributes) -> str | None:
    loaded = program.registers.get(be(a.get(NFTA_BYTEORDER.SREG, b"")))
    if loaded is None:
        return None
    turned: dict[Kind, Kind] = {"host": "number", "mark": "hex"}
    program.registers.put(
        be(a.get(NFTA_BYTEORDER.DREG, b"")), replace(loaded, kind=turned.get(loaded.kind, loaded.kind))
    )
    return ""


def _numgen(program: Program, a: Attributes) -> str | None:
    modulus, offset = be(a.get(NFTA_NG.MODULUS, b"")), be(a.get(NFTA_NG.OFFSET, b""))
    words = f"numgen {'random' if be(a.get(NFTA_NG.TYPE, b'')) else 'inc'} mod {modulus}"
    program.registers.put(
        be(a.get(NFTA_NG.DREG, b"")), Loaded(words + (f" offset {offset}" if offset else ""), "host", 4)
    )
    return ""


# -- matches


def _bitwise(program: Program, a: Attributes) -> str | None:
    source, target = be(a.get(NFTA_BITWISE.SREG, b"")), be(a.get(NFTA_BITWISE.DREG, b""))
    mask = walk(a.get(NFTA_BITWISE.MASK, b"")).get(NFTA_DATA.VALUE)
    flip = walk(a.get(NFTA_BITWISE.XOR, b"")).get(NFTA_DATA.VALUE, b"")
    loaded = program.registers.get(source)
    if be(a.get(NFTA_BITWISE.OP, b"")) or mask is None or loaded is None:
        program.registers.forget(target)
        return None
    if any(flip):
        masked = f"{loaded.words} & 0x{_number(loaded.kind, mask):08x} ^ 0x{_number(loaded.kind, flip):08x}"
        program.registers.put(target, replace(loaded, words=masked))
        return ""
    program.registers.mask(source, target, mask)
    return ""


def _number(kind: Kind, raw: bytes) -> int:
    return host(raw) if kind in ("mark", "host", "ct_state", "ct_status") else network(raw)


def _cmp(program: Program, a: Attributes) -> str | None:
    loaded = program.registers.get(be(a.get(NFTA_CMP.SREG, b"")))
    operator = be(a.get(NFTA_CMP.OP, b""))
    value = walk(a.get(NFTA_CMP.DATA, b"")).get(NFTA_DATA.VALUE, b"")
    if loaded is None or operator not in _OPERATORS:
        return None
    if operator == _EQUAL:
        _learn(program, loaded, value)
    first = program.at_least
    program.at_least = (len(program.phrases), loaded, value) if operator == _AT_LEAST else None
    if operator == _AT_MOST and first is not None and first[1] is loaded and loaded.mask is None:
        program.phrases[first[0]].text = ""
        return f"{loaded.words} {written_range(loaded.kind, first[2], value)}"
    return f"{loaded.words} {_compared(loaded, operator, value)}"


def _compared(loaded: Loaded, operator: int, value: bytes) -> str:
    sign = _OPERATORS[operator]
    if loaded.full:
        padded = value + bytes(loaded.full - len(value))
        return f"{sign}{written('address', padded)}/{len(value) * 8}"
    if loaded.mask is None:
        return sign + written(loaded.kind, value)
    if loaded.kind in BIT_KINDS and not any(value):
        bits = written(loaded.kind, loaded.mask)
        return bits if operator == _NOT_EQUAL else f"! {bits}"
    length = prefix_length(loaded.mask) if loaded.kind == "address" else None
    if length is not None:
        return f"{sign}{written('address', value)}/{length}"
    if loaded.words.endswith(" dscp") and network(loaded.mask) in _DSCP_SHIFTS:
        return f"{sign}{network(value) >> _DSCP_SHIFTS[network(loaded.mask)]:#04x}"
    masked = f"& {written(loaded.kind, loaded.mask)}"
    return f"{masked} {sign or '== '}{written(loaded.kind, value)}"


def _learn(program: Program, loaded: Loaded, value: bytes) -> None:
    """Records which header, such as TCP, a packet must have to pass this comparison.

    nft(8) adds such comparisons to a rule by itself, and does not print them.
    """
    if loaded.mask is not None:
        return
    word = written(loaded.kind, value)
    if loaded.words in (_META_NFPROTO.words, _META_PROTOCOL.words, "ether type"):
        program.learn("network", _NAMES_OF_NETWORK.get(word, ""))
    elif loaded.words == META[8].words:
        program.learn("link", "")
    elif loaded.words in (_META_L4.words, "ip protocol", "ip6 nexthdr"):
        program.learn("transport", word)


def _range(program: Program, a: Attributes) -> str | None:
    loaded = program.registers.get(be(a.get(NFTA_RANGE.SREG, b"")))
    if loaded is None:
        return None
    first, last = (
        walk(a.get(kind, b"")).get(NFTA_DATA.VALUE, b"") for kind in (NFTA_RANGE.FROM_DATA, NFTA_RANGE.TO_DATA)
    )
    return f"{loaded.words} {'!= ' if be(a.get(NFTA_RANGE.OP, b'')) else ''}{written_range(loaded.kind, first, last)}"


def _lookup(program: Program, a: Attributes) -> str | None:
    name = text(a.get(NFTA_LOOKUP.SET, b""))
    shape = program.sets.get(name)
    parts = program.registers.key(be(a.get(NFTA_LOOKUP.SREG, b"")), shape.key_length) if shape else None
    if shape is None or parts is None:
        return None
    data = _map_data(shape)
    shown = braces(parts, shape.elements, shape.interval, data) if shape.anonymous else f"@{name}"
    words = " . ".join(part.words for part in parts)
    if NFTA_LOOKUP.DREG not in a:
        return f"{words} {'!= ' if be(a.get(NFTA_LOOKUP.FLAGS, b'')) & 1 else ''}{shown}"
    if shape.verdicts:
        return f"{words} vmap {shown}"
    program.registers.put(
        be(a[NFTA_LOOKUP.DREG]), Loaded(f"{words} map {shown}", data.kind if data else "hex", shape.data_length)
    )
    return ""


def _map_data(shape: SetShape) -> Loaded | None:
    """Returns how the data of a map is written, given its type; None if the type is not known.

    The types are numbers of nft(8) (include/datatype.h): 7 and 8 are IP addresses, 9 is a link-layer address, 12 a
    protocol, 13 a port, 19 a mark, 41 an interface name.
    """
    kinds: dict[int, Kind] = {7: "address", 8: "address", 9: "ll", 12: "proto", 13: "number", 19: "mark", 41: "ifname"}
    kind = kinds.get(shape.data_type)
    return Loaded("", kind, shape.data_length) if kind else None


def _xt_match(program: Program, a: Attributes) -> str | None:
    name, info = a.get(NFTA_MATCH.NAME, b"").rstrip(b"\0"), a.get(NFTA_MATCH.INFO, b"")
    if name == b"comment":
        program.comment = text(info)
        return f"comment {quoted(info)}"
    return None


def _xt_target(program: Program, a: Attributes) -> str | None:
    program.verdict = Verdict("unknown")  # the target is not decoded yet: it may accept or drop the packet
    return None


_HANDLERS: dict[str, Handler] = {
    "meta": _meta,
    "ct": _ct,
    "fib": _fib,
    "payload": _payload,
    "immediate": _immediate,
    "byteorder": _byteorder,
    "numgen": _numgen,
    "bitwise": _bitwise,
    "cmp": _cmp,
    "range": _range,
    "lookup": _lookup,
    "match": _xt_match,
    "target": _xt_target,
    **statements.HANDLERS,
}

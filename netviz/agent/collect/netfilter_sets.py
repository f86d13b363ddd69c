"""Reads sets and maps of nftables and their elements (nf_tables_fill_set, nf_tables_fill_setelem)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from netviz.agent.netlink.requests import Socket, attribute
from netviz.model.netfilter import Element, NfElements, NfFamily, NfSet
from netviz.model.text import text
from netviz.uapi.attributes import be, each, walk
from netviz.uapi.nf_tables import NFTA_DATA, NFTA_SET, NFTA_SET_DESC, NFTA_SET_ELEM, NFTA_SET_ELEM_LIST
from netviz.uapi.nft.messages import SET_COMMENT, comment_in, family_of
from netviz.uapi.nft.program import SetShape
from netviz.uapi.nft.verdicts import verdict_of

_GETSET, _GETSETELEM = (10 << 8 | n for n in (10, 13))
_FLAGS = {
    0x01: "anonymous",
    0x02: "constant",
    0x04: "interval",
    0x08: "map",
    0x10: "timeout",
    0x20: "dynamic",
    0x40: "object",
    0x80: "concat",
    0x100: "expr",
}
_ANONYMOUS, _INTERVAL = 0x01, 0x04
_VERDICTS = 0xFFFF_FF00  # NFT_DATA_VERDICT
_INTERVAL_END, _CATCH_ALL = 1, 2

# Maximum number of elements in one entity (`NfElements`).
PART = 500


class ReadSets(NamedTuple):
    """The result of reading sets: the entities, and the total number of elements.

    `shapes` has the properties of sets that are needed to decode rules, by (family, table) and then by the set's name.
    """

    entities: list[NfSet | NfElements]
    shapes: dict[tuple[str, str], dict[str, SetShape]]
    elements: int


def read(sock: Socket, ns: str, budget: int) -> ReadSets:
    """Returns all sets of the socket's namespace, with at most `budget` elements in total. Raises NetlinkError."""
    out = ReadSets([], {}, 0)
    total = left = 0
    left = budget
    for payload in sock.dump(_GETSET, struct.pack(">BBH", 0, 0, 0)):
        family = family_of(payload)
        if family is None:
            continue
        a = walk(payload, 4)
        table, name = a.get(NFTA_SET.TABLE, b""), a.get(NFTA_SET.NAME, b"")
        elements, count = _elements(sock, payload[0], table, name, left)
        total += count
        left -= len(elements)
        flags = be(a.get(NFTA_SET.FLAGS, b""))
        verdicts = be(a.get(NFTA_SET.DATA_TYPE, b"")) == _VERDICTS
        shown = _elements_of_rule(flags, elements)
        shape = SetShape(
            bool(flags & _ANONYMOUS),
            bool(flags & _INTERVAL),
            verdicts,
            be(a.get(NFTA_SET.KEY_LEN, b"")),
            be(a.get(NFTA_SET.DATA_TYPE, b"")),
            be(a.get(NFTA_SET.DATA_LEN, b"")),
            shown,
        )
        out.shapes.setdefault((family, text(table)), {})[text(name)] = shape
        out.entities.append(_set(ns, family, a, count - sum(element.interval_end for element in elements)))
        out.entities.extend(_parts(ns, family, text(table), text(name), elements))
    return ReadSets(out.entities, out.shapes, total)


def _elements_of_rule(flags: int, elements: list[Element]) -> tuple[Element, ...]:
    return tuple(elements) if flags & _ANONYMOUS else ()


def _set(ns: str, family: NfFamily, a: dict[int, bytes], count: int) -> NfSet:
    flags = be(a.get(NFTA_SET.FLAGS, b""))
    description = walk(a.get(NFTA_SET.DESC, b""))
    return NfSet(
        ns,
        family,
        text(a.get(NFTA_SET.TABLE, b"")),
        text(a.get(NFTA_SET.NAME, b"")),
        be(a.get(NFTA_SET.HANDLE, b"")),
        tuple(word for bit, word in _FLAGS.items() if flags & bit),
        be(a.get(NFTA_SET.KEY_TYPE, b"")),
        be(a.get(NFTA_SET.KEY_LEN, b"")),
        be(a.get(NFTA_SET.DATA_TYPE, b"")),
        be(a.get(NFTA_SET.DATA_LEN, b"")),
        be(a[NFTA_SET.TIMEOUT]) if NFTA_SET.TIMEOUT in a else None,
        be(a[NFTA_SET.GC_INTERVAL]) if NFTA_SET.GC_INTERVAL in a else None,
        be(description.get(NFTA_SET_DESC.SIZE, b"")),
        be(a.get(NFTA_SET.POLICY, b"")),
        count,
        comment_in(a.get(NFTA_SET.USERDATA), SET_COMMENT),
    )


def _parts(ns: str, family: NfFamily, table: str, name: str, elements: list[Element]) -> Iterator[NfElements]:
    for part, at in enumerate(range(0, len(elements), PART)):
        yield NfElements(ns, family, table, name, part, tuple(elements[at : at + PART]))


def _elements(sock: Socket, family: int, table: bytes, name: bytes, budget: int) -> tuple[list[Element], int]:
    """Returns up to `budget` elements of a set, sorted by key, and the number of all its elements."""
    body = (
        struct.pack(">BBH", family, 0, 0)
        + attribute(NFTA_SET_ELEM_LIST.TABLE, table)
        + attribute(NFTA_SET_ELEM_LIST.SET, name)
    )
    out: list[Element] = []
    count = 0
    for payload in sock.dump(_GETSETELEM, body):
        for _, item in each(walk(payload, 4).get(NFTA_SET_ELEM_LIST.ELEMENTS, b"")):
            count += 1
            if len(out) < budget:
                out.append(_element(item))
    # The kernel may report the elements of a hash set in another order after the set grew. They are sorted by key, so
    # that such a change of order is not a change of the model.
    return sorted(out, key=lambda e: (e.catch_all, e.key, not e.interval_end, e.key_end)), count


def _element(item: bytes) -> Element:
    """Parses an element of a set. Its expiry and counters change by themselves and are left out."""
    a = walk(item)
    flags = be(a.get(NFTA_SET_ELEM.FLAGS, b""))
    data = walk(a.get(NFTA_SET_ELEM.DATA, b""))
    return Element(
        walk(a.get(NFTA_SET_ELEM.KEY, b"")).get(NFTA_DATA.VALUE, b"").hex(),
        walk(a.get(NFTA_SET_ELEM.KEY_END, b"")).get(NFTA_DATA.VALUE, b"").hex(),
        data.get(NFTA_DATA.VALUE, b"").hex(),
        verdict_of(data[NFTA_DATA.VERDICT]) if NFTA_DATA.VERDICT in data else None,
        text(a[NFTA_SET_ELEM.OBJREF]) if NFTA_SET_ELEM.OBJREF in a else "",
        bool(flags & _INTERVAL_END),
        bool(flags & _CATCH_ALL),
        comment_in(a.get(NFTA_SET_ELEM.USERDATA)),
    )

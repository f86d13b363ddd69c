"""Reads netfilter's tables, chains, rules, sets, objects and flowtables (nf_tables_api.c, nf_tables_fill_*_info)."""

import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from netviz.agent.collect import netfilter_sets
from netviz.agent.netlink.requests import Socket
from netviz.model.netfilter import (
    BaseChain,
    Hook,
    NfChain,
    NfElements,
    NfFamily,
    NfFlowtable,
    NfObject,
    NfRule,
    NfSet,
    NfTable,
)
from netviz.model.state import NfCounter
from netviz.model.text import text
from netviz.uapi.attributes import be, each, walk
from netviz.uapi.nf_expressions import NFTA_COUNTER
from netviz.uapi.nf_tables import (
    NFTA_CHAIN,
    NFTA_EXPR,
    NFTA_FLOWTABLE,
    NFTA_FLOWTABLE_HOOK,
    NFTA_HOOK,
    NFTA_OBJ,
    NFTA_RULE,
    NFTA_TABLE,
)
from netviz.uapi.nft.messages import comment_in, family_of
from netviz.uapi.nft.program import SetShape
from netviz.uapi.nft.rule import read_rule

NFTABLES = 10 << 8  # NFNL_SUBSYS_NFTABLES
_GETTABLE, _GETCHAIN, _GETRULE, _GETOBJ, _GETFLOWTABLE = (NFTABLES | n for n in (1, 4, 7, 19, 23))
_GETGEN = NFTABLES | 16
_GEN_ID = 1  # NFTA_GEN_ID
_BODY = struct.pack(">BBH", 0, 0, 0)

_HOOKS = ("prerouting", "input", "forward", "output", "postrouting", "ingress")
_ARP_HOOKS = ("input", "output", "forward")
_NETDEV_HOOKS = ("ingress", "egress")
_TABLE_FLAGS = {1: "dormant", 2: "owner", 4: "persist"}
_CHAIN_FLAGS = {2: "offload", 4: "binding"}
_COUNTER_OBJECT = 1

Entity = NfTable | NfChain | NfRule | NfSet | NfElements | NfObject | NfFlowtable


# The identity of a chain: its family, table and name.
ChainId = tuple[NfFamily, str, str]


class _RawRule(NamedTuple):
    """A rule as parsed from a message, before its expressions are decoded.

    `chain_id` says which chain contains the rule: the family, the table and the name of the chain.
    """

    chain_id: ChainId
    attributes: dict[int, bytes]


class Read(NamedTuple):
    """The result of reading nftables.

    `rules` is the total number of rules in the kernel, `elements` the total number of elements of sets. Rules and
    elements above the limits are counted, but they are not in `entities`.
    """

    entities: list[Entity]
    rules: int = 0
    elements: int = 0


def generation(sock: Socket) -> int:
    """Returns the number of the present generation of nftables in the socket's namespace, 0 before Linux 3.18.

    The kernel increases it with each change that a user makes. Raises NetlinkError.
    """
    answers = sock.request(_GETGEN, _BODY, flags=0)
    return be(walk(answers[0], len(_BODY)).get(_GEN_ID, b"")) if answers else 0


def read_tables(sock: Socket, ns: str) -> list[NfTable]:
    """Returns the tables in the socket's namespace. Raises NetlinkError."""
    tables = (_table(ns, payload) for payload in sock.dump(_GETTABLE, _BODY))
    return [table for table in tables if table is not None]


def read(sock: Socket, ns: str, rules_budget: int, elements_budget: int) -> Read:
    """Returns the entities of nftables in the socket's namespace, with at most `rules_budget` rules and at most
    `elements_budget` elements of sets.

    Raises NetlinkError.
    """
    known = read_tables(sock, ns)
    if not known:
        return Read([])
    entities: list[Entity] = [*known]
    chains = sock.dump(_GETCHAIN, _BODY)
    sets = netfilter_sets.read(sock, ns, elements_budget)
    rules = [_raw_rule(family, payload) for payload in sock.dump(_GETRULE, _BODY) if (family := family_of(payload))]
    counts = Counter(rule.chain_id for rule in rules)
    entities += [chain for payload in chains if (chain := _chain(ns, payload, counts))]
    entities += sets.entities
    entities += _rules(ns, rules[:rules_budget], sets.shapes)
    entities += [found for payload in sock.dump(_GETOBJ, _BODY) if (found := _object(ns, payload))]
    entities += [table for payload in sock.dump(_GETFLOWTABLE, _BODY) if (table := _flowtable(ns, payload))]
    return Read(entities, len(rules), sets.elements)


def _raw_rule(family: NfFamily, payload: bytes) -> _RawRule:
    a = walk(payload, 4)
    return _RawRule((family, text(a.get(NFTA_RULE.TABLE, b"")), text(a.get(NFTA_RULE.CHAIN, b""))), a)


def _names(flags: int, names: dict[int, str]) -> tuple[str, ...]:
    return tuple(word for bit, word in names.items() if flags & bit)


def _table(ns: str, payload: bytes) -> NfTable | None:
    family = family_of(payload)
    if family is None:
        return None
    a = walk(payload, 4)
    return NfTable(
        ns,
        family,
        text(a.get(NFTA_TABLE.NAME, b"")),
        be(a.get(NFTA_TABLE.HANDLE, b"")),
        _names(be(a.get(NFTA_TABLE.FLAGS, b"")), _TABLE_FLAGS),
        comment_in(a.get(NFTA_TABLE.USERDATA)),
        be(a[NFTA_TABLE.OWNER]) if NFTA_TABLE.OWNER in a else None,
    )


def _chain(ns: str, payload: bytes, counts: Mapping[ChainId, int]) -> NfChain | None:
    family = family_of(payload)
    if family is None:
        return None
    a = walk(payload, 4)
    table, name = text(a.get(NFTA_CHAIN.TABLE, b"")), text(a.get(NFTA_CHAIN.NAME, b""))
    return NfChain(
        ns,
        family,
        table,
        name,
        be(a.get(NFTA_CHAIN.HANDLE, b"")),
        _base(family, a) if NFTA_CHAIN.HOOK in a else None,
        _names(be(a.get(NFTA_CHAIN.FLAGS, b"")), _CHAIN_FLAGS),
        NFTA_CHAIN.COUNTERS in a,
        comment_in(a.get(NFTA_CHAIN.USERDATA)),
        counts.get((family, table, name), 0),
    )


def _base(family: NfFamily, a: dict[int, bytes]) -> BaseChain | None:
    hook = walk(a[NFTA_CHAIN.HOOK])
    names = {"arp": _ARP_HOOKS, "netdev": _NETDEV_HOOKS}.get(family, _HOOKS)
    number = be(hook.get(NFTA_HOOK.HOOKNUM, b""))
    if number >= len(names):
        return None
    return BaseChain(
        cast(Hook, names[number]),
        _signed(hook.get(NFTA_HOOK.PRIORITY, b"")),
        text(a.get(NFTA_CHAIN.TYPE, b"filter")),
        "accept" if be(a.get(NFTA_CHAIN.POLICY, b"\1")) else "drop",
        tuple(_devices(hook)),
    )


def _signed(raw: bytes) -> int:
    return int.from_bytes(raw, "big", signed=True)


def _devices(hook: dict[int, bytes]) -> Iterator[str]:
    """Returns the names of the devices of a hook. NFTA_HOOK_DEV contains one device, NFTA_HOOK_DEVS several."""
    if NFTA_HOOK.DEVS in hook:
        yield from (text(value) for _, value in each(hook[NFTA_HOOK.DEVS]))
    elif NFTA_HOOK.DEV in hook:
        yield text(hook[NFTA_HOOK.DEV])


def _rules(ns: str, rules: Sequence[_RawRule], shapes: dict[tuple[str, str], dict[str, SetShape]]) -> Iterator[NfRule]:
    positions: Counter[ChainId] = Counter()
    for rule in rules:
        family, table, chain = rule.chain_id
        a = rule.attributes
        position = positions[rule.chain_id]
        positions[rule.chain_id] += 1
        reading = read_rule(family, a.get(NFTA_RULE.EXPRESSIONS, b""), shapes.get((family, table), {}))
        yield NfRule(
            ns,
            family,
            table,
            chain,
            be(a.get(NFTA_RULE.HANDLE, b"")),
            position,
            reading.verdict,
            comment_in(a.get(NFTA_RULE.USERDATA)) or reading.comment,
            reading.counter,
            reading.expressions,
        )


def _object(ns: str, payload: bytes) -> NfObject | None:
    family = family_of(payload)
    if family is None:
        return None
    a = walk(payload, 4)
    return NfObject(
        ns,
        family,
        text(a.get(NFTA_OBJ.TABLE, b"")),
        be(a.get(NFTA_OBJ.TYPE, b"")),
        text(a.get(NFTA_OBJ.NAME, b"")),
        be(a.get(NFTA_OBJ.HANDLE, b"")),
        be(a.get(NFTA_OBJ.USE, b"")),
        comment_in(a.get(NFTA_OBJ.USERDATA)),
    )


def _flowtable(ns: str, payload: bytes) -> NfFlowtable | None:
    family = family_of(payload)
    if family is None:
        return None
    a = walk(payload, 4)
    hook = walk(a.get(NFTA_FLOWTABLE.HOOK, b""))
    devices = tuple(text(value) for _, value in each(hook.get(NFTA_FLOWTABLE_HOOK.DEVS, b"")))
    return NfFlowtable(
        ns,
        family,
        text(a.get(NFTA_FLOWTABLE.TABLE, b"")),
        text(a.get(NFTA_FLOWTABLE.NAME, b"")),
        be(a.get(NFTA_FLOWTABLE.HANDLE, b"")),
        be(hook.get(NFTA_FLOWTABLE_HOOK.NUM, b"")),
        _signed(hook.get(NFTA_FLOWTABLE_HOOK.PRIORITY, b"")),
        devices,
        be(a.get(NFTA_FLOWTABLE.FLAGS, b"")),
    )


# -- counters


def read_counters(sock: Socket) -> list[NfCounter]:
    """Returns the counters of rules, of base chains' policies and of named objects. Raises NetlinkError."""
    return [
        *_rule_counters(sock.dump(_GETRULE, _BODY)),
        *_chain_counters(sock.dump(_GETCHAIN, _BODY)),
        *_object_counters(sock.dump(_GETOBJ, _BODY)),
    ]


def _rule_counters(payloads: list[bytes]) -> Iterator[NfCounter]:
    for payload in payloads:
        family = family_of(payload)
        if family is None or b"counter\0" not in payload:
            continue
        a = walk(payload, 4)
        for _, item in each(a.get(NFTA_RULE.EXPRESSIONS, b"")):
            found = walk(item)
            if found.get(NFTA_EXPR.NAME) == b"counter\0":
                count = walk(found.get(NFTA_EXPR.DATA, b""))
                yield NfCounter(
                    family,
                    text(a.get(NFTA_RULE.TABLE, b"")),
                    text(a.get(NFTA_RULE.CHAIN, b"")),
                    be(a.get(NFTA_RULE.HANDLE, b"")),
                    packets=str(be(count.get(NFTA_COUNTER.PACKETS, b""))),
                    bytes=str(be(count.get(NFTA_COUNTER.BYTES, b""))),
                )
                break


def _chain_counters(payloads: list[bytes]) -> Iterator[NfCounter]:
    for payload in payloads:
        family = family_of(payload)
        a = walk(payload, 4)
        if family is None or NFTA_CHAIN.COUNTERS not in a:
            continue
        count = walk(a[NFTA_CHAIN.COUNTERS])
        packets, total = str(be(count.get(NFTA_COUNTER.PACKETS, b""))), str(be(count.get(NFTA_COUNTER.BYTES, b"")))
        yield NfCounter(
            family, text(a.get(NFTA_CHAIN.TABLE, b"")), text(a.get(NFTA_CHAIN.NAME, b"")), packets=packets, bytes=total
        )


def _object_counters(payloads: list[bytes]) -> Iterator[NfCounter]:
    for payload in payloads:
        family = family_of(payload)
        a = walk(payload, 4)
        if family is None or be(a.get(NFTA_OBJ.TYPE, b"")) != _COUNTER_OBJECT:
            continue
        count = walk(a.get(NFTA_OBJ.DATA, b""))
        packets, total = str(be(count.get(NFTA_COUNTER.PACKETS, b""))), str(be(count.get(NFTA_COUNTER.BYTES, b"")))
        yield NfCounter(
            family, text(a.get(NFTA_OBJ.TABLE, b"")), name=text(a.get(NFTA_OBJ.NAME, b"")), packets=packets, bytes=total
        )

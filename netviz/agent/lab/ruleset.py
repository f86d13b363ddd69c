"""Compiles the rules of a practice network to nftables expressions, and installs them with pyroute2.

A rule is a list of expressions that exchange values in registers. The expressions and their attributes have the names
that libnftnl and linux/netfilter/nf_tables.h give them.
"""

import ipaddress
import socket
import struct
from collections.abc import Iterator
from typing import Any

from pyroute2.nftables.expressions import genex as untyped_genex
from pyroute2.nftables.main import NFTables

from netviz.agent.lab.template import Chain, LabError, Rule, Table

Expression = dict[str, Any]

EQUAL, NOT_EQUAL = 0, 1
NETWORK_HEADER, TRANSPORT_HEADER = 1, 2
IIFNAME, OIFNAME, L4PROTO = 6, 7, 16
VERDICT_REGISTER, REGISTER, SECOND_REGISTER = 0, 1, 2
CT_STATE = 0
STATES = {"invalid": 1, "established": 2, "related": 4, "new": 8, "untracked": 64}
DROP, ACCEPT, JUMP = 0, 1, -3
NAT_TO_DESTINATION, NFPROTO_IPV4 = 1, 2
SADDR_OFFSET, DADDR_OFFSET, DPORT_OFFSET = 12, 16, 2


def install(tables: tuple[Table, ...]) -> None:
    """Installs tables, chains and rules in this network namespace. Raises LabError if rules are missing afterwards.

    pyroute2 does not report errors of the kernel here, so the rules are counted at the end.
    """
    with NFTables() as nft:
        for table in tables:
            nft.table("add", name=table.name)
            for chain in table.chains:
                _add_chain(nft, table, chain)
            for chain in table.chains:
                for rule in chain.rules:
                    _add_rule(nft, table, chain, rule)
        found = len(list(nft.get_rules()))
    wanted = sum(len(chain.rules) for table in tables for chain in table.chains)
    if found != wanted:
        raise LabError(f"The kernel accepted only {found} of {wanted} nftables rules of the practice network.")


def _add_chain(nft: NFTables, table: Table, chain: Chain) -> None:
    if chain.hook is None:
        nft.chain("add", table=table.name, name=chain.name, type=chain.type)
        return
    policy = ACCEPT if chain.policy == "accept" else DROP
    base = {"type": chain.type, "hook": chain.hook, "priority": chain.priority, "policy": policy}
    nft.chain("add", table=table.name, name=chain.name, **base)


def _add_rule(nft: NFTables, table: Table, chain: Chain, rule: Rule) -> None:
    extra = {"userdata": rule.comment} if rule.comment else {}
    nft.rule("add", table=table.name, chain=chain.name, expressions=(list(compile_rule(rule)),), **extra)


def compile_rule(rule: Rule) -> Iterator[Expression]:
    """Returns the expressions of a rule, in the order in which `nft` would generate them."""
    for key, name, operator in (
        (IIFNAME, rule.iif, EQUAL),
        (OIFNAME, rule.oif, EQUAL),
        (OIFNAME, rule.not_oif, NOT_EQUAL),
    ):
        if name is not None:
            yield genex("meta", {"key": key, "dreg": REGISTER})
            yield _compare(operator, name.encode().ljust(16, b"\0"))
    for offset, network in ((SADDR_OFFSET, rule.saddr), (DADDR_OFFSET, rule.daddr)):
        if network is not None:
            yield from _match_address(offset, ipaddress.IPv4Network(network))
    if rule.protocol is not None:
        yield genex("meta", {"key": L4PROTO, "dreg": REGISTER})
        yield _compare(EQUAL, bytes([socket.getprotobyname(rule.protocol)]))
    if rule.dport is not None:
        yield _load(TRANSPORT_HEADER, DPORT_OFFSET, 2)
        yield _compare(EQUAL, struct.pack(">H", rule.dport))
    if rule.state:
        yield from _match_state(rule.state)
    yield genex("counter", {"bytes": 0, "packets": 0})
    yield from _do(rule.do)


def genex(name: str, values: dict[str, Any]) -> Expression:
    """Returns an expression in pyroute2's format, given its name and its attributes (names in lower case, without
    NFTA_).
    """
    expression: Expression = untyped_genex(name, values)
    return expression


def _value(data: bytes) -> dict[str, Any]:
    return {"attrs": [("NFTA_DATA_VALUE", data)]}


def _load(header: int, offset: int, length: int) -> Expression:
    return genex("payload", {"dreg": REGISTER, "base": header, "offset": offset, "len": length})


def _compare(operator: int, data: bytes) -> Expression:
    return genex("cmp", {"sreg": REGISTER, "op": operator, "data": _value(data)})


def _mask(mask: bytes) -> Expression:
    xor = bytes(len(mask))
    values = {"sreg": REGISTER, "dreg": REGISTER, "len": len(mask), "mask": _value(mask), "xor": _value(xor)}
    return genex("bitwise", values)


def _match_address(offset: int, network: ipaddress.IPv4Network) -> Iterator[Expression]:
    yield _load(NETWORK_HEADER, offset, 4)
    if network.prefixlen < 32:
        yield _mask(network.netmask.packed)
    yield _compare(EQUAL, network.network_address.packed)


def _match_state(states: tuple[str, ...]) -> Iterator[Expression]:
    yield genex("ct", {"key": CT_STATE, "dreg": REGISTER})
    yield _mask(struct.pack("=I", sum(STATES[state] for state in states)))
    yield _compare(NOT_EQUAL, bytes(4))


def _do(action: str) -> Iterator[Expression]:
    word, _, argument = action.partition(" ")
    if word == "dnat":
        address, _, port = argument.partition(":")
        yield genex("immediate", {"dreg": REGISTER, "data": _value(ipaddress.IPv4Address(address).packed)})
        yield genex("immediate", {"dreg": SECOND_REGISTER, "data": _value(struct.pack(">H", int(port)))})
        registers = {"reg_addr_min": REGISTER, "reg_proto_min": SECOND_REGISTER}
        yield genex("nat", {"type": NAT_TO_DESTINATION, "family": NFPROTO_IPV4, **registers})
    elif word == "masquerade":
        yield genex("masq", {})
    elif word in ("accept", "drop", "jump"):
        yield _verdict({"accept": ACCEPT, "drop": DROP, "jump": JUMP}[word], argument)
    else:
        raise LabError(f"The template of the practice network has a rule with an unknown action: {action}.")


def _verdict(code: int, chain: str) -> Expression:
    attrs: list[tuple[str, Any]] = [("NFTA_VERDICT_CODE", code)]
    if chain:
        attrs.append(("NFTA_VERDICT_CHAIN", chain))
    verdict = {"attrs": [("NFTA_DATA_VERDICT", {"attrs": attrs})]}
    return genex("immediate", {"dreg": VERDICT_REGISTER, "data": verdict})

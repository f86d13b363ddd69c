"""The template of a practice network: dataclasses that correspond to the tables of practice.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

T = TypeVar("T")


class LabError(Exception):
    """Raised if the practice network cannot be built; the message says why."""


@dataclass(frozen=True)
class Namespace:
    """A namespace with one process in it. `process` is the name of the process, up to 15 bytes long."""

    name: str
    process: str
    talks_to: str | None = None


@dataclass(frozen=True)
class Bridge:
    """A bridge in the host's namespace; `address` includes the prefix length."""

    name: str
    address: str


@dataclass(frozen=True)
class End:
    """One end of a veth pair.

    `gateway` is the next hop of a default route. `namespace` is the name of the namespace that the end is in, None for
    the host's namespace.
    """

    name: str
    address: str | None = None
    gateway: str | None = None
    master: str | None = None
    namespace: str | None = None


@dataclass(frozen=True)
class Veth:
    """A veth pair: its end `near` is in the host's namespace, its end `far` in another namespace."""

    near: End
    far: End


@dataclass(frozen=True)
class Rule:
    """An nftables rule: conditions that must all be true for a packet, and what to do with the packet.

    `do` is `accept`, `drop`, `masquerade`, `jump CHAIN` or `dnat ADDRESS:PORT`.
    """

    do: str
    iif: str | None = None
    oif: str | None = None
    not_oif: str | None = None
    saddr: str | None = None
    daddr: str | None = None
    protocol: str | None = None
    dport: int | None = None
    state: tuple[str, ...] = ()
    comment: str | None = None


@dataclass(frozen=True)
class Chain:
    """An nftables chain; if it has a hook, it is a base chain."""

    name: str
    rules: tuple[Rule, ...]
    type: str = "filter"
    hook: str | None = None
    priority: int = 0
    policy: str = "accept"


@dataclass(frozen=True)
class Table:
    """An nftables table of family ip."""

    name: str
    chains: tuple[Chain, ...]


@dataclass(frozen=True)
class Template:
    """The description of a complete practice network.

    `sysctl` maps paths under /proc/sys to values for the host's namespace.
    """

    sysctl: Mapping[str, str]
    namespaces: tuple[Namespace, ...]
    bridges: tuple[Bridge, ...]
    veths: tuple[Veth, ...]
    tables: tuple[Table, ...]


def parse(text: str) -> Template:
    """Parses a template from TOML. Raises LabError, which says what is wrong and where in the template."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LabError(f"The template of the practice network is not TOML: {error}.") from None
    return Template(
        sysctl=data.get("sysctl", {}),
        namespaces=tuple(_make(Namespace, item, "namespace") for item in data.get("namespace", [])),
        bridges=tuple(_make(Bridge, item, "bridge") for item in data.get("bridge", [])),
        veths=tuple(_veth(item) for item in data.get("veth", [])),
        tables=tuple(_table(item) for item in data.get("table", [])),
    )


def _veth(item: dict[str, Any]) -> Veth:
    return Veth(_make(End, item.get("near", {}), "veth.near"), _make(End, item.get("far", {}), "veth.far"))


def _table(item: dict[str, Any]) -> Table:
    return Table(item.get("name", "filter"), tuple(_chain(chain) for chain in item.get("chain", [])))


def _chain(item: dict[str, Any]) -> Chain:
    rules = [_make(Rule, {**rule, "state": tuple(rule.get("state", ()))}, "rule") for rule in item.get("rules", [])]
    return _make(Chain, {**item, "rules": tuple(rules)}, "chain")


def _make(kind: type[T], item: Any, where: str) -> T:
    if not isinstance(item, dict):
        raise LabError(f"The template of the practice network has a {where} that is not a table: {item!r}.")
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # T is one of the dataclasses above
    if unknown := sorted(set(item) - known):
        raise LabError(f"The template of the practice network has an unknown key in a {where}: {', '.join(unknown)}.")
    try:
        return kind(**item)
    except TypeError as error:
        raise LabError(
            f"In the template of the practice network, a {where} has an incomplete description: {error}."
        ) from None

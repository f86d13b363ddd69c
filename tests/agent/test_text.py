"""`dump --format text` tells what `dump --format json` tells: every field of every entity."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from netviz.agent.export.listing import text_tree
from netviz.model.bridges import BridgeData
from netviz.model.device import Tunnel
from netviz.model.entity import LinkRef, Note
from netviz.model.link import Link
from netviz.model.namespace import Gap, Host, Namespace
from netviz.model.netfilter import NfChain, NfElements, NfFlowtable, NfObject, NfRule, NfSet, NfTable
from netviz.model.route import Range
from netviz.model.topology import ENTITY_TYPES, AnyEntity, topology
from netviz.wire.shapes import (
    Array,
    Boolean,
    Field,
    Integer,
    OneOf,
    Optional,
    Record,
    Shape,
    TaggedUnion,
    Text,
    fields_of,
)

NS, IFINDEX = "77001", 7

# Fields that the text has in another form than a value of their own.
PLACES: Mapping[str, str] = {
    "ns": "what is in a namespace is written below it",
    "ifindex": "what belongs to a link is written below it",
    "family": "the form of an address tells it",
    "nth": "the order of the lines",
}
_NETFILTER = ("nf_chain", "nf_rule", "nf_set", "nf_elements", "nf_object", "nf_flowtable")
ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("host", "ns"): "the namespace whose label is `host`",
    ("ns", "id"): "the label, if there is no better one",
    ("ns", "is_host"): "the label `host`",
    ("ns", "names"): "the label",
    ("link", "peer"): "the label of its namespace and its name",
    ("link", "lower"): "the label of its namespace and its name",
    ("link", "flags"): "their names",
    ("link", "admin_up"): "the word down",
    ("tunnel_pair", "far_ns"): "the label of the namespace",
    ("tunnel_pair", "far_ifindex"): "the name of the link",
    ("nf_rule", "position"): "the order of the lines",
    ("nf_rule", "verdict"): "a part of the expressions",
    ("nf_rule", "counter"): "a part of the expressions",
    ("nf_elements", "part"): "the order of the lines",
    ("gap", "total"): "how many are left out, in the sentence",
    ("gap", "shown"): "how many are left out, in the sentence",
    ("gap", "cause"): "the sentence",
    ("gap", "args"): "in the sentence, if it has room for them",
    ("gap", "subject"): "in the sentence, if it has room for it",
    ("xfrm_policy", "mask"): "only with a mark",
    **{(tag, "table"): "what is in a table is written below it" for tag in _NETFILTER},
    ("nf_rule", "chain"): "rules are written below their chain",
    ("nf_elements", "set"): "elements are written below their set",
}

# Fields without which others have no meaning: they are set in the base of an entity.
BASES: Mapping[str, Mapping[str, Any]] = {
    "rule": {"action": "goto", "fwmark": 3, "dscp": 5, "flowlabel": 6, "sport": Range(1, 2), "dport": Range(1, 2)},
    "link": {"admin_up": True},
    "fdb": {"via": 7},
}


def plain(shape: Shape) -> Any:
    """Returns a value of this shape that stands for nothing in particular."""
    match shape:
        case Text():
            return "w"
        case Integer():
            return 1
        case Boolean():
            return False
        case OneOf(words=words):
            return words[0]
        case Optional():
            return None
        case Array():
            return ()
        case Record(cls=cls):
            return made(cls)
        case TaggedUnion(classes=classes):
            return made(classes[0])


def made(cls: Any, **given: Any) -> Any:
    """Returns an object with only the required fields and these."""
    values = {field.name: plain(field.shape) for field in fields_of(cls) if field.required}
    return cls(**{**values, **given})


def others(shape: Shape, now: Any) -> Iterator[tuple[str, Any]]:
    """Yields other values of a shape, each with the word that must then be in the text (empty if it has none)."""
    match shape:
        case Text():
            yield "zqx81", "zqx81"
        case Integer():
            yield "4127", 4127
        case Boolean():
            yield "", not now
        case OneOf(words=words):
            yield from ((word, word) for word in words if word != now)
        case Optional(of=of):
            yield from others(of, None)
        case Array(of=of):
            yield from ((word, (value,)) for word, value in others(of, None))
        case Record(cls=cls):
            yield from other_objects(cls)
        case TaggedUnion(classes=classes):
            for cls in classes:
                yield from other_objects(cls)


def other_objects(cls: Any) -> Iterator[tuple[str, Any]]:
    """Yields objects of a class, each with another value of one field, and with the word of this value."""
    for field in fields_of(cls):
        for word, value in others(field.shape, field.default):
            yield "" if cls is Note else word, made(cls, **{field.name: value})


def surroundings() -> list[AnyEntity]:
    """Returns the entities that an entity may belong to."""
    return [
        Host("machine", "boot", "1"),
        Namespace("1", is_host=True),
        Namespace(NS, names=("blue",)),
        Link(NS, IFINDEX, "v0", "physical", admin_up=True, carrier=True),
        Link(NS, 8, "v1", "bridge", data=BridgeData()),
        NfTable(NS, "inet", "w"),
        NfChain(NS, "inet", "w", "w"),
        NfSet(NS, "inet", "w", "w"),
    ]


def placed(cls: Any, **given: Any) -> AnyEntity:
    """Returns an entity in the surroundings."""
    names = {field.name for field in fields_of(cls)}
    place = {"ns": NS, "ifindex": IFINDEX, "id": NS} if cls is Namespace else {"ns": NS, "ifindex": IFINDEX}
    if cls is Tunnel:
        place |= {"far_ns": NS, "far_ifindex": 8}
    if cls in (NfRule, NfElements, NfSet, NfChain, NfTable, NfObject, NfFlowtable):
        place |= {"family": "inet"}
    if cls is Gap:
        place |= {"cause": "as-written"}
    known = {name: value for name, value in place.items() if name in names}
    entity: AnyEntity = made(cls, **{**known, **BASES.get(cls.TAG, {}), **given})
    return entity


def written(entity: AnyEntity) -> str:
    """Returns the text of a topology with the entity in its surroundings."""
    around = [one for one in surroundings() if one.key != entity.key and not (type(one) is type(entity) is Host)]
    return text_tree(topology([*around, entity]), [])


def test_text_of_a_gap_says_since_when_a_limit_leaves_out_something_and_as_of_when_the_rest_is_known() -> None:
    assert "Since 1970-01-01T00:00:00.007" in written(Gap(NS, "routes", "host-budget", shown=1, total=2, since_ms=7))
    assert "Shown as of 1970-01-01T00:00:00.007" in written(Gap(NS, "routes", "unreachable", since_ms=7))


def cases() -> Iterator[Any]:
    for cls in ENTITY_TYPES:
        for field in fields_of(cls):
            if field.name not in PLACES and (cls.TAG, field.name) not in ELSEWHERE:
                yield pytest.param(cls, field, id=f"{cls.TAG}.{field.name}")


def forms(word: str) -> tuple[str, ...]:
    """Returns the forms in which a value may be written: a number also in hexadecimal, a time in seconds, in hundredths
    or thousandths of which it is given.
    """
    return (word, f"{int(word):x}", f"{int(word) / 100:g}", f"{int(word) / 1_000:g}") if word.isdecimal() else (word,)


@pytest.mark.parametrize(("cls", "field"), list(cases()))
def test_text_has_every_field_of_every_entity(cls: Any, field: Field) -> None:
    base = placed(cls)
    before = written(base)
    now = getattr(base, field.name)
    for word, value in others(field.shape, now):
        if value == now:
            continue
        after = written(placed(cls, **{field.name: value}))
        assert after != before, f"{field.name} {value!r} is not in the text"
        new = set(after.split()) - set(before.split())
        assert not word or any(form in one for one in new for form in forms(word)), (value, after)


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Link) if field.name in ("peer", "lower")])
def test_text_names_the_other_end_of_a_link(field: str) -> None:
    text = written(placed(Link, ifname="v0", kind="veth", **{field: LinkRef(NS, 8)}))
    assert "v1" in next(line for line in text.splitlines() if "7: v0" in line)

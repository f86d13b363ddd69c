"""A thousand moves and renames of veth pairs with colliding ifindexes, compared with the test's own record."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.conformance.live import Live
from tests.worlds import World

NAMES = tuple(f"n{number}" for number in range(32))
PAIRS, CHANGES, EVERY = 60, 1_000, 50


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in a world with many namespaces."""
    world.run("ip -batch -", stdin="\n".join(f"netns add {name}" for name in NAMES))
    agent = Live(world)
    yield agent
    agent.close()


@dataclass(slots=True)
class End:
    """One end of a pair: its namespace and its name."""

    ns: str
    name: str

    def __str__(self) -> str:
        """Returns the end as an edge line contains it."""
        return f"{self.ns}:{self.name}"


@dataclass(slots=True)
class Truth:
    """The veth pairs that the accepted commands have created."""

    choose: random.Random
    pairs: list[tuple[End, End]] = field(default_factory=list)
    number: int = 0

    def edges(self) -> set[frozenset[str]]:
        """Returns both ends of every pair."""
        return {frozenset(map(str, pair)) for pair in self.pairs}

    def name(self, ns: str) -> str:
        """Returns a name that is free in this namespace: often one that is used in others."""
        taken = {end.name for pair in self.pairs for end in pair if end.ns == ns}
        self.number += 1
        return self.choose.choice([*[f"eth{n}" for n in range(6) if f"eth{n}" not in taken], f"v{self.number}"])

    def make(self) -> str:
        """Records a new pair, and returns the command that creates it."""
        here, there = (End(ns, "") for ns in self.choose.sample(NAMES, 2))
        here.name, there.name = self.name(here.ns), self.name(there.ns)
        index, other = self.choose.randrange(2, 60), self.choose.randrange(2, 60)
        self.pairs.append((here, there))
        first = f"ip -n {here.ns} link add {here.name}"
        second = f"type veth peer name {there.name}"
        wanted = f"{first} index {index} {second} index {other} netns {there.ns}"
        # If an ifindex is taken, the kernel chooses another one, so that more links share one.
        return f"{wanted} || {first} {second} netns {there.ns}"

    def change(self) -> str:
        """Records a random change, and returns its command."""
        pair = self.choose.choice(self.pairs)
        if not self.choose.randrange(20):
            self.pairs.remove(pair)
            return f"ip -n {pair[0].ns} link del {pair[0].name} && {self.make()}"
        end = self.choose.choice(pair)
        was = f"ip -n {end.ns} link set {end.name}"
        if self.choose.randrange(3):
            end.ns = self.choose.choice([ns for ns in NAMES if ns != end.ns])
            end.name = self.name(end.ns)
            return f"{was} netns {end.ns} name {end.name}"
        end.name = self.name(end.ns)
        return f"{was} name {end.name}"


def shown(live: Live) -> set[frozenset[str]]:
    """Returns the ends of every edge that the agent shows."""
    return {frozenset(edge.split(" ")[1:]) for edge in live.edges()}


@pytest.mark.timeout(600)
def test_every_veth_pair_is_correct_after_a_thousand_moves_and_renames(world: World, live: Live) -> None:
    truth = Truth(random.Random(29))
    world.run(["sh", "-ec", "\n".join(truth.make() for _ in range(PAIRS))])
    live.wait_until(lambda: shown(live) == truth.edges(), 10)
    for _ in range(CHANGES // EVERY):
        world.run(["sh", "-ec", "\n".join(truth.change() for _ in range(EVERY))])
        live.wait_until(lambda: shown(live) == truth.edges())
    live.wait_until_as_fresh()
    indexes = [key.split("/")[2] for key in live.topology if key.startswith("link/") and not key.endswith("/1")]
    assert len(set(indexes)) < len(indexes)

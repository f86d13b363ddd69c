"""The live agent and the command `dump` count what exceeds a budget, but do not show it.

Only root may write the settings with the budgets.
"""

import json
from collections.abc import Mapping

import pytest

from netviz.agent import settings
from netviz.agent.budgets import Budgets
from netviz.model.link import Link
from netviz.model.namespace import Gap, Namespace
from netviz.model.route import Route
from netviz.model.topology import of_type
from netviz.wire.codec import encode
from tests.conformance.live import Live
from tests.worlds import World


def configure(world: World, budgets: Mapping[str, int]) -> None:
    """Writes the agent's settings to /run of the world."""
    lines = "\n".join(f"{name} = {number}" for name, number in budgets.items())
    world.run("tee /run/agent.toml", stdin=f"[budgets]\n{lines}\n")


def gaps_read(world: World) -> dict[str, tuple[int, int]]:
    """Returns the gaps that a budget caused in the output of `dump`: maps the subject to (shown, total)."""
    done = world.agent("dump", "--format", "json", "--config", "/run/agent.toml")
    assert done.returncode == 0, done.stderr
    gaps = [entity for entity in json.loads(done.stdout)["entities"] if entity["t"] == "gap"]
    return {gap["subject"]: (gap.get("shown", 0), gap["total"]) for gap in gaps if gap["code"] == "cut"}


def furnish(world: World) -> None:
    """Creates more than the budgets of the tests below allow."""
    world.run("ip netns add n1")
    world.run("ip netns add n2")
    for number in range(4):
        world.run(f"ip route add 192.0.2.{number}/32 dev lo")
    world.run(
        "nft -f -",
        stdin="table ip nvt {\nset s { type mark; elements = { 1, 2, 3 }; }\nchain c { accept; drop; accept; }\n}",
    )


@pytest.mark.parametrize(
    ("budget", "subject", "shown"),
    [
        ("namespaces", "namespaces", 2),
        ("routes", "routes", 2),
        ("rules", "netfilter rules", 2),
        ("elements", "netfilter elements", 2),
    ],
)
def test_dump_command_reports_how_many_entities_are_not_shown_because_of_a_configured_maximum_number(
    world: World, budget: str, subject: str, shown: int
) -> None:
    furnish(world)
    configure(world, {budget: 2})
    cut = gaps_read(world)
    assert cut[subject][0] == shown
    assert cut[subject][1] > shown
    assert " are not shown" in world.agent("dump", "--config", "/run/agent.toml").stdout


def links_cut(live: Live) -> list[tuple[int, int]]:
    return [(gap.shown, gap.total) for gap in of_type(live.topology, Gap) if gap.subject == "links"]


@pytest.mark.parametrize("budget", ["links", "entities"])
def test_links_above_a_configured_maximum_number_are_counted_but_not_shown_until_other_links_are_deleted(
    world: World, budget: str
) -> None:
    known = len(world.run("ip -o link").splitlines())
    entities = len(json.loads(world.agent("dump", "--format", "json").stdout)["entities"])
    room = {budget: (known if budget == "links" else entities) + 2}
    live = Live(world, budgets=room)
    assert not links_cut(live)
    for number in range(3):
        world.run(f"ip link add a{number} type veth peer name b{number}")
    live.wait_until(lambda: links_cut(live) == [(known + 2, known + 6)], 10)
    configure(world, room)
    assert gaps_read(world)["links"] == (known + 2, known + 6)
    world.run("ip link del a2")
    live.wait_until(lambda: links_cut(live) == [(known + 2, known + 4)], 10)
    world.run("ip link del a0")
    live.wait_until(lambda: not links_cut(live), 10)
    live.wait_until(lambda: {"a1", "b1"} <= {link.ifname for link in of_type(live.topology, Link)}, 10)
    live.close()


def snapshot_gap(live: Live) -> Gap | None:
    return next((gap for gap in of_type(live.topology, Gap) if gap.subject == "snapshot"), None)


def test_routes_that_do_not_fit_into_the_configured_snapshot_size_are_counted_but_not_shown_until_they_fit(
    world: World,
) -> None:
    world.run("ip link set lo up")
    routes = [f"10.0.{number >> 8}.{number & 255}/32 dev lo metric 7 table 9" for number in range(9_000)]
    world.run("ip -batch -", stdin="".join(f"route add {route}\n" for route in routes[:4_900]))
    world.run("ip netns add n1")
    world.run("ip -n n1 link set lo up")
    world.run("ip -n n1 -batch -", stdin="".join(f"route add {route}\n" for route in routes[4_900:]))
    live = Live(world, budgets={"snapshot_mib": 1})
    gap = snapshot_gap(live)
    assert gap is not None
    assert (gap.ns, gap.code, gap.shown) == ("", "cut", len(live.topology) - 1)
    assert f"{gap.total - gap.shown:,} entities are not shown" in gap.text
    assert sum(len(encode(entity)) for entity in live.topology.values()) < 1 << 20
    assert {namespace.is_host for namespace in of_type(live.topology, Namespace)} == {True, False}
    world.run("ip link add v0 type veth peer name v1")
    live.wait_until(lambda: live.edges() == ["veth host:v0 host:v1"])
    assert len({route.ns for route in of_type(live.topology, Route)}) == 2
    world.run("ip -n n1 route flush table 9")
    live.wait_until(lambda: snapshot_gap(live) is None, 10)
    live.wait_until(lambda: len([1 for route in of_type(live.topology, Route) if route.table == 9]) == 4_900, 10)
    live.wait_until_as_fresh()
    live.close()


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("[budgets]\nlinks = 0", "from 1 to 20,000"),
        ("[budgets]\nlinks = 20001", "from 1 to 20,000"),
        ("[budgets]\nsnapshot_mib = 65", "from 1 to 64"),
        ("[budgets]\nlinks = true", "from 1 to 20,000"),
        ("[budgets]\nlink = 3", "unknown budget 'link'"),
        ("server = 'x'", "unknown setting 'server'"),
        ("budgets = 7", "budgets must be a table"),
        ("[", "agent.toml"),
    ],
)
def test_invalid_settings_file_is_refused_with_an_explanation(world: World, written: str, sentence: str) -> None:
    world.run("tee /run/agent.toml", stdin=written)
    done = world.agent("dump", "--config", "/run/agent.toml")
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr


@pytest.mark.parametrize("mode", ["0666", "0620"])
def test_settings_file_that_others_can_write_is_refused(world: World, mode: str) -> None:
    configure(world, {"links": 5})
    world.run(f"chmod {mode} /run/agent.toml")
    done = world.agent("dump", "--config", "/run/agent.toml")
    assert done.returncode == 1
    assert "writable by its owner only" in done.stderr


def test_error_is_raised_if_a_settings_file_given_by_its_path_does_not_exist() -> None:
    with pytest.raises(settings.BadSettingsError, match="No such file"):
        settings.budgets("/nowhere/agent.toml")
    assert Budgets().links == 20_000

"""Names that any user of a host may choose are shown as text everywhere, and break nothing."""

import json
import sys
from collections.abc import Iterator

import pytest

from netviz.model.link import Link
from netviz.model.topology import of_type
from tests.conformance.live import Live
from tests.worlds import CHECKOUT, World

ALTNAME = b"<img/src=x/onerror=alert(1)> and blanks".ljust(127, b"x")
ALIAS = b"one\ntwo\r\n\x1b[31m<script>\xff\xe2\x80\xae"
SHOWN = {
    b"we<b>ird": "we<b>ird",
    b"$(id)": "$(id)",
    b"__proto__": "__proto__",
    b"\xff\xfe": "\\xff\\xfe",
    b'"><b>': '"><b>',
    b"-rf": "-rf",
    b"{{7*7}}": "{{7*7}}",
    b"a\xe2\x80\x8bb": "a\\xe2\\x80\\x8bb",
    b"\x1b[31m": "\\x1b[31m",
}


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in the world."""
    agent = Live(world)
    yield agent
    agent.close()


def raw(world: World, verb: str, ifname: str, text: bytes) -> None:
    script = str(CHECKOUT / "tests/conformance/raw.py")
    world.run(["env", f"PYTHONPATH={CHECKOUT}", sys.executable, script, verb, ifname, text.hex()])


def plant(world: World) -> None:
    """Creates one veth pair for each name, and one with everything else."""
    for at, name in enumerate(SHOWN):
        world.run(f"ip link add h{at} type veth peer name p{at}")
        raw(world, "rename", f"h{at}", name)
    world.run("ip link add v0 type veth peer name v1")
    raw(world, "altname", "v0", ALTNAME)
    raw(world, "alias", "v0", ALIAS)


def test_dump_command_escapes_control_characters_and_invalid_utf8_in_names_of_links(world: World) -> None:
    plant(world)
    entities = json.loads(world.agent("dump", "--format", "json").stdout)["entities"]
    links = {entity["ifname"]: entity for entity in entities if entity["t"] == "link"}
    assert set(SHOWN.values()) <= set(links)
    assert links["v0"]["altnames"] == [ALTNAME.decode()]
    assert links["v0"]["ifalias"] == "one\\x0atwo\\x0d\\x0a\\x1b[31m<script>\\xff\\xe2\\x80\\xae"


def test_live_agent_shows_hostile_names_as_text(world: World, live: Live) -> None:
    plant(world)

    def shown() -> bool:
        links = {link.ifname: link for link in of_type(live.topology, Link)}
        return set(SHOWN.values()) <= set(links) and bool(links["v0"].ifalias and links["v0"].altnames)

    live.wait_until(shown)
    live.wait_until_as_fresh()


def test_each_edge_is_printed_as_three_words_on_one_line_whatever_characters_the_names_contain(world: World) -> None:
    plant(world)
    lines = world.agent("dump", "--format", "edges").stdout.splitlines()
    assert len(lines) == len(SHOWN) + 1
    assert all(len(line.split(" ")) == 3 for line in lines)
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("name", ["text", "dot", "mermaid"])
def test_no_export_contains_an_escape_sequence(world: World, name: str) -> None:
    plant(world)
    written = world.agent("dump", "--format", name).stdout
    assert "\x1b" not in written
    assert "\u202e" not in written
    assert all(line.isprintable() for line in written.splitlines())


def test_quote_in_a_name_does_not_end_a_string_of_a_diagram(world: World) -> None:
    world.run(["ip", "link", "add", 'a"];b', "type", "veth", "peer", "name", "v1"])
    assert '[label="a\\"];b (veth)"]' in world.agent("dump", "--format", "dot").stdout
    assert '["a#34;#93;#59;b #40;veth#41;"]' in world.agent("dump", "--format", "mermaid").stdout


def test_namespace_with_non_utf8_name_is_shown(world: World) -> None:
    world.run("ip netns add n1")
    named = """cd /run/netns && name=$(printf 'a\\377 b') && touch "$name" && mount --bind n1 "$name" """
    world.run(["sh", "-c", named])
    world.run("ip link add v0 type veth peer name v1 netns n1")
    assert world.agent("dump", "--format", "edges").stdout == "veth a\\xff\\x20b:v1 host:v0\n"

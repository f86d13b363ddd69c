"""`dump` does only what its format needs."""

import json
import subprocess
import sys

import pytest

from tests.worlds import CHECKOUT, World

# Runs a command of the agent, and then prints the modules that it imported.
MODULES = """
import os, sys
from netviz.agent.__main__ import main
sys.stdout = open(os.devnull, "w")
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""

# Subjects of which each needs much code to read.
READERS = {f"netviz.agent.collect.{name}" for name in ("netfilter", "routes", "ipsec", "addresses")}


def imported(world: World, *words: str) -> set[str]:
    """Returns the modules that a command of the agent imports."""
    script = ["env", f"PYTHONPATH={CHECKOUT}", sys.executable, "-c", MODULES, *words]
    _, printed = world.popen(script, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE).communicate()
    return set(printed.decode().split())


def test_help_imports_nothing_that_reads_the_kernel(world: World) -> None:
    assert not {name for name in imported(world, "dump", "--help") if name.startswith("netviz.agent.collect")}


@pytest.mark.parametrize("form", ["edges", "dot", "mermaid"])
def test_format_of_the_graph_imports_no_reader_of_anything_but_links(world: World, form: str) -> None:
    world.run("ip link add v0 type veth peer name v1")
    found = imported(world, "dump", "--format", form)
    assert "netviz.agent.collect.links" in found
    assert not READERS & found


def test_format_of_the_graph_reads_addresses_if_there_is_a_tunnel(world: World) -> None:
    world.run("ip link add tun-a type vxlan id 1 remote 192.0.2.1 dstport 4789")
    assert "netviz.agent.collect.addresses" in imported(world, "dump", "--format", "edges")


def test_each_entity_of_the_json_begins_a_line_whatever_texts_the_host_has(world: World) -> None:
    alias = '}, {"t": "host"}\n{"t": "'
    world.run("ip link add nvt0 type ifb")
    world.run(["ip", "link", "set", "nvt0", "alias", alias])
    written = world.agent("dump", "--format", "json").stdout
    entities = json.loads(written)["entities"]
    (found,) = [entity for entity in entities if entity.get("ifname") == "nvt0"]
    assert found["ifalias"] == alias.replace("\n", "\\x0a")
    lines = [line for line in written.splitlines() if line.startswith('{"t": "link"')]
    assert len(lines) == sum(entity["t"] == "link" for entity in entities)

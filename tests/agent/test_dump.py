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


def test_dump_of_many_namespaces_has_the_sysctls_of_each(world: World) -> None:
    names = [f"nvt-{at}" for at in range(40)]  # more than one /proc is used for
    world.run("ip -batch -", stdin="".join(f"netns add {name}\n" for name in names))
    script = "".join(
        f"ip netns exec {name} sysctl -qw net.ipv4.conf.all.arp_ignore={at % 3} net.ipv6.conf.all.forwarding={at % 2}\n"
        for at, name in enumerate(names)
    )
    world.run("sh", stdin=script)
    entities = json.loads(world.agent("dump", "--format", "json").stdout)["entities"]
    ids = {entity["id"]: entity["names"][0] for entity in entities if entity["t"] == "ns" and entity.get("names")}
    values = {
        ids[entity["ns"]]: {each["name"]: each["value"] for each in entity["values"]}
        for entity in entities
        if entity["t"] == "sysctl" and entity["ns"] in ids
    }
    read = {
        name: (found["net.ipv4.conf.all.arp_ignore"], found["net.ipv6.conf.all.forwarding"])
        for name, found in values.items()
    }
    assert read == {name: (str(at % 3), str(at % 2)) for at, name in enumerate(names)}

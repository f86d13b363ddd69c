"""The practice network is real: the kernel builds it in private namespaces, and it disappears with its process."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyroute2
import pytest

from netviz.agent.lab import PRACTICE, refused
from netviz.agent.lab.template import LabError, parse
from tests.missing import missing
from tests.ordinary import NOBODY, as_ordinary, ordinary_checkout, ordinary_python
from tests.waiting import wait_until

CHECKOUT = Path(__file__).resolve().parents[2]

# Enters, builds, prints what the kernel's own tools show, and stays until its stdin ends.
PROGRAM = """
import json, os, subprocess, sys
from netviz.agent.lab import PRACTICE, build, enter_private
enter_private()
build(PRACTICE.read_text())
def tool(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout
links = {name: json.loads(tool("ip", "-j", "-n", name, "addr")) for name in ("outside", "web", "api", "db")}
print(json.dumps({
    "uid_map": open("/proc/self/uid_map").read().split(),
    "pid": os.getpid(),
    "hostname": os.uname().nodename,
    "host": json.loads(tool("ip", "-j", "addr")),
    "links": links,
    "names": sorted(os.listdir("/run/netns")),
    "routes": json.loads(tool("ip", "-j", "route")),
    "web_routes": json.loads(tool("ip", "-j", "-n", "web", "route")),
    "rules": json.loads(tool("nft", "-j", "list", "ruleset"))["nftables"],
    "processes": sorted(open(f"/proc/{pid}/comm").read().strip() for pid in os.listdir("/proc") if pid.isdigit()),
    "forward": open("/proc/sys/net/ipv4/ip_forward").read().strip(),
}), flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=["as ourselves", "as an ordinary user"])
def practice(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Provides the process that waits for a practice network from outside, and the output of the tools inside."""
    if sentence := refused():
        missing(sentence)
    argv, env = [sys.executable, "-c", PROGRAM], {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    if request.param == "as an ordinary user":
        path = f"{ordinary_checkout()}:{copied_pyroute2(tmp_path)}"
        argv, env["PYTHONPATH"] = as_ordinary([ordinary_python(), "-c", PROGRAM]), path
    process = subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        yield process, json.loads(process.stdout.readline())


def copied_pyroute2(place: Path) -> Path:
    """Copies pyroute2 to a folder that everybody can read: an ordinary user may be unable to read our environment."""
    shutil.copytree(Path(pyroute2.__file__).parent, place / "pyroute2")
    for folder in [place, *place.parents[:3]]:
        if os.stat(folder).st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    return place


Practice = tuple[subprocess.Popen[str], dict[str, Any]]


def test_user_is_root_inside_the_practice_network_and_unchanged_outside(practice: Practice) -> None:
    process, seen = practice
    outside = os.stat(f"/proc/{process.pid}").st_uid
    assert seen["uid_map"] == ["0", str(outside), "1"]
    assert outside in (os.geteuid(), NOBODY)
    assert seen["pid"] == 1
    assert seen["hostname"] == os.uname().nodename


def test_practice_network_has_an_uplink_and_also_a_bridge_that_connects_three_namespaces(practice: Practice) -> None:
    _, seen = practice
    assert seen["names"] == ["api", "db", "outside", "web"]
    host = {link["ifname"]: link for link in seen["host"]}
    assert sorted(host) == ["br-practice", "eth0", "lo", "veth-api", "veth-db", "veth-web"]
    assert {name for name, link in host.items() if link.get("master") == "br-practice"} == {
        "veth-api",
        "veth-db",
        "veth-web",
    }
    assert ipv4(host["br-practice"]) == ["172.30.0.1/24"]
    assert ipv4(host["eth0"]) == ["192.0.2.2/24"]
    assert all("UP" in link["flags"] for link in seen["host"])


def test_each_practice_namespace_has_an_address_and_a_default_route(practice: Practice) -> None:
    _, seen = practice
    addresses = {
        name: ipv4(next(link for link in links if link["ifname"] == "eth0")) for name, links in seen["links"].items()
    }
    assert addresses == {
        "outside": ["192.0.2.1/24"],
        "web": ["172.30.0.2/24"],
        "api": ["172.30.0.3/24"],
        "db": ["172.30.0.4/24"],
    }
    assert [(route["dst"], route["gateway"]) for route in seen["web_routes"] if "gateway" in route] == [
        ("default", "172.30.0.1")
    ]
    assert [(route["dst"], route["gateway"]) for route in seen["routes"] if "gateway" in route] == [
        ("default", "192.0.2.1")
    ]


def ipv4(link: dict[str, Any]) -> list[str]:
    """Returns the IPv4 addresses of a link, as printed by `ip -j addr`."""
    return [f"{a['local']}/{a['prefixlen']}" for a in link["addr_info"] if a["family"] == "inet"]


def test_practice_network_forwards_translates_and_filters_packets(practice: Practice) -> None:
    _, seen = practice
    assert seen["forward"] == "1"
    chains = {item["chain"]["name"]: item["chain"] for item in seen["rules"] if "chain" in item}
    assert chains["FORWARD"]["policy"] == "drop"
    assert chains["POSTROUTING"]["prio"] == 100
    verdicts = [word for item in seen["rules"] if "rule" in item for part in item["rule"]["expr"] for word in part]
    assert {"masquerade", "dnat", "jump", "accept", "counter"} <= set(verdicts)
    published = next(item["rule"] for item in seen["rules"] if item.get("rule", {}).get("chain") == "PREROUTING")
    assert {"dnat": {"addr": "172.30.0.2", "port": 80}} in published["expr"]
    assert published["comment"] == "web is published on port 8080"


def test_each_practice_namespace_has_a_process_with_the_name_of_the_namespace(practice: Practice) -> None:
    _, seen = practice
    assert {"router", "web", "api", "db"} <= set(seen["processes"])


def test_practice_network_disappears_when_the_process_that_started_it_is_killed(practice: Practice) -> None:
    process, _ = practice
    inside = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text())
    namespace = os.readlink(f"/proc/{inside}/ns/net")
    assert namespace != os.readlink("/proc/self/ns/net")
    process.kill()
    wait_until(lambda: namespace not in namespaces_in_use(), "no process is left in the practice network")


def namespaces_in_use() -> set[str]:
    """Returns the network namespaces of all processes that we can inspect."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            found.add(os.readlink(entry / "ns" / "net"))
        except OSError:
            continue
    return found


def test_error_names_the_failed_system_call_and_the_kernel_setting_if_the_kernel_refuses_user_namespaces(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    switch = tmp_path / "max_user_namespaces"
    switch.write_text("0\n")

    def no_unshare(flags: int) -> None:
        raise OSError(28, "No space left on device", "unshare")

    monkeypatch.setattr("netviz.agent.lab.private.unshare", no_unshare)
    monkeypatch.setattr("netviz.agent.lab.private.SWITCHES", {str(switch): "0"})
    sentence = refused()
    assert sentence is not None
    assert sentence.startswith("This system refuses private user namespaces (unshare: No space left on device; ")
    assert sentence.endswith("max_user_namespaces is 0).")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[bridge]]\nname = 'b'\n", "a bridge has an incomplete description: .*address"),
        ("[[namespace]]\nname = 'n'\nprocess = 'p'\ncolour = 'red'\n", "unknown key in a namespace: colour"),
        ("[[veth]]\nnear = 1", "veth.near that is not a table: 1"),
        ("[[", "is not TOML"),
    ],
)
def test_error_for_an_invalid_template_of_the_practice_network_says_what_is_wrong_and_where(
    text: str, complaint: str
) -> None:
    with pytest.raises(LabError, match=complaint):
        parse(text)


def test_every_namespace_in_the_template_of_the_practice_network_has_a_veth() -> None:
    template = parse(PRACTICE.read_text())
    assert {veth.far.namespace for veth in template.veths} == {namespace.name for namespace in template.namespaces}

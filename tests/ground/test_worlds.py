"""Worlds are private, complete, and gone afterwards."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tests.worlds import World, inner_pid


def test_link_created_in_private_namespaces_is_visible_only_there(world: World) -> None:
    world.run("ip link add nvt-only type bridge")
    assert "nvt-only" in world.run("ip -o link")
    assert "nvt-only" not in Path("/proc/net/dev").read_text()


def test_command_ip_netns_add_inside_private_namespaces_leaves_no_mount_on_this_machine(world: World) -> None:
    world.run("ip netns add nvt-inside")
    assert world.run("ip netns exec nvt-inside ip -o link").startswith("1: lo:")
    assert "nvt-inside" not in Path("/proc/self/mountinfo").read_text()


def test_links_in_one_set_of_private_namespaces_are_not_visible_in_another_set(make_world: Callable[[], World]) -> None:
    first, second = make_world(), make_world()
    first.run("ip link add nvt-first type bridge")
    assert os.readlink(f"/proc/{first.pid}/ns/net") != os.readlink(f"/proc/{second.pid}/ns/net")
    assert "nvt-first" not in second.run("ip -o link")


def test_error_of_a_command_that_failed_in_private_namespaces_contains_its_stderr(world: World) -> None:
    with pytest.raises(AssertionError, match="Cannot find device"):
        world.run("ip link del nvt-nowhere")


def test_processes_outside_of_the_private_namespaces_are_not_visible_inside_them(world: World) -> None:
    assert world.run(["sh", "-c", "readlink /proc/1/ns/net"]).strip() == os.readlink(f"/proc/{world.pid}/ns/net")
    assert not Path(f"/proc/{world.pid}/root/proc/{os.getpid()}/cmdline").exists()


def test_closing_a_set_of_private_namespaces_ends_its_processes(make_world: Callable[[], World]) -> None:
    world = make_world()
    sleeper = world.popen("sleep 1000")
    inside = started(sleeper)
    world.close()
    assert sleeper.returncode is not None
    assert not Path(f"/proc/{inside}").exists()
    assert not Path(f"/proc/{world.pid}").exists()


def test_command_inside_the_private_namespaces_ends_when_the_process_that_popen_returned_is_killed(
    world: World,
) -> None:
    sleeper = world.popen("sleep 1000")
    inside = started(sleeper)
    sleeper.kill()
    wait_until(lambda: not lives(inside), "the command has ended")


def started(process: subprocess.Popen[bytes]) -> int:
    """Waits until the command of `World.popen` runs, after nsenter and setpriv, and returns its process."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    wait_until(lambda: children.read_text() != "", "nsenter forks")
    inside = inner_pid(process)
    wait_until(lambda: Path(f"/proc/{inside}/comm").read_text() == "sleep\n", "the command runs")
    return inside


def lives(pid: int) -> bool:
    """Returns whether a process exists and is not a zombie; an orphan may stay a zombie until process 1 reaps it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

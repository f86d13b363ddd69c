"""`manage.py run` as a whole: one address that signs in, a host on the map, nothing left behind."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from netviz.agent.lab import refused
from netviz.launch.children import QUICK_DEATHS
from tests.launch.running import BACK_S, Run, command_line, descendants, living
from tests.missing import missing
from tests.waiting import patient, wait_until

# Server, session process, kernel process outside and inside the private namespaces, four processes of the network.
GROWN = 8
SERVER, AGENT = ("uvicorn",), ("netviz.agent", "run")


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Provides a run that shows a practice network."""
    if sentence := refused():
        missing(sentence)
    with Run(tmp_path_factory.mktemp("run") / "state", "--practice") as run:
        yield run


def states(run: Run, token: str) -> list[str]:
    """Returns the freshness of each host."""
    return [host["state"] for host in run.api(token, "hosts/")["items"]]


def names(run: Run, token: str, host: str, what: str) -> set[str]:
    """Returns the names of a host's entities of one kind."""
    return {item.get("ifname", item.get("name", "")) for item in run.api(token, f"hosts/{host}/{what}/")["items"]}


def test_printed_url_for_signing_in_works_only_once(practice: Run) -> None:
    assert practice.address.startswith(f"http://127.0.0.1:{practice.port}/sign-in/once/")
    status, headers, _ = practice.sign_in()
    assert status in (302, 303)
    assert "Set-Cookie" in headers
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert practice.get("/?all", Cookie=cookie)[0] == 200
    assert "Set-Cookie" not in practice.sign_in()[1]


def test_practice_network_is_shown_as_a_host_named_practice(practice: Run) -> None:
    token = practice.token()
    wait_until(
        lambda: [host["state"] for host in practice.api(token, "hosts/")["items"]] == ["live"], "it is live", BACK_S
    )
    (host,) = practice.api(token, "hosts/")["items"]
    assert host["name"] == "practice"
    wanted = {"br-practice", "veth-web", "veth-api", "veth-db", "eth0", "lo"}
    wait_until(lambda: names(practice, token, host["id"], "links") == wanted, "its links are known", BACK_S)
    assert {"FORWARD", "POSTROUTING", "PREROUTING"} <= names(practice, token, host["id"], "netfilter")


def test_killed_server_is_restarted(practice: Run) -> None:
    practice.kill_and_wait(*SERVER)


def test_killed_agent_is_restarted_and_its_host_becomes_live_again(practice: Run) -> None:
    token = practice.token()
    practice.kill_and_wait(*AGENT)
    wait_until(
        lambda: [host["state"] for host in practice.api(token, "hosts/")["items"]] == ["live"], "it is live", BACK_S
    )


def test_second_run_on_the_same_state_folder_exits_with_an_error(practice: Run) -> None:
    with Run(practice.state) as second:
        assert second.process.wait(patient(10)) == 1
        assert second.process.stderr is not None
        sentence = second.process.stderr.read()
    assert sentence.startswith("netviz: netviz already runs with ")
    assert sentence.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_to_the_run_leaves_no_process_behind(tmp_path: Path, number: int) -> None:
    with Run(tmp_path / "state", "--practice") as run:
        wait_until(lambda: len(descendants(run.process.pid)) >= GROWN, "the practice network is lived in", BACK_S)
        children = descendants(run.process.pid)
        assert run.stop(number) == 0
        wait_until(lambda: not living(children), "every child has ended")
        with socket.create_server(("127.0.0.1", run.port)):
            pass
        assert run.process.stderr is not None
        assert run.process.stderr.read() == ""


def test_child_processes_end_when_the_run_is_killed(tmp_path: Path) -> None:
    with Run(tmp_path / "state", "--practice") as run:
        wait_until(lambda: len(descendants(run.process.pid)) >= GROWN, "the practice network is lived in", BACK_S)
        children = descendants(run.process.pid)
        run.process.kill()
        run.process.wait(patient(5))
        wait_until(lambda: not living(children), "every child has ended", BACK_S)


def test_later_run_with_the_same_state_folder_shows_the_same_host(tmp_path: Path) -> None:
    with Run(tmp_path / "state", "--practice") as first:
        token = first.token()
        (before,) = first.api(token, "hosts/")["items"]
    with Run(tmp_path / "state", "--practice") as second:
        (after,) = second.api(token, "hosts/")["items"]
        assert after["id"] == before["id"]
        assert second.sign_in()[0] in (302, 303)


@pytest.mark.root
@pytest.mark.xdist_group("this host")
def test_network_of_this_machine_is_shown_if_root_starts_manage_py_run(tmp_path: Path) -> None:
    with Run(tmp_path / "state") as run:
        token = run.token()
        wait_until(
            lambda: [host["state"] for host in run.api(token, "hosts/")["items"]] == ["live"], "it is live", BACK_S
        )
        (host,) = run.api(token, "hosts/")["items"]

        def known() -> bool:
            wanted = {name for _, name in socket.if_nameindex()}  # other tests create and delete links meanwhile
            return wanted <= names(run, token, host["id"], "links")

        wait_until(known, "its links are known", BACK_S)


def test_only_the_server_is_started_if_the_no_agent_option_is_given(tmp_path: Path) -> None:
    with Run(tmp_path / "state", "--no-agent") as run:
        assert run.is_up()
        words = {word for pid in descendants(run.process.pid) for word in command_line(pid)}
        assert "uvicorn" in words
        assert "netviz.agent" not in words


def test_invalid_server_settings_are_reported_in_one_sentence(tmp_path: Path) -> None:
    with Run(tmp_path / "state", "--no-agent", NETVIZ_DATABASE_URL="mysql://nowhere") as run:
        assert run.process.wait(patient(20)) == 1
        assert run.process.stderr is not None
        sentence = run.process.stderr.read()
    assert "mysql:// is not supported" in sentence
    assert sentence.count("\n") == 1


@pytest.mark.long
@pytest.mark.timeout(600)
def test_server_and_agent_are_restarted_five_times_each_and_manage_py_run_leaks_no_file_descriptors(
    tmp_path: Path,
) -> None:
    with Run(tmp_path / "state", "--practice") as run:
        open_files = len(os.listdir(f"/proc/{run.process.pid}/fd"))
        for _ in range(QUICK_DEATHS - 1):
            run.kill_and_wait(*SERVER)
            run.kill_and_wait(*AGENT)
        assert len(os.listdir(f"/proc/{run.process.pid}/fd")) == open_files

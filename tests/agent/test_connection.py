"""The session process against a real server: all data of the agent's kernel process arrives, despite interruptions."""

import argparse
import asyncio
import contextlib
import io
import json
import re
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from netviz.agent import enrol
from netviz.agent.session_process import connection, pauses, server_url, signing_key
from netviz.agent.session_process.session import Session
from netviz.model.link import Link
from netviz.model.namespace import Host, Namespace
from netviz.model.topology import AnyEntity
from netviz.wire.chunks import snapshot_frames
from netviz.wire.codec import decode, encode
from netviz.wire.frames import PROTOCOL, DeltaFrame, Heartbeat, Hello, Resync
from netviz.wire.stream import Splitter, framed
from tests.services import Served
from tests.waiting import patient, until

HERE = (Host("h", "boot", "1"), Namespace("1", is_host=True))


def link(ifindex: int) -> Link:
    return Link("1", ifindex, f"v{ifindex}", "veth")


class KernelProcess:
    """The side of the agent's kernel process in the protocol, with a topology that the test sets."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.world: dict[str, AnyEntity] = {entity.key: entity for entity in HERE}
        self.seq = 0
        self.received: list[Any] = []

    async def run(self) -> None:
        self._say(encode(Hello(PROTOCOL, "test", "e", 0, 0)))
        splitter = Splitter()
        while data := await self._reader.read(65_536):
            for raw in splitter.feed(data):
                self.received.append(decode(raw, "server"))
                if isinstance(self.received[-1], Resync):
                    for frame in snapshot_frames(self.world.values(), "e", self.seq, 0):
                        self._say(frame)

    def put(self, entity: AnyEntity) -> None:
        self.world[entity.key] = entity
        self.seq += 1
        self._say(encode(DeltaFrame("e", self.seq, (entity,))))

    def _say(self, frame: bytes) -> None:
        self._writer.write(framed(frame))


def enrolled(served: Served, state: Path) -> None:
    token = served.first_run("h1")["enrol_token"]
    url = server_url.parse(served.ws_url)
    asyncio.run(enrol.enrol(url, signing_key.load_or_make(state), str(token), "h1", None))


def session_of(served: Served, state: Path) -> Session:
    """Returns a session with this server that uses the key in the given folder."""
    return Session(signing_key.load(state), server_url.parse(served.ws_url).authority)


@contextlib.asynccontextmanager
async def agent(
    served: Served, state: Path, session: Session | None = None
) -> AsyncIterator[tuple[KernelProcess, "asyncio.Task[None]"]]:
    """Provides the session process of an agent as a task, and the kernel process of this agent."""
    url = server_url.parse(served.ws_url)
    ours, theirs = socket.socketpair()
    kernel = KernelProcess(*await asyncio.open_connection(sock=theirs))
    session = session or session_of(served, state)
    tasks = [
        asyncio.create_task(connection.serve(ours, connection.Upstream(url, None, session))),
        asyncio.create_task(kernel.run()),
    ]
    yield kernel, tasks[0]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    kernel._writer.close()
    await asyncio.sleep(0)  # transports close in the next iteration of the loop


def stored(served: Served) -> set[str]:
    """Returns the keys of the entities that the server stored for the host."""
    code = (
        "import json; from netviz.server.hosts.models import Host; from netviz.server.history.store import load;"
        "print(json.dumps(sorted(load(Host.objects.get().id).entities)))"
    )
    return set(json.loads(served.shell(code)))


def test_server_stores_the_snapshot_and_the_deltas_that_the_kernel_process_sends(
    served: Served, tmp_path: Path
) -> None:
    enrolled(served, tmp_path)

    async def main() -> None:
        async with agent(served, tmp_path) as (kernel, _):
            await until(lambda: stored(served) == set(kernel.world), "the snapshot is stored")
            kernel.put(link(2))
            await until(lambda: link(2).key in stored(served), "the delta is stored")

    asyncio.run(main())


def test_server_has_all_changes_after_it_was_killed_and_started_again(served: Served, tmp_path: Path) -> None:
    enrolled(served, tmp_path)

    async def main() -> None:
        async with agent(served, tmp_path) as (kernel, _):
            await until(lambda: stored(served) == set(kernel.world), "the snapshot is stored")
            assert served.process is not None
            served.process.kill()
            served.stop()
            for ifindex in range(2, 30):
                kernel.put(link(ifindex))
            served.start()
            await until(lambda: stored(served) == set(kernel.world), "all deltas are stored")
            assert [type(frame) for frame in kernel.received] == [Resync]

    asyncio.run(main())


def test_agent_stops_with_an_error_when_it_is_revoked(served: Served, tmp_path: Path) -> None:
    enrolled(served, tmp_path)
    revoke = (
        "from django.utils import timezone; from netviz.server.hosts.models import Host;"
        "Host.objects.update(revoked=timezone.now())"
    )

    async def main() -> None:
        async with agent(served, tmp_path) as (kernel, task):
            await until(lambda: stored(served) == set(kernel.world), "the snapshot is stored")
            served.shell(revoke)
            with pytest.raises(connection.RefusedError, match="revoked"):
                await asyncio.wait_for(task, patient(10))

    asyncio.run(main())


def test_of_two_agents_with_one_key_one_keeps_the_host_and_the_other_waits_longer_and_longer(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    enrolled(served, tmp_path)
    monkeypatch.setattr(connection, "PAUSE_LOOPBACK_S", 0.1)
    monkeypatch.setattr(pauses, "_FIRST_S", 0.5)
    code = "from netviz.server.hosts.models import Host; print(Host.objects.get().contested is not None)"

    async def beat(*kernels: KernelProcess) -> None:
        while True:
            await asyncio.sleep(0.5)
            for kernel in kernels:
                kernel._say(encode(Heartbeat()))

    async def main() -> None:
        async with agent(served, tmp_path) as (first, _), agent(served, tmp_path) as (second, _):
            beating = asyncio.create_task(beat(first, second))
            await until(lambda: re.search("again in [4-9] s", caplog.text) is not None, "one waits for seconds", 30)
            beating.cancel()
            assert caplog.text.count("(superseded)") <= 3
            assert caplog.text.count("closing the connection") <= 10
            assert served.shell(code) == "True\n"

    asyncio.run(main())


def test_session_process_stops_when_the_kernel_process_ends(served: Served, tmp_path: Path) -> None:
    enrolled(served, tmp_path)

    async def main() -> None:
        async with agent(served, tmp_path) as (kernel, task):
            kernel._writer.close()
            with pytest.raises(connection.KernelGoneError):
                await asyncio.wait_for(task, patient(5))

    asyncio.run(main())


def test_enrol_prints_the_error_message_of_the_server_if_the_token_was_used_before(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    token = str(served.first_run("h1")["enrol_token"])

    def enrol_as(state: str) -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(token + "\n"))
        parser = argparse.ArgumentParser()
        enrol.add_arguments(parser)
        words = ["--server", served.ws_url, "--state", str(tmp_path / state), "--name", "h1"]
        return enrol.main(parser.parse_args(words))

    assert enrol_as("first") == 0
    assert enrol_as("second") == 3
    assert "unknown, already used, or expired" in capsys.readouterr().err

"""The agent's pace: it obeys the rates of a server by sending several changes of one entity as one."""

import uuid

from netviz.agent.kernel_process.changes import Changes
from netviz.model.delta import Delta
from netviz.model.link import Link
from netviz.server.live.pace import Paces
from netviz.wire.codec import encode
from netviz.wire.frames import DeltaFrame
from netviz.wire.limits import CHANGES_PER_SECOND, ENTITIES, SNAPSHOT_BYTES

_HOST, _TEAM = uuid.UUID(int=1), uuid.UUID(int=2)


class Clock:
    """A clock that the test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def link(number: int, mtu: int) -> Link:
    return Link("1", number, f"v{number}", "veth", mtu=mtu)


def test_changes_of_one_entity_that_wait_are_sent_as_one() -> None:
    clock = Clock()
    changes = Changes(clock)
    changes.sent([b""], ENTITIES + CHANGES_PER_SECOND)
    for mtu in range(100):
        changes.add(Delta((link(1, mtu), link(2, mtu)), ()))
    changes.add(Delta((), (link(2, 0).key,)))
    assert not changes.take()
    wait_s = changes.wait_s()
    assert wait_s is not None
    assert wait_s > 0
    clock.now += wait_s
    assert changes.take() == Delta((link(1, 99),), (link(2, 0).key,))
    assert changes.wait_s() is None


def test_agent_in_a_storm_of_changes_never_has_to_wait_for_the_server() -> None:
    """50,000 changes a second of 3,000 entities for a minute, after two snapshots of the largest size."""
    clock = Clock()
    changes, server = Changes(clock), Paces(clock).of(_HOST, _TEAM)
    for _ in range(2):
        clock.now += changes.pause_s()
        changes.sent([bytes(SNAPSHOT_BYTES)], ENTITIES)
        assert server.spend(SNAPSHOT_BYTES, ENTITIES) <= _latency_s(changes)
    sent = 0
    end = clock.now + 60
    while clock.now < end:
        clock.now += 0.02
        changes.add(Delta(tuple(link(number % 3_000, sent) for number in range(sent, sent + 1_000)), ()))
        if delta := changes.take():
            frame = encode(DeltaFrame("e", 1, delta.put, delta.drop))
            changes.sent([frame], len(delta.put))
            assert server.spend(len(frame), len(delta.put)) <= 1.0
            sent += len(delta.put)
    assert sent > 0.8 * 30 * CHANGES_PER_SECOND


def _latency_s(changes: Changes) -> float:
    return changes.pause_s() + 0.001

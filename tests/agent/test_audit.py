"""The audit: what differs from the kernel with nothing to explain it is a defect, and put right."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from netviz.agent.live.audit import Audit
from netviz.agent.live.host_reader import HostReader
from netviz.agent.world import World
from netviz.model.address import Address
from netviz.model.namespace import Sysctl, Sysctls
from netviz.model.topology import AnyEntity

OLD = Address("1", 1, "ip", "192.0.2.1", 24)
NEW = Address("1", 1, "ip", "192.0.2.2", 24)


@dataclass
class Reader:
    """A reader of one namespace, whose kernel holds what a test says."""

    kernel: list[AnyEntity]
    subject: str = "addresses"
    world: World = field(default_factory=lambda: World(100))
    namespaces: Any = field(default_factory=lambda: SimpleNamespace(by_id={"1": "a namespace"}))

    def read_again(self, namespace: object) -> None:
        """Reads it all."""
        self.world.replace("1", self.subject, self.kernel)


@pytest.fixture
def reader() -> Reader:
    """One that kept an address, where the kernel has another by now."""
    reader = Reader([NEW])
    reader.world.replace("1", "addresses", [OLD])
    return reader


class Clock:
    """A clock that stands still."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at zero."""
    return Clock()


def audited(reader: Reader, clock: Clock) -> Audit:
    audit = Audit(cast(HostReader, reader), lambda: None, clock)
    audit.check("1")
    return audit


def test_what_nothing_explains_is_reported_and_put_right(reader: Reader, clock: Clock) -> None:
    audit = audited(reader, clock)
    assert reader.world.entities == {NEW.key: NEW}
    assert not audit.defects
    clock.now = 1.0
    audit.step(busy=False)
    assert [defect.split()[0] for defect in audit.defects] == [OLD.key, NEW.key]


def test_what_an_event_explains_that_was_on_its_way_is_no_defect(reader: Reader, clock: Clock) -> None:
    audit = audited(reader, clock)
    audit.events_received({"1"})
    clock.now = 1.0
    audit.step(busy=False)
    assert not audit.defects


def test_an_event_from_elsewhere_explains_nothing(reader: Reader, clock: Clock) -> None:
    audit = audited(reader, clock)
    audit.events_received({"2"})
    clock.now = 1.0
    audit.step(busy=False)
    assert audit.defects


def test_what_the_kernel_tells_nothing_of_is_no_defect(clock: Clock) -> None:
    reader = Reader([Sysctls("1", (Sysctl("net.ipv4.ip_forward", "1"),))], "sysctls")
    audit = audited(reader, clock)
    clock.now = 1.0
    audit.step(busy=False)
    assert not audit.defects

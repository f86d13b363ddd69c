"""The audit: a difference from the kernel that no event explains is a defect, and is corrected."""

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
    """A reader of one namespace, with kernel contents that the test sets."""

    kernel: list[AnyEntity]
    subject: str = "addresses"
    world: World = field(default_factory=lambda: World(100))
    namespaces: Any = field(default_factory=lambda: SimpleNamespace(by_id={"1": "a namespace"}))

    def read_again(self, namespace: object) -> None:
        """Reads everything again."""
        self.world.replace("1", self.subject, self.kernel)


@pytest.fixture
def reader() -> Reader:
    """Provides a reader whose model has an address, while the kernel has another one."""
    reader = Reader([NEW])
    reader.world.replace("1", "addresses", [OLD])
    return reader


class Clock:
    """A clock that does not move by itself."""

    now = 0.0

    def __call__(self) -> float:
        """Returns the current time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Provides a clock at zero."""
    return Clock()


def audited(reader: Reader, clock: Clock) -> Audit:
    audit = Audit(cast(HostReader, reader), lambda: None, clock)
    audit.check("1")
    return audit


def test_audit_corrects_and_reports_a_difference_from_the_kernel_that_no_event_explains(
    reader: Reader, clock: Clock
) -> None:
    audit = audited(reader, clock)
    assert reader.world.entities == {NEW.key: NEW}
    assert not audit.defects
    clock.now = 1.0
    audit.step(busy=False)
    assert [defect.split()[0] for defect in audit.defects] == [OLD.key, NEW.key]


def test_audit_reports_no_defect_if_an_event_of_the_namespace_arrives_after_the_difference_was_found(
    reader: Reader, clock: Clock
) -> None:
    audit = audited(reader, clock)
    audit.events_received({"1"})
    clock.now = 1.0
    audit.step(busy=False)
    assert not audit.defects


def test_audit_reports_a_difference_from_the_kernel_even_if_an_event_of_another_namespace_arrives(
    reader: Reader, clock: Clock
) -> None:
    audit = audited(reader, clock)
    audit.events_received({"2"})
    clock.now = 1.0
    audit.step(busy=False)
    assert audit.defects


def test_audit_reports_no_defect_for_a_change_that_the_kernel_never_reports_by_an_event(clock: Clock) -> None:
    reader = Reader([Sysctls("1", (Sysctl("net.ipv4.ip_forward", "1"),))], "sysctls")
    audit = audited(reader, clock)
    clock.now = 1.0
    audit.step(busy=False)
    assert not audit.defects

"""What a host reader reads."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from netviz.agent.budgets import Budgets
from netviz.agent.namespaces.known import Visit


def all_subjects() -> tuple[str, ...]:
    """Returns the names of all subjects. Only this imports their readers: a `dump` of the graph does without them."""
    from netviz.agent.collect.subjects import SUBJECTS

    return tuple(SUBJECTS)


def polled_kinds() -> Collection[str]:
    """Returns the kinds of links that have subjects which are read periodically."""
    from netviz.agent.collect.subjects import polled

    return polled()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Options of a host reader: which host it reads, and which subjects.

    `host_netns` is the file of the host's namespace, None for the agent's own; `practice` means that the host is a
    practice network (an example in private namespaces); `subjects` (such as routes) are read inside each namespace.
    `inside` is called in each namespace after these were read there for the first time.
    """

    host_netns: str | None = None
    practice: bool = False
    budgets: Budgets = field(default_factory=Budgets)
    subjects: tuple[str, ...] = field(default_factory=all_subjects)
    inside: Callable[[Visit], None] | None = None

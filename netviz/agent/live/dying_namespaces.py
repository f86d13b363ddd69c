"""Namespaces that are being destroyed.

If a namespace ends, the kernel first reports this, and only then removes the other ends of the namespace's veths. The
agent waits until these links are removed, so that the end of the namespace and of the links is sent as one change.
"""

import time
from dataclasses import dataclass, field

from netviz.agent.live.host_reader import HostReader
from netviz.agent.namespaces.known import KnownNamespace
from netviz.model.entity import LinkRef
from netviz.model.link_kinds import kind_of

# When a namespace ends, the kernel also removes links of other namespaces, such as the other ends of veths. This is the
# maximum time to wait for their removal. The kernel needs about 30 ms.
_LIMIT_S = 0.3


@dataclass(slots=True)
class _Death:
    namespace: KnownNamespace
    until: float
    waits_for: set[LinkRef]
    gone: set[LinkRef] = field(default_factory=set)


class DyingNamespaces:
    """Namespaces that the kernel reported as dead, and the links of other namespaces that will be removed with them."""

    def __init__(self, reader: HostReader) -> None:
        self._reader = reader
        self._deaths: list[_Death] = []
        self._postponed: set[LinkRef] = set()

    def begin(self, nsid: int) -> None:
        """Handles the kernel's report that the namespace with this nsid died.

        A new namespace may already have the same nsid, so only namespaces that no longer exist are treated as dead.
        """
        for namespace in self._reader.namespaces.with_nsid(nsid):
            if not self.is_dying(namespace) and not (namespace.sighting and self._reader.is_alive(namespace)):
                self._begin(namespace)

    def _begin(self, namespace: KnownNamespace) -> None:
        table = self._reader.links.table
        bound: set[LinkRef] = set()
        for raw in table.of(namespace.id):
            for ref in table.pointing_at(raw.ref):
                peer = table.get(ref)
                if peer is not None and ref.ns != namespace.id and kind_of(peer.kind).bound:
                    bound.add(ref)
        self._deaths.append(_Death(namespace, time.monotonic() + _LIMIT_S, bound))

    def is_dying(self, namespace: KnownNamespace) -> bool:
        """Returns whether this namespace is dead but still in the model."""
        return any(death.namespace is namespace for death in self._deaths)

    def namespaces(self) -> list[KnownNamespace]:
        """Returns the namespaces that are dead but still in the model."""
        return [death.namespace for death in self._deaths]

    def saw_gone(self, refs: set[LinkRef]) -> None:
        """Records that the kernel reported the removal of these links."""
        for death in self._deaths:
            seen = death.waits_for & refs
            death.waits_for -= seen
            death.gone |= seen

    def without_held(self, refs: set[LinkRef]) -> set[LinkRef]:
        """Returns which of these links can be read now. Leaves out links of dead namespaces, and links elsewhere that
        the kernel will remove together with a dead namespace.
        """
        if not self._deaths:
            return refs
        dead = {death.namespace.id for death in self._deaths}
        held = set().union(*(death.waits_for | death.gone for death in self._deaths))
        self._postponed |= refs & held
        return {ref for ref in refs if ref not in held and ref.ns not in dead}

    def finish(self) -> set[LinkRef]:
        """Removes dead namespaces from the model.

        A dead namespace stays in the model until the kernel has removed those links of other namespaces that must
        disappear together with the namespace (such as the other ends of its veths), but no longer than `_LIMIT_S`.
        Returns the links that must be read again, for example links whose removal was expected and did not happen in
        this time.
        """
        now = time.monotonic()
        done = [death for death in self._deaths if not death.waits_for or death.until <= now]
        if not done:
            return set()
        self._deaths = [death for death in self._deaths if death not in done]
        unread: set[LinkRef] = set()
        for death in done:
            for ref in death.gone:
                self._reader.links.table.remove(ref)
            unread |= death.waits_for
            self._reader.forget(death.namespace)
        unread |= self._postponed
        self._postponed = set()
        return self.without_held(unread)

    def wait_s(self) -> float | None:
        """Returns the maximum time in seconds until the next dead namespace is removed from the model; None if no
        namespace is dead.
        """
        if not self._deaths:
            return None
        return max(min(death.until for death in self._deaths) - time.monotonic(), 0.0)

"""The present of a host for a single question: from this process's feed if it is in memory, else from the database."""

import uuid

from netviz.model.topology import AnyEntity
from netviz.server.history.store import load
from netviz.server.live.feeds import feeds


def present_of(host: uuid.UUID) -> tuple[int, dict[str, AnyEntity]]:
    """The number of the last change and the topology after it. May be called from any thread."""
    feed = feeds.held(host)
    if feed is not None:
        return feed.seq, dict(feed.entities)
    present = load(host)
    return present.seq, present.entities

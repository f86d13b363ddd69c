"""Reads the current topology of a host for a single request: from this process's memory if it is there, or else from
the database.
"""

import uuid

from netviz.model.topology import AnyEntity
from netviz.server.history.store import load
from netviz.server.live.feeds import feeds


def present_of(host: uuid.UUID) -> tuple[int, dict[str, AnyEntity]]:
    """Returns the number of the last change, and the topology after that change. Can be called from any thread."""
    feed = feeds.held(host)
    if feed is not None:
        return feed.seq, dict(feed.entities)
    present = load(host)
    return present.seq, present.entities

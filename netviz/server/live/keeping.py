"""Keeps the stored history of a host within its quota."""

import logging

from django.conf import settings

from netviz.server.history import quota
from netviz.server.live.feed import Feed
from netviz.server.live.writer import write
from netviz.server.tally import dropped

log = logging.getLogger(__name__)


async def keep_quota(feed: Feed) -> None:
    """Drops the oldest history of the host if it exceeds its quota. Checks this once in a sixteenth of the quota."""
    if feed.unchecked < settings.HISTORY_MIB << 16:
        return
    feed.unchecked = 0
    seq = await write(quota.over_quota, feed.host, host=feed.host)
    if seq is None:
        return
    while await write(quota.drop_before, feed.host, seq, host=feed.host):
        pass
    dropped.add("the oldest history of a host was dropped, because of its quota", feed.host)
    log.info("host %s: its history begins with change %d now (NETVIZ_HISTORY_MIB)", feed.host, seq)

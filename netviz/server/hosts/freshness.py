"""How fresh a host's map is, by what is stored of its agent's connection."""

from datetime import timedelta
from typing import Literal

from django.utils import timezone

from netviz.server.hosts.models import Host

# An agent's connection marks its host as seen every 4 s; a server that was killed leaves a session that nobody marks.
SILENT = timedelta(seconds=15)


def state_of(host: Host) -> Literal["live", "stale", "never"]:
    """ "live" while an agent's connection stands, "stale" after one did, "never" before the first."""
    if host.seen is None:
        return "never"
    return "live" if host.session and timezone.now() - host.seen < SILENT else "stale"

"""Defines all limits of the server, each with its reason. Limits of frames are in `netviz/wire/limits.py`."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Limit:
    """Allows up to `tries` attempts in a window of `seconds`. `name` distinguishes the counts of different limits."""

    name: str
    tries: int
    seconds: float


# Sign-in attempts from one address, by password or by link: enough for typing errors, too few for guessing. Set
# NETVIZ_SIGN_IN_TRIES if many people share one address.
SIGN_INS = Limit("sign-in", settings.SIGN_IN_TRIES, 60)

# Frames that one browser may send: a browser renews watches, sends requests, and subscribes again after a resync.
BROWSER_FRAMES = Limit("browser-frames", 100, 10)

# Addresses whose attempts are kept in memory. The oldest is dropped first, so that a flood of addresses costs nothing.
ADDRESSES = 10_000

# Seconds from accept to hello: signing takes milliseconds, and a socket without a host is not kept open.
PROOF_S = 10

# Seconds between two marks that the hosts of this process are alive, and between checks that their agents may write.
STILL_ALLOWED_S = 4

# Frames that may wait for one agent. Usually none wait. Beyond this, watches are dropped (they are renewed), requests
# are answered "busy", and acknowledgements wait for room.
AGENT_QUEUE_FRAMES = 64

# Bulky entities that are encoded at once when a browser starts to watch a namespace; more are encoded in a thread.
BULKY_ON_THE_SPOT = 500

# Number of items on one page of the API: the default and the maximum.
PAGE_ITEMS, PAGE_ITEMS_MOST = 1_000, 10_000

# Results of an API search: the default and maximum number; the maximum number of characters in the query.
SEARCH_ITEMS, SEARCH_ITEMS_MOST, SEARCH_CHARACTERS = 100, 1_000, 200

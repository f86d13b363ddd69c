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

# Maximum rate of frames from one browser. A browser sends frames to renew watches, to make requests, and to subscribe
# again after a resync.
BROWSER_FRAMES = Limit("browser-frames", 100, 10)

# The number of attempts to sign in is counted per client address. Up to this number of addresses are kept in memory. If
# there are more, the oldest is dropped, so that requests from very many addresses do not use up the memory.
ADDRESSES = 10_000

# The server closes an agent's connection if the agent's proof and hello do not arrive within this number of seconds.
# They normally arrive soon, because the agent needs only milliseconds to sign the proof.
PROOF_S = 10

# Every `STILL_ALLOWED_S` seconds, a server process sets the last-seen time of the hosts of its connected agents, and
# checks that these agents may still store changes.
STILL_ALLOWED_S = 4

# Maximum number of frames that wait to be sent to one agent. Usually none wait. If there are more, `watch` frames are
# dropped (browsers repeat them), requests are answered "busy", and the code that sends acknowledgements waits.
AGENT_QUEUE_FRAMES = 64

# Number of bulky entities (such as netfilter rules) that are encoded in the event loop when a browser starts to watch a
# namespace. If there are more, a thread encodes them, so that no other browser waits.
BULKY_ON_THE_SPOT = 500

# Number of items on one page of the API: the default and the maximum.
PAGE_ITEMS, PAGE_ITEMS_MOST = 1_000, 10_000

# Results of an API search: the default and maximum number; the maximum number of characters in the query.
SEARCH_ITEMS, SEARCH_ITEMS_MOST, SEARCH_CHARACTERS = 100, 1_000, 200

"""Every limit of the server in one place, each with its reason. Those of the wire are in `netviz/wire/limits.py`."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` within `seconds`, counted from the first of them. `name` keeps the counts of limits apart."""

    name: str
    tries: int
    seconds: float


# Tries to sign in from one address, by password or by link: enough for a person who mistypes, too few for guessing.
# NETVIZ_SIGN_IN_TRIES sets it, where many people share one address.
SIGN_INS = Limit("sign-in", settings.SIGN_IN_TRIES, 60)

# Frames of one browser's socket: it renews watches, asks, and subscribes again after a resync.
BROWSER_FRAMES = Limit("browser-frames", 100, 10)

# Addresses whose tries are kept in memory; the oldest is forgotten first, so that a flood of addresses costs nothing.
ADDRESSES = 10_000

# Seconds an agent has from accept to hello: signing takes milliseconds, and a socket without a name is not kept.
PROOF_S = 10

# Seconds between two marks that the hosts of this process are alive, and checks that their agents may still write.
STILL_ALLOWED_S = 4

# Frames that may wait for one agent. An agent that reads has none waiting; watches are renewed, requests are answered
# "busy", and acknowledgements wait for room.
AGENT_QUEUE_FRAMES = 64

# Bulky entities that are encoded on the spot when a browser begins to watch a namespace; more go to a thread.
BULKY_ON_THE_SPOT = 500

# Items of a page of the API: if nothing is said, and at most.
PAGE_ITEMS, PAGE_ITEMS_MOST = 1_000, 10_000

# Results of a search of the API: if nothing is said, and at most; characters of its question.
SEARCH_ITEMS, SEARCH_ITEMS_MOST, SEARCH_CHARACTERS = 100, 1_000, 200

"""The counts of dropped things, which all parts of the server share (`netviz.server.tally`)."""

from netviz.server.tally import Tally as Tally
from netviz.server.tally import dropped as dropped

"""A row of the table of attributes, and the reasons for which attributes are left out."""

from collections.abc import Mapping
from typing import NamedTuple

COUNTS = "counts by itself; read on request, if at all"
TIMER = "a timer, which runs by itself"
STATE = "a state that changes by itself"
REQUEST = "only in requests"
EVENT = "only in events"
UNUSED = "the kernel does not send it"
FILTER = "only sent if requested, which netviz does not do"
MPLS = "only in MPLS routes, which netviz does not read"
MULTICAST = "only in multicast routes, which netviz does not read"
LOOKUP = "only in answers to a lookup of one route"
HARDWARE = "names an object of the hardware's driver, which netviz does not show"
LIFETIME = "a lifetime or an age, which changes by itself; read on request, if at all"
WITH_LINK = "read with the settings of the link"


class Row(NamedTuple):
    """What netviz does with the attributes of one enum: the class with their numbers, the prefix of the enum's names in
    the kernel, the objects that have the attributes, and the attributes that are left out, each with the reason.
    """

    cls: type
    prefix: str
    of: str
    unread: Mapping[int, str] = {}

    @property
    def numbers(self) -> Mapping[str, int]:
        """The attribute numbers of the class by name."""
        return {name: number for name, number in vars(self.cls).items() if name.isupper()}

    @property
    def left_out(self) -> Mapping[int, str]:
        """The attributes that are left out, by number, each with the reason."""
        padding = {number: "padding" for name, number in self.numbers.items() if name == "PAD"}
        return {**padding, **self.unread}

    @property
    def read(self) -> frozenset[int]:
        """The numbers of the attributes that are read."""
        return frozenset(self.numbers.values()) - self.left_out.keys()

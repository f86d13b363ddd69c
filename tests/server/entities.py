"""Entities that tests of the server send as an agent does."""

from netviz.model.link import Link
from netviz.model.namespace import Host, Namespace

HERE = (Host("h", "boot", "1"), Namespace("1", is_host=True))


def large(number: int, text: str = "x", size: int = 20_000) -> Link:
    """Returns a link with a text of `size` times `text`."""
    return Link("1", number, f"v{number}", "veth", ifalias=text * size)

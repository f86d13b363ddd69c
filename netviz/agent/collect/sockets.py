"""Listening sockets and counts of connections (sock_diag(7), inet_diag)."""

from collections.abc import Sequence

from netviz.model.state import StateValue


def read() -> Sequence[StateValue]:
    """What listens in the namespace that the calling thread is in."""
    return ()

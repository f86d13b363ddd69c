"""The open requests of the browsers that are connected to this process (its viewers). Each gets exactly one answer,
from the agent or from the server.

A request travels viewer -> server -> (relay) -> agent with an id that this process assigns. So an answer is accepted
only from the host that was asked, and only once, and the agent never sees the browser's id for the request.
"""

import asyncio
import itertools
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Protocol, TypeVar

from netviz.server.tally import dropped
from netviz.wire import limits
from netviz.wire.frames import Answer, Request

K = TypeVar("K")


class Asker(Protocol):
    """A viewer (a browser's connection) that sends requests."""

    def answer(self, answer: Answer) -> None:
        """Called with the answer to a request. Must not block."""


@dataclass(slots=True)
class _OpenRequest:
    host: uuid.UUID
    asker: Asker
    id: str  # the id that the viewer gave the request
    timer: asyncio.TimerHandle


class Requests:
    """The open requests of this process. Use this object in one event loop only."""

    def __init__(self, process: str) -> None:
        self._prefix = process
        self._numbers = itertools.count(1)
        self._open: dict[str, _OpenRequest] = {}
        self._by_asker: Counter[Asker] = Counter()
        self._by_host: Counter[uuid.UUID] = Counter()

    def open(self, host: uuid.UUID, asker: Asker, request: Request) -> Request | None:
        """Returns the request to send to the agent. If too many are open, answers the viewer and returns None."""
        if self._by_asker[asker] >= limits.REQUESTS or self._by_host[host] >= limits.HOST_REQUESTS:
            asker.answer(Answer(request.id, "busy"))
            return None
        number = f"{self._prefix}.{next(self._numbers)}"
        timer = asyncio.get_running_loop().call_later(limits.REQUEST_S, self._late, number)
        self._open[number] = _OpenRequest(host, asker, request.id, timer)
        self._by_asker[asker] += 1
        self._by_host[host] += 1
        return Request(number, request.ask)

    def answered(self, host: uuid.UUID, answer: Answer) -> None:
        """Passes an answer to the viewer that asked. An answer that nobody waits for is counted as dropped."""
        pending = self._open.get(answer.id)
        if pending is None or pending.host != host:
            dropped.add("an answer that nobody waits for", answer.id)
            return
        self._close(answer.id)
        pending.asker.answer(Answer(pending.id, answer.code, answer.text))

    def leave(self, asker: Asker, answer: Answer | None = None) -> None:
        """Forgets this viewer's open requests. If `answer` is given, sends it for each of them."""
        for number in [number for number, pending in self._open.items() if pending.asker is asker]:
            pending = self._open[number]
            self._close(number)
            if answer is not None:
                asker.answer(Answer(pending.id, answer.code, answer.text))

    def clear(self) -> None:
        """Forgets all requests."""
        for number in list(self._open):
            self._close(number)

    def _late(self, number: str) -> None:
        pending = self._open[number]
        self._close(number)
        pending.asker.answer(Answer(pending.id, "late"))

    def _close(self, number: str) -> None:
        pending = self._open.pop(number)
        pending.timer.cancel()
        _less(self._by_asker, pending.asker)
        _less(self._by_host, pending.host)


def _less(counts: Counter[K], key: K) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]

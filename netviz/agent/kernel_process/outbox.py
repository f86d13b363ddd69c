"""A queue of frames for a reader that may be slow. Its size is limited; frames are dropped whole, never in part."""

import socket
from collections import deque
from collections.abc import Iterable

from netviz.wire.limits import UNACKED_BYTES
from netviz.wire.stream import framed


class Outbox:
    """A queue of frames to a non-blocking stream socket.

    `overfull` means that more than `limit_bytes` waited, and all frames except the one being written were dropped. This
    lasts until the next snapshot. A snapshot may exceed the limit: its frames do not count.
    """

    def __init__(self, sock: socket.socket, limit_bytes: int = UNACKED_BYTES) -> None:
        self._socket = sock
        self._limit = limit_bytes
        self._queue: deque[tuple[bytes, bool]] = deque()
        self._first_at = 0
        self._counted = 0
        self.overfull = False

    @property
    def waiting(self) -> int:
        """The number of waiting frames, including the one being written."""
        return len(self._queue)

    def put(self, frames: Iterable[bytes]) -> None:
        """Adds encoded frames.

        If the queue exceeds its limit, drops all frames, and adds none until the next snapshot.
        """
        for frame in frames:
            if self.overfull:
                return
            self._queue.append((framed(frame), True))
            self._counted += len(frame)
            if self._counted > self._limit:
                self._drop()

    def put_snapshot(self, frames: Iterable[bytes]) -> None:
        """Adds the frames of a snapshot, which ends `overfull`."""
        self.overfull = False
        self._queue.extend((framed(frame), False) for frame in frames)

    def flush(self) -> None:
        """Writes as much as the socket accepts.

        Raises BlockingIOError if the socket is full, OSError if it is closed.
        """
        while self._queue:
            data, counts = self._queue[0]
            self._first_at += self._socket.send(memoryview(data)[self._first_at :])
            if self._first_at == len(data):
                self._queue.popleft()
                self._first_at = 0
                self._counted -= len(data) - 4 if counts else 0

    def _drop(self) -> None:
        self.overfull = True
        keep = self._queue[0] if self._first_at else None
        self._queue.clear()
        self._counted = 0
        if keep is not None:
            self._queue.append((keep[0], False))

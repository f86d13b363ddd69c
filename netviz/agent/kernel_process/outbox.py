"""A queue of frames (the messages of the agent's protocol) for a receiver that may be slow.

The size of the queue is limited. A frame is dropped as a whole, never in part.
"""

import socket
from collections import deque
from collections.abc import Iterable

from netviz.wire.limits import UNACKED_BYTES
from netviz.wire.stream import framed


class Outbox:
    """A queue of frames (protocol messages) that are sent through a non-blocking stream socket.

    If more than `limit_bytes` wait, all frames except the one that is being written are dropped, and `overfull` is set.
    It stays set until `put_snapshot` is called: a snapshot replaces everything that was dropped. The frames of a
    snapshot do not count towards the limit, so a snapshot may be larger.
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
        """The number of frames in the queue, including the frame that is being written."""
        return len(self._queue)

    def put(self, frames: Iterable[bytes]) -> None:
        """Adds encoded frames. If the queue exceeds its limit, drops all frames and sets `overfull`.

        While `overfull` is set, new frames are dropped too.
        """
        for frame in frames:
            if self.overfull:
                return
            self._queue.append((framed(frame), True))
            self._counted += len(frame)
            if self._counted > self._limit:
                self._drop()

    def put_snapshot(self, frames: Iterable[bytes]) -> None:
        """Adds the frames of a snapshot. Resets `overfull`: a snapshot contains everything that was dropped."""
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

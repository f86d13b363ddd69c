"""How long the agent waits before it connects again."""

import random
import time
from collections.abc import Callable

# If another agent with the same key takes the host, the two would take it from each other for ever. So from the second
# time on, the pauses grow: up to `_FIRST_S` seconds, then twice as long each time, up to `_MOST_S`.
_FIRST_S, _MOST_S = 15.0, 300.0

# A connection of this length means that nobody else takes the host: two agents that both wait up to `_MOST_S` meet
# more often.
_HELD_S = 2 * _MOST_S


class Pauses:
    """Chooses the pauses of one agent. An ordinary pause is a random time of up to `longest_s` seconds."""

    def __init__(
        self,
        longest_s: float,
        clock: Callable[[], float] = time.monotonic,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._longest_s = longest_s
        self._clock = clock
        self._uniform = uniform
        self._taken = 0  # how often another agent took the host, since this one last held it for long
        self._began = clock()

    def began(self) -> None:
        """Records that a connection was established."""
        self._began = self._clock()

    @property
    def is_contested(self) -> bool:
        """Returns whether another agent takes the host again and again."""
        return self._taken > 1

    def next_s(self, *, is_taken: bool) -> float:
        """Returns the seconds to wait after a connection. `is_taken` is whether another agent with the same key has the
        host now.
        """
        if self._clock() - self._began >= _HELD_S:
            self._taken = 0
        self._taken += is_taken
        if not (is_taken and self.is_contested):
            return self._uniform(0, self._longest_s)
        limit_s = min(_MOST_S, _FIRST_S * 2.0 ** min(self._taken - 2, 10))
        return self._uniform(limit_s / 2, limit_s)

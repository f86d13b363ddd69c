"""Counts and logs what was dropped in this process, so that nothing is dropped silently."""

import logging
from collections import Counter

log = logging.getLogger(__name__)


class Tally:
    """Counts by name. The 1st, 10th, 100th, ... of a name is logged, so that a flood does not fill the log."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, name: str, detail: object = "") -> None:
        """Counts one more. `detail` is for the log; it is escaped, because hosts and browsers may have written it."""
        self.counts[name] += 1
        number = self.counts[name]
        if str(number).strip("0") == "1":
            log.warning("%s (%d so far): %.300a", name, number, str(detail))


dropped = Tally()

"""Counts and logs what was dropped in this process, so that nothing is dropped silently."""

import logging
from collections import Counter

log = logging.getLogger(__name__)


class Tally:
    """Counts dropped things by name. Logs the 1st, 10th, 100th, ... of a name, so a flood does not fill the log."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, name: str, detail: object = "") -> None:
        """Adds 1 to the count of a name. `detail` is escaped in the log: hosts and browsers may have sent it."""
        self.counts[name] += 1
        number = self.counts[name]
        if str(number).strip("0") == "1":
            log.warning("%s (%d so far): %.300a", name, number, str(detail))


dropped = Tally()

"""What went nowhere in this process, counted and logged, so that nothing is dropped in silence."""

import logging
from collections import Counter

log = logging.getLogger(__name__)


class Tally:
    """Counts by name. The first of a name is logged, then the 10th, the 100th, ...: a flood does not fill the log."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, name: str, detail: object = "") -> None:
        """Counts one more; `detail` is for the log, escaped, as hosts and browsers may have written it."""
        self.counts[name] += 1
        number = self.counts[name]
        if str(number).strip("0") == "1":
            log.warning("%s (%d so far): %.300a", name, number, str(detail))


dropped = Tally()

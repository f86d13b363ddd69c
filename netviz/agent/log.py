"""What the agent logs: lines to stderr, in which no character remains that a terminal would obey."""

import logging
import traceback

from netviz.agent.terminal import one_line

# Before each line of a traceback, so that a text with line breaks cannot look like a line of its own.
_MARGIN = "  | "


def log_to_stderr() -> None:
    """Makes the loggers of this process write lines to stderr, where a service manager reads them."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Lines())
    logging.basicConfig(handlers=[handler], level=logging.INFO)


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        lines = [f"netviz-agent: {one_line(record.getMessage())}"]
        if record.exc_info and record.exc_info[1] is not None:
            rows = "".join(traceback.format_exception(record.exc_info[1])).split("\n")
            lines += [_MARGIN + one_line(row) for row in rows if row]
        return "\n".join(lines)

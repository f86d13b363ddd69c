"""What the agent prints and logs. Texts of a server and of this host reach root's terminal here, so every line passes
`netviz.model.text.visible`, which leaves no character that a terminal would obey.
"""

import logging
import sys
import traceback

from netviz.model.text import visible

# Before each line of a traceback, so that a text with line breaks cannot look like a line of its own.
_MARGIN = "  | "

# Maximum characters of a line. No message of ours is longer; a server's text may be.
_CHARACTERS = 2_000


def complain(message: str) -> None:
    """Prints one line to stderr."""
    print(_line(message), file=sys.stderr)


def say(message: str) -> None:
    """Prints one line to stdout."""
    print(_line(message))


def log_to_stderr() -> None:
    """Makes the loggers of this process write lines to stderr, where a service manager reads them."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Lines())
    logging.basicConfig(handlers=[handler], level=logging.INFO)


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        lines = [f"netviz-agent: {_line(record.getMessage())}"]
        if record.exc_info and record.exc_info[1] is not None:
            rows = "".join(traceback.format_exception(record.exc_info[1])).split("\n")
            lines += [_MARGIN + _line(row) for row in rows if row]
        return "\n".join(lines)


def _line(message: str) -> str:
    shown = visible(message[:_CHARACTERS])
    return shown if len(message) <= _CHARACTERS else f"{shown} (and {len(message) - _CHARACTERS} more characters)"

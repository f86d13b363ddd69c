"""Runs `python -m netviz.agent.lab`. The exit code is 0 if this system allows private namespaces.

Otherwise it prints the reason, and the exit code is 1.
"""

import sys

from netviz.agent.lab import refused
from netviz.agent.terminal import exit_code, say


def main() -> int:
    """Prints why private namespaces are refused, if they are, and returns the exit code."""
    if sentence := refused():
        say(sentence)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(exit_code(main))

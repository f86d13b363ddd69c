"""Runs `python -m netviz.agent.lab`. The exit code is 0 if this system allows private namespaces.

Otherwise it prints the reason, and the exit code is 1.
"""

import sys

from netviz.agent.lab import refused

if __name__ == "__main__":
    if sentence := refused():
        print(sentence)
        sys.exit(1)

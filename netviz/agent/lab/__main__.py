"""`python -m netviz.agent.lab`: exits with 0, or with 1 after printing why this system refuses private namespaces."""

import sys

from netviz.agent.lab import refused

if __name__ == "__main__":
    if sentence := refused():
        print(sentence)
        sys.exit(1)

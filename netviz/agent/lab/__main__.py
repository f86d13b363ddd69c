"""`python -m netviz.agent.lab` exits with 0 if this system allows private namespaces, else with 1 and a reason."""

import sys

from netviz.agent.lab import refused

if __name__ == "__main__":
    if sentence := refused():
        print(sentence)
        sys.exit(1)

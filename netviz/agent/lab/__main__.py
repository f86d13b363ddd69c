"""`python -m netviz.agent.lab`: code 0, or 1 and a sentence that says why private namespaces are refused here."""

import sys

from netviz.agent.lab import refused

if __name__ == "__main__":
    if sentence := refused():
        print(sentence)
        sys.exit(1)

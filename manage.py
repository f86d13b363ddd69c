"""The one entry: `python3 manage.py run` sets up and starts everything; any other command is Django's.

This file parses on any Python, so that an old one is answered with a sentence.
"""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.stderr.write(
            "netviz needs Python 3.11 or newer and this is {}.{}: start it with a newer one, "
            "for instance `python3.11 manage.py run`.\n".format(*sys.version_info[:2])
        )
        sys.exit(1)
    from netviz.launch.__main__ import manage

    sys.exit(manage(sys.argv))

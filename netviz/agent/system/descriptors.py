"""The number of files that this process may have open (RLIMIT_NOFILE in getrlimit(2))."""

import resource
from contextlib import suppress

# No more than this is needed, and an unlimited number would let a leak go unnoticed.
_MOST = 16_384


def raise_limit() -> None:
    """Raises the limit as far as the process may, up to `_MOST`: usually it is 1,024, for programs that use select."""
    now, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if now != resource.RLIM_INFINITY and now < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def half() -> int:
    """Returns how many descriptors may be used to save time: half of the limit."""
    now, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return (_MOST if now == resource.RLIM_INFINITY else min(now, _MOST)) // 2

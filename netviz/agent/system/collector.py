"""Python's cycle collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Pauses Python's cycle collector, which would scan the many new objects repeatedly without freeing any.

    Afterwards it leaves out the objects that exist now (`gc.freeze`), because most of them stay as long as the process.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.freeze()
            gc.enable()

"""Why an agent's connection ends: close codes, and the exception that carries one."""

import logging

from netviz.server.hosts.sessions import Superseded
from netviz.wire.frames import Problem

log = logging.getLogger(__name__)

# Close codes: a bad frame, no proof, not let in, no proof in time, another connection of the same host, server trouble.
BAD_FRAME, NO_PROOF, REFUSED, TOO_SLOW, SUPERSEDED, TRY_LATER = 4400, 4401, 4403, 4408, 4409, 1013


class Closed(Exception):
    """The connection is over; with a code it is we who close it."""

    def __init__(self, code: int | None = None, problem: Problem | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.problem = problem


def closed_by(failure: BaseException) -> Closed:
    """How a connection ends whose changes could not be stored."""
    if isinstance(failure, Superseded):
        return Closed(SUPERSEDED, Problem("superseded", "the host was revoked, or another connection took over", True))
    log.error("an agent's changes could not be stored: %r", failure)
    return Closed(TRY_LATER, Problem("try-later", "the server cannot store changes at the moment", True))

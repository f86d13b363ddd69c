"""Why an agent's connection ends: close codes, and the exception that carries one."""

import logging

from netviz.server.hosts.sessions import Superseded
from netviz.wire.frames import Problem

log = logging.getLogger(__name__)

# Close codes of the websocket, in this order: bad frame, no proof, agent rejected, proof too late, another connection
# of the same host, failure of the server.
BAD_FRAME, NO_PROOF, REFUSED, TOO_SLOW, SUPERSEDED, TRY_LATER = 4400, 4401, 4403, 4408, 4409, 1013


class Closed(Exception):
    """Means that the connection is over. If a code is given, the server closes the connection with it."""

    def __init__(self, code: int | None = None, problem: Problem | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.problem = problem


def closed_by(failure: BaseException) -> Closed:
    """Returns the exception that closes a connection whose changes could not be stored."""
    if isinstance(failure, Superseded):
        return Closed(SUPERSEDED, Problem("superseded", "the host was revoked or connected again", True))
    log.error("cannot store an agent's changes: %r", failure)
    return Closed(TRY_LATER, Problem("try-later", "the server cannot store changes at the moment", True))

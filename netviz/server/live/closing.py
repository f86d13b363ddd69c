"""Why an agent's connection ends: close codes, and the exception that carries one."""

from netviz.server.history.blobs import Unreadable
from netviz.server.hosts.enrolment import Refused
from netviz.server.hosts.sessions import Superseded
from netviz.server.live.faults import faults
from netviz.server.tally import dropped
from netviz.wire.frames import Problem
from netviz.wire.problems import WireError

# Close codes of the websocket, in this order: bad frame, no proof, agent rejected, proof too late, another connection
# of the same host, failure of the server.
BAD_FRAME, NO_PROOF, REFUSED, TOO_SLOW, SUPERSEDED, TRY_LATER = 4400, 4401, 4403, 4408, 4409, 1013


class Closed(Exception):
    """Means that the connection is over. If a code is given, the server closes the connection with it."""

    def __init__(self, code: int | None = None, problem: Problem | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.problem = problem


class TeamFull(Exception):
    """Means that the topologies of the host's team would need more memory than one team may use."""


def closed_by(failure: BaseException) -> Closed:
    """Returns the exception that closes a connection which failed. Logs faults of the server."""
    match failure:
        case Closed():
            return failure
        case WireError():
            return Closed(BAD_FRAME, Problem(failure.code, str(failure), True))
        case Refused():
            return Closed(REFUSED, Problem(failure.code, failure.text, True))
        case Superseded():
            return Closed(SUPERSEDED, Problem("superseded", "the host was revoked or connected again", True))
        case TeamFull():
            dropped.add("an agent was refused, because its team needs too much memory")
            text = "the hosts of this team need more memory than the server allows (NETVIZ_TEAM_MIB)"
            return Closed(TRY_LATER, Problem("team-full", text, True))
        case Unreadable():
            faults.add("cannot read stored history", failure)
            return Closed(TRY_LATER, Problem("try-later", "the server cannot read this host's history", True))
    faults.add("cannot serve an agent's connection", failure)
    return Closed(TRY_LATER, Problem("try-later", "the server cannot store changes at the moment", True))

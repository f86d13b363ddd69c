"""Gives up rights that the agent's processes do not need, so that the kernel no longer grants them.

See `prctl(2)` and `seccomp(2)`; the numbers come from include/uapi/linux/{prctl,seccomp,filter,audit}.h.
"""

import ctypes
import logging
import os
import struct

from netviz.agent.system.syscalls import prctl

log = logging.getLogger(__name__)

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
SECCOMP_MODE_FILTER = 2

NOBODY = 65534

# Maps a machine type to its AUDIT_ARCH_* number and to the numbers of execve and execveat, which differ between machine
# types.
_EXEC = {"x86_64": (0xC000003E, 59, 322), "aarch64": (0xC00000B7, 221, 281)}

_LD_W_ABS, _JEQ, _RET = 0x20, 0x15, 0x06
_ALLOW, _EPERM = 0x7FFF0000, 0x00050001
_AT_NUMBER, _AT_ARCH = 0, 4


def no_new_rights() -> None:
    """Makes execve grant no privileges from now on: set-user-id bits and file capabilities have no effect."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def no_programs() -> None:
    """Forbids this process to start programs: from now on execve and execveat fail with EPERM.

    On a machine type for which the numbers of these system calls are not known, it only logs a warning.
    """
    machine = os.uname().machine
    known = _EXEC.get(machine)
    if known is None:
        log.warning("the machine type %s is not known: the agent cannot forbid itself to start programs", machine)
        return
    arch, execve, execveat = known
    steps = [
        (_LD_W_ABS, 0, 0, _AT_ARCH),
        (_JEQ, 0, 3, arch),  # system calls of another ABI (such as i386) have other numbers: all fail
        (_LD_W_ABS, 0, 0, _AT_NUMBER),
        (_JEQ, 1, 0, execve),
        (_JEQ, 0, 1, execveat),
        (_RET, 0, 0, _EPERM),
        (_RET, 0, 0, _ALLOW),
    ]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    room = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(room))
    holder = ctypes.create_string_buffer(program)
    no_new_rights()
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_void_p(ctypes.addressof(holder)))


def become_nobody() -> None:
    """Changes from root to the user and group `nobody` (65534). The process has no other groups and no capabilities
    then.

    Does nothing if the process is not root.
    """
    if os.geteuid() != 0:
        return
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)

"""Runs a command with the system calls that a unit's SystemCallFilter allows; any other call kills the process.

filtering.py FILTER COMMAND ...     FILTER as in systemd.exec(5): names and sets (@system-service), no `~`
"""

import ctypes
import os
import subprocess
import sys

_KILL_PROCESS, _ALLOW = 0x80000000, 0x7FFF0000  # seccomp.h of libseccomp


def calls_of(words: list[str]) -> set[str]:
    """Returns the names of the system calls, with sets and nested sets expanded."""
    found: set[str] = set()
    for word in words:
        if not word.startswith("@"):
            found.add(word)
            continue
        listed = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True)
        inner = [line.split()[0] for line in listed.stdout.splitlines()[1:] if line.split() and "#" not in line]
        found |= calls_of(inner)
    return found


def allow_only(names: set[str]) -> None:
    """Restricts this process and everything that it executes to these calls."""
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_KILL_PROCESS)))
    for name in names:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0 and library.seccomp_rule_add(context, ctypes.c_uint32(_ALLOW), number, 0):
            raise OSError(f"no rule for {name}")
    if library.seccomp_load(context):
        raise OSError("the kernel did not accept the seccomp filter")


if __name__ == "__main__":
    allow_only(calls_of(sys.argv[1].split()))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - the test says what to run

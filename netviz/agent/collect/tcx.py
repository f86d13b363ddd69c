"""Reads BPF programs that are attached to links by tcx (Linux 6.6; kernel/bpf/tcx.c).

The kernel sends no event when such a program is attached or detached.
"""

import errno
from collections.abc import Iterable
from contextlib import suppress

from netviz.agent.system.syscalls import next_program, program_name, program_type, programs_at
from netviz.model.device import TcFilter

_HOOKS = {"ingress": 46, "egress": 47}  # BPF_TCX_INGRESS, BPF_TCX_EGRESS

_SCHED_CLS = 3  # BPF_PROG_TYPE_SCHED_CLS, the only type that tcx runs

# After one of these errors of bpf(2), no link is queried any more: the kernel is older than Linux 6.6 (EINVAL, ENOSYS),
# or this process has no permission to query programs (EPERM, EACCES).
_NOT_HERE = frozenset({errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.EACCES})


class _Classifiers:
    """Knows whether any BPF program of the host is of the type that tcx runs.

    Looks only at programs that are new since the last time: a host has few of them and many links.
    """

    def __init__(self) -> None:
        self._last = 0
        self._found: set[int] = set()

    def may_exist(self) -> bool:
        """Returns False if the host has no such program. Returns True if it had one, or if that cannot be found out."""
        try:
            while (program := next_program(self._last)) is not None:
                self._last = program
                with suppress(FileNotFoundError):  # it is gone
                    if program_type(program) == _SCHED_CLS:
                        self._found.add(program)
        except OSError:
            return True
        return bool(self._found)


_classifiers = _Classifiers()


def read(ns: str, ifindexes: Iterable[int]) -> list[TcFilter]:
    """Returns the programs attached to these links of the calling thread's namespace, numbered in the order they run.

    Returns none if programs cannot be queried; `Host.missing` reports that.
    """
    out: list[TcFilter] = []
    if not _classifiers.may_exist():
        return out
    for ifindex in ifindexes:
        for parent, hook in _HOOKS.items():
            try:
                programs = programs_at(ifindex, hook)
            except OSError as error:
                if error.errno in _NOT_HERE:
                    return out
                continue  # the link is gone
            for nth, program in enumerate(programs, 1):
                out.append(
                    TcFilter(
                        ns, ifindex, parent, nth, f"{nth:#x}", "tcx",
                        name=program_name(program), program=program, direct=True,
                    )
                )  # fmt: skip
    return out

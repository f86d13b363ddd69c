"""Reads BPF programs that are attached to links by tcx (Linux 6.6; kernel/bpf/tcx.c).

The kernel sends no event when such a program is attached or detached.
"""

import errno
from collections.abc import Iterable

from netviz.agent.system.syscalls import program_name, programs_at
from netviz.model.device import TcFilter

_HOOKS = {"ingress": 46, "egress": 47}  # BPF_TCX_INGRESS, BPF_TCX_EGRESS

# After one of these errors of bpf(2), no link is queried any more: the kernel is older than Linux 6.6 (EINVAL, ENOSYS),
# or this process has no permission to query programs (EPERM, EACCES).
_NOT_HERE = frozenset({errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.EACCES})


def read(ns: str, ifindexes: Iterable[int]) -> list[TcFilter]:
    """Returns the programs attached to these links of the calling thread's namespace, numbered in the order they run.

    Returns none if programs cannot be queried; `Host.missing` reports that.
    """
    out: list[TcFilter] = []
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

"""BPF programs attached to links without a discipline (tcx, Linux 6.6; kernel/bpf/tcx.c). No event tells of them."""

import errno
from collections.abc import Iterable

from netviz.agent.system.syscalls import program_name, programs_at
from netviz.model.device import TcFilter

_HOOKS = {"ingress": 46, "egress": 47}  # BPF_TCX_INGRESS, BPF_TCX_EGRESS

# What the kernel answers where there is no such place before Linux 6.6, and to those who may not ask.
_NOT_HERE = frozenset({errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.EACCES})


def read(ns: str, ifindexes: Iterable[int]) -> list[TcFilter]:
    """The programs at these links of the namespace that the calling thread is in, numbered in the order they run.

    None where they may not be asked about, which the host tells (`Host.missing`).
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

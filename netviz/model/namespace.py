"""The host, its network namespaces, and who holds them."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from netviz.model.codes import GAPS, GapCause, sentence
from netviz.model.entity import Entity, Note
from netviz.model.value import value

Holder = Literal["name", "mount", "process", "descriptor", "peer"]


@value
class Host(Entity):
    """The machine, in this boot.

    `ns` is the id of the host's own namespace. `practice` says that it is a private network made for trying things.
    `missing` says what the agent is not allowed to do or see here. `byte_order` is the machine's: bytes that are kept
    as they came (of expressions, elements and link data) are in it.
    """

    TAG: ClassVar[str] = "host"

    hostname: str
    boot_id: str
    ns: str
    kernel: str = ""
    machine: str = ""
    agent_version: str = ""
    practice: bool = False
    missing: tuple[Note, ...] = ()
    byte_order: Literal["little", "big"] = "little"


@value
class Namespace(Entity):
    """A network namespace (network_namespaces(7)).

    `id` is the kernel's cookie in decimal (SO_NETNS_COOKIE, Linux 5.14; unique in a boot, never used again);
    `ino-N-T` from the inode and the time first seen on older kernels; `nsid-N` where only an id is known, because the
    namespace is seen through a far end alone. `names` are those in /run/netns, in the order of their bytes; `mounts`
    other files it is mounted on. `nsid` is its id in the agent's observer namespace, given only where there is nothing
    better to call it by. `readable` is false where only links and addresses can be had.
    """

    TAG: ClassVar[str] = "ns"
    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    inode: int | None = None
    nsid: int | None = None
    names: tuple[str, ...] = ()
    mounts: tuple[str, ...] = ()
    held_by: tuple[Holder, ...] = ()
    is_host: bool = False
    readable: bool = True
    notes: tuple[Note, ...] = ()


@value
class ProcessGroup:
    """Processes of one name (`comm`) in a namespace: how many, and the lowest pid as the agent sees it."""

    name: str
    pid: int
    count: int = 1


@value
class Container:
    """A container that lives in a namespace.

    `id` is the runtime's 64-digit id, `name` what its user calls it, `runtime` says whose it is ("docker", "podman",
    "containerd", "crio"), as the path of a control group or the runtime's own files tell. `pid` is its first process as
    the agent sees it, None where it is not known. `pod_uid`, `pod` and `pod_namespace` are Kubernetes' names for it.
    """

    id: str
    name: str = ""
    runtime: str = ""
    image: str = ""
    pid: int | None = None
    pod_uid: str = ""
    pod: str = ""
    pod_namespace: str = ""


@value
class Owner(Entity):
    """Who lives in a namespace: its processes, the containers they belong to, the first one's control group.

    Groups are ordered by pid, containers by name, then id: several share a namespace by `--network container:`, and in
    a pod. The host's own namespace has no owner.
    """

    TAG: ClassVar[str] = "owner"
    KEY: ClassVar[tuple[str, ...]] = ("ns",)

    ns: str
    pid: int | None = None
    processes: tuple[ProcessGroup, ...] = ()
    containers: tuple[Container, ...] = ()
    cgroup: str = ""


@value
class Sysctl:
    """One kernel setting, by its dotted name, with its value as the kernel prints it."""

    name: str
    value: str


@value
class Sysctls(Entity):
    """The settings of a namespace that matter to packets and belong to no link (ip-sysctl.rst), ordered by name."""

    TAG: ClassVar[str] = "sysctl"
    KEY: ClassVar[tuple[str, ...]] = ("ns",)

    ns: str
    values: tuple[Sysctl, ...] = ()


GapCode = Literal["cut", "rights", "kernel"]

GAP_CODES: Mapping[GapCause, GapCode] = {
    "subject-budget": "cut",
    "host-budget": "cut",
    "namespace-budget": "cut",
    "snapshot-size": "cut",
    "missing-right": "rights",
    "closed": "rights",
    "kernel-refused": "kernel",
    "as-written": "kernel",
}


@value
class Gap(Entity):
    """Something of a namespace that is not shown: what, why, and how much where it is known.

    `cause` is one of `netviz.model.codes.GAPS`, `args` its arguments in the order of its parameters. For a budget that
    was reached, `shown` and `total` say how much there is. `ns` is empty for the host as a whole.
    """

    TAG: ClassVar[str] = "gap"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "subject")

    ns: str
    subject: str
    cause: GapCause
    args: tuple[str, ...] = ()
    shown: int = 0
    total: int = 0

    @property
    def code(self) -> GapCode:
        """The cause in one of three words: a budget, a missing right, the kernel's refusal."""
        return GAP_CODES[self.cause]

    @property
    def text(self) -> str:
        """One English sentence for people."""
        numbers = {"left_out": f"{self.total - self.shown:,}", "total": f"{self.total:,}"}
        return sentence(GAPS[self.cause], self.args, subject=self.subject, **numbers)

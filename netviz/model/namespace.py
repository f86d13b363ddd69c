"""The host, its network namespaces, and the processes and containers that use them."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from netviz.model.codes import GAPS, GapCause, sentence
from netviz.model.entity import Entity, Note
from netviz.model.value import value

Holder = Literal["name", "mount", "process", "descriptor", "peer"]


@value
class Host(Entity):
    """A host: a machine from one boot to the next.

    `ns` is the id of the host's namespace. `practice` means that this is not a real host, but an example network in
    private namespaces. `missing` says what the agent cannot do or see on this host. `byte_order` is that of the
    machine, and so of all bytes that are stored undecoded (of expressions, set elements and link data).
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

    `id` is the kernel's cookie in decimal (SO_NETNS_COOKIE, Linux 5.14; unique within a boot). On older kernels it is
    `ino-N-T`, with the inode and the time when the agent first saw it. It is `nsid-N` if only the nsid is known,
    because the namespace is known only from links. `names` are those in /run/netns, sorted as byte strings; `mounts`
    are other files on which it is mounted. `nsid` is set only for a namespace without names and processes, whose
    label needs it: the id of this namespace in the agent's observer namespace (an empty one, in which every namespace
    has an id). If `readable` is false, only its links and addresses can be read.
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
    """The processes with one name (`comm`) in a namespace: their number, and the lowest of their pids."""

    name: str
    pid: int
    count: int = 1


@value
class Container:
    """A container in a namespace.

    `id` is the 64-digit id that the runtime gave it, `name` the name that its user gave it, `runtime` is "docker",
    "podman", "containerd" or "crio". They come from the paths of control groups or from the files of the runtime. `pid`
    is the container's first process in the pid namespace of the agent, None if it is not known. `pod_uid`, `pod` and
    `pod_namespace` are those of Kubernetes; `project` and `service` are those of Docker Compose.
    """

    id: str
    name: str = ""
    runtime: str = ""
    image: str = ""
    pid: int | None = None
    pod_uid: str = ""
    pod: str = ""
    pod_namespace: str = ""
    project: str = ""
    service: str = ""


@value
class ContainerNetwork(Entity):
    """The network of a container runtime to which a bridge belongs.

    `name` is the name that people gave the network, `id` the runtime's 64-digit id. `internal` means that the running
    containers that are only in this network have no default route; it is False if there are none. Name and id come from
    the files of the containers, so a network without a container is not known.
    """

    TAG: ClassVar[str] = "network"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex")

    ns: str
    ifindex: int
    name: str
    id: str = ""
    runtime: str = "docker"
    internal: bool = False


@value
class Owner(Entity):
    """Who uses a namespace: the processes in it, their containers, and the control group of the first process.

    `processes` has one item for each process name. The items are sorted by their lowest pid, containers by name, then
    id. Several containers share a namespace in a pod, or with `--network container:`. The host namespace has no owner.
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
    """One kernel setting: its dotted name, and its value as the kernel prints it."""

    name: str
    value: str


@value
class Sysctls(Entity):
    """The settings of a namespace that affect packets and do not belong to a link (ip-sysctl.rst), sorted by name."""

    TAG: ClassVar[str] = "sysctl"
    KEY: ClassVar[tuple[str, ...]] = ("ns",)

    ns: str
    values: tuple[Sysctl, ...] = ()


GapCode = Literal["cut", "rights", "lost", "kernel"]

GAP_CODES: Mapping[GapCause, GapCode] = {
    "subject-budget": "cut",
    "host-budget": "cut",
    "namespace-budget": "cut",
    "snapshot-size": "cut",
    "missing-right": "rights",
    "closed": "rights",
    "unreachable": "lost",
    "agent-away": "lost",
    "kernel-refused": "kernel",
    "as-written": "kernel",
}


@value
class Gap(Entity):
    """An entity that says that a subject (such as routes) of a namespace is not shown, or not completely, and why.

    `cause` is a key of `netviz.model.codes.GAPS`; `args` are the arguments for its sentence, in the order that is
    defined there. If the cause is a limit, `shown` and `total` are the numbers of entities. `ns` is empty for the host
    as a whole. If the subject was read before and can no longer be read, its last known entities are still shown, and
    `since_ms` is the time as of which they are known (the host's clock, milliseconds since 1970). If the cause is a
    limit, what is shown is up to date, and `since_ms` is the time since when something is left out. It is 0 if this was
    so from the beginning.
    """

    TAG: ClassVar[str] = "gap"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "subject")

    ns: str
    subject: str
    cause: GapCause
    args: tuple[str, ...] = ()
    shown: int = 0
    total: int = 0
    since_ms: int = 0

    @property
    def code(self) -> GapCode:
        """The cause as one word: "cut" for a limit, "rights" for a missing capability, "lost" if nothing leads there
        any more or the agent is away, "kernel" for an error of the kernel.
        """
        return GAP_CODES[self.cause]

    @property
    def text(self) -> str:
        """An English sentence that says what is not shown and why."""
        numbers = {"left_out": f"{self.total - self.shown:,}", "total": f"{self.total:,}"}
        return sentence(GAPS[self.cause], self.args, subject=self.subject, **numbers)

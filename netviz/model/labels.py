"""Labels of namespaces, for people and scripts.

A label does not identify a namespace: two namespaces may have the same.
"""

import re

from netviz.model.entity import key_of
from netviz.model.namespace import Namespace, Owner
from netviz.model.text import word
from netviz.model.topology import Topology

# Matches names of namespaces that could be mistaken for another form of label, such as `pid:7`.
_TAKEN = re.compile(r"host|(pid|nsid):[0-9]+|netns/.*", re.DOTALL)


def namespace_label(world: Topology, ns: str) -> str:
    """Returns one word as the label of the namespace with this id.

    The label is `host` for the host's namespace; otherwise its first name; otherwise `pid:N` with its lowest pid;
    otherwise `nsid:N`; otherwise `ns:ID`. A name that could be mistaken for another label, such as `pid:7`, is written
    `netns/NAME`.
    """
    namespace = world.get(key_of("ns", ns))
    if not isinstance(namespace, Namespace):
        return f"ns:{ns}"
    if namespace.is_host:
        return "host"
    if namespace.names:
        name = word(namespace.names[0])
        return f"netns/{name}" if _TAKEN.fullmatch(name) else name
    owner = world.get(key_of("owner", ns))
    if isinstance(owner, Owner) and owner.pid is not None:
        return f"pid:{owner.pid}"
    return f"ns:{ns}" if namespace.nsid is None else f"nsid:{namespace.nsid}"

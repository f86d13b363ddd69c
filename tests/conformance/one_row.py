"""Run inside a world: a monitor with one more subject, added as one row.

one_row.py            prints a JSON line for each step: the entities of the subject, by namespace
"""

import json
from collections.abc import Sequence

from netviz.agent.collect.subjects import SUBJECTS, Inside, Subject
from netviz.agent.live.monitor import Monitor
from netviz.agent.live.read_options import ReadOptions
from netviz.agent.system.own_thread import in_own_thread
from netviz.model.netfilter import LegacyTable
from netviz.model.topology import AnyEntity
from netviz.uapi.rtnetlink import RTM


def moods(inside: Inside) -> Sequence[AnyEntity]:
    """Returns the number of links of a namespace; in a namespace with a link named `refused`, reading fails."""
    if any(raw.ifname == "refused" for raw in inside.links):
        raise PermissionError(1, "no")
    return [LegacyTable(inside.ns, "arp", "moods", len(inside.links))]


def main() -> None:
    assert isinstance(SUBJECTS, dict)
    SUBJECTS["moods"] = Subject("moods", moods, "CAP_MOOD", reread_after=(RTM.NEWRULE,), with_links=True)
    with Monitor(ReadOptions()) as live:
        live.start()
        last = None
        while True:
            parts = {ns: live.reader.world.part(ns, "moods") for ns in live.reader.namespaces.by_id}
            current = {ns: [json.loads(repr_of(entity)) for entity in found] for ns, found in parts.items()}
            if current != last:
                print(json.dumps(current), flush=True)
                last = current
            live.step(0.05)


def repr_of(entity: AnyEntity) -> str:
    """Returns the entity as JSON, with the fields that this test checks."""
    if isinstance(entity, LegacyTable):
        return json.dumps({"entries": entity.entries})
    return json.dumps({"tag": entity.TAG, "args": list(getattr(entity, "args", ()))})


if __name__ == "__main__":
    in_own_thread(main)

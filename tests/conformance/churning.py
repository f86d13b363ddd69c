"""Run inside a world: a live monitor and random changes; whenever it is quiet, the model is compared with a fresh read.

churning.py SEED CHANGES [EVERY]
Prints one JSON object: how many changes were made and accepted, how often it was compared, and if the two differed, the
last changes and the differences.
"""

import dataclasses
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any

from netviz.agent.live.host_reader import read_topology
from netviz.agent.live.monitor import Monitor
from netviz.agent.live.read_options import ReadOptions
from netviz.model.delta import apply_to
from netviz.model.labels import namespace_label
from netviz.model.link import Link
from netviz.model.topology import AnyEntity, Topology
from tests.conformance.changes import Changes
from tests.conformance.choosing import HOME, Change
from tests.waiting import Limit

# How long nothing changes before a comparison, and when the two must be equal at the latest.
_QUIET_S, _LIMIT_S, _HOLDERS_LIMIT_S = 0.04, 5.0, 15.0
_CHANGES_SHOWN = 60


def commands(changes: Iterable[Change]) -> Iterable[tuple[list[str], str]]:
    """Returns the programs to run, with their stdin. Consecutive changes for one tool and namespace are one batch."""
    batch: list[Change] = []
    for change in [*changes, Change("", "", "")]:
        several = "\n" in change.line or (batch and "\n" in batch[0].line)
        if batch and (several or (change.tool, change.ns) != (batch[0].tool, batch[0].ns)):
            yield command(batch)
            batch = []
        batch.append(change)


def command(batch: Sequence[Change]) -> tuple[list[str], str]:
    """Returns the program for changes of one tool in one namespace, and its stdin."""
    tool, ns = batch[0].tool, batch[0].ns
    lines = [change.line for change in batch]
    if tool.split()[0] in ("ip", "bridge", "tc"):
        force = [] if "\n" in lines[0] else ["-force"]
        return [*tool.split(), *(["-n", ns] if ns else []), *force, "-batch", "-"], "\n".join(lines)
    inside = ["ip", "netns", "exec", ns] if ns != HOME else []
    if tool == "sysctl":
        return [*inside, "sysctl", "-eqw", *lines], ""
    if tool == "nft":
        return [*inside, "sh", "-c", "\n".join(f"nft '{line}'" for line in lines)], ""
    return ["sh", "-c", "\n".join(lines)], ""


def make(changes: Sequence[Change]) -> int:
    """Makes these changes, and returns the number of refused ones."""
    refused = 0
    for argv, stdin in commands(changes):
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True)
        refused += done.stderr.count("Command failed") + done.stderr.count("Error: ") * (argv[-1] != "-")
    return refused


class Churn:
    """One run of random changes with a live monitor."""

    def __init__(self, monitor: Monitor, seed: int) -> None:
        self._monitor = monitor
        self._changes = Changes(seed)
        self._recent: list[Change] = []
        self.kept: dict[str, AnyEntity] = dict(monitor.world)
        self.made = self.refused = self.rests = 0
        self.differences: list[str] = []

    def round(self, number: int, *, last: bool) -> None:
        """Makes a number of changes while the monitor receives events. Compares when no more events arrive."""
        changes = [self._changes.next() for _ in range(number)]
        self._recent = [*self._recent, *changes][-_CHANGES_SHOWN:]
        worker = threading.Thread(target=self._make, args=(changes,))
        worker.start()
        while worker.is_alive():
            self._step(0.005)
        worker.join()
        self._changes.look(self._compare(last=last))

    def _make(self, changes: Sequence[Change]) -> None:
        self.refused += make(changes)
        self.made += len(changes)

    def _step(self, timeout_s: float) -> bool:
        delta = self._monitor.step(timeout_s)
        apply_to(self.kept, delta)
        return bool(delta)

    def _compare(self, *, last: bool) -> Topology:
        """Compares the model with a fresh read until they are equal. Waits, because ends of processes have no event."""
        self.rests += 1
        limit, holders_limit = Limit(_LIMIT_S), Limit(_HOLDERS_LIMIT_S)
        while True:
            quiet_at = time.monotonic() + _QUIET_S
            while time.monotonic() < quiet_at:
                if self._step(0.02) and not limit.is_over:
                    quiet_at = time.monotonic() + _QUIET_S
            fresh = read_topology(ReadOptions())
            wrong = differing(self.kept, fresh)
            only_holders = all(key.startswith(("ns/", "owner/")) for key in wrong)
            if not wrong or (only_holders and not last):
                return fresh
            if (holders_limit if only_holders else limit).is_over:
                self.differences = [difference(key, self.kept, fresh) for key in wrong]
                return fresh

    def last(self) -> list[str]:
        """Returns the last changes as shell commands."""
        return [f"{change.tool} -n '{change.ns}' {line}" for change in self._recent for line in change.line.split("\n")]


def differing(kept: Topology, fresh: Topology) -> list[str]:
    """Returns the keys of the differences."""
    return sorted(key for key in kept.keys() | fresh.keys() if kept.get(key) != fresh.get(key))


def difference(key: str, kept: Topology, fresh: Topology) -> str:
    """Describes the difference at this key, with the names of its namespace and link."""
    parts = key.split("/")
    found = fresh.get(f"link/{'/'.join(parts[1:3])}")
    name = f" ({found.ifname}, {found.kind})" if isinstance(found, Link) else ""
    return f"{key} in {namespace_label(fresh, parts[1])}{name}: {_difference(kept.get(key), fresh.get(key))}"


def _difference(kept: Any, fresh: Any) -> str:
    """Returns the fields in which two values differ. Compares nested values field by field."""
    if isinstance(kept, tuple) and isinstance(fresh, tuple):
        kept, fresh = [one for one in kept if one not in fresh], [one for one in fresh if one not in kept]
    if type(kept) is not type(fresh) or not dataclasses.is_dataclass(kept):
        return f"is kept as {kept}, and is {fresh}"
    pairs = [(field.name, getattr(kept, field.name), getattr(fresh, field.name)) for field in dataclasses.fields(kept)]
    return "; ".join(f"{name} {_difference(old, new)}" for name, old, new in pairs if old != new)


def main(seed: int, number: int, every: int = 20) -> None:
    with Monitor(ReadOptions()) as monitor:
        monitor.start()
        churn = Churn(monitor, seed)
        while churn.made < number and not churn.differences:
            churn.round(min(every, number - churn.made), last=churn.made + every >= number)
        answer = {
            "seed": seed,
            "made": churn.made,
            "refused": churn.refused,
            "rests": churn.rests,
            "entities": len(churn.kept),
            "overruns": monitor.overruns,
            "differences": [*churn.differences, *(f"audit: {defect}" for defect in monitor.defects)],
            "last": churn.last() if churn.differences else [],
        }
        print(json.dumps(answer))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))

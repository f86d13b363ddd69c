"""Converts entities and frames of older protocols to the current protocol. They come from older agents and from stored
history, as parsed JSON (rows).

No decoder has checked a row yet. A value that does not have the form of the older protocol is left as it is, and the
strict decoder refuses it afterwards. So entities of older protocols pass the same checks as others.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from netviz.model.netfilter import Expression, NfFamily
from netviz.model.state import Subject
from netviz.uapi.nft.messages import FAMILIES
from netviz.uapi.nft.rule import read_kept
from netviz.wire.codec import plain
from netviz.wire.frames import PROTOCOL
from netviz.wire.problems import WireError

Row = dict[str, Any]
Step = Callable[[Row], Row]


def entity_row(row: Any, version: int) -> Any:
    """Converts an entity of an older model; `version` is the protocol that the entity was written in."""
    for step in range(version, PROTOCOL):
        if isinstance(row, dict) and isinstance(tag := row.get("t"), str) and (change := ENTITIES[step].get(tag)):
            row = change(dict(row))
    return row


def frame_row(row: Any, version: int) -> Any:
    """Converts a frame of an older agent, with its entities. Raises WireError if its protocol has no such frame."""
    if not isinstance(row, dict):
        return row
    row = dict(row)
    if isinstance(tag := row.get("t"), str) and tag in ADDED.get(version, ()):
        raise WireError("unknown-type", f"protocol {version} has no {tag}", "t")
    for step in range(version, PROTOCOL):
        if isinstance(tag := row.get("t"), str) and (change := FRAMES[step].get(tag)):
            row = change(row)
    for name in ("entities", "put"):
        if isinstance(entities := row.get(name), list):
            row[name] = [entity_row(entity, version) for entity in entities]
    return row


# For each older protocol: the frames that only newer protocols have.
ADDED: Mapping[int, frozenset[str]] = {1: frozenset({"answer", "heartbeat"}), 2: frozenset({"heartbeat"})}

# The subjects (kinds of current values) that an agent of an older protocol knows. Such an agent closes the connection
# if a request has an unknown subject.
SUBJECTS: Mapping[int, frozenset[str]] = {
    1: frozenset({"counters", "addresses", "neighbours", "fdb", "netfilter", "sockets"}),
}


def subjects_for(protocol: int, subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Returns those of the given subjects (kinds of current values, such as counters) that an agent of this protocol
    can read.
    """
    known = SUBJECTS.get(protocol)
    return subjects if known is None else tuple(subject for subject in subjects if subject in known)


# -- from protocol 1 to 2: sentences became codes with arguments, verdicts became structures

# In protocol 1, notes and descriptions of missing data were English sentences. Each regular expression matches one of
# these sentences. A code (see netviz.model.codes) replaces the sentence, with the capture groups as its arguments.
_SENTENCES = tuple(
    (re.compile(pattern, re.DOTALL), code)
    for pattern, code in (
        (r"The name (.*) leads to no network namespace\.", "name-without-namespace"),
        (r"The kernel names a far end in a namespace that cannot be seen from here\.", "peer-beyond-sight"),
        (r"The kernel names a far end that was not there when it was read\.", "far-end-missing"),
        (r"It points at ifindex (\d+) of namespace (.*), which does not point back\.", "peer-ambiguous"),
        (r"Namespaces cannot be observed from outside: .*", "no-observer"),
        (r"Changes in other namespaces are not told when they happen: .*", "no-events-elsewhere"),
        (r"Some processes, and namespaces of theirs, may not be looked at: .*", "processes-hidden"),
        (r"Some namespaces may not be entered: .*", "namespaces-closed"),
        (r"BPF programs are told by their numbers, .*", "programs-by-number"),
        (r"Which processes have some of these open is not known: .*", "socket-owners-hidden"),
        (r"This namespace cannot be entered\.", "namespace-closed"),
        (r"Reading (.*) here needs (\w+), which the agent does not have\.", "not-readable"),
        (r"The kernel refused to tell the (.*): (.*)\.", "kernel-refused"),
    )
)
_RIGHT = re.compile(r"Reading .* here needs (\w+), which .*", re.DOTALL)
_REFUSED = re.compile(r"The kernel refused to tell the .*: (.*)\.", re.DOTALL)
_SNAPSHOT = re.compile(r".* than a snapshot of ([\d,]+) bytes holds\.", re.DOTALL)
_WORDS = frozenset({"accept", "drop", "return", "queue", "continue", "break", "stolen"})
_CHAIN = re.compile(r"(jump|goto) (.+)", re.DOTALL)


def _note(text: str) -> Row:
    for pattern, code in _SENTENCES:
        if found := pattern.fullmatch(text):
            return {"code": code, "args": list(found.groups())}
    return {"code": "as-written", "args": [text]}


def _noted(row: Row) -> Row:
    notes = row.get("notes")
    if isinstance(notes, list):
        row["notes"] = [
            _note(note["text"]) if isinstance(note, dict) and isinstance(note.get("text"), str) else note
            for note in notes
        ]
    return row


def _host(row: Row) -> Row:
    missing = row.get("missing")
    if isinstance(missing, list):
        row["missing"] = [_note(text) if isinstance(text, str) else text for text in missing]
    return row


def _gap(row: Row) -> Row:
    code, text = row.pop("code", None), row.pop("text", None)
    if not isinstance(text, str) or code not in ("cut", "rights", "kernel"):
        # This is not a gap of protocol 1. With `code`, which is no longer a field, the decoder refuses it.
        return row | {"code": code}
    cause, args = _cause(code, text)
    return row | {"cause": cause, "args": args}


def _cause(code: str, text: str) -> tuple[str, list[str]]:
    if code == "cut":
        if found := _SNAPSHOT.fullmatch(text):
            return "snapshot-size", [found[1]]
        if text.endswith("the host has more than the agent keeps."):
            return ("namespace-budget" if " namespaces are not shown" in text else "host-budget"), []
        return "subject-budget", []
    if found := _RIGHT.fullmatch(text):
        return "missing-right", [found[1]]
    if found := _REFUSED.fullmatch(text):
        return "kernel-refused", [found[1]]
    return ("closed", []) if code == "rights" else ("as-written", [text])


def _verdict(text: str) -> Row | None:
    if found := _CHAIN.fullmatch(text):
        return {"code": found[1], "chain": found[2]}
    if text in _WORDS:
        return {"code": text}
    number = {"number": int(text)} if re.fullmatch(r"-?\d{1,10}", text) else {}
    return {"code": "unknown", **number} if text else None


def _rule(row: Row) -> Row:
    """Converts a rule: decodes its verdict again, and all expressions that the older agent could not decode."""
    text = row.get("verdict", "")
    if not isinstance(text, str):
        return row
    row["verdict"] = _verdict(text)
    kept, family = _expressions(row.get("expressions", [])), row.get("family")
    if kept and isinstance(family, str):
        reading = read_kept(_FAMILIES.get(family, "inet"), kept)
        row["expressions"] = [plain(expression) for expression in reading.expressions]
        row["verdict"] = plain(reading.verdict) if reading.verdict else row["verdict"]
    return row


_FAMILIES: Mapping[str, NfFamily] = {family: family for family in FAMILIES.values()}


def _expressions(rows: Any) -> list[Expression]:
    """Returns the expressions of a rule; or an empty list if one of them does not have the form of protocol 1."""
    out = []
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict) or not row.keys() <= {"name", "raw", "text"}:
            return []
        name, raw, text = row.get("name"), row.get("raw", ""), row.get("text")
        if not (isinstance(name, str) and isinstance(raw, str) and isinstance(text, str | None)):
            return []
        out.append(Expression(name, raw, text))
    return out


def _elements(row: Row) -> Row:
    if isinstance(elements := row.get("elements"), list):
        row["elements"] = [_element(dict(one)) if isinstance(one, dict) else one for one in elements]
    return row


def _element(row: Row) -> Row:
    """Converts a set element: protocol 1 stored the name of a named object (a counter, a quota) as the verdict."""
    text = row.get("verdict")
    if not isinstance(text, str):
        return row
    del row["verdict"]
    verdict = _verdict(text)
    if verdict is None:
        return row
    return row | ({"object": text} if verdict["code"] == "unknown" else {"verdict": verdict})


def _state(row: Row) -> Row:
    text = row.get("missing")
    if isinstance(text, str):
        row["missing"] = _note(text) if text else None
    return row


# -- from protocol 2 to 3: metrics of routes in the units of ip-route(8), their locks and features as words

_EIGHTHS = {"rtt": 8, "rttvar": 4}
_FEATURES = {1: "ecn", 2: "sack", 4: "timestamp", 8: "allfrag", 16: "tcp_usec_ts"}
# The bit that a metric has in the metric "lock" of protocol 2: RTAX_* in include/uapi/linux/rtnetlink.h.
_LOCKS = {
    "mtu": 2,
    "window": 3,
    "rtt": 4,
    "rttvar": 5,
    "ssthresh": 6,
    "cwnd": 7,
    "advmss": 8,
    "reordering": 9,
    "hoplimit": 10,
    "initcwnd": 11,
    "features": 12,
    "rto_min": 13,
    "initrwnd": 14,
    "quickack": 15,
    "congctl": 16,
    "fastopen_no_cookie": 17,
}


def _route(row: Row) -> Row:
    metrics = row.get("metrics")
    if not isinstance(metrics, list) or not all(isinstance(metric, dict) for metric in metrics):
        return row
    locks = next((metric.get("value") for metric in metrics if metric.get("name") == "lock"), 0)
    locks = locks if isinstance(locks, int) else 0
    row["metrics"] = [_metric(dict(metric), locks) for metric in metrics if metric.get("name") != "lock"]
    return row


def _metric(row: Row, locks: int) -> Row:
    name, number = row.get("name"), row.get("value")
    if not isinstance(name, str):
        return row
    if name in _LOCKS and locks >> _LOCKS[name] & 1:
        row["locked"] = True
    if isinstance(number, int):
        if name in _EIGHTHS:
            row["value"] = number // _EIGHTHS[name]
        elif name == "features" and number:
            rest = number & ~sum(_FEATURES)
            words = [word for bit, word in _FEATURES.items() if number & bit] + ([hex(rest)] if rest else [])
            row["text"] = " ".join(words)
    return row


# Maps an older protocol and a type of entity (the entity's member `t`) to the function that converts such an entity to
# the next protocol. `FRAMES` does the same for frames.
ENTITIES: Mapping[int, Mapping[str, Step]] = {
    1: {"host": _host, "ns": _noted, "link": _noted, "gap": _gap, "nf_rule": _rule, "nf_elements": _elements},
    2: {"route": _route},
}
FRAMES: Mapping[int, Mapping[str, Step]] = {1: {"state": _state}, 2: {}}

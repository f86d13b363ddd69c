"""Codes for warnings (about a link, a namespace or the host) and for reasons why data is not shown, with their
parameters and English sentences.

A code is sent with its arguments, never with a sentence. `dump` and the API take their sentences from this table; the
page has its own sentences in each language. `netviz.wire.emit` writes the codes and their parameters for the page.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

NoteCode = Literal[
    "name-without-namespace",
    "peer-beyond-sight",
    "far-end-missing",
    "peer-ambiguous",
    "no-observer",
    "no-events-elsewhere",
    "processes-hidden",
    "namespaces-closed",
    "programs-by-number",
    "socket-owners-hidden",
    "namespace-closed",
    "not-readable",
    "kernel-refused",
    "attribute-not-read",
    "attributes-not-read",
    "as-written",
]

GapCause = Literal[
    "subject-budget",
    "host-budget",
    "namespace-budget",
    "snapshot-size",
    "missing-right",
    "closed",
    "unreachable",
    "agent-away",
    "kernel-refused",
    "as-written",
]


class Words(NamedTuple):
    """The names of a code's arguments in the order in which they are sent, and the English sentence with placeholders
    for them.
    """

    params: tuple[str, ...]
    english: str


NOTES: Mapping[NoteCode, Words] = {
    "name-without-namespace": Words(("name",), "The name {name} leads to no network namespace."),
    "peer-beyond-sight": Words((), "The kernel names a peer in a namespace that cannot be seen from here."),
    "far-end-missing": Words((), "The kernel names a peer, but the peer did not exist when the agent read the links."),
    "peer-ambiguous": Words(
        ("ifindex", "ns"),
        "This link names ifindex {ifindex} of namespace {ns} as its peer, but that link does not name this one.",
    ),
    "no-observer": Words(
        (),
        "The agent cannot create the namespace in which it receives the events of all namespaces"
        " (needs CAP_SYS_ADMIN and CAP_NET_ADMIN).",
    ),
    "no-events-elsewhere": Words(
        (), "Changes in other namespaces are not reported when they happen (needs CAP_NET_BROADCAST)."
    ),
    "processes-hidden": Words((), "Some processes, and their namespaces, cannot be inspected (needs CAP_SYS_PTRACE)."),
    "namespaces-closed": Words((), "Some namespaces cannot be entered (needs CAP_SYS_ADMIN over them)."),
    "programs-by-number": Words(
        (),
        "The names of BPF programs, and all programs attached by tcx, cannot be read "
        "(needs CAP_SYS_ADMIN in the initial user namespace).",
    ),
    "socket-owners-hidden": Words(
        (), "The processes of some sockets are unknown (needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH)."
    ),
    "namespace-closed": Words((), "This namespace cannot be entered."),
    "not-readable": Words(("subject", "right"), "Reading {subject} here needs {right}, which the agent does not have."),
    "kernel-refused": Words(("subject", "error"), "The kernel refused to report {subject}: {error}."),
    "attribute-not-read": Words(
        ("number", "enum"), "1 attribute not read: {number} of {enum}. This agent does not know it."
    ),
    "attributes-not-read": Words(
        ("count", "numbers", "enum"), "{count} attributes not read: {numbers} of {enum}. This agent does not know them."
    ),
    "as-written": Words(("text",), "{text}"),
}

GAPS: Mapping[GapCause, Words] = {
    "subject-budget": Words(
        (), "{left_out} of {total} {subject} are not shown: the namespace has more than the agent keeps."
    ),
    "host-budget": Words((), "{left_out} of {total} {subject} are not shown: the host has more than the agent keeps."),
    "namespace-budget": Words((), "{left_out} namespaces are not shown: the host has more than the agent keeps."),
    "snapshot-size": Words(
        ("limit_bytes",),
        "{left_out} entities are not shown: the host has more than a snapshot of {limit_bytes} bytes holds.",
    ),
    "missing-right": Words(("right",), "Reading {subject} here needs {right}, which the agent does not have."),
    "closed": Words((), "This namespace cannot be entered (needs CAP_SYS_ADMIN over it)."),
    "unreachable": Words(
        (), "The {subject} can no longer be read: no name, mount or process leads into this namespace now."
    ),
    "agent-away": Words((), "The agent of this host is not connected, so nothing can be read now."),
    "kernel-refused": Words(("error",), "The kernel refused to report {subject}: {error}."),
    "as-written": Words(("text",), "{text}"),
}


def sentence(words: Words, args: Sequence[str], **known: str) -> str:
    """Returns the English sentence of a code. `args` are the arguments that were sent with it, `known` are further
    values for its placeholders.

    A missing argument becomes `?`.
    """
    given = dict.fromkeys(words.params, "?") | dict(zip(words.params, args, strict=False))
    return words.english.format(**(known | given))

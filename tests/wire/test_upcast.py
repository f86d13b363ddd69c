"""Rows of protocol 1 are converted to current rows, without skipping a check."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netviz.model.codes import GAPS, NOTES, sentence
from netviz.model.entity import Note
from netviz.model.namespace import Gap, Host, Namespace
from netviz.model.netfilter import Expression, NfElements, NfRule, Verdict
from netviz.model.route import Metric, Route
from netviz.wire.codec import decode
from netviz.wire.frames import PROTOCOL, DeltaFrame, State
from netviz.wire.problems import WireError
from netviz.wire.upcast import ENTITIES, entity_row, frame_row

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
OLD: list[dict[str, str]] = [
    row for row in json.loads((GOLDEN / "good-1.json").read_text(encoding="utf-8")) if row["direction"] == "agent"
]


def opened(row: Any) -> Any:
    """Returns the current entity of a row of protocol 1."""
    frame = decode(json.dumps({"t": "delta", "epoch": "e", "seq": 1, "put": [entity_row(row, 1)]}), "agent")
    assert isinstance(frame, DeltaFrame)
    return frame.put[0]


@pytest.mark.parametrize("row", OLD, ids=lambda row: row["name"])
def test_every_frame_of_protocol_1_is_converted(row: dict[str, str]) -> None:
    frame = json.loads(row["frame"])
    assert frame["t"] == decode(json.dumps(frame_row(frame, 1)), "agent").TAG


def test_entity_of_the_current_protocol_is_not_converted() -> None:
    row = {"t": "host", "hostname": "h", "missing": ["a"]}
    assert entity_row(row, PROTOCOL) == row


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("The name a\\x20b leads to no network namespace.", Note("name-without-namespace", ("a\\x20b",))),
        (
            "It points at ifindex 7 of namespace 4026, which does not point back.",
            Note("peer-ambiguous", ("7", "4026")),
        ),
        ("The kernel names a far end that was not there when it was read.", Note("far-end-missing")),
        ("A sentence of nobody's.", Note("as-written", ("A sentence of nobody's.",))),
    ],
)
def test_text_of_a_note_in_protocol_1_is_converted_to_a_note_code_and_its_arguments(text: str, note: Note) -> None:
    namespace = opened({"t": "ns", "id": "1", "notes": [{"code": "x", "text": text}]})
    assert isinstance(namespace, Namespace)
    assert namespace.notes == (note,)


def test_sentences_about_missing_data_of_a_host_are_converted_to_notes_with_codes() -> None:
    text = "Some processes, and namespaces of theirs, may not be looked at: that needs CAP_SYS_PTRACE."
    host = opened({"t": "host", "hostname": "h", "boot_id": "b", "ns": "1", "missing": [text]})
    assert isinstance(host, Host)
    assert host.missing == (Note("processes-hidden"),)


@pytest.mark.parametrize(
    ("code", "text", "cause", "args"),
    [
        ("cut", "12 of 112 routes are not shown: it has more than the agent keeps.", "subject-budget", ()),
        ("cut", "5 of 15 fdb are not shown: the host has more than the agent keeps.", "host-budget", ()),
        ("cut", "3 namespaces are not shown: the host has more than the agent keeps.", "namespace-budget", ()),
        (
            "cut",
            "7 entities are not shown: the host has more than a snapshot of 1,024 bytes holds.",
            "snapshot-size",
            ("1,024",),
        ),
        ("rights", "Reading team here needs CAP_NET_ADMIN, which the agent does not have.", "missing-right",
         ("CAP_NET_ADMIN",)),
        ("rights", "This namespace may not be entered: that needs CAP_SYS_ADMIN over it.", "closed", ()),
        ("kernel", "The kernel refused to tell the team: No such file or directory.", "kernel-refused",
         ("No such file or directory",)),
        ("kernel", "Something else.", "as-written", ("Something else.",)),
    ],
)  # fmt: skip
def test_sentence_of_a_gap_entity_in_protocol_1_is_converted_to_a_code_for_the_cause_of_the_gap(
    code: str, text: str, cause: str, args: tuple[str, ...]
) -> None:
    gap = opened({"t": "gap", "ns": "1", "subject": "routes", "code": code, "text": text, "shown": 1, "total": 2})
    assert isinstance(gap, Gap)
    assert (gap.code, gap.cause, gap.args, gap.shown, gap.total) == (code, cause, args, 1, 2)


RULE = {"t": "nf_rule", "ns": "1", "family": "ip", "table": "t", "chain": "c", "handle": 1}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("accept", Verdict("accept")),
        ("jump a b", Verdict("jump", "a b")),
        ("goto x", Verdict("goto", "x")),
        ("77", Verdict("unknown", number=77)),
        ("", None),
    ],
)
def test_verdict_that_an_older_agent_sent_as_words_becomes_a_verdict_with_a_code(
    text: str, verdict: Verdict | None
) -> None:
    assert opened({**RULE, "verdict": text}).verdict == verdict


def test_verdict_is_decoded_from_the_bytes_of_its_expression_if_the_older_agent_sent_them() -> None:
    # NFTA_IMMEDIATE_DREG 0, NFTA_IMMEDIATE_DATA { NFTA_DATA_VERDICT { CODE -3, CHAIN "web" } }
    raw = "0800010000000000" + "1800028014000280" + "08000100fffffffd" + "0800020077656200"
    kept = [{"name": "immediate", "raw": raw, "text": "jump web"}]
    rule = opened({**RULE, "verdict": "", "expressions": kept})
    assert isinstance(rule, NfRule)
    assert rule.verdict == Verdict("jump", "web")


def test_expression_that_an_older_agent_could_not_decode_is_decoded_from_its_bytes() -> None:
    # NFTA_CMP of a register that holds `meta l4proto`, and the load before it.
    load = "0800010000000001" + "0800020000000010"
    compare = "0800010000000001" + "0800020000000000" + "0c00038005000100" + "06000000"
    kept = [{"name": "meta", "raw": load, "text": None}, {"name": "cmp", "raw": compare, "text": None}]
    rule = opened({**RULE, "verdict": "", "expressions": kept})
    assert isinstance(rule, NfRule)
    assert rule.expressions == (Expression("meta", load, ""), Expression("cmp", compare, "meta l4proto tcp"))


def test_iptables_target_that_cannot_be_decoded_becomes_an_unknown_verdict() -> None:
    kept = [{"name": "target MASQUERADE", "raw": "0f0001004d41535155455241444500", "text": None}]
    assert opened({**RULE, "verdict": "", "expressions": kept}).verdict == Verdict("unknown")


def test_verdict_text_of_a_set_element_in_protocol_1_becomes_a_verdict_or_the_name_of_a_netfilter_object() -> None:
    elements = [{"key": "16", "verdict": "accept"}, {"key": "50", "verdict": "goto x"}, {"key": "51", "verdict": "cnt"}]
    part = opened({"t": "nf_elements", "ns": "1", "family": "ip", "table": "t", "set": "s", "elements": elements})
    assert isinstance(part, NfElements)
    assert [(one.verdict, one.object) for one in part.elements] == [
        (Verdict("accept"), ""),
        (Verdict("goto", "x"), ""),
        (None, "cnt"),
    ]


def test_sentence_in_a_state_frame_of_protocol_1_is_converted_to_a_note_with_a_code() -> None:
    text = "Reading fdb here needs CAP_NET_ADMIN, which the agent does not have."
    frame = decode(json.dumps(frame_row({"t": "state", "ns": "1", "subject": "fdb", "missing": text}, 1)), "agent")
    assert isinstance(frame, State)
    assert frame.missing == Note("not-readable", ("fdb", "CAP_NET_ADMIN"))


_NAMES = st.sampled_from(["code", "name", "raw", "text"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "text", "name", "raw"]), inner)
    ),
)
_FIELDS = ["notes", "missing", "code", "text", "verdict", "expressions", "elements", "family"]


@given(st.sampled_from(sorted(ENTITIES[1])), st.dictionaries(st.sampled_from(_FIELDS), _JSON))
def test_entity_of_protocol_1_without_the_fields_of_its_key_is_refused_with_a_wire_error(
    tag: str, fields: dict[str, Any]
) -> None:
    row = entity_row({"t": tag, **fields}, 1)
    with pytest.raises(WireError):  # the identifying fields are missing
        opened(row)


@given(st.text())
def test_braces_in_an_argument_of_a_sentence_are_printed_unchanged(text: str) -> None:
    assert sentence(NOTES["as-written"], ("{name}" + text,)) == "{name}" + text


@pytest.mark.parametrize("words", [*NOTES.values(), *GAPS.values()], ids=[*NOTES, *GAPS])
def test_every_note_code_and_gap_code_can_be_written_as_a_sentence_even_without_its_arguments(words: Any) -> None:
    assert sentence(words, (), subject="links", left_out="1", total="2")


def test_metrics_of_a_route_of_protocol_2_are_converted_to_the_units_and_words_of_ip_route() -> None:
    row = {
        "t": "route",
        "ns": "1",
        "family": "ip",
        "table": 254,
        "dst": "10.0.0.0/8",
        "metrics": [
            {"name": "lock", "value": 1 << 2 | 1 << 7},
            {"name": "mtu", "value": 1400},
            {"name": "rtt", "value": 800},
            {"name": "rttvar", "value": 160},
            {"name": "cwnd", "value": 7},
            {"name": "features", "value": 0x21},
            {"name": "congctl", "text": "reno"},
        ],
    }
    frame = decode(json.dumps({"t": "delta", "epoch": "e", "seq": 1, "put": [entity_row(row, 2)]}), "agent")
    assert isinstance(frame, DeltaFrame)
    (route,) = frame.put
    assert isinstance(route, Route)
    assert route.metrics == (
        Metric("mtu", 1400, locked=True),
        Metric("rtt", 100),
        Metric("rttvar", 40),
        Metric("cwnd", 7, locked=True),
        Metric("features", 0x21, "ecn 0x20"),
        Metric("congctl", text="reno"),
    )


def test_entity_of_protocol_2_has_the_same_key_today() -> None:
    """The keys in the `drop` lists of older agents, and of stored history, need no conversion."""
    row = {"t": "fdb", "ns": "1", "ifindex": 7, "mac": "02:00:00:00:00:01", "table": "self", "remote": "192.0.2.2"}
    for further in ({}, {"port": 5_000}, {"vni": 7, "port": 1}):
        put = [entity_row(row | further, 2)]
        frame = decode(json.dumps({"t": "delta", "epoch": "e", "seq": 1, "put": put}), "agent")
        assert isinstance(frame, DeltaFrame)
        (entry,) = frame.put
        assert entry.key == f"fdb/1/7/self/02:00:00:00:00:01/0/192.0.2.2/{further.get('vni', 0)}"

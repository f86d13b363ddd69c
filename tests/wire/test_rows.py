"""Rows for external programs have the fields of frames, and words in addition to codes."""

import copy

from hypothesis import given

from netviz.model.entity import Note
from netviz.model.namespace import Gap, Host, Namespace
from netviz.model.netfilter import NfRule, Verdict
from netviz.model.topology import AnyEntity
from netviz.wire.codec import plain
from netviz.wire.frames import State
from netviz.wire.rows import entity_of, row_of, state_row
from tests.entities import entities


@given(entities)
def test_exported_json_of_an_entity_equals_the_json_in_a_frame_after_the_english_texts_are_removed(
    entity: AnyEntity,
) -> None:
    assert entity_of(copy.deepcopy(row_of(entity))) == plain(entity)


def test_exported_json_of_a_note_on_an_entity_has_a_sentence_and_a_code() -> None:
    row = row_of(Namespace("1", notes=(Note("name-without-namespace", ("odd",)),)))
    assert row["notes"] == [
        {
            "code": "name-without-namespace",
            "args": ["odd"],
            "text": "The name odd leads to no network namespace.",
        }
    ]


def test_exported_json_of_a_host_describes_the_missing_data_both_in_sentences_and_in_codes() -> None:
    row = row_of(Host("h", "b", "1", missing=(Note("no-observer"),)))
    assert [sentence.split(" (")[0] for sentence in row["missing"]] == [
        "The agent cannot create the namespace in which it receives the events of all namespaces"
    ]
    assert row["missing_notes"][0]["code"] == "no-observer"


def test_exported_json_of_a_gap_entity_has_a_code_and_a_sentence_about_what_is_not_shown() -> None:
    row = row_of(Gap("1", "routes", "subject-budget", shown=100, total=1_112))
    assert (row["code"], row["cause"]) == ("cut", "subject-budget")
    assert row["text"] == "1,012 of 1,112 routes are not shown: the namespace has more than the agent keeps."


def test_exported_json_of_a_rule_contains_the_verdict_as_text_and_as_a_structure() -> None:
    row = row_of(NfRule("1", "ip", "t", "c", 1, verdict=Verdict("jump", "web")))
    assert (row["verdict"], row["verdict_parts"]) == ("jump web", {"code": "jump", "chain": "web"})


def test_exported_json_of_a_state_frame_has_a_sentence_about_values_that_could_not_be_read() -> None:
    row = state_row(State("1", "fdb", missing=Note("not-readable", ("fdb", "CAP_NET_ADMIN"))))
    assert row["missing"] == "Reading fdb here needs CAP_NET_ADMIN, which the agent does not have."
    assert row["missing_note"]["args"] == ["fdb", "CAP_NET_ADMIN"]

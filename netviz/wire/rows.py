"""Entities for external programs, as `dump --format json` and the API write them: the JSON of frames plus English
words.

Codes are stable; their words are for people and may be improved. Some fields held words before codes existed, and keep
that form for older programs. Their new form is in a field of its own: `missing_notes` beside `missing` of a host,
`missing_note` beside `missing` of current values, `verdict_parts` beside `verdict`, and `cause` beside `code` and
`text` of a gap (an entity that says what is not shown).
"""

from typing import Any

from netviz.model.entity import Note
from netviz.model.namespace import Gap, Host
from netviz.model.netfilter import NfElements, NfRule, Verdict
from netviz.model.topology import AnyEntity
from netviz.wire.codec import plain
from netviz.wire.frames import State

Row = dict[str, Any]
_TEXT = {"type": "string"}


def row_of(entity: AnyEntity) -> Row:
    """Returns the JSON object of an entity, with English words added to its codes."""
    row: Row = plain(entity)
    if "notes" in row:
        _add_words(row["notes"], getattr(entity, "notes", ()))
    match entity:
        case Host() if entity.missing:
            _add_words(row["missing"], entity.missing)
            row |= {"missing": [note.text for note in entity.missing], "missing_notes": row["missing"]}
        case Gap():
            row |= {"code": entity.code, "text": entity.text}
        case NfRule():
            _say_verdict(row, entity.verdict)
        case NfElements():
            for one, element in zip(row.get("elements", ()), entity.elements, strict=True):
                _say_verdict(one, element.verdict)
    return row


def state_row(state: State) -> Row:
    """Returns a `state` frame as a JSON object. If the frame contains a code for the reason why values are missing,
    adds the reason in English.
    """
    row: Row = plain(state)
    if state.missing is not None:
        row |= {"missing": state.missing.text, "missing_note": row["missing"]}
    return row


def _add_words(rows: list[Row], notes: tuple[Note, ...]) -> None:
    for row, note in zip(rows, notes, strict=True):
        row["text"] = note.text


def _say_verdict(row: Row, verdict: Verdict | None) -> None:
    if verdict is not None:
        row |= {"verdict": verdict.text, "verdict_parts": row["verdict"]}


def entity_of(row: Row) -> Row:
    """Converts the result of `row_of` back to the JSON that frames use for the entity: without the English words that
    `row_of` added to the entity's codes.
    """
    row = dict(row)
    for note in row.get("notes", ()):
        note.pop("text", None)
    if row["t"] == Host.TAG and "missing_notes" in row:
        row["missing"] = [{k: v for k, v in note.items() if k != "text"} for note in row.pop("missing_notes")]
    if row["t"] == Gap.TAG:
        del row["code"], row["text"]
    for one in (row, *row.get("elements", ())):
        if "verdict_parts" in one:
            one["verdict"] = one.pop("verdict_parts")
    return row


def describe(schemas: dict[str, Any]) -> None:
    """Changes JSON schemas of entities (a dict by class name) from the form in frames to the form that `row_of`
    returns.
    """
    schemas["Note"]["properties"]["text"] = _TEXT
    host = schemas["Host"]["properties"]
    host["missing_notes"] = host["missing"]
    host["missing"] = {"type": "array", "items": _TEXT}
    schemas["Gap"]["properties"] |= {"code": {"enum": ["cut", "rights", "kernel"]}, "text": _TEXT}
    for name in ("NfRule", "Element"):
        properties = schemas[name]["properties"]
        properties |= {"verdict": _TEXT, "verdict_parts": properties["verdict"]}

"""Entities for external programs, as `dump --format json` and the API write them: the JSON of frames plus English
words.

Codes are stable; their words are for people and may be improved. Some fields held words before codes existed, and keep
that form for older programs. Their new form is in a field of its own: `missing_notes` beside `missing` of a host,
`missing_note` beside `missing` of current values, `verdict_parts` beside `verdict`, and `cause` beside `code` and
`text` of a gap (an entity that says what is not shown).
"""

from collections.abc import Callable, Mapping
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
    if (more := _MORE.get(type(entity))) is not None:
        more(row, entity)
    return row


def _say_missing(row: Row, host: Host) -> None:
    if host.missing:
        _add_words(row["missing"], host.missing)
        row |= {"missing": [note.text for note in host.missing], "missing_notes": row["missing"]}


def _say_gap(row: Row, gap: Gap) -> None:
    row |= {"code": gap.code, "text": gap.text}


def _say_rule(row: Row, rule: NfRule) -> None:
    _say_verdict(row, rule.verdict)


def _say_elements(row: Row, part: NfElements) -> None:
    for one, element in zip(row.get("elements", ()), part.elements, strict=True):
        _say_verdict(one, element.verdict)


# Adds further words, by the class of the entity.
_MORE: Mapping[type[Any], Callable[[Row, Any], None]] = {
    Host: _say_missing,
    Gap: _say_gap,
    NfRule: _say_rule,
    NfElements: _say_elements,
}


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

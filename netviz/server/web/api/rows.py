"""Entities as the API gives them: the wire's form, with sentences and verdicts in words beside codes and structures.

A code stays; its English words are for people and may be improved. `Host.missing` and the verdicts keep the form that
they had before there were codes (`missing_notes`, `verdict_code` and `verdict_chain` have the new one beside it).
"""

from typing import Any

from netviz.model.namespace import Gap, Host
from netviz.model.netfilter import NfElements, NfRule, Verdict
from netviz.model.topology import AnyEntity
from netviz.wire.codec import plain

Row = dict[str, Any]
_TEXT = {"type": "string"}


def row_of(entity: AnyEntity) -> Row:
    """The JSON object of an entity."""
    row: Row = plain(entity)
    for note, said in zip(row.get("notes", ()), getattr(entity, "notes", ()), strict=True):
        note["text"] = said.text
    match entity:
        case Host():
            row |= {"missing": [note.text for note in entity.missing], "missing_notes": row.get("missing", [])}
        case Gap():
            row |= {"code": entity.code, "text": entity.text}
        case NfRule():
            row |= _verdict(entity.verdict)
        case NfElements():
            for one, element in zip(row.get("elements", ()), entity.elements, strict=True):
                one |= _verdict(element.verdict)
    return row


def _verdict(verdict: Verdict | None) -> Row:
    if verdict is None:
        return {"verdict": ""}
    return {"verdict": verdict.text, "verdict_code": verdict.code, "verdict_chain": verdict.chain}


def describe(schemas: dict[str, Any]) -> None:
    """Changes the wire's schemas to those of the API's rows."""
    schemas["Note"]["properties"]["text"] = _TEXT
    host = schemas["Host"]["properties"]
    host["missing_notes"] = host["missing"]
    host["missing"] = {"type": "array", "items": _TEXT}
    schemas["Gap"]["properties"] |= {"code": {"enum": ["cut", "rights", "kernel"]}, "text": _TEXT}
    for name in ("NfRule", "Element"):
        schemas[name]["properties"] |= {"verdict": _TEXT, "verdict_code": _TEXT, "verdict_chain": _TEXT}

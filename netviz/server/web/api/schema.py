"""The entities' schemas in the OpenAPI document: the wire's, as `netviz.wire.rows` has them."""

import json
from typing import Any

from netviz.wire import rows
from netviz.wire.emit import json_schema


def _rebased(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: inner.replace("#/$defs/", "#/components/schemas/") if key == "$ref" else _rebased(inner)
            for key, inner in value.items()
        }
    return [_rebased(item) for item in value] if isinstance(value, list) else value


def add_entities(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular's: adds a component for every dataclass of the wire."""
    components = result.setdefault("components", {}).setdefault("schemas", {})
    schemas = _rebased(json.loads(json_schema())["$defs"])
    rows.describe(schemas)
    for name, schema in schemas.items():
        components.setdefault(name, schema)
    return result


def reference(name: str) -> dict[str, str]:
    """Points at the component of a dataclass."""
    return {"$ref": f"#/components/schemas/{name}"}


GAPS = {
    "type": "array",
    "items": reference("Gap"),
    "description": "what is not shown of the host as a whole and of the namespaces asked for; with the first page",
}


def page_of(*names: str) -> dict[str, Any]:
    """The schema of a page of entities of these classes, with the gaps beside them."""
    item = reference(names[0]) if len(names) == 1 else {"oneOf": [reference(name) for name in names]}
    return {
        "type": "object",
        "required": ["seq", "items", "gaps", "next"],
        "properties": {
            "seq": {"type": "integer", "description": "the change after which this is so"},
            "items": {"type": "array", "items": item},
            "gaps": GAPS,
            "next": {"type": ["string", "null"], "description": "give it as `after` for the next page"},
        },
    }

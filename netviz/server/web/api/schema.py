"""The OpenAPI document, and JSON schemas of entities for it. The schemas are made from those of the wire protocol and
describe the form in which the API returns entities (`netviz.wire.rows`).
"""

import json
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SCHEMA_KWARGS, SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from netviz.server.web.api.turns import LongView
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
    """Adds the schema of every dataclass of the wire protocol to the components of the OpenAPI document.
    drf-spectacular calls this hook.
    """
    components = result.setdefault("components", {}).setdefault("schemas", {})
    schemas = _rebased(json.loads(json_schema())["$defs"])
    rows.describe(schemas)
    for name, schema in schemas.items():
        components.setdefault(name, schema)
    return result


def reference(name: str) -> dict[str, str]:
    """Returns a reference to the schema of a dataclass among the components of the OpenAPI document."""
    return {"$ref": f"#/components/schemas/{name}"}


GAPS = {
    "type": "array",
    "items": reference("Gap"),
    "description": "what is not shown of the host and of the requested namespaces; on the first page only",
}


def page_of(*names: str) -> dict[str, Any]:
    """Returns the schema of a page of entities of these classes, with `gaps`, which say what is not shown."""
    item = reference(names[0]) if len(names) == 1 else {"oneOf": [reference(name) for name in names]}
    return {
        "type": "object",
        "required": ["seq", "items", "gaps", "next"],
        "properties": {
            "seq": {"type": "integer", "description": "the number of the change after which this was the state"},
            "items": {"type": "array", "items": item},
            "gaps": GAPS,
            "next": {"type": ["string", "null"], "description": "pass it as `after` to get the next page"},
        },
    }


@cache
def _document() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator(api_version="1").get_schema(public=True)
    return found


class SchemaView(LongView, SpectacularAPIView):
    """Returns the OpenAPI document, which is made once. It is in English, whatever language a client asks for: Django
    would keep a catalogue for each language that it is asked for, even if there is none.
    """

    @extend_schema(**{**SCHEMA_KWARGS, "parameters": []})
    def get(self, request: Request) -> Response:
        """OpenApi3 schema for this API. Format can be selected via content negotiation."""
        return Response(_document())

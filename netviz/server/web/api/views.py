"""The views of the API: hosts, and the entities of each host."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from netviz.model.graph import OWN_EDGE_KINDS, graph
from netviz.model.link_kinds import kinds
from netviz.model.namespace import Gap
from netviz.model.topology import AnyEntity, Topology, namespace_of, of_type
from netviz.server.history.quota import begins_ms
from netviz.server.hosts.access import host_of, hosts_of
from netviz.server.hosts.freshness import state_of
from netviz.server.hosts.models import Host
from netviz.server.limits import (
    PAGE_BYTES,
    PAGE_ITEMS,
    PAGE_ITEMS_MOST,
    SEARCH_CHARACTERS,
    SEARCH_ITEMS,
    SEARCH_ITEMS_MOST,
)
from netviz.server.live.present import present_of
from netviz.server.teams.models import User
from netviz.server.web.api.schema import GAPS, page_of, reference
from netviz.server.web.api.search import search
from netviz.server.web.api.turns import LongView
from netviz.wire.codec import encode
from netviz.wire.rows import row_of

_PAGING = [
    OpenApiParameter(
        "limit", int, description=f"number of items on a page, 1 to {PAGE_ITEMS_MOST}; default {PAGE_ITEMS}"
    ),
    OpenApiParameter("after", str, description="the value of `next` on the previous page"),
    OpenApiParameter("ns", str, description="only this namespace, by its id"),
]
_PROBLEM = {
    "type": "object",
    "required": ["code", "text"],
    "properties": {"code": {"type": "string"}, "text": {"type": "string"}},
}
PROBLEMS = {401: _PROBLEM, 403: _PROBLEM, 404: _PROBLEM, 429: _PROBLEM}

_HOST = {
    "type": "object",
    "required": ["id", "name", "team", "state", "seq"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string"},
        "team": {"type": "string"},
        "state": {"enum": ["live", "stale", "never"]},
        "seen": {"type": ["string", "null"], "format": "date-time"},
        "seq": {"type": "integer"},
        "contested": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "when two agents with the key of this host were last seen, for example of a copied machine",
        },
        "history_since": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "when the stored history begins; only of a single host. Its quota drops the oldest history",
        },
    },
}
_HOSTS = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": _HOST}}}


def _user(request: Request) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _host_row(host: Host) -> dict[str, Any]:
    return {
        "id": str(host.id),
        "name": host.name,
        "team": host.team.name,
        "state": state_of(host),
        "seen": host.seen,
        "seq": host.seq,
        "contested": host.contested,
    }


def _instant(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1_000, UTC)


def _whole_number(request: Request, name: str, default: int, most: int) -> int:
    given = request.query_params.get(name, "")
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 10 and 1 <= int(given) <= most):
        raise ValidationError({"detail": f"{name}: {given[:40]!a} is not a whole number from 1 to {most}"})
    return int(given)


class HostsView(APIView):
    """Returns the hosts of the user's teams."""

    @extend_schema(operation_id="hosts", responses={200: _HOSTS, **PROBLEMS})
    def get(self, request: Request) -> Response:
        """Lists the hosts that the user is allowed to see, sorted by name."""
        return Response({"items": [_host_row(host) for host in hosts_of(_user(request))]})


class HostView(APIView):
    """Returns one host."""

    @extend_schema(operation_id="host", responses={200: _HOST, **PROBLEMS})
    def get(self, request: Request, host: str) -> Response:
        """Returns a host by its id."""
        shown = _shown(request, host)
        return Response({**_host_row(shown), "history_since": _instant(begins_ms(shown.id))})


def _shown(request: Request, host: str) -> Host:
    found = host_of(_user(request), str(host))
    if found is None:
        raise Http404
    return found


def _gaps(host: Host, world: Topology, ns: str = "") -> list[Any]:
    """Returns the gaps (entities that say what is not shown or no longer current, and why) of the host and of this
    namespace, ordered by key. If the host's agent is not connected, one of them says since when.

    If `ns` is empty, returns those of all namespaces.
    """
    wanted = [gap for gap in of_type(world, Gap) if not ns or gap.ns in ("", ns)]
    since = host.stale_since or host.seen
    if state_of(host) == "stale" and since is not None:
        wanted.append(Gap("", "host", "agent-away", since_ms=int(since.timestamp() * 1_000)))
    return [row_of(gap) for gap in sorted(wanted, key=lambda gap: gap.key)]


def _page(world: Topology, keys: list[str], limit: int) -> list[str]:
    """Returns the first keys: up to `limit`, and so many that their entities have about `PAGE_BYTES` bytes."""
    size = 0
    for at, key in enumerate(keys[:limit]):
        size += len(encode(world[key]))
        if size > PAGE_BYTES:
            return keys[: at + 1]
    return keys[:limit]


class EntitiesView(LongView):
    """Returns a host's entities of certain classes (all, if `tags` is empty), in pages ordered by key."""

    tags: ClassVar[tuple[str, ...]] = ()

    def get(self, request: Request, host: str) -> Response:
        """Returns up to `limit` entities whose keys follow the key `after`; fewer if they are very large. `next` in the
        response is the value of `after` for the next request, or null if there are no more entities.
        """
        shown = _shown(request, host)
        seq, world = present_of(shown.id)
        ns = request.query_params.get("ns", "")
        after = request.query_params.get("after", "")
        keys = sorted(key for key, entity in world.items() if self._wanted(entity, ns) and key > after)
        limit = _whole_number(request, "limit", PAGE_ITEMS, PAGE_ITEMS_MOST)
        page = _page(world, keys, limit)
        items = [row_of(world[key]) for key in page]
        gaps = [] if after else _gaps(shown, world, ns)
        following = page[-1] if len(keys) > len(page) else None
        return Response({"seq": seq, "items": items, "gaps": gaps, "next": following})

    def _wanted(self, entity: AnyEntity, ns: str) -> bool:
        return (not self.tags or entity.TAG in self.tags) and (not ns or namespace_of(entity) == ns)


def entities(name: str, summary: str, *classes: type[AnyEntity]) -> Any:
    """Makes a view of the entities of these classes, or of all classes if none is given."""
    names = [cls.__name__ for cls in classes]
    schema = page_of(*names) if names else page_of("AnyEntity")
    view = type(f"{name.title()}View", (EntitiesView,), {"tags": tuple(cls.TAG for cls in classes), "__doc__": summary})
    decorate = extend_schema(
        operation_id=name, summary=summary, parameters=_PAGING, responses={200: schema, 400: _PROBLEM, **PROBLEMS}
    )
    return extend_schema(tags=["topology"])(_with_get(view, decorate)).as_view()


def _with_get(view: Any, decorate: Any) -> Any:
    def get(self: EntitiesView, request: Request, host: str) -> Response:
        return EntitiesView.get(self, request, host)

    view.get = decorate(get)
    return view


_GRAPH = {
    "type": "object",
    "required": ["seq", "nodes", "edges", "gaps"],
    "properties": {
        "seq": {"type": "integer"},
        "gaps": GAPS,
        "nodes": {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}}},
        "edges": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "kind", "a", "b"],
                "properties": {
                    "id": {"type": "string"},
                    "kind": {"enum": [*kinds("paired"), *OWN_EDGE_KINDS]},
                    "a": {"type": "string"},
                    "b": {"type": ["string", "null"]},
                },
            },
        },
    },
}


class GraphView(LongView):
    """Returns the nodes and edges of the map."""

    @extend_schema(operation_id="graph", responses={200: _GRAPH, **PROBLEMS})
    def get(self, request: Request, host: str) -> Response:
        """Returns namespaces and links as nodes; veth pairs, ports, lower links and tunnels as edges."""
        shown = _shown(request, host)
        seq, world = present_of(shown.id)
        drawn = graph(world)
        nodes = [{"id": n.id, "kind": n.kind, "label": n.label, "ns": n.ns} for n in drawn.nodes]
        edges = [{"id": e.id, "kind": e.kind, "a": e.a, "b": e.b} for e in drawn.edges]
        return Response({"seq": seq, "nodes": nodes, "edges": edges, "gaps": _gaps(shown, world)})


_FOUND = {
    "type": "object",
    "required": ["items", "more"],
    "properties": {
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["host", "key", "why", "entity"],
                "properties": {
                    "host": {"type": "string", "format": "uuid"},
                    "key": {"type": "string"},
                    "why": {"type": "string"},
                    "entity": reference("AnyEntity"),
                },
            },
        },
        "more": {"type": "boolean", "description": "whether there are more results than these"},
    },
}


class SearchView(LongView):
    """Searches all hosts that the user is allowed to see."""

    @extend_schema(
        operation_id="search",
        parameters=[
            OpenApiParameter(
                "q",
                OpenApiTypes.STR,
                required=True,
                description="a name, an address, a MAC address, a container or a process",
            ),
            OpenApiParameter(
                "limit", int, description=f"number of results, 1 to {SEARCH_ITEMS_MOST}; default {SEARCH_ITEMS}"
            ),
        ],
        responses={200: _FOUND, 400: _PROBLEM, **PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """Finds namespaces, links, addresses, neighbours, FDB entries and routes."""
        wanted = request.query_params.get("q", "").strip()
        if not wanted or len(wanted) > SEARCH_CHARACTERS or "\0" in wanted:
            raise ValidationError({"detail": f"q: 1 to {SEARCH_CHARACTERS} characters, without NUL"})
        limit = _whole_number(request, "limit", SEARCH_ITEMS, SEARCH_ITEMS_MOST)
        found: list[dict[str, Any]] = []
        for host in hosts_of(_user(request)):
            _, world = present_of(host.id)
            found += [_found(host, world, key, why) for key, why in search(world, wanted, limit + 1 - len(found))]
            if len(found) > limit:
                break
        return Response({"items": found[:limit], "more": len(found) > limit})


def _found(host: Host, world: Topology, key: str, why: str) -> dict[str, Any]:
    return {"host": str(host.id), "key": key, "why": why, "entity": row_of(world[key])}

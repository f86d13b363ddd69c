"""URLs of the API."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.link import Link
from netviz.model.namespace import Namespace, Owner
from netviz.model.netfilter import LegacyTable, NfChain, NfElements, NfFlowtable, NfObject, NfRule, NfSet, NfTable
from netviz.model.route import NextHopObject, Route, RouteRule
from netviz.server.web.api.schema import SchemaView
from netviz.server.web.api.views import GraphView, HostsView, HostView, SearchView, entities

NETFILTER = (NfTable, NfChain, NfRule, NfSet, NfElements, NfObject, NfFlowtable, LegacyTable)

_VIEWS = {
    "hosts/": HostsView.as_view(),
    "hosts/<uuid:host>/": HostView.as_view(),
    "hosts/<uuid:host>/topology/": entities("topology", "Everything that is known of a host"),
    "hosts/<uuid:host>/graph/": GraphView.as_view(),
    "hosts/<uuid:host>/namespaces/": entities("namespaces", "Namespaces and their owners", Namespace, Owner),
    "hosts/<uuid:host>/links/": entities("links", "Links", Link),
    "hosts/<uuid:host>/addresses/": entities("addresses", "Addresses", Address),
    "hosts/<uuid:host>/neighbours/": entities("neighbours", "Neighbours", Neighbour),
    "hosts/<uuid:host>/fdb/": entities("fdb", "FDB entries", FdbEntry),
    "hosts/<uuid:host>/routes/": entities("routes", "Routes, nexthops, route rules", Route, NextHopObject, RouteRule),
    "hosts/<uuid:host>/netfilter/": entities("netfilter", "Netfilter's tables, chains, rules and sets", *NETFILTER),
    "search/": SearchView.as_view(),
    "schema/": SchemaView.as_view(),
}

# The API answers 401 to clients that are not signed in; Django's redirect to the sign-in page is for people.
urlpatterns = [path(route, login_not_required(view)) for route, view in _VIEWS.items()]

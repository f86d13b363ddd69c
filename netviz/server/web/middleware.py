"""Middleware of this project."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from netviz.server.web import health

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def answer_probes(get_response: GetResponse) -> GetResponse:
    """Answers the health checks before everything that costs something, or that could refuse their Host."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        probe = health.PROBES.get(request.path_info)
        return get_response(request) if probe is None else probe(request)

    return middleware


def refuse_encoded_bodies(get_response: GetResponse) -> GetResponse:
    """Answers 415 to a request with a compressed body: no client needs that, and it could be a decompression bomb."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            return HttpResponse("A request body must not be encoded.", status=415, content_type="text/plain")
        return get_response(request)

    return middleware

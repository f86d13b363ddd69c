"""Middleware of this project."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def refuse_encoded_bodies(get_response: GetResponse) -> GetResponse:
    """Answers 415 to a request with a compressed body: no client needs that, and it could be a decompression bomb."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            return HttpResponse("A request body must not be encoded.", status=415, content_type="text/plain")
        return get_response(request)

    return middleware

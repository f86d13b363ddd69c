"""Middleware of our own."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def refuse_encoded_bodies(get_response: GetResponse) -> GetResponse:
    """Answers 415 to a request whose body is compressed: nobody needs it, and it would be a bomb's way in."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            return HttpResponse("A request's body may not be encoded.", status=415, content_type="text/plain")
        return get_response(request)

    return middleware

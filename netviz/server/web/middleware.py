"""Middleware of this project."""

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase

from netviz.model.text import visible
from netviz.server.tally import dropped
from netviz.server.web import health

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_DEVICES = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")
_PERMISSIONS = ", ".join(f"{device}=()" for device in _DEVICES)


def answer_probes(get_response: GetResponse) -> GetResponse:
    """Answers the health checks before everything that costs something, or that could refuse their Host."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        probe = health.PROBES.get(request.path_info)
        return get_response(request) if probe is None else probe(request)

    return middleware


def refuse_nul(get_response: GetResponse) -> GetResponse:
    """Answers 400 to a request with a NUL anywhere in its text: PostgreSQL cannot store or compare such a text."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        where = next((where for where, text in _texts(request) if "\0" in where or "\0" in text), None)
        if where is None:
            return get_response(request)
        dropped.add("a request with a NUL", where)
        text = f"{visible(where[:40])}: a request must not contain a NUL"
        if request.path_info.startswith("/api/"):
            return JsonResponse({"code": "invalid", "text": text}, status=400)
        return HttpResponse(f"{text}\n", status=400, content_type="text/plain; charset=utf-8")

    return middleware


def _texts(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Returns each text of a request, as Django decodes it, after the name of its place: path, headers, cookies,
    parameters, fields of a form, and JSON.
    """
    yield "path", request.path_info
    for name, value in request.META.items():
        if name.startswith(("HTTP_", "CONTENT_", "REMOTE_")):
            yield "header", str(value)
    yield from request.COOKIES.items()
    yield from _fields(request.GET)
    if request.content_type in _FORMS:
        yield from _fields(request.POST)
    elif "json" in (request.content_type or ""):
        yield "body", request.body.decode("utf-8", "replace").replace("\\u0000", "\0")


def _fields(fields: QueryDict) -> Iterator[tuple[str, str]]:
    for name, values in fields.lists():
        for value in values:
            yield name, str(value)


def no_store(get_response: GetResponse) -> GetResponse:
    """Forbids browsers and proxies to keep what is only for the user: pages, maps and the API."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer = get_response(request)
        if "no-store" not in answer.get("Cache-Control", ""):
            answer["Cache-Control"] = "no-store"
        return answer

    return middleware


def more_security_headers(get_response: GetResponse) -> GetResponse:
    """Adds headers that Django does not know: other sites cannot embed anything, and pages cannot use the devices of
    the user's machine.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer = get_response(request)
        answer.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        answer.setdefault("Permissions-Policy", _PERMISSIONS)
        return answer

    return middleware


def refuse_encoded_bodies(get_response: GetResponse) -> GetResponse:
    """Answers 415 to a request with a compressed body: no client needs that, and it could be a decompression bomb."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            return HttpResponse("A request body must not be encoded.", status=415, content_type="text/plain")
        return get_response(request)

    return middleware

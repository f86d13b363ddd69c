"""Answers requests with error pages."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from netviz.server.edge.log import outage
from netviz.server.limits import RETRY_S


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answers 403 to a form that was not sent from one of our pages."""
    return render(request, "403.html", {"reason": reason}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answers 503 during an outage, and 500 to any other failure. Django calls it while it handles the exception."""
    is_outage = bool(outage(sys.exc_info()[1]))
    status = 503 if is_outage else 500
    if request.path_info.startswith("/api/"):
        code = "unavailable" if is_outage else "failed"
        text = (
            "The server cannot use its database at the moment." if is_outage else "The server failed; its log says how."
        )
        answer: HttpResponse = JsonResponse({"code": code, "text": text}, status=status)
    else:
        answer = render(request, f"{status}.html", status=status)
    if is_outage:
        answer["Retry-After"] = str(RETRY_S)
    return answer

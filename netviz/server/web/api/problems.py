"""Errors of the API. All have the form `{"code": ..., "text": ...}`."""

import logging
from typing import Any

from django.utils.translation import override
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import exception_handler

from netviz.server.history.blobs import Unreadable

log = logging.getLogger(__name__)


def handler(problem: Exception, context: dict[str, Any]) -> Response | None:
    """Returns the API's response to an exception: a stable code and a sentence. Returns None if Django REST Framework
    (DRF) has no response to this exception.
    """
    if isinstance(problem, Unreadable):
        log.error("stored history cannot be read: %s", problem)
        text = "The history of this host cannot be read. The server's log says which part of it."
        return Response({"code": "unreadable", "text": text}, status=503)
    with override("en"):  # the text is for programs and logs, so it does not depend on the client's language
        response = exception_handler(problem, context)
        if response is None:
            return None
        code = problem.default_code if isinstance(problem, APIException) else "not_found"
        detail = response.data.get("detail") if isinstance(response.data, dict) else None
        response.data = {"code": str(code).replace("_", "-"), "text": str(detail or response.data)}
        return response

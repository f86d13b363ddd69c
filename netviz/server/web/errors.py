"""Answers requests with error pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answers 403 to a form that was not sent from one of our pages."""
    return render(request, "403.html", {"reason": reason}, status=403)

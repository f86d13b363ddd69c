"""Users take turns with what takes long: calls that read a whole topology.

One user has one such call at a time, and a process has a few, so that a program that calls the API without pause slows
down neither the agents nor the other users. Further calls wait, each in its thread.
"""

import threading
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.views import APIView

from netviz.server.limits import API_AT_ONCE, API_WAIT_S, RETRY_S
from netviz.server.tally import dropped


class Turns:
    """Lets `most` callers in at a time, one for each key."""

    def __init__(self, most: int = API_AT_ONCE) -> None:
        self._most = most
        self._inside: set[str] = set()
        self._changed = threading.Condition()

    def begin(self, key: str, limit_s: float = API_WAIT_S) -> bool:
        """Waits until it is the turn of a caller with this key. Returns False if that takes longer than the limit."""
        with self._changed:
            if not self._changed.wait_for(lambda: key not in self._inside and len(self._inside) < self._most, limit_s):
                return False
            self._inside.add(key)
            return True

    def end(self, key: str) -> None:
        """Ends the turn of this key."""
        with self._changed:
            self._inside.discard(key)
            self._changed.notify_all()


turns = Turns()


class LongView(APIView):
    """A view whose calls take turns. A call that waits too long is answered with 429 and Retry-After."""

    _key = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Waits for the turn of the user, who has the right to call the view."""
        super().initial(request, *args, **kwargs)
        if not turns.begin(str(request.user.pk)):
            dropped.add("a call of the API refused, because earlier calls of the user take long", request.user)
            raise Throttled(wait=RETRY_S)
        self._key = str(request.user.pk)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answers a call, and encodes the answer before the turn ends."""
        try:
            answer = super().dispatch(request, *args, **kwargs)
            return answer.render() if hasattr(answer, "render") else answer
        finally:
            if self._key:
                turns.end(self._key)

"""Limits the rate of API calls of each user, by session and by all of the user's tokens together."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from netviz.server.limiter import Limiter
from netviz.server.limits import API_CALLS

_calls = Limiter(API_CALLS)


class PerUser(BaseThrottle):
    """Answers 429 with Retry-After to a user who calls the API too often. Calls without a user are answered 401."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Counts a call and returns whether it is allowed."""
        return _calls.allow(str(request.user.pk))

    def wait(self) -> float:
        """Returns after how many seconds the client may try again."""
        return API_CALLS.seconds

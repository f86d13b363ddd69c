"""Bearer tokens (RFC 6750)."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from netviz.server.teams.models import User
from netviz.server.teams.tokens import user_of


class BearerAuthentication(BaseAuthentication):
    """Authenticates `Authorization: Bearer nva_...`; `manage.py make_token` creates such tokens."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        """Returns the token's user, or None if the request has no bearer token. Raises AuthenticationFailed."""
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        user = user_of(secret.decode("latin-1").strip())
        if user is None:
            raise AuthenticationFailed("The bearer token is unknown, expired or revoked.")
        return user, "bearer"

    def authenticate_header(self, request: Request) -> str:
        """Returns the WWW-Authenticate header of a 401."""
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes bearer tokens in the OpenAPI document."""

    target_class = "netviz.server.web.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Returns the scheme's definition."""
        return {"type": "http", "scheme": "bearer"}

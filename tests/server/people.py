"""The users in tests of the server."""

from dataclasses import dataclass

from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from netviz.server.hosts.models import Host
from netviz.server.teams.models import Team, User
from netviz.server.teams.tokens import make_api_token

PASSWORD = "correct horse battery"


@dataclass
class People:
    """The users by name, with their teams and hosts."""

    users: dict[str, User]
    ours: Team
    theirs: Team
    host: Host
    other: Host

    def client(self, name: str | None) -> Client:
        """Returns a browser that checks CSRF, signed in as this user, or anonymous for None."""
        client = Client(enforce_csrf_checks=True)
        if name is not None:
            client.force_login(self.users[name])
        return client

    def bearer(self, name: str) -> dict[str, str]:
        """Returns the headers of a program with this user's token."""
        return {"Authorization": f"Bearer {make_api_token(self.users[name], 'test')}"}

    def cookies(self, name: str) -> str:
        """Returns the Cookie header of this user's browser."""
        client = self.client(name)
        return "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())


def sign_out_everywhere(cookie: str) -> None:
    """Ends the session of a Cookie header."""
    SessionStore(session_key=cookie.split("=", 1)[1].split(";")[0]).delete()

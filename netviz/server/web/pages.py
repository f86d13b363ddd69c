"""Pages: hosts, the map of one, signing in and out, and whether the server is up."""

import uuid
from typing import Any

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from netviz.server.hosts.access import host_of, hosts_of
from netviz.server.hosts.freshness import state_of
from netviz.server.hosts.models import Host
from netviz.server.limiter import Limiter
from netviz.server.limits import SIGN_INS
from netviz.server.teams import audit
from netviz.server.teams.access import membership
from netviz.server.teams.models import User
from netviz.server.teams.tokens import use_sign_in_link

# By address.
_sign_ins = Limiter(SIGN_INS)


def client_of(request: HttpRequest) -> str:
    """The address a request came from, as the server in front of us reports it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def user_of(request: HttpRequest) -> User:
    """The signed-in user of a request."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


@require_safe
def hosts(request: HttpRequest) -> HttpResponse:
    """The hosts of one's teams; with a single one, its map."""
    found = list(hosts_of(user_of(request)))
    if len(found) == 1 and "all" not in request.GET:
        return redirect("map", host=found[0].id)
    rows = [{"host": host, "state": state_of(host)} for host in found]
    return render(request, "hosts.html", {"rows": rows, "membership": membership(user_of(request))})


@require_safe
def map_page(request: HttpRequest, host: uuid.UUID) -> HttpResponse:
    """The map of one host."""
    user = user_of(request)
    shown = host_of(user, str(host))
    if shown is None:
        raise Http404
    return render(request, "map.html", {"boot": _boot(user, shown), "host": shown})


def _boot(user: User, shown: Host) -> dict[str, Any]:
    place = membership(user)
    listed = [
        {
            "id": str(host.id),
            "name": host.name,
            "url": reverse("map", args=[host.id]),
            "state": state_of(host),
            "practice": host.name.startswith("practice"),
        }
        for host in hosts_of(user)
    ]
    return {
        "host": str(shown.id),
        "hosts": listed,
        "user": {
            "name": user.username,
            "team": place.team.name if place else "",
            "role": place.role if place else "",
        },
        "socket": "/ws/view/",
    }


@method_decorator([login_not_required, never_cache], name="dispatch")
class SignIn(LoginView):
    """Signing in by name and password."""

    template_name = "sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Checks name and password; too many tries from one address are refused unread."""
        if not _sign_ins.allow(client_of(request)):
            return render(request, "429.html", status=429)
        answer = super().post(request, *args, **kwargs)
        assert isinstance(answer, HttpResponse)  # noqa: S101 - a form's view never streams
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        """Records who came in."""
        audit.record("sign-in", form.get_user().username, actor=form.get_user(), by="password")
        return super().form_valid(form)


@login_not_required
@never_cache
@require_safe
def sign_in_once(request: HttpRequest, token: str) -> HttpResponse:
    """Signs in by a link of one use; opened again by who is signed in, it just leads on."""
    if request.user.is_authenticated:
        return redirect("hosts")
    if not _sign_ins.allow(client_of(request)):
        return render(request, "429.html", status=429)
    user = use_sign_in_link(token)
    if user is None:
        return render(request, "link_spent.html", status=410)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("hosts")


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to read the map, for everybody."""
    place = membership(user_of(request)) if request.user.is_authenticated else None
    return render(request, "help.html", {"membership": place})


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")

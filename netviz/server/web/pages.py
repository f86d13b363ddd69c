"""Pages: the list of hosts, the map of a host, help, signing in and out, health checks."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from netviz.server.edge.addresses import client_address
from netviz.server.hosts.access import host_of, hosts_of
from netviz.server.hosts.freshness import state_of
from netviz.server.hosts.models import Host
from netviz.server.hosts.sessions import is_contested
from netviz.server.limiter import Limiter
from netviz.server.limits import SIGN_INS
from netviz.server.teams import audit
from netviz.server.teams.access import membership
from netviz.server.teams.models import User
from netviz.server.teams.tokens import is_valid_sign_in_link, use_sign_in_link
from netviz.server.web.throttle import Attempt, link_failed

# Counts failed sign-ins (see `throttle`).
_sign_ins = Limiter(SIGN_INS)


def client_of(request: HttpRequest) -> str:
    """Returns the client's address: behind a trusted proxy, the one in the proxy's headers."""
    peer, hops = str(request.META.get("REMOTE_ADDR", "")), request.headers.get("X-Forwarded-For", "")
    return client_address(peer, hops, settings.TRUSTED_PROXIES)


def user_of(request: HttpRequest) -> User:
    """Returns the signed-in user. Raises Http404 if there is none."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


@require_safe
def hosts(request: HttpRequest) -> HttpResponse:
    """Lists the hosts of the user's teams. If there is only one host, redirects to its map."""
    found = list(hosts_of(user_of(request)))
    if len(found) == 1 and "all" not in request.GET:
        return redirect("map", host=found[0].id)
    rows = [{"host": host, "state": state_of(host), "is_contested": is_contested(host)} for host in found]
    return render(request, "hosts.html", {"rows": rows, "membership": membership(user_of(request))})


@require_safe
def map_page(request: HttpRequest, host: uuid.UUID) -> HttpResponse:
    """Shows the map of a host."""
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
    """Signs in with name and password."""

    template_name = "sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Checks name and password. After too many failures, refuses without a check."""
        attempt = Attempt(_sign_ins, request.POST.get("username", ""), client_of(request))
        if not attempt.begin():
            return _too_many(request)
        answer = super().post(request, *args, **kwargs)
        assert isinstance(answer, HttpResponse)  # noqa: S101 - a form's view never streams
        if answer.status_code == 302:
            attempt.succeed()
        else:
            attempt.fail()
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        """Records the sign-in in the audit log."""
        audit.record("sign-in", form.get_user().username, actor=form.get_user(), by="password")
        return super().form_valid(form)


def _too_many(request: HttpRequest) -> HttpResponse:
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = f"{SIGN_INS.seconds:.0f}"
    return answer


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_once(request: HttpRequest, token: str) -> HttpResponse:
    """Shows a page whose button signs in by a single-use link. Only the button uses the link up: programs that check or
    preview links do not. If the user is already signed in, only redirects.
    """
    if request.user.is_authenticated:
        return redirect("hosts")
    if request.method != "POST" and is_valid_sign_in_link(token):
        return render(request, "sign_in_once.html")
    user = use_sign_in_link(token) if request.method == "POST" else None
    if user is None:
        if link_failed(_sign_ins, client_of(request)):
            return _too_many(request)
        return render(request, "link_spent.html", status=410)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("hosts")


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Explains how to read the map. Everybody can open this page."""
    place = membership(user_of(request)) if request.user.is_authenticated else None
    return render(request, "help.html", {"membership": place})

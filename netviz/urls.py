"""URLs of pages and of the API."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.i18n import set_language

from netviz.server.web import health, metrics, pages

urlpatterns = [
    path("", pages.hosts, name="hosts"),
    path("map/<uuid:host>/", pages.map_page, name="map"),
    path("sign-in/", pages.SignIn.as_view(), name="sign-in"),
    path("sign-in/once/<str:token>/", pages.sign_in_once, name="sign-in-once"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("language/", login_not_required(set_language), name="language"),
    path("help/", pages.help_page, name="help"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/v1/", include("netviz.server.web.api.urls")),
]

handler500 = "netviz.server.web.errors.server_error"

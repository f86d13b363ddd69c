"""URLs of pages and of the API."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from netviz.server.web import pages

urlpatterns = [
    path("", pages.hosts, name="hosts"),
    path("map/<uuid:host>/", pages.map_page, name="map"),
    path("sign-in/", pages.SignIn.as_view(), name="sign-in"),
    path("sign-in/once/<str:token>/", pages.sign_in_once, name="sign-in-once"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("healthz", pages.healthz, name="healthz"),
    path("readyz", pages.readyz, name="readyz"),
    path("api/v1/", include("netviz.server.web.api.urls")),
]

"""Users can sign in and out, and every response has the security headers."""

import json
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from netviz.server.hosts.models import EnrolToken, Host
from netviz.server.teams import tokens
from netviz.server.teams.models import AuditEvent, Membership, SignInLink, Team, User
from tests.server.people import PASSWORD, People


def csrf(page: bytes) -> str:
    return page.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


def form(people: People, username: str, password: str) -> tuple[int, str]:
    """Signs in with the form; returns the status and the redirect."""
    client = people.client(None)
    token = csrf(client.get("/sign-in/").content)
    answer = client.post("/sign-in/", {"username": username, "password": password, "csrfmiddlewaretoken": token})
    return answer.status_code, answer.headers.get("Location", "")


def test_user_can_sign_in_with_name_and_password(people: People) -> None:
    assert form(people, "victor", PASSWORD) == (302, "/")


@pytest.mark.parametrize(("username", "password"), [("victor", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_user_with_wrong_credentials_cannot_sign_in(people: People, username: str, password: str) -> None:
    assert form(people, username, password)[0] == 200


@pytest.mark.parametrize(("username", "password"), [("a\0b", "x"), ("victor", "\0")])
def test_form_with_a_nul_is_refused(people: People, username: str, password: str) -> None:
    assert form(people, username, password)[0] == 400


@pytest.mark.parametrize(
    "cookie", ['netviz-session="\\000"', 'netviz-csrf="a\\000"', 'netviz-language="\\000"', 'x="\\000"', "x=\0"]
)
def test_cookie_with_a_nul_is_refused(people: People, cookie: str) -> None:
    assert people.client(None).get("/?all", headers={"Cookie": cookie}).status_code == 400


@pytest.mark.parametrize("header", ["Accept-Language", "User-Agent", "Referer", "Authorization", "X-Anything"])
def test_header_with_a_nul_is_refused(people: People, header: str) -> None:
    assert people.client("victor").get("/api/v1/hosts/", headers={header: "a\0b"}).status_code == 400


@pytest.mark.parametrize(
    ("body", "kind"), [(b'{"a":"\\u0000"}', "application/json"), (b"a=%00", "application/x-www-form-urlencoded")]
)
def test_body_with_a_nul_is_refused(people: People, body: bytes, kind: str) -> None:
    for path in ("/sign-in/", "/api/v1/hosts/", "/nowhere/"):
        assert people.client("victor").post(path, body, content_type=kind).status_code == 400


def test_locked_user_cannot_sign_in(people: People) -> None:
    User.objects.filter(username="victor").update(is_active=False)
    assert form(people, "victor", PASSWORD)[0] == 200


def test_eleventh_sign_in_attempt_within_a_minute_is_refused(people: People) -> None:
    answers = [form(people, "victor", "wrong")[0] for _ in range(10)]
    assert answers == [200] * 10
    assert form(people, "victor", PASSWORD)[0] == 429


def press(people: People, secret: str) -> tuple[int, str]:
    """Opens a sign-in link and presses the button of its page; returns the status and the redirect."""
    client, path = people.client(None), f"/sign-in/once/{secret}/"
    page = client.get(path)
    if page.status_code != 200:
        return page.status_code, ""
    answer = client.post(path, {"csrfmiddlewaretoken": csrf(page.content)})
    return answer.status_code, answer.headers.get("Location", "")


def test_sign_in_link_works_only_once(people: People) -> None:
    secret = tokens.make_sign_in_link(people.users["victor"])
    assert press(people, secret) == (302, "/")
    assert press(people, secret) == (410, "")


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete", "trace"])
def test_program_that_checks_or_previews_a_sign_in_link_does_not_use_it_up(people: People, method: str) -> None:
    secret = tokens.make_sign_in_link(people.users["victor"])
    for _ in range(30):
        getattr(people.client(None), method)(f"/sign-in/once/{secret}/")
    assert press(people, secret) == (302, "/")


def test_sign_in_link_can_be_used_only_from_its_own_page(people: People) -> None:
    secret = tokens.make_sign_in_link(people.users["victor"])
    assert people.client(None).post(f"/sign-in/once/{secret}/").status_code == 403
    assert press(people, secret) == (302, "/")


def test_page_of_a_used_link_names_the_command_that_makes_a_new_one(people: People) -> None:
    page = people.client(None).get("/sign-in/once/nvs_used/")
    assert page.status_code == 410
    assert b"manage.py sign_in_link" in page.content


def test_expired_sign_in_link_is_refused(people: People) -> None:
    secret = tokens.make_sign_in_link(people.users["victor"])
    SignInLink.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert people.client(None).get(f"/sign-in/once/{secret}/").status_code == 410


def test_newer_sign_in_link_invalidates_the_older_link(people: People) -> None:
    older, newer = (tokens.make_sign_in_link(people.users["victor"]) for _ in range(2))
    assert press(people, older)[0] == 410
    assert press(people, newer)[0] == 302


def test_database_contains_sign_in_links_and_api_tokens_only_as_hashes(people: People) -> None:
    secret = tokens.make_sign_in_link(people.users["victor"])
    api = tokens.make_api_token(people.users["victor"], "x")
    kept = json.dumps(
        [
            *SignInLink.objects.values_list("digest", flat=True),
            *people.users["victor"].tokens.values_list("digest", "hint"),
        ]
    )
    assert secret not in kept
    assert api not in kept


def test_signing_out_ends_the_session(people: People) -> None:
    client = people.client("victor")
    token = csrf(client.get(f"/map/{people.host.id}/").content)
    assert client.post("/sign-out/", {"csrfmiddlewaretoken": token}).status_code == 302
    assert client.get(f"/map/{people.host.id}/").status_code == 302


def test_every_sign_in_is_recorded_in_the_audit_log(people: People) -> None:
    form(people, "victor", PASSWORD)
    assert AuditEvent.objects.filter(verb="sign-in", actor__username="victor").count() == 1


@pytest.mark.parametrize("path", ["/sign-in/", "/?all", "/map/{}/", "/nowhere/", "/api/v1/hosts/"])
def test_every_response_has_the_security_headers(people: People, path: str) -> None:
    client = people.client(None if path == "/sign-in/" else "victor")
    headers = client.get(path.format(people.host.id)).headers
    policy = headers["Content-Security-Policy"]
    for words in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert words in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]


def test_request_with_a_compressed_body_is_refused(people: People) -> None:
    answer = people.client(None).post(
        "/sign-in/", b"x", content_type="text/plain", headers={"Content-Encoding": "gzip"}
    )
    assert answer.status_code == 415


def test_user_with_a_single_host_is_redirected_to_its_map(people: People) -> None:
    assert people.client("victor").get("/").headers["Location"] == f"/map/{people.host.id}/"


def test_page_without_hosts_explains_how_to_add_a_host(people: People) -> None:
    people.host.delete()
    page = people.client("victor").get("/")
    assert page.status_code == 200
    assert b"make run" in page.content or b"enrol" in page.content


def test_list_of_hosts_says_the_time_of_its_states_and_calls_no_host_live(people: People) -> None:
    Host.objects.filter(id=people.host.id).update(session="s", seen=timezone.now())
    page = people.client("victor").get("/?all").content.decode()
    assert re.search(r"As of \d\d:\d\d:\d\d UTC", page)
    row = page.split("<tbody>")[1].split("</tbody>")[0]
    assert "connected" in row
    assert "live" not in row
    assert "now" not in row


def test_host_name_with_markup_is_shown_as_text(people: People) -> None:
    Host.objects.filter(id=people.host.id).update(name="<img src=x onerror=alert(1)>")
    page = people.client("victor").get("/?all").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img" in page


def test_map_page_contains_its_host_and_no_host_of_another_team(people: People) -> None:
    page = people.client("victor").get(f"/map/{people.host.id}/").content.decode()
    boot = json.loads(page.split('id="boot"')[1].split(">", 1)[1].split("</script>")[0])
    assert boot["host"] == str(people.host.id)
    assert [host["name"] for host in boot["hosts"]] == ["build-07"]
    assert "secret-1" not in page


# -- the first run


def first_run(capsys: pytest.CaptureFixture[str], name: str = "here") -> dict[str, str | None]:
    call_command("first_run", "--agent-name", name, "--json")
    answer: dict[str, str | None] = json.loads(capsys.readouterr().out)
    return answer


@pytest.mark.django_db
def test_first_run_command_creates_a_team_with_an_admin_and_prints_a_sign_in_link_and_a_token(
    capsys: pytest.CaptureFixture[str], client: object, django_user_model: type[User]
) -> None:
    answer = first_run(capsys)
    assert Membership.objects.get().role == "admin"
    assert not django_user_model.objects.get().has_usable_password()
    assert str(answer["sign_in_path"]).startswith("/sign-in/once/nvs_")
    assert str(answer["enrol_token"]).startswith("nve_")
    assert EnrolToken.objects.get().host_name == "here"


@pytest.mark.django_db
def test_second_call_of_the_command_manage_py_first_run_creates_no_second_team_or_admin(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first_run(capsys)
    Host.objects.create(team=Team.objects.get(), name="here", key="00" * 32)
    assert first_run(capsys)["enrol_token"] is None
    assert (Team.objects.count(), User.objects.count()) == (1, 1)


def test_list_of_hosts_says_while_two_agents_use_the_key_of_a_host(people: People) -> None:
    def shown() -> str:
        return people.client("victor").get("/?all").content.decode()

    assert "Two agents" not in shown()
    Host.objects.filter(id=people.host.id).update(contested=timezone.now())
    assert "Two agents use the key of this host" in shown()
    Host.objects.filter(id=people.host.id).update(contested=timezone.now() - timedelta(hours=1))
    assert "Two agents" not in shown()

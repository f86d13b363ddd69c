"""The access matrix: every route and every frame for every role. A route without a row fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from netviz.wire.frames import DIRECTIONS
from tests.server.people import People
from tests.server.sockets import Agent, Browser, Closed, known

ROLES = ("anonymous", "outsider", "viewer", "operator", "admin", "locked", "agent")
NAMES = {"outsider": "charlie", "viewer": "victor", "operator": "oscar", "admin": "alice"}

# The status of GET for each role, in the order of ROLES. 302 leads to the sign-in page (or to a map, if signed in).
OPEN = (200,) * 7
PAGE = (302, 200, 200, 200, 200, 302, 302)
OWN_PAGE = (302, 404, 200, 200, 200, 302, 302)
API = (401, 200, 200, 200, 200, 401, 401)
OWN_API = (401, 404, 200, 200, 200, 401, 401)

MATRIX: dict[str, tuple[int, ...]] = {
    "": (302, 302, 302, 302, 302, 302, 302),  # a single host redirects to its map
    "?all": PAGE,
    "map/<uuid:host>/": OWN_PAGE,
    "sign-in/": (200, 302, 302, 302, 302, 200, 200),
    "sign-in/once/<str:token>/": (410, 302, 302, 302, 302, 410, 410),
    "sign-out/": (302, 405, 405, 405, 405, 302, 302),
    "language/": (302,) * 7,
    "help/": OPEN,
    "healthz": OPEN,
    "readyz": OPEN,
    "metrics": OPEN,  # of a client on this machine, while all origins are on loopback
    "api/v1/hosts/": API,
    "api/v1/hosts/<uuid:host>/": OWN_API,
    "api/v1/hosts/<uuid:host>/topology/": OWN_API,
    "api/v1/hosts/<uuid:host>/graph/": OWN_API,
    "api/v1/hosts/<uuid:host>/namespaces/": OWN_API,
    "api/v1/hosts/<uuid:host>/links/": OWN_API,
    "api/v1/hosts/<uuid:host>/addresses/": OWN_API,
    "api/v1/hosts/<uuid:host>/neighbours/": OWN_API,
    "api/v1/hosts/<uuid:host>/fdb/": OWN_API,
    "api/v1/hosts/<uuid:host>/routes/": OWN_API,
    "api/v1/hosts/<uuid:host>/netfilter/": OWN_API,
    "api/v1/search/": API,
    "api/v1/schema/": API,
}

# Routes with methods that may change something, and their status if the CSRF token is missing.
UNSAFE = {"sign-in/": 403, "sign-out/": 403, "language/": 403}


def routes(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """Returns all routes of the URLconf."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here


def address(route: str, people: People) -> str:
    filled = route.replace("<uuid:host>", str(people.host.id)).replace("<str:token>", "nvs_guess")
    return f"/{filled}?q=lo" if route == "api/v1/search/" else f"/{filled}"


def client_of(role: str, people: People) -> Client:
    if role == "locked":
        client = people.client("victor")
        people.users["victor"].is_active = False
        people.users["victor"].save()
        return client
    return people.client(NAMES.get(role))


def test_every_url_has_a_row_in_the_access_matrix_and_every_row_has_a_url() -> None:
    assert set(routes()) == set(MATRIX) - {"?all"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", MATRIX)
def test_url_answers_each_role_with_the_status_in_the_access_matrix(people: People, route: str, role: str) -> None:
    # An agent's proof is valid on its socket only; here a stranger uses it to sign requests.
    headers = {"Authorization": f"Bearer {people.host.key}"} if role == "agent" and route.startswith("api/") else {}
    answer = client_of(role, people).get(address(route, people), headers=headers)
    assert answer.status_code == MATRIX[route][ROLES.index(role)]


@pytest.mark.parametrize("role", ["outsider", "viewer", "operator", "admin"])
@pytest.mark.parametrize("route", [route for route in MATRIX if route.startswith("api/")])
def test_bearer_token_has_the_rights_of_its_user(people: People, route: str, role: str) -> None:
    answer = people.client(None).get(address(route, people), headers=people.bearer(NAMES[role]))
    assert answer.status_code == MATRIX[route][ROLES.index(role)]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("route", MATRIX)
def test_unsafe_methods_need_a_csrf_token(people: People, route: str, method: str) -> None:
    answer = getattr(people.client("alice"), method)(address(route, people))
    assert answer.status_code in {UNSAFE.get(route, 405), 403, 405}


@pytest.mark.parametrize("what", ["host of another team", "no host"])
def test_request_for_a_host_of_another_team_is_answered_like_a_request_for_a_missing_host(
    people: People, what: str
) -> None:
    host = people.other.id if what == "host of another team" else "00000000-0000-4000-8000-000000000000"
    answer = people.client("victor").get(f"/api/v1/hosts/{host}/topology/")
    assert (answer.status_code, answer.json()) == (404, {"code": "not-found", "text": "Not found."})


def test_list_of_hosts_omits_the_hosts_of_other_teams(people: People) -> None:
    names = [row["name"] for row in people.client("victor").get("/api/v1/hosts/").json()["items"]]
    assert names == ["build-07"]


# -- frames: what each side may send


@pytest.mark.parametrize("tag", sorted({cls.TAG for classes in DIRECTIONS.values() for cls in classes}))
async def test_browser_may_send_only_the_frames_that_the_protocol_allows_to_browsers(people: People, tag: str) -> None:
    browser = Browser(await sync_to_async(people.cookies)("alice"))
    await browser.open()
    await browser.send(f'{{"t":"{tag}"}}')
    problem = await browser.receive()
    assert problem.code == ("missing-field" if tag in ("subscribe", "watch", "request", "ping") else "unknown-type")


@pytest.mark.parametrize("tag", sorted({cls.TAG for classes in DIRECTIONS.values() for cls in classes}))
async def test_agent_may_send_only_the_frames_that_the_protocol_allows_to_agents(people: People, tag: str) -> None:
    agent = Agent()
    await known(agent, people.host)
    await agent.greet()
    await agent.send(f'{{"t":"{tag}"}}')
    if tag == "heartbeat":  # the only frame without fields that an agent may send here
        assert await agent.quiet()
        return
    code = (await agent.receive()).code
    ours = {cls.TAG for cls in DIRECTIONS["agent"]}
    assert code == ("unknown-type" if tag not in ours else "bad-order" if tag == "snapshot_end" else "missing-field")


async def test_websocket_with_an_unknown_path_is_closed(people: People) -> None:
    browser = Browser(await sync_to_async(people.cookies)("alice"))
    browser._asgi.scope["path"] = "/ws/other/"
    with pytest.raises(Closed):
        await browser.open()

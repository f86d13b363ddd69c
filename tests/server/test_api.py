"""The API: what it returns for a host, and its errors."""

from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django.utils.translation import trans_real

from netviz.model.address import Address
from netviz.model.delta import diff
from netviz.model.entity import LinkRef
from netviz.model.link import Link
from netviz.model.namespace import Container, Gap, Namespace, Owner, ProcessGroup
from netviz.model.namespace import Host as HostEntity
from netviz.model.netfilter import NfTable
from netviz.model.route import NextHop, Route
from netviz.model.topology import AnyEntity, topology
from netviz.server.history import store
from netviz.server.history.blobs import change_of
from netviz.server.hosts import sessions
from netviz.server.hosts.models import Host
from netviz.server.limiter import Limiter, MemoryCounts
from netviz.server.limits import Limit
from netviz.server.teams.models import ApiToken
from netviz.server.web.api import throttle
from tests.server.people import People

WORLD = topology(
    [
        HostEntity("build-07", "boot", "1"),
        Namespace("1", is_host=True),
        Namespace("2", names=("web",)),
        Owner("2", 3811, (ProcessGroup("nginx", 3811, 5),), (Container("3f9c2a71b0de", "shop"),)),
        Link("1", 13, "vethf3a1b2", "veth", address="02:42:ac:11:00:01", master=3, peer=LinkRef("2", 2)),
        Link("1", 3, "docker0", "bridge"),
        Link("2", 2, "eth0", "veth", address="02:42:ac:11:00:02", peer=LinkRef("1", 13)),
        Address("2", 2, "ip", "172.17.0.2", 16),
        Route("2", "ip", 254, "0.0.0.0/0", hops=(NextHop(2, "172.17.0.1"),)),
        Route("1", "ip", 254, "10.20.0.0/16", hops=(NextHop(3),)),
        NfTable("1", "ip", "nat"),
        Gap("", "namespaces", "namespace-budget", shown=2, total=5),
        Gap("1", "links", "host-budget", shown=2, total=9),
        Gap("2", "netfilter", "missing-right", ("CAP_NET_ADMIN",)),
    ]
)

PATHS = ("topology", "graph", "namespaces", "links", "addresses", "neighbours", "fdb", "routes", "netfilter")


@pytest.fixture
def client(people: People) -> Client:
    """Provides Victor's browser, after our host has received a topology."""
    keep(people.host, WORLD)
    return people.client("victor")


def keep(host: Host, world: dict[str, AnyEntity]) -> None:
    sessions.open_session(host.id, "s")
    store.store(host.id, "s", [change_of({}, 1, 0, diff({}, world))], "e", 1)


def get(client: Client, people: People, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/v1/hosts/{people.host.id}/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """Provides the OpenAPI document."""
    from drf_spectacular.generators import SchemaGenerator

    document: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return document


def test_openapi_document_is_valid_and_without_warnings(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "openapi.yaml"))


def test_every_url_of_the_api_is_in_the_openapi_document(schema: dict[str, Any]) -> None:
    from netviz.server.web.api.urls import urlpatterns

    assert len(schema["paths"]) == len(urlpatterns)


@pytest.mark.parametrize("path", PATHS)
def test_api_response_matches_the_openapi_document(client: Client, people: People, schema: Any, path: str) -> None:
    answer = get(client, people, f"{path}/")
    content = schema["paths"][f"/api/v1/hosts/{{host}}/{path}/"]["get"]["responses"]["200"]["content"]
    wanted = {**content["application/json"]["schema"], "components": schema["components"]}
    jsonschema.Draft202012Validator(wanted).validate(answer)


def test_api_url_for_the_topology_returns_every_entity(client: Client, people: People) -> None:
    answer = get(client, people, "topology/")
    assert (answer["seq"], len(answer["items"]), answer["next"]) == (1, len(WORLD), None)


def test_api_url_for_links_returns_only_links(client: Client, people: People) -> None:
    names = [row["ifname"] for row in get(client, people, "links/")["items"]]
    assert sorted(names) == ["docker0", "eth0", "vethf3a1b2"]


def test_entities_of_one_namespace_can_be_requested(client: Client, people: People) -> None:
    assert [row["ifname"] for row in get(client, people, "links/", ns="2")["items"]] == ["eth0"]


@pytest.mark.parametrize("path", ["namespaces/", "links/", "routes/", "graph/", "topology/"])
def test_api_response_says_which_data_of_the_host_is_missing(client: Client, people: People, path: str) -> None:
    gaps = [(gap["ns"], gap["subject"], gap["code"]) for gap in get(client, people, path)["gaps"]]
    assert gaps == [("", "namespaces", "cut"), ("1", "links", "cut"), ("2", "netfilter", "rights")]


def test_api_reports_missing_data_of_a_namespace_and_of_the_host_only_on_the_first_page_of_results(
    client: Client, people: People
) -> None:
    page = get(client, people, "links/", ns="1", limit=1)
    assert [(gap["subject"], gap.get("shown"), gap["total"]) for gap in page["gaps"]] == [
        ("namespaces", 2, 5),
        ("links", 2, 9),
    ]
    assert get(client, people, "links/", ns="1", limit=1, after=page["next"])["gaps"] == []


def test_pages_of_the_api_contain_every_entity_once(client: Client, people: People) -> None:
    seen: list[str] = []
    page = get(client, people, "topology/", limit=3)
    seen += [str(row) for row in page["items"]]
    while page["next"]:
        page = get(client, people, "topology/", limit=3, after=page["next"])
        seen += [str(row) for row in page["items"]]
    assert len(seen) == len(set(seen)) == len(WORLD)


def test_graph_has_one_edge_for_each_veth_pair_and_one_for_each_bridge_port(client: Client, people: People) -> None:
    edges = [(edge["kind"], edge["a"], edge["b"]) for edge in get(client, people, "graph/")["edges"]]
    assert sorted(edges) == [("port", "link/1/3", "link/1/13"), ("veth", "link/1/13", "link/2/2")]


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        ("web", "ns/2"),
        ("docker0", "link/1/3"),
        ("DOCKER", "link/1/3"),
        ("02:42:ac:11:00:02", "link/2/2"),
        ("172.17.0.2", "addr/2/2/172.17.0.2/16/"),
        ("172.17.9.9", "addr/2/2/172.17.0.2/16/"),
        ("10.20.30.40", "route/1/ip/254/10.20.0.0\\x2f16//0/0/unicast/0"),
        ("nginx", "owner/2"),
        ("3f9c2a", "owner/2"),
    ],
)
def test_search_finds_entities_by_name_or_ip_address_or_mac_address_or_container_or_process(
    client: Client, wanted: str, key: str
) -> None:
    """An IP address also finds the prefixes that contain it."""
    found = client.get("/api/v1/search/", {"q": wanted}).json()
    assert key in [row["key"] for row in found["items"]]


def test_search_reports_that_more_results_exist(client: Client) -> None:
    found = client.get("/api/v1/search/?q=e&limit=1").json()
    assert (len(found["items"]), found["more"]) == (1, True)


def test_search_omits_the_hosts_of_other_teams(client: Client, people: People) -> None:
    keep(people.other, topology([Namespace("9", names=("treasure",))]))
    assert client.get("/api/v1/search/", {"q": "treasure"}).json()["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        "q=",
        "",
        "q=%00",
        "q=" + "x" * 201,
        "q=a&limit=0",
        "q=a&limit=-1",
        "q=a&limit=x",
        "q=a&limit=1001",
        "q=a&limit=²",
    ],
)
def test_invalid_query_is_refused_with_an_explanation(client: Client, query: str) -> None:
    answer = client.get(f"/api/v1/search/?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert answer.json()["text"].startswith(("q: ", "limit: "))


@pytest.mark.parametrize("token", ["", "nonsense", "nva_", "nva_" + "A" * 43, "é"])
def test_invalid_bearer_token_is_refused(people: People, token: str) -> None:
    answer = people.client("alice").get("/api/v1/hosts/", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_api_accepts_the_token_that_the_make_token_command_printed(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("make_token", "victor", "for the script")
    token = capsys.readouterr().out.strip()
    answer = people.client(None).get("/api/v1/hosts/", headers={"Authorization": f"Bearer {token}"})
    assert [row["name"] for row in answer.json()["items"]] == ["build-07"]


@pytest.mark.parametrize("days", [None, 1, 365])
def test_api_token_expires(people: People, capsys: pytest.CaptureFixture[str], days: int | None) -> None:
    call_command("make_token", "victor", "x", *([] if days is None else ["--days", str(days)]))
    headers = {"Authorization": f"Bearer {capsys.readouterr().out.strip()}"}
    (token,) = ApiToken.objects.all()
    assert token.expires is not None
    assert (token.expires - token.created).days + 1 == (days or 90)
    assert people.client(None).get("/api/v1/hosts/", headers=headers).status_code == 200
    ApiToken.objects.update(expires=timezone.now())
    assert people.client(None).get("/api/v1/hosts/", headers=headers).status_code == 401


def test_token_that_was_made_before_tokens_expired_goes_on_working(people: People) -> None:
    headers = people.bearer("victor")
    ApiToken.objects.update(expires=None)
    assert people.client(None).get("/api/v1/hosts/", headers=headers).status_code == 200


@pytest.mark.parametrize("days", ["0", "-1", "4000", "9999999999999"])
def test_token_for_an_absurd_time_is_refused(people: People, days: str) -> None:
    with pytest.raises(CommandError, match="--days"):
        call_command("make_token", "victor", "x", f"--days={days}")


def test_user_who_calls_the_api_too_often_is_answered_429_by_session_and_by_token(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "_calls", Limiter(Limit("test", 3, 60), MemoryCounts()))
    client, headers = people.client("victor"), people.bearer("victor")
    assert [client.get("/api/v1/hosts/").status_code for _ in range(2)] == [200, 200]
    assert people.client(None).get("/api/v1/search/?q=lo", headers=headers).status_code == 200
    for answer in (client.get("/api/v1/hosts/"), people.client(None).get("/api/v1/hosts/", headers=headers)):
        assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
        assert answer.headers["Retry-After"] == "60"
    assert people.client("alice").get("/api/v1/hosts/").status_code == 200


def test_api_returns_hostile_names_unchanged_as_json(client: Client, people: People) -> None:
    link = Link("1", 99, "<script>", "veth", ifalias='"><img src=x onerror=alert(1)>')
    store.store(people.host.id, "s", [change_of({}, 2, 0, diff({}, {link.key: link}))], "e", 2)
    answer = client.get(f"/api/v1/hosts/{people.host.id}/links/")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "<script>" in [row["ifname"] for row in answer.json()["items"]]


@pytest.mark.parametrize("path", ["topology/", "links/", "graph/"])
def test_answer_about_a_host_whose_agent_is_away_says_since_when(client: Any, people: People, path: str) -> None:
    heard = timezone.now() - timedelta(minutes=3)
    Host.objects.filter(id=people.host.id).update(session="", seen=heard, stale_since=heard)
    away = [gap for gap in get(client, people, path)["gaps"] if gap["cause"] == "agent-away"]
    assert [gap["since_ms"] for gap in away] == [int(heard.timestamp() * 1_000)]
    Host.objects.filter(id=people.host.id).update(session="s", seen=timezone.now(), stale_since=None)
    assert not any(gap["cause"] == "agent-away" for gap in get(client, people, path)["gaps"])


def test_languages_that_are_asked_for_with_the_openapi_document_take_no_memory(people: People) -> None:
    client = people.client("victor")
    answers = {client.get(f"/api/v1/schema/?lang=x{at}&format=json").content for at in range(20)}
    assert len(answers) == 1
    assert not [language for language in vars(trans_real)["_translations"] if language.startswith("x")]

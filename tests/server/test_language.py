"""The pages are available in English and Simplified Chinese."""

import re
from pathlib import Path

import pytest
from django.test import Client

from tests import messages
from tests.server.people import People

TEMPLATES = sorted((messages.ROOT / "templates").glob("*.html"))

# These words of the templates are the same in every language.
SAME = {"netviz", "English", "中文", "·"}

# Shell commands are in an element of this class, or in <code>.
COMMANDS = re.compile(r'<div class="command">.*?</div>|<code>.*?</code>|<kbd>.*?</kbd>', re.DOTALL)


def get(client: Client, path: str, accept: str = "") -> str:
    answer = client.get(path, headers={"Accept-Language": accept} if accept else {})
    return answer.content.decode()


def test_every_message_of_the_templates_has_a_translation() -> None:
    translations = messages.catalogue()
    assert [text for text in messages.said() if not (known := translations.get(text)) or not known.string] == []


def test_catalogue_contains_exactly_the_messages_of_the_templates() -> None:
    assert messages.CATALOGUE.read_text(encoding="utf-8") == messages.renewed(messages.catalogue())


def test_compiled_mo_file_is_up_to_date_with_the_po_file_of_translations() -> None:
    assert messages.COMPILED.read_bytes() == messages.compiled(messages.catalogue())


def test_translation_has_the_same_markup_and_parameters_as_its_message() -> None:
    parts = re.compile(r"</?\w+>|%\(\w+\)s")
    wrong = [
        message.id
        for message in messages.catalogue()
        if message.id and sorted(parts.findall(str(message.id))) != sorted(parts.findall(str(message.string)))
    ]
    assert wrong == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_text_of_a_template_is_in_the_catalogue(template: Path) -> None:
    source = COMMANDS.sub("", template.read_text(encoding="utf-8"))
    source = re.sub(
        r"\{% blocktranslate.*?%\}.*?\{% endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.DOTALL
    )
    words = re.sub(r"<!doctype html>|<[^>]*>", " ", source, flags=re.DOTALL).split()
    assert set(words) - SAME == set()
    attributes = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]+)"', source)
    assert attributes == []


@pytest.mark.parametrize(
    ("accept", "lang", "word"),
    [("zh-CN,zh;q=0.9", "zh-Hans", "登录"), ("en-GB", "en", "Sign in"), ("fr", "en", "Sign in"), ("", "en", "Sign in")],
)
def test_page_uses_the_language_that_the_browser_prefers(people: People, accept: str, lang: str, word: str) -> None:
    page = get(people.client(None), "/sign-in/", accept)
    assert f'<html lang="{lang}">' in page
    assert f"<h1>{word}</h1>" in page


def choose(client: Client, language: str, next_page: str) -> str:
    token = get(client, "/sign-in/").split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    fields = {"language": language, "next": next_page, "csrfmiddlewaretoken": token}
    return client.post("/language/", fields).headers["Location"]


def test_chosen_language_overrides_that_of_the_browser_and_the_user_returns_to_the_same_page(people: People) -> None:
    client = people.client(None)
    assert choose(client, "zh-hans", "/help/") == "/help/"
    assert '<html lang="zh-Hans">' in get(client, "/help/", "en")
    assert choose(client, "en", "/help/") == "/help/"
    assert '<html lang="en">' in get(client, "/help/", "zh-CN")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_choosing_a_language_never_redirects_to_another_site(people: People, elsewhere: str) -> None:
    assert choose(people.client(None), "zh-hans", elsewhere) == "/"


def test_choosing_an_unknown_language_changes_nothing(people: People) -> None:
    client = people.client(None)
    choose(client, "tlh", "/help/")
    assert '<html lang="en">' in get(client, "/help/")


def test_wrong_password_is_explained_in_the_language_of_the_page(people: People) -> None:
    client = people.client(None)
    choose(client, "zh-hans", "/")
    token = get(client, "/help/").split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    fields = {"username": "victor", "password": "wrong", "csrfmiddlewaretoken": token}
    page = client.post("/sign-in/", fields).content.decode()
    (alert,) = re.findall(r'role="alert">([^<]+)<', page)
    assert re.search(r"[\u4e00-\u9fff]", alert)


def test_everybody_can_read_the_help_page_in_both_languages(people: People) -> None:
    assert "How to read the map" in get(people.client(None), "/help/")
    assert "如何看懂拓扑图" in get(people.client("victor"), "/help/", "zh-CN")


def test_missing_page_is_reported_in_the_language_of_the_browser(people: People) -> None:
    assert "未找到" in get(people.client("victor"), "/nowhere/", "zh-CN")


def test_api_answers_in_english_whatever_the_browser_prefers(people: People) -> None:
    answer = people.client("victor").get("/api/v1/hosts/x/", headers={"Accept-Language": "zh-CN"})
    missing = people.client("victor").get(f"/api/v1/hosts/{people.other.id}/", headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 404
    assert missing.json() == {"code": "not-found", "text": "Not found."}

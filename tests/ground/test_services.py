"""The servers that tests use are real, and run as an ordinary user."""

import psycopg
import redis
from playwright.sync_api import Page


def test_table_can_be_created_in_the_postgres_database_that_the_fixture_provides(postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as connection:
        connection.execute("CREATE TABLE t (n int)")
        connection.execute("INSERT INTO t VALUES (7)")
        assert connection.execute("SELECT n FROM t").fetchall() == [(7,)]


def test_two_postgres_databases_are_separate(postgres_url: str, postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as mine, psycopg.connect(postgres_url) as theirs:
        mine.execute("CREATE TABLE only_mine (n int)")
        mine.commit()
        assert theirs.execute("SELECT to_regclass('only_mine')").fetchone() == (None,)


def test_redis_stores_a_value(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("nvt", "7", px=5000)
        assert client.get("nvt") == b"7"


def test_browser_that_the_tests_use_runs_scripts_but_cannot_reach_other_machines(page: Page) -> None:
    page.set_content("<p id=p></p><script>document.getElementById('p').textContent = 6 * 7</script>")
    assert page.text_content("#p") == "42"
    answer = page.evaluate("fetch('https://example.com/').then(() => 'reached', () => 'refused')")
    assert answer == "refused"

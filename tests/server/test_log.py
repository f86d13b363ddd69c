"""The log: hostile texts are escaped, and neither a fault nor an outsider fills it."""

import logging
import sys
from typing import Any

import pytest
from django.db import OperationalError
from redis.exceptions import ConnectionError as RedisAway

from netviz.server.edge.log import Line, Seldom
from netviz.server.live.faults import Faults
from tests.server.people import People

HOSTILE = [
    "\x1b[2J\x1b]0;owned\x07",
    "line\nERROR netviz: forged",
    "\r\x08\x7f",
    "\x9b31m",
    "\u202egnp.exe",
    "\u2066\u200b\ufeff\u00ad",
    "\x00",
    "\ud800",
    "\U000e0041",
    "\u2028\u2029",
]


def record(message: str, *arguments: Any, level: int = logging.ERROR, problem: BaseException | None = None) -> Any:
    info = None if problem is None else (type(problem), problem, problem.__traceback__)
    return logging.LogRecord("netviz.x", level, "f.py", 1, message, arguments, info)


def raised(problem: Exception) -> Exception:
    try:
        raise problem
    except type(problem) as caught:
        return caught


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("how", ["in the message", "as an argument", "in an exception", "in an outage", "as a name"])
def test_log_contains_no_character_that_a_terminal_obeys_or_a_reader_cannot_see(text: str, how: str) -> None:
    made = {
        "in the message": record(text),
        "as an argument": record("a host named %s", text),
        "in an exception": record("failed", problem=raised(ValueError(text))),
        "in an outage": record("failed", problem=raised(OperationalError(text))),
        "as a name": record("x"),
    }[how]
    if how == "as a name":
        made.name = text
    lines = Line().format(made).split("\n")
    assert all(line.isprintable() for line in lines)
    assert all(line.startswith("  | ") for line in lines[1:])


def test_chinese_text_and_backslashes_stay_readable_in_the_log() -> None:
    assert Line().format(record("主机 \\x1b C:\\dir é")) == "ERROR netviz.x: 主机 \\x1b C:\\dir é"


def test_traceback_is_written_once_a_minute_and_its_repetitions_are_counted() -> None:
    now = [0.0]
    seldom = Seldom(lambda: now[0])
    problem = raised(ValueError("x"))
    passed = [seldom.filter(record("failed at %s", n, problem=problem)) for n in range(455)]
    assert passed == [True] + [False] * 454
    now[0] = 61
    last = record("failed at %s", 7, problem=problem)
    assert seldom.filter(last)
    assert "(and 454 more like this before)" in Line().format(last)


@pytest.mark.parametrize("problem", [OperationalError("gone"), OSError(28, "No space left"), RedisAway("gone")])
def test_one_outage_is_one_line_a_minute_wherever_it_is_noticed(problem: Exception) -> None:
    seldom, caught = Seldom(), raised(problem)
    records = [record("Internal Server Error: %s", f"/{n}", problem=caught) for n in range(50)]
    records += [record("cannot store: %r", caught), record("cannot check", problem=caught)]
    passed = [one for one in records if seldom.filter(one)]
    assert len(passed) == 1
    assert "\n" not in Line().format(passed[0])


def test_different_faults_are_all_written() -> None:
    seldom = Seldom()
    assert all(seldom.filter(record(f"fault {n}")) for n in range(50))


def test_every_kind_of_fault_of_the_live_server_is_written_and_no_count_gets_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    faults, seldom = Faults(lambda: now[0]), Seldom(lambda: now[0])
    for _ in range(3):
        faults.add("cannot store", OperationalError("gone"))
        faults.add("cannot send", OSError("gone"))
    now[0] = 60.0
    faults.add("cannot store", OperationalError("gone"))
    written = [one.getMessage() for one in caplog.records if seldom.filter(one)]
    assert [text.split(":")[0] for text in written] == ["cannot store", "cannot send", "cannot store"]
    assert "2 more times" in written[-1]


def test_log_remembers_a_limited_number_of_faults() -> None:
    seldom = Seldom()
    for n in range(5_000):
        seldom.filter(record(f"fault {n}"))
    assert len(seldom._minutes) <= 1_000


def test_very_long_text_is_cut_in_the_log() -> None:
    assert len(Line().format(record("x" * 1_000_000, problem=raised(ValueError("y" * 1_000_000))))) < 20_000


def test_server_of_uvicorn_and_every_other_logger_write_through_the_same_formatter(people: People) -> None:
    from django.conf import settings

    log: Any = settings.LOGGING
    assert set(log["handlers"]) == {"stderr"}
    assert log["handlers"]["stderr"]["formatter"] == "line"
    assert log["loggers"]["uvicorn"]["handlers"] == ["stderr"]
    assert "netviz.server.edge.log" in sys.modules

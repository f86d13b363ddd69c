"""A thousand random changes by seed: whenever it is quiet, the live topology equals a fresh read."""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.worlds import CHECKOUT, World

CHANGES, EVERY = 1_000, 20
AT_A_TIME = 4
SEEDS = range(1, 21)


def churned(world: World, seed: int) -> dict[str, Any]:
    script = str(CHECKOUT / "tests/conformance/churning.py")
    command = ["env", f"PYTHONPATH={CHECKOUT}", sys.executable, script, str(seed), str(CHANGES), str(EVERY)]
    answer: dict[str, Any] = json.loads(world.run(command))
    return answer


def report_of(answer: dict[str, Any]) -> str:
    """Returns a report of a failed run, with everything that is needed to repeat it."""
    return "\n".join([f"seed {answer['seed']}, last changes:", *answer["last"], "differences:", *answer["differences"]])


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", SEEDS[::AT_A_TIME])
def test_live_topology_equals_a_fresh_read_after_random_changes(make_world: Callable[[], World], first: int) -> None:
    seeds = range(first, first + AT_A_TIME)
    with ThreadPoolExecutor(AT_A_TIME) as several:
        answers = list(several.map(churned, [make_world() for _ in seeds], seeds))
    wrong = [report_of(answer) for answer in answers if answer["differences"]]
    assert not wrong, "\n\n".join(wrong)
    for answer in answers:
        assert (answer["made"], answer["rests"]) == (CHANGES, CHANGES // EVERY)
        assert answer["refused"] < CHANGES / 2

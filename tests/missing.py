"""What this machine lacks: fatal in CI, a spoken skip elsewhere."""

import os
from typing import NoReturn

import pytest


def missing(sentence: str) -> NoReturn:
    """Fails the test where CI=true, else leaves it out with this sentence in the summary."""
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)

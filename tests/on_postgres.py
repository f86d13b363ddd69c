"""Runs the tests of storage, access and concurrency on a real PostgreSQL and a real Redis.

    python -m tests.on_postgres [PYTEST ARGUMENTS]

Both are found or started as described in `tests.services`.
"""

import contextlib
import os
import subprocess
import sys

import pytest

from tests.services import running_postgres, running_redis

WHERE = ["tests/server", "tests/fuzz"]
SHOW = ["-q", "--durations=10", "--durations-min=1"]


def main(arguments: list[str]) -> int:
    """Returns pytest's exit code."""
    with contextlib.ExitStack() as services:
        try:
            urls = {
                "NETVIZ_DATABASE_URL": services.enter_context(running_postgres()),
                "NETVIZ_REDIS_URL": services.enter_context(running_redis()),
            }
        except (pytest.fail.Exception, pytest.skip.Exception) as lack:
            print(f"The tests were not run on PostgreSQL and Redis: {lack}", file=sys.stderr)
            return int(isinstance(lack, pytest.fail.Exception))
        env = {**os.environ, **urls}
        return subprocess.run([sys.executable, "-m", "pytest", *SHOW, *WHERE, *arguments], env=env).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

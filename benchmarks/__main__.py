"""`python -m benchmarks [NAME ...]`: runs the benchmarks and prints their figures; called by `make bench`.

Each module has `run() -> list[str]`: lines of figures, with the ratio to a lower bound from the same run if there is
one. The benchmarks assert nothing, so a slow machine fails no test.
"""

import importlib
import platform
import sys

MODULES = ("dump", "reading", "idle", "latency", "ingest", "fanout", "flood", "viewers", "waiting", "map")


def main(names: list[str]) -> int:
    """Runs the named modules, or all of them."""
    unknown = set(names) - set(MODULES)
    if unknown:
        print(
            f"no benchmark is named {', '.join(sorted(unknown))}; the benchmarks are {', '.join(MODULES)}",
            file=sys.stderr,
        )
        return 2
    print(f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {platform.machine()}")
    for name in names or MODULES:
        print(f"\n{name}", flush=True)
        for line in importlib.import_module(f"benchmarks.{name}").run():
            print(f"  {line}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Run inside a world: prints pyroute2's decoding of every link as JSON: attributes by name, nested ones as objects."""

import json
from typing import Any

from pyroute2 import IPRoute


def plain(value: Any) -> Any:
    """Returns the attributes as plain values. Repeated attributes of one name become a list."""
    if isinstance(value, dict) and "attrs" in value:
        found: dict[str, Any] = {key: plain(each) for key, each in value.items() if key != "attrs"}
        for name, each in value["attrs"]:
            found[name] = [*_listed(found[name]), plain(each)] if name in found else plain(each)
        return found
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.hex() if isinstance(value, bytes) else value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


if __name__ == "__main__":
    with IPRoute() as ip:
        print(json.dumps([plain({**link, "attrs": link["attrs"]}) for link in ip.get_links()], default=str))

"""300 browsers that open the map of one large host at the same moment: the time until all have the whole topology."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from websockets.asyncio.client import connect

from benchmarks.fanout import resident_kib
from benchmarks.flood import key_of, routes, served_with_hosts, store
from netviz.model.namespace import Host, Namespace
from netviz.wire.codec import encode
from netviz.wire.frames import Subscribe
from tests.services import Served

BROWSERS, ENTITIES = 300, 20_000


def run() -> Iterator[str]:
    """Returns the figures as lines of text."""
    with tempfile.TemporaryDirectory(prefix="nvt-") as folder:
        served, hosts, headers = served_with_hosts(Path(folder), 1)
        try:
            entities = [Host("bench", "b", "1"), Namespace("1", is_host=True), *routes(ENTITIES - 2)]
            asyncio.run(store(served, key_of(0), entities))
            assert served.process is not None
            before = resident_kib(served.process.pid)
            took = asyncio.run(_all(served, hosts[0], headers))
            grown = (resident_kib(served.process.pid) - before) / 1024
            yield (
                f"{BROWSERS} browsers, {ENTITIES:,} entities: the first has all after {min(took):.1f} s, "
                f"the last after {max(took):.1f} s; memory {grown:+.0f} MiB"
            )
        finally:
            served.close()


async def _all(served: Served, host: str, headers: dict[str, str]) -> list[float]:
    began = time.monotonic()
    return await asyncio.gather(*(_one(served, host, headers, began) for _ in range(BROWSERS)))


async def _one(served: Served, host: str, headers: dict[str, str], began: float) -> float:
    url = f"{served.ws_url}/ws/view/"
    async with connect(url, compression=None, proxy=None, open_timeout=60, additional_headers=headers) as browser:
        await browser.send(encode(Subscribe(host)).decode())
        while not str(await browser.recv()).endswith('{"t":"snapshot_end"}'):
            pass
        return time.monotonic() - began

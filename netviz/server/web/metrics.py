"""`/metrics`: counts and gauges of this process, in the text format of Prometheus (version 0.0.4).

With NETVIZ_METRICS_TOKEN, a client needs this token. Without it, only clients on this machine get an answer, and only
while all origins are on loopback: behind a proxy on this machine, every client seems to be on this machine.
"""

import ipaddress
import os
from collections.abc import Iterator, Mapping

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from netviz.server.edge.doors import doors
from netviz.server.live import agents
from netviz.server.tally import dropped
from netviz.server.web.viewers import viewers

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Returns the metrics. For a client that may not read them, the page does not exist."""
    if not _may_read(request):
        raise Http404
    return HttpResponse("".join(_lines()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}")
    try:
        is_here = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    is_forwarded = any(name in request.headers for name in ("Forwarded", "Via", "X-Forwarded-For", "X-Real-Ip"))
    return is_here and not is_forwarded and bool(settings.METRICS_FOR_LOOPBACK)


def _lines() -> Iterator[str]:
    yield from _metric("netviz_connections", "gauge", "open connections, by kind", _connections())
    yield from _metric("netviz_connections_waiting", "gauge", "connections that wait for their client", doors.waiting)
    yield from _metric("netviz_connections_most", "gauge", "connections that may be open", doors.most)
    yield from _metric("netviz_agents", "gauge", "agents that are connected to this process", len(agents._open))
    yield from _metric("netviz_browsers", "gauge", "websockets of signed-in browsers", len(viewers))
    counts = {f'what="{_escaped(name)}"': number for name, number in sorted(dropped.counts.items())}
    yield from _metric("netviz_dropped_total", "counter", "what was refused or dropped, by reason", counts)
    yield from _metric("process_open_fds", "gauge", "open files", len(os.listdir("/proc/self/fd")))
    yield from _metric("process_resident_memory_bytes", "gauge", "resident memory", _resident_bytes())


def _connections() -> dict[str, float]:
    kinds = doors.kinds()
    return {'kind="http"': kinds["Gate"], 'kind="websocket"': kinds["Socket"]}


def _metric(name: str, kind: str, text: str, values: Mapping[str, float] | float) -> Iterator[str]:
    """Returns the lines of a metric. The keys of `values` are labels."""
    yield f"# HELP {name} {text}\n# TYPE {name} {kind}\n"
    for labels, value in (values if isinstance(values, Mapping) else {"": values}).items():
        yield f"{name}{{{labels}}} {value}\n" if labels else f"{name} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _resident_bytes() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * _PAGE_BYTES

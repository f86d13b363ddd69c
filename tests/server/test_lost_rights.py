"""Every way of losing a right ends the open websockets that it allowed, within 5 s."""

import asyncio
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from netviz.server.history.models import Keyframe
from netviz.server.hosts.models import Host
from netviz.server.limits import CLOSE_S, RIGHTS_S, STILL_ALLOWED_S, UNSUBSCRIBED_S
from netviz.server.live import closing
from netviz.server.live.alive import alive
from netviz.server.live.feeds import feeds
from netviz.server.teams.models import Membership, User
from netviz.server.web import sweeper, viewers
from tests.server.entities import HERE
from tests.server.knocking import UPGRADE, frame, head
from tests.server.people import PASSWORD, People, sign_out_everywhere
from tests.server.sockets import Agent, Browser, known
from tests.services import Served
from tests.waiting import POLL_S, WAIT_S, Limit

PROMISED_S = 5.0

Way = Callable[[People, str], Any]


def _sessions() -> Any:
    return Session.objects.all()


def _victor(people: People) -> User:
    return User.objects.get(id=people.users["victor"].id)


def _new_password(people: People, _: str) -> None:
    user = _victor(people)
    user.set_password("another correct horse")
    user.save()


def _unusable_password(people: People, _: str) -> None:
    user = _victor(people)
    user.set_unusable_password()
    user.save()


def _sign_out(people: People, cookie: str) -> None:
    client = Client()
    client.cookies["netviz-session"] = cookie.split("=", 1)[1].split(";")[0]
    client.post("/sign-out/")


def _other_user(people: People, cookie: str) -> None:
    client = Client()
    client.cookies["netviz-session"] = cookie.split("=", 1)[1].split(";")[0]
    client.post("/sign-out/")
    client.post("/sign-in/", {"username": "charlie", "password": PASSWORD})


def _expire(people: People, _: str) -> None:
    _sessions().update(expire_date=timezone.now() - timedelta(seconds=1))


# Each way by which Victor loses the right to see his team's host.
WAYS: dict[str, Way] = {
    "signed out": _sign_out,
    "signed out and another user signed in": _other_user,
    "the session was deleted": lambda people, cookie: sign_out_everywhere(cookie),
    "the session expired": _expire,
    "the session's data was replaced": lambda people, _: _sessions().update(session_data="forged"),
    "a new password": _new_password,
    "a password that cannot be used": _unusable_password,
    "locked": lambda people, _: User.objects.filter(username="victor").update(is_active=False),
    "the user was deleted": lambda people, _: _victor(people).delete(),
    "left the team": lambda people, _: Membership.objects.filter(user=people.users["victor"]).delete(),
    "moved to another team": lambda people, _: Membership.objects.filter(user=people.users["victor"]).update(
        team=people.theirs
    ),
    "the host was revoked": lambda people, _: Host.objects.filter(id=people.host.id).update(revoked=timezone.now()),
    "the host moved to another team": lambda people, _: Host.objects.filter(id=people.host.id).update(
        team=people.theirs
    ),
    "the host was deleted": lambda people, _: Host.objects.filter(id=people.host.id).delete(),
    "the team was deleted": lambda people, _: people.ours.delete(),
}


@pytest.mark.parametrize("way", WAYS)
async def test_browser_is_disconnected_after_its_user_lost_the_right_to_see_the_host(people: People, way: str) -> None:
    agent = Agent()
    await known(agent, people.host)
    await agent.greet()
    await agent.snapshot(*HERE)
    cookie = await sync_to_async(people.cookies)("victor")
    browser = Browser(cookie)
    await browser.open()
    await browser.subscribe(people.host)
    await sweeper.sweep()
    assert len(viewers.viewers) == 1
    await sync_to_async(WAYS[way])(people, cookie)
    await sweeper.sweep()
    feed = await feeds.get(people.host.id) if way not in ("the host was deleted", "the team was deleted") else None
    assert feed is None or not feed.watchers
    assert await browser.end() == viewers.SIGNED_OUT


AGENT_WAYS: dict[str, Callable[[People], Any]] = {
    "revoked": lambda people: Host.objects.filter(id=people.host.id).update(revoked=timezone.now()),
    "deleted": lambda people: Host.objects.filter(id=people.host.id).delete(),
    "its team was deleted": lambda people: people.ours.delete(),
    "another connection took over": lambda people: Host.objects.filter(id=people.host.id).update(session="other"),
}


@pytest.mark.parametrize("way", AGENT_WAYS)
async def test_agent_is_disconnected_after_its_host_lost_the_right_to_be_shown(people: People, way: str) -> None:
    agent = Agent()
    await known(agent, people.host)
    await agent.greet()
    await agent.snapshot(*HERE)
    limit = Limit(WAIT_S)
    while not await Keyframe.objects.filter(host=people.host.id).aexists():  # until all of the snapshot is stored
        assert not limit.is_over
        await asyncio.sleep(POLL_S)
    await sync_to_async(AGENT_WAYS[way])(people)
    await alive._mark()
    assert await agent.end() == closing.SUPERSEDED


def test_rights_are_checked_often_enough_for_5_s() -> None:
    assert RIGHTS_S + CLOSE_S < PROMISED_S
    assert STILL_ALLOWED_S + CLOSE_S <= PROMISED_S


async def test_browser_that_does_not_subscribe_is_disconnected(people: People) -> None:
    browser = Browser(await sync_to_async(people.cookies)("victor"))
    await browser.open()
    (viewer,) = viewers.viewers
    await sweeper.sweep()
    assert await browser.quiet()
    viewer.unsubscribed_since = time.monotonic() - UNSUBSCRIBED_S - 1
    await sweeper.sweep()
    assert await browser.end() == viewers.UNUSED


def test_new_password_ends_the_websocket_of_a_browser_that_reads_nothing_within_5_s(served: Served) -> None:
    served.first_run("h1")
    cookie = served.cookie()
    with socket.create_connection((served.address.host, served.address.port)) as browser:
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        lines = [*UPGRADE.split("\r\n")[:-1], f"Origin: {served.url}", f"Cookie: {cookie}"]
        browser.sendall(head(served, "GET /ws/view/", *lines))
        assert browser.recv(20).startswith(b"HTTP/1.1 101 ")
        served.shell(
            "from netviz.server.teams.models import User; user = User.objects.get()\n"
            "user.set_password('another correct horse'); user.save()"
        )
        limit = Limit(PROMISED_S, exact=True)
        while not limit.is_over:
            try:
                browser.sendall(frame(10))
            except OSError:
                break
            time.sleep(0.2)
        else:
            raise AssertionError("the websocket is still open")

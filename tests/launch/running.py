"""A real `manage.py run`, observed from outside."""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from netviz.launch import programs
from netviz.launch.address import Address
from tests.services import free_port
from tests.waiting import patient, wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
BACK_S = 10.0  # a killed child is restarted within a second, and then needs time to start


class Run:
    """A run with its own port and state. Use it as a `with` block, which stops the run at the end."""

    def __init__(self, state: Path, *words: str, **environ: str) -> None:
        self.state, self.port = state, free_port()
        argv = [sys.executable, str(CHECKOUT / "manage.py"), "run", "--port", str(self.port), "--state", str(state)]
        env = {name: value for name, value in os.environ.items() if name != "SSH_CONNECTION"} | environ
        self.process = subprocess.Popen(
            [*argv, *words],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.output: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line)
            if line.startswith("Press Ctrl-C"):
                break

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGTERM)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def stop(self, number: int) -> int:
        """Sends a signal and returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(patient(20))

    @property
    def address(self) -> str:
        """Returns the address that was printed."""
        (address,) = re.findall(r"https?://\S+", "".join(self.output))
        return str(address)

    def get(
        self, path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Sends a request. Returns status, headers and text; the status is 0 if the server does not answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patient(5))
        with contextlib.closing(connection):
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                return answer.status, dict(answer.getheaders()), answer.read().decode()
            except OSError:
                return 0, {}, ""

    def sign_in(self) -> tuple[int, dict[str, str], str]:
        """Opens the printed address and presses the button of its page, if there is one."""
        path = urlsplit(self.address).path
        status, headers, text = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
        if status != 200 or token is None:
            return status, headers, text
        cookie = headers["Set-Cookie"].partition(";")[0]
        form = urlencode({"csrfmiddlewaretoken": token[1]})
        kind = "application/x-www-form-urlencoded"
        return self.get(path, "POST", form, Cookie=cookie, **{"Content-Type": kind, "Origin": self.origin})

    @property
    def origin(self) -> str:
        """Returns the server's origin."""
        return "{0.scheme}://{0.netloc}".format(urlsplit(self.address))

    def is_up(self) -> bool:
        """Returns whether the server answers."""
        return self.get("/healthz")[0] == 200

    def token(self) -> str:
        """Returns a bearer token of the first administrator."""
        env = programs.server_environment(self.state, Address("127.0.0.1", self.port))
        argv = programs.manage("make_token", "admin", "test")
        return subprocess.run(argv, env=env, capture_output=True, text=True, check=True, cwd=CHECKOUT).stdout.strip()

    def api(self, token: str, path: str) -> Any:
        """Returns the API's response."""
        status, _, text = self.get(f"/api/v1/{path}", Authorization=f"Bearer {token}")
        return json.loads(text) if status == 200 else {"items": []}

    def pid(self, *words: str) -> int:
        """Returns the process of this run whose command line contains these words, or the oldest if several match."""
        found = [pid for pid in sorted(descendants(self.process.pid)) if set(words) <= set(command_line(pid))]
        assert found, f"no process with {words}"
        return found[0]

    def kill_and_wait(self, *words: str) -> None:
        """Kills a child and waits until it was replaced and the server answers."""
        before = self.pid(*words)
        os.kill(before, signal.SIGKILL)

        def back() -> bool:
            now = [pid for pid in descendants(self.process.pid) if set(words) <= set(command_line(pid))]
            return bool(now) and before not in now and self.is_up()

        wait_until(back, f"{words} is back", BACK_S)


def descendants(pid: int) -> set[int]:
    """Returns all descendants of this process."""
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found |= {int(child)} | descendants(int(child))
    return found


def command_line(pid: int) -> list[str]:
    """Returns the command line of a process; empty if it has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    return []


def living(pids: set[int]) -> set[int]:
    """Returns the processes among these that exist and are not zombies."""
    return {pid for pid in pids if command_line(pid)}

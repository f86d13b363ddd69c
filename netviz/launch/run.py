"""`run`: installs everything in a new checkout and shows a map of this host. Ctrl-C stops everything."""

import json
import os
import platform
import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from netviz.launch import environment, front, programs, state
from netviz.launch.address import FIRST_PORT, Address, choose
from netviz.launch.children import Child
from netviz.launch.failure import Failure
from netviz.launch.options import Options, parse
from netviz.launch.shell import run, say
from netviz.launch.ssh import forward_line
from netviz.launch.watch import Watch

AGENT_UNUSABLE, AGENT_REFUSED = 2, 3
AS_ROOT = "To see this host, run `sudo make run` (or `sudo python3 manage.py run`)."


def main(arguments: Sequence[str]) -> int:
    """Runs until SIGINT, SIGTERM or SIGHUP. Returns the exit code. Raises Failure."""
    options = parse(arguments)
    check_system()
    environment.prepare()
    front.build()
    with state.locked(options.state):
        address = choose(options)
        if options.port is None and address.port != FIRST_PORT:
            say(f"Port {FIRST_PORT} is in use by another program, so netviz uses port {address.port}.")
        watch = Watch()
        with watch.signals():
            serve(options, address, watch)
    return 0


def check_system() -> None:
    """Checks requirements that no package can provide. Raises Failure."""
    if sys.platform != "linux":
        raise Failure(f"netviz maps Linux hosts, but this is {platform.system()}. Run it on Linux.")
    if not os.path.exists("/proc/self/ns/net"):
        raise Failure("/proc is not mounted, but netviz reads it. As root, run `mount -t proc proc /proc`.")


def serve(options: Options, address: Address, watch: Watch) -> None:
    """Prepares the database, starts the server and the agent, prints the address to sign in, and keeps both processes
    running. Stops both at the end.
    """
    env = programs.server_environment(options.state, address)
    run(programs.manage("migrate", "--noinput", "--verbosity", "0"), "Preparing the database", env=env)
    server = Child("server", programs.server(address), env, options.state / "server.log")
    children = [server]
    try:
        server.start()
        practice, name = which_host(options)
        answer = first_run(name, env)
        watch.until_ready(server, address)
        if options.agent and not watch.stopping:
            children.append(
                start_agent(options.state / ("practice" if practice else "agent"), name, answer, address, practice)
            )
        if not watch.stopping:
            greet(address, str(answer["sign_in_path"]))
        watch.supervise(children)
    finally:
        for child in reversed(children):
            child.stop()


def which_host(options: Options) -> tuple[bool, str]:
    """Returns whether a practice network (an example in private namespaces) is shown, and the name under which the host
    is enrolled.
    """
    here = re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname()).strip("-._") or "localhost"
    if not options.agent or (os.geteuid() == 0 and not options.practice):
        return False, here
    check = subprocess.run(programs.check_private_namespaces(), capture_output=True, text=True, errors="replace")
    if check.returncode == 0:
        if not options.practice:
            say(f"Without root, the map shows a practice network. {AS_ROOT}")
        return True, "practice"
    say(f"{check.stdout.strip()} So the map shows only the part of this host that this user can see. {AS_ROOT}")
    return False, here


def first_run(name: str, env: dict[str, str]) -> dict[str, str | None]:
    """Creates the first administrator, a one-time sign-in link, and an enrolment token if the agent `name` is not
    enrolled. Returns a dict: `sign_in_path` is the path of the link, `enrol_token` is the token, or None if the agent
    is enrolled.
    """
    output = run(programs.manage("first_run", "--agent-name", name, "--json"), "Creating the sign-in link", env=env)
    try:
        answer: dict[str, str | None] = json.loads(output)
    except ValueError:
        raise Failure("Creating the sign-in link failed: its output is not valid JSON.") from None
    return answer


def start_agent(folder: Path, name: str, answer: dict[str, str | None], address: Address, practice: bool) -> Child:
    """Enrols the agent of this host if needed, and starts it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    env = programs.agent_environment()
    if token := answer["enrol_token"]:
        run(programs.enrol(address, folder, name), "Enrolling this host", env=env, stdin=f"{token}\n")
    fatal = {
        AGENT_UNUSABLE: "it cannot use its key or settings",
        AGENT_REFUSED: f"to enrol this host again, remove {folder} and restart",
    }
    child = Child(
        "agent",
        programs.run_agent(address, folder, practice),
        env,
        folder.with_suffix(".log"),
        fatal,
    )
    child.start()
    return child


def greet(address: Address, sign_in_path: str) -> None:
    """Prints the sign-in address, and how to open it over SSH."""
    origin = address.origins[0] if address.origins else address.url("http")
    say(f"netviz is running. Open this address to sign in; it works once:\n\n    {origin}{sign_in_path}\n")
    if line := forward_line(address):
        say(f"You are connected over SSH. On your own machine, run:\n\n    {line}\n")
    say("Press Ctrl-C to stop.")

"""`run`: runs the agent as a service, in two processes that are connected by a socketpair.

The agent's kernel process is the privileged one: it reads the kernel's data, and has the capabilities and no network.
The agent's session process has the network and no capabilities. Neither can start a program. When one of them ends, the
other ends too, and the service manager restarts the agent.
"""

import argparse
import asyncio
import contextlib
import encodings.idna
import logging
import os
import signal
import socket
import time
from pathlib import Path
from typing import NoReturn

from netviz.agent import settings
from netviz.agent.budgets import Budgets
from netviz.agent.log import log_to_stderr
from netviz.agent.session_process import connection, server_url, signing_key
from netviz.agent.session_process.session import Session
from netviz.agent.system import confine
from netviz.agent.system.descriptors import raise_limit
from netviz.agent.system.syscalls import die_with_parent
from netviz.agent.terminal import complain

DONE, BROKEN, USAGE, REFUSED = 0, 1, 2, 3

# Python imports this codec when it first looks up a host name for TLS. By then this process is the user `nobody`, who
# may be unable to read Python's library. So the codec is imported above, and used here so that no linter removes the
# import.
_LOADED_EARLY = (encodings.idna,)

# The agent's kernel process ends when its socket to the session process is closed. If it does not end within
# this number of seconds, it is killed.
_END_S = 5

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `run`."""
    parser.add_argument("--server", required=True, help="wss://HOST[:PORT], or ws:// on this machine")
    parser.add_argument("--state", required=True, type=Path, help="folder that holds this host's key")
    parser.add_argument("--ca", help="file of the certificate authority to trust instead of the system's")
    parser.add_argument("--host-netns", help="file of the host's network namespace, if it differs from this process's")
    parser.add_argument("--config", metavar="FILE", help=f"settings file (default: {settings.DEFAULT}, if it exists)")
    parser.add_argument("--practice", action="store_true", help="show a private practice network instead of this host")


def main(arguments: argparse.Namespace) -> int:
    """Runs the agent until SIGTERM or SIGINT. Returns the exit code."""
    log_to_stderr()
    logging.getLogger("websockets").setLevel(logging.WARNING)
    try:
        url = server_url.parse(arguments.server)
        session = Session(signing_key.load(arguments.state), url.authority)
        upstream = connection.Upstream(url, url.tls(arguments.ca), session)
        budgets = settings.budgets(arguments.config)
    except (settings.BadSettingsError, server_url.BadUrlError, signing_key.UnusableKeyError, OSError) as error:
        complain(f"netviz-agent: {error}")
        return USAGE
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    child = os.fork()
    if child == 0:
        ours.close()
        _kernel_process(theirs, arguments, budgets)
    theirs.close()
    try:
        return _session_process(ours, upstream)
    finally:
        ours.close()
        _await_end(child)


def _session_process(kernel: socket.socket, upstream: connection.Upstream) -> int:
    parent = os.getppid()
    confine.become_nobody()
    confine.no_programs()
    die_with_parent(signal.SIGTERM)
    if os.getppid() != parent:
        return DONE
    try:
        asyncio.run(_until_signal(kernel, upstream))
    except connection.RefusedError as error:
        log.error("the server rejected this agent: %s", error)
        return REFUSED
    except connection.KernelGoneError:
        log.error("the agent's kernel process ended")
        return BROKEN
    return DONE


async def _until_signal(kernel: socket.socket, upstream: connection.Upstream) -> None:
    work = asyncio.ensure_future(connection.serve(kernel, upstream))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        log.info("stopped by a signal")


def _kernel_process(session: socket.socket, arguments: argparse.Namespace, budgets: Budgets) -> NoReturn:
    """Runs in the forked child: serves the topology until the other end of the socket closes, then exits."""
    code = BROKEN
    try:
        # a terminal sends SIGINT to both processes, and only the session process handles it
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        die_with_parent(signal.SIGKILL)
        raise_limit()
        from netviz.agent.kernel_process.serve import KernelOptions, serve

        if arguments.practice:
            _make_practice()
        confine.no_programs()
        serve(session, KernelOptions(arguments.host_netns, arguments.practice, budgets=budgets))
        code = DONE
    except BaseException:
        log.exception("the agent's kernel process failed")
    finally:
        logging.shutdown()
        os._exit(code)


def _make_practice() -> None:
    from netviz.agent.lab import PRACTICE, build, enter_private

    enter_private()
    build(PRACTICE.read_text(encoding="utf-8"))


def _await_end(child: int) -> None:
    """Waits for the agent's kernel process, which ends when its socket is closed. After `_END_S` seconds, kills it.

    If this process has become `nobody`, it is not permitted to kill that process, and only stops waiting.
    """
    late = time.monotonic() + _END_S
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > late:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
            return
        time.sleep(0.01)

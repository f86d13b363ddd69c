"""Runs tests on a second kernel: Debian's stock 6.1 in QEMU, without KVM, with read access to this machine's files.

    python -m tests.second_kernel [TESTS ...]

Exits with 0 only if the machine started, pytest ran tests in it, and all of them passed.
"""

import os
import secrets
import selectors
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

from netviz.launch import packages
from netviz.launch.failure import Failure
from netviz.launch.paths import CHECKOUT
from tests.second_kernel.kernel_package import Kernel, kernel

GUEST = Path(__file__).with_name("guest.sh")
TESTS = ["tests/second_kernel"]
LIMIT_S = 600.0
TAIL_LINES = 60


def main(tests: list[str]) -> int:
    """Returns 0, or 1 after printing a sentence and the end of the console to stderr."""
    try:
        packages.ensure(packages.missing(packages.FOR_SECOND_KERNEL), "the second kernel")
        machine = kernel(GUEST)
    except Failure as failure:
        print(f"second kernel: {failure}", file=sys.stderr)
        return 1
    return run(machine, tests or TESTS)


def run(machine: Kernel, tests: list[str]) -> int:
    """Starts the machine, shows its console, and returns its result."""
    mark = f"netviz-{secrets.token_hex(8)}"
    words = f"netviz.mark={mark} netviz.checkout={CHECKOUT} netviz.tests={','.join(tests)}"
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    with subprocess.Popen(
        command(machine, words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            code = _watch(process, mark, tail)
        finally:
            process.kill()
    if code == 0:
        return 0
    reason = "the tests did not end" if code is None else f"pytest ended with {code}"
    print(f"second kernel: failed: {reason}. The last lines of its console:", *tail, sep="\n", file=sys.stderr)
    return 1


def command(machine: Kernel, words: str) -> list[str]:
    """Returns the command line of QEMU."""
    return [
        *("qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1024"),
        *("-nographic", "-no-reboot", "-nodefaults", "-serial", "stdio"),
        *("-kernel", str(machine.image), "-initrd", str(machine.initrd)),
        *("-append", f"console=ttyS0 quiet panic=-1 mitigations=off fb_tunnels=none {words}"),
        *("-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"),
        *("-netdev", "hubport,id=port0,hubid=0", "-device", "e1000,netdev=port0,romfile="),
    ]


def _watch(process: "subprocess.Popen[bytes]", mark: str, tail: deque[str]) -> int | None:
    """Shows the console line by line. Returns the code after the mark, or None if the mark never appears."""
    assert process.stdout is not None
    end = time.monotonic() + LIMIT_S
    rest = b""
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while time.monotonic() < end:
            if not ready.select(1.0):
                continue
            data = os.read(process.stdout.fileno(), 65_536)
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            for raw in lines:
                line = raw.decode("utf-8", "backslashreplace").rstrip("\r")
                if line.startswith(f"{mark} "):
                    word = line.removeprefix(f"{mark} ")
                    return int(word) if word.isdigit() else None
                tail.append(line)
                print(line, flush=True)
    tail.append(rest.decode("utf-8", "backslashreplace"))
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

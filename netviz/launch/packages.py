"""Finds the missing Debian packages, and installs them as root."""

import glob
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from netviz.launch.failure import Failure
from netviz.launch.shell import run, say

# Each row: a program, or a file that shows that the package is installed, and the name of the package.
FOR_TESTS: Mapping[str, str] = {
    "chromium": "chromium",
    "/usr/lib/postgresql/*/bin/initdb": "postgresql",
    "redis-server": "redis-server",
    "ip": "iproute2",
    "nft": "nftables",
    "iptables": "iptables",
    "setpriv": "util-linux",
    "dockerd": "docker.io",
    "busybox": "busybox-static",
    "systemd-analyze": "systemd",
    "/usr/include/linux/if_link.h": "linux-libc-dev",
    "/usr/share/fonts/truetype/liberation*": "fonts-liberation",
}
FOR_SECOND_KERNEL: Mapping[str, str] = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "ip": "iproute2",
    "nft": "nftables",
    "iptables": "iptables",
    "setpriv": "util-linux",
    "wg": "wireguard-tools",
    "teamnl": "libteam-utils",
    "ethtool": "ethtool",
}
FOR_BENCHMARKS: Mapping[str, str] = {
    **FOR_TESTS,
    "gcc": "gcc",
    "/usr/include/stdlib.h": "libc6-dev",
    "plotnetcfg": "plotnetcfg",
}

POLICY = Path("/usr/sbin/policy-rc.d")
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def missing(wanted: Mapping[str, str]) -> list[str]:
    """Returns the packages whose program or file is not on this machine."""
    return [package for mark, package in wanted.items() if not present(mark)]


def present(mark: str) -> bool:
    """Returns whether `mark` is on this machine: a program, or a file if `mark` is a path (with wildcards)."""
    if mark.startswith("/"):
        return bool(glob.glob(mark))
    return shutil.which(mark, path=f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}") is not None


def ensure(packages: Sequence[str], purpose: str) -> None:
    """Installs packages with apt. Without root, raises Failure with the command that root can run.

    `purpose` says in messages what the packages are for, such as "the tests".
    """
    if not packages:
        return
    command = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Failure(
            f"Missing for {purpose}: {', '.join(packages)}. Run `sudo {command}`, or install them in another way."
        )
    say(f"Installing packages for {purpose} with apt: {', '.join(packages)}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with no_services_started():
        run(["apt-get", "update", "-q"], "apt-get update", env=env)
        run(command.split(), "apt-get install", env=env)


@contextmanager
def no_services_started() -> Iterator[None]:
    """Prevents apt from starting the services that it installs. Uses a policy file (deb-systemd-invoke(1p))."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)

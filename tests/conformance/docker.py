"""Debian's Docker in its own world: a daemon, an image with one program, containers."""

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.missing import missing
from tests.waiting import Limit, patient
from tests.worlds import World, inner_pid

# Its files are in memory, and /etc is an overlay: nothing stays on this machine but the control groups, which `close`
# removes.
PREPARE = """
set -e
mount -t tmpfs tmpfs /var/lib
mkdir -p /run/etc/upper /run/etc/work /var/lib/docker
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc
mkdir -p /etc/docker
"""
IMAGE = """
set -e
mkdir -p /run/tree/bin
cp "$(command -v busybox)" /run/tree/bin/busybox
ln -s busybox /run/tree/bin/sleep
tar -C /run/tree -c . | /usr/bin/docker import - box
"""
START_S, STOP_S = 30.0, 20.0


class Docker:
    """A Docker daemon in a world. `settings` is the content of its daemon.json."""

    def __init__(self, world: World, settings: str = "{}") -> None:
        for program in ("dockerd", "busybox"):
            if shutil.which(program) is None:
                missing(f"{program} is not here: install docker.io and busybox-static")
        self.world = world
        self._group = f"nvt-docker-{os.getpid()}-{world.pid}"
        world.run(["sh", "-c", PREPARE])
        world.run("tee /etc/docker/daemon.json", stdin=settings)
        words = ["dockerd", "--storage-driver", "vfs", "--cgroup-parent", f"/{self._group}"]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._daemon = world.popen(words, stdout=self._log, stderr=self._log)
        try:
            self._await_start()
            world.run(["sh", "-c", IMAGE])
        except BaseException:
            self.close()
            raise

    def _await_start(self) -> None:
        limit = Limit(START_S)
        # Its output says nothing: `info` and `version` report the client even if no daemon answers.
        while not self.world.run(["sh", "-c", "/usr/bin/docker version >/dev/null && echo up"], check=False):
            if limit.is_over or self._daemon.poll() is not None:
                self._log.seek(0)
                raise AssertionError(f"dockerd does not start: {self._log.read()[-2_000:].decode(errors='replace')}")
            time.sleep(0.05)

    def do(self, command: str) -> str:
        """Runs `docker COMMAND`."""
        return self.world.run(f"/usr/bin/docker {command}").strip()

    def run(self, name: str, options: str = "") -> None:
        """Starts a container that does nothing for ten minutes."""
        self.do(f"run --detach --name {name} {options} box sleep 600")

    def pid(self, name: str) -> int:
        """Returns the container's first process."""
        return int(self.do(f"inspect --format {{{{.State.Pid}}}} {name}"))

    def close(self) -> None:
        """Ends all containers and the daemon."""
        self.world.run(["sh", "-c", "/usr/bin/docker ps -aq | xargs -r /usr/bin/docker rm --force"], check=False)
        with suppress(ValueError, ProcessLookupError):
            os.kill(inner_pid(self._daemon), 15)
        with suppress(subprocess.TimeoutExpired):
            self._daemon.wait(patient(STOP_S))
        self._log.close()
        for folder in Path("/sys/fs/cgroup").glob(f"**/{self._group}"):
            with suppress(OSError):
                folder.rmdir()

"""Debian's stock 6.1 kernel from its package: the image, and an initrd with busybox and the needed modules.

Nothing is installed. The result stays in build/second-kernel, and is made again when its recipe changes.
"""

import hashlib
import io
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from netviz.launch.failure import Failure
from netviz.launch.paths import CHECKOUT
from netviz.launch.shell import run, say

CACHE = CHECKOUT / "build" / "second-kernel"

# Modules that are needed for the host's file system, and for the tests' links, tables and programs. Their dependencies
# are added.
MODULES = (
    *("virtio_pci", "9pnet_virtio", "9p", "crc32c_generic"),
    *("8021q", "bonding", "bridge", "br_netfilter", "dummy", "ifb", "ipvlan", "ipvtap", "macvlan", "macvtap"),
    *("nlmon", "tap", "tun", "veth", "vrf", "vxlan", "geneve", "wireguard", "vcan", "xfrm_interface", "e1000"),
    *("team", "team_mode_activebackup", "team_mode_loadbalance", "team_mode_roundrobin"),
    *("ip_gre", "ip6_gre", "ipip", "sit", "ip6_tunnel", "ip_vti", "ip6_vti"),
    *("nf_tables", "nft_chain_nat", "nft_ct", "nft_log", "nft_masq", "nft_redir", "nft_nat", "nft_compat"),
    *("iptable_filter", "iptable_nat", "ip6table_filter", "xt_MASQUERADE", "xt_comment", "xt_conntrack"),
    *("sch_ingress", "sch_htb", "sch_netem", "sch_prio", "sch_tbf"),
    *("cls_bpf", "cls_flower", "cls_matchall", "cls_u32", "act_gact", "act_mirred", "act_vlan"),
    *("inet_diag", "tcp_diag", "udp_diag", "macsec"),
    *("xfrm_user", "esp4", "esp6", "gcm", "ctr", "ghash_generic", "fou"),
    *("authenc", "echainiv", "seqiv", "ansi_cprng"),
)

# Where these modules and their dependencies are in the package.
_PLACES = re.compile(
    r"\./lib/modules/[^/]+/kernel/"
    r"(net|fs|lib|crypto|arch/x86/crypto|drivers/(virtio|net|net/(bonding|ipvlan|team|vxlan|wireguard|can|ethernet/intel)))/"
)
_PACKAGE = re.compile(r"linux-image-6\.1\.0-(\d+)-amd64")

# The first program: loads the modules, changes to the host's file system, and runs the script named in /script.
_INIT = """#!/bin/busybox sh
bb=/bin/busybox
$bb mount -t proc proc /proc
for module in $($bb cat /modules); do
    $bb insmod /lib/$module.ko && continue
    echo "second kernel: the module $module cannot be loaded"
    $bb reboot -f
done
$bb mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=524288,cache=loose host /new || $bb reboot -f
$bb umount /proc
set -- $($bb cat /script)
exec $bb switch_root /new /bin/sh "$@"
"""


@dataclass(frozen=True, slots=True)
class Kernel:
    """The files with which the virtual machine starts."""

    image: Path
    initrd: Path


def kernel(script: Path) -> Kernel:
    """Returns the kernel and its initrd, made if they do not exist yet; `script` runs at the end. Raises Failure."""
    recipe = hashlib.sha256(repr((MODULES, _INIT, str(script))).encode()).hexdigest()[:16]
    for folder in CACHE.glob(f"linux-image-*-{recipe}"):
        if (folder / "initrd").exists():
            return Kernel(folder / "vmlinuz", folder / "initrd")
    run(["apt-get", "update", "-q"], "apt-get update")
    name = _newest()
    folder = CACHE / f"{name}-{recipe}"
    made = Kernel(folder / "vmlinuz", folder / "initrd")
    shutil.rmtree(CACHE, ignore_errors=True)
    folder.mkdir(parents=True)
    image, modules = _unpacked(_downloaded(name))
    made.image.write_bytes(image)
    unfinished = folder / "initrd.new"
    unfinished.write_bytes(_initrd(modules, script))
    unfinished.rename(made.initrd)
    return made


def _newest() -> str:
    """Returns the name of the newest kernel package that apt knows."""
    names = run(["apt-cache", "pkgnames", "linux-image-6.1.0-"], "apt-cache pkgnames").split()
    known = [match for name in names if (match := _PACKAGE.fullmatch(name))]
    if not known:
        raise Failure("apt does not list linux-image-6.1.0-*-amd64, the kernel of Debian 12 that these tests need.")
    return max(known, key=lambda match: int(match[1]))[0]


def _downloaded(name: str) -> Path:
    say(f"Downloading {name} by apt, to unpack it")
    done = subprocess.run(["apt-get", "download", "-q", name], cwd=CACHE, capture_output=True, text=True)
    found = list(CACHE.glob(f"{name}_*.deb"))
    if done.returncode or len(found) != 1:
        raise Failure(f"apt-get download {name} failed: {done.stderr.strip()}")
    return found[0]


def _unpacked(package: Path) -> tuple[bytes, dict[str, bytes]]:
    """Returns the kernel's image, and the modules of `_PLACES` by name."""
    image, modules = b"", {}
    with (
        subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as unpacking,
        tarfile.open(fileobj=unpacking.stdout, mode="r|") as archive,
    ):
        for member in archive:
            wanted = member.isfile() and (_PLACES.match(member.name) or member.name.startswith("./boot/vmlinuz-"))
            file = archive.extractfile(member) if wanted else None
            if file is None:
                continue
            content = file.read()
            if member.name.startswith("./boot/"):
                image = content
            elif member.name.endswith(".ko"):
                modules[_module_name(os.path.basename(member.name)[:-3])] = content
    package.unlink()
    if unpacking.returncode or not image:
        raise Failure(f"{package.name} does not contain a kernel, or cannot be unpacked.")
    return image, modules


def _module_name(name: str) -> str:
    return name.replace("-", "_")


def _in_order(modules: Mapping[str, bytes]) -> list[str]:
    """Returns `MODULES` and their dependencies, with each module after its dependencies."""
    order: list[str] = []

    def add(name: str) -> None:
        if name in order:
            return
        if name not in modules:
            raise Failure(f"The kernel's package has no module {name} in the expected folders.")
        for needed in _depends(modules[name]):
            add(needed)
        order.append(name)

    for name in MODULES:
        add(_module_name(name))
    return order


def _depends(module: bytes) -> Iterator[str]:
    """Returns the dependencies of a module: `depends=` in its section .modinfo."""
    at = module.find(b"\0depends=")
    if at >= 0:
        names = module[at + 9 : module.index(b"\0", at + 9)].decode()
        yield from (_module_name(name) for name in names.split(",") if name)


def _initrd(modules: Mapping[str, bytes], script: Path) -> bytes:
    busybox = shutil.which("busybox")
    if busybox is None:
        raise Failure("There is no busybox: install busybox-static.")
    order = _in_order(modules)
    out = io.BytesIO()
    for folder in ("bin", "dev", "lib", "new", "proc"):
        _put(out, folder, b"", 0o40755)
    _put(out, "bin/busybox", Path(busybox).read_bytes(), 0o100755)
    _put(out, "init", _INIT.encode(), 0o100755)
    _put(out, "modules", "\n".join(order).encode(), 0o100644)
    _put(out, "script", str(script).encode(), 0o100644)
    for name in order:
        _put(out, f"lib/{name}.ko", modules[name], 0o100644)
    _put(out, "TRAILER!!!", b"", 0)
    return out.getvalue()


def _put(out: io.BytesIO, name: str, content: bytes, mode: int) -> None:
    """Writes a file of a "newc" cpio archive (Documentation/driver-api/early-userspace/buffer-format.rst)."""
    raw = name.encode() + b"\0"
    inode = out.tell() + 1
    fields = (inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(raw), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + raw
    out.write(head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4))

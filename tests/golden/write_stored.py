"""Writes the golden stored blobs of the current version from those of the previous version.

    python -m tests.golden.write_stored

Run it in the last commit before PROTOCOL is increased, because later code cannot write this version. Existing blobs are
left unchanged, because they represent what servers have stored.
"""

import os
import sys
from pathlib import Path

STORED = Path(__file__).resolve().parent / "stored"


def main() -> int:
    """Returns the exit code: 1 if the previous version has no blobs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from netviz.server.history.blobs import pack_changes, pack_topology, unpack_changes, unpack_topology
    from netviz.wire.frames import PROTOCOL

    older = PROTOCOL - 1
    if not (STORED / f"keyframe-{older}.bin").exists():
        print(
            f"The recorded blobs of version {PROTOCOL} are made from those of version {older}, which are missing.",
            file=sys.stderr,
        )
        return 1
    world = unpack_topology((STORED / f"keyframe-{older}.bin").read_bytes(), older)
    changes = unpack_changes((STORED / f"segment-{older}.bin").read_bytes(), older)
    for name, blob in (("keyframe", pack_topology(world)), ("segment", pack_changes(changes))):
        file = STORED / f"{name}-{PROTOCOL}.bin"
        if not file.exists():
            file.write_bytes(blob)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes the golden stored blobs of the present version from those of the version before.

    python -m tests.golden.write_stored

Run it in the last commit before PROTOCOL moves on: afterwards nobody can write this version any more. Blobs that are
there already are left as they are, as they stand for what servers have stored.
"""

import os
import sys
from pathlib import Path

STORED = Path(__file__).resolve().parent / "stored"


def main() -> int:
    """The exit code: 1 where the version before has no blobs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from netviz.server.history.blobs import pack_changes, pack_topology, unpack_changes, unpack_topology
    from netviz.wire.frames import PROTOCOL

    older = PROTOCOL - 1
    if not (STORED / f"keyframe-{older}.bin").exists():
        print(f"There are no golden blobs of version {older} to make those of {PROTOCOL} from.", file=sys.stderr)
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

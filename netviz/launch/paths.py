"""Paths in the checkout, and fingerprints of files."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
STATE = CHECKOUT / ".state"
NODE_MODULES = CHECKOUT / "node_modules"
FRONT_SOURCES = CHECKOUT / "static"
FRONT_BUILT = FRONT_SOURCES / "dist"


def fingerprint(files: Iterable[Path]) -> str:
    """Returns the SHA-256 of the paths and contents of the files, sorted by path. A missing file counts as empty."""
    digest = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes() if file.is_file() else b""
        digest.update(b"%s\0%d\0%s" % (bytes(file.relative_to(CHECKOUT)), len(content), content))
    return digest.hexdigest()


def is_current(marker: Path, expected: str) -> bool:
    """Returns whether a marker file contains the expected fingerprint."""
    try:
        return marker.read_text() == expected
    except OSError:
        return False

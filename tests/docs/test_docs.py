"""The documents agree with the code."""

import re
from pathlib import Path

import pytest

from netviz.agent.__main__ import COMMANDS
from netviz.wire.frames import FRAME_TYPES

ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    sources = [ROOT / "netviz" / "settings.py", *(ROOT / "netviz" / "launch").glob("*.py")]
    used = {name for source in sources for name in re.findall(r"NETVIZ_[A-Z_]+[A-Z]", source.read_text())}
    assert used == set(re.findall(r"NETVIZ_[A-Z_]+[A-Z]", text("docs/operations.md")))


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_every_link_in_the_documents_leads_to_a_file(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_every_file_named_in_the_documents_exists(document: Path) -> None:
    named = re.findall(r"`((?:netviz|docs|tests|static)/[\w./-]+)`", document.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_frame_is_in_the_protocol_document() -> None:
    assert [cls.TAG for cls in FRAME_TYPES if f"`{cls.TAG}`" not in text("docs/protocol.md")] == []


def test_every_make_target_in_the_readme_exists() -> None:
    verbs = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", text("README.md"))) <= verbs


def test_every_command_of_the_agent_is_documented() -> None:
    assert [name for name in COMMANDS if f"netviz.agent {name}" not in text("docs/operations.md")] == []


@pytest.mark.parametrize("name", ["model", "uapi", "wire", "agent", "server", "launch"])
def test_no_module_is_longer_than_four_hundred_lines(name: str) -> None:
    modules = [path for path in (ROOT / "netviz" / name).rglob("*.py") if "migrations" not in path.parts]
    assert [path.name for path in modules if len(path.read_text().splitlines()) > 400] == []


@pytest.mark.parametrize("kind", ["", "-test", "-agent", "-node"])
def test_every_required_python_package_has_a_written_reason_and_locked_hashes(kind: str) -> None:
    lines = text(f"requirements{kind}.txt").splitlines()
    locked = re.findall(
        r"^([\w.-]+)(?:\[\w+\])?==(\S+)(?:[^\n]*\n    --hash=sha256:)", text(f"requirements{kind}.lock"), re.MULTILINE
    )
    pinned = [(at, line) for at, line in enumerate(lines) if "==" in line]
    assert [line for at, line in pinned if not lines[at - 1].startswith("# ")] == []
    versions = {name.lower(): version for name, version in locked}
    asked = [re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==(\S+)", line) for _, line in pinned]
    assert [match[1] for match in asked if match and versions.get(match[1].lower()) != match[2]] == []

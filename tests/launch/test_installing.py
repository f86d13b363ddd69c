"""Everything is installed once, and each failure is one sentence."""

import os
import sys
from pathlib import Path

import pytest

from netviz.launch import __main__ as launch
from netviz.launch import environment, front, packages, shell
from netviz.launch.failure import Failure
from netviz.launch.paths import FRONT_BUILT, is_current


@pytest.mark.parametrize(
    ("output", "word"),
    [
        (
            "Collecting x\nERROR: Could not find a version\nERROR: No matching distribution found for x\n",
            "ERROR: No matching distribution found for x",
        ),
        (
            "npm error code E404\nnpm error 404 Not Found\nnpm error A complete log of this run is\n",
            "npm error 404 Not Found",
        ),
        ("E: Unable to locate package x\n", "E: Unable to locate package x"),
        (
            "\x1b[31m[GONE] \x1b[0mCannot find map.ts.\n\n    at build (node.js:1:2)\n  errors: [Getter]\n}\n",
            "[GONE] Cannot find map.ts.",
        ),
        ("something else\n", "something else"),
        ("bad name \x1b]0;title\x07 and \u202eno\n", "bad name ?]0;title? and ?no"),
        ("", "exit code 7"),
    ],
)
def test_reason_of_a_failed_command_is_found_in_its_output(output: str, word: str) -> None:
    assert shell.reason_in(output, 7) == word


def test_missing_program_is_reported_in_one_sentence() -> None:
    with pytest.raises(Failure, match="Looking failed: /no/such/program: No such file"):
        shell.run(["/no/such/program"], "Looking")


def test_failed_command_is_reported_with_its_reason() -> None:
    with pytest.raises(Failure, match="Looking failed: error: dark"):
        shell.run(["sh", "-c", "echo looked; echo error: dark >&2; exit 3"], "Looking")


def test_nothing_is_installed_if_the_packages_for_tests_are_already_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def never(*_: object, **__: object) -> str:
        raise AssertionError("something was installed")

    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "run", never)
    (tmp_path / "netviz-test.pins").write_text(environment.pins("-test"))
    environment.prepare("-test")
    environment.prepare("")


def test_modules_are_compiled_even_where_python_is_told_not_to_write_bytecode(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(environment, "CHECKOUT", tmp_path)
    (tmp_path / "netviz").mkdir()
    (tmp_path / "netviz" / "one.py").write_text("x = 1\n")
    environment.write_bytecode()
    assert len(list(tmp_path.glob("netviz/__pycache__/one.*.pyc"))) == 1


def test_changed_package_version_causes_an_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed: list[object] = []
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "run", lambda argv, *_: installed.append(argv))
    environment.prepare("")
    environment.prepare("")
    assert len(installed) == 1
    (tmp_path / "netviz.pins").write_text("another time's")
    environment.prepare("")
    assert len(installed) == 2


def test_installation_is_up_to_date_only_if_its_marker_file_contains_the_expected_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "marker").write_text("one")
    assert is_current(tmp_path / "marker", "one")
    assert not is_current(tmp_path / "marker", "two")
    assert not is_current(tmp_path / "nothing", "one")


def test_source_files_of_the_front_end_include_its_configuration_but_not_the_built_files() -> None:
    names = {file.name for file in front.sources()}
    assert {"package.json", "package-lock.json", "vite.config.ts", "tsconfig.json"} <= names
    assert not any(FRONT_BUILT in file.parents for file in front.sources())


@pytest.mark.parametrize(
    ("version", "enough"), [("v20.18.3", False), ("v20.19.0", True), ("v24.1.0", True), ("what", False)]
)
def test_too_old_version_of_node_is_not_used(tmp_path: Path, version: str, enough: bool) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)
    assert front.new_enough(str(node)) is enough


def test_missing_programs_are_reported_by_the_names_of_their_packages() -> None:
    wanted = {"sh": "dash", "/etc/passwd*": "base-passwd", "no-such-program": "first", "/no/such/*": "second"}
    assert packages.missing(wanted) == ["first", "second"]


def test_user_without_root_is_shown_the_command_that_installs_missing_packages_as_root(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Failure, match=r"Missing for the tests: chromium\. Run `sudo apt-get install -y .* chromium`"):
        packages.ensure(["chromium"], "the tests")


def test_missing_package_is_fatal_only_in_ci(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(packages, "FOR_TESTS", {"no-such-program": "no-such-package"})
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Failure, match="no-such-package"):
        launch.install_packages([])
    monkeypatch.delenv("CI")
    assert launch.install_packages([]) == 0
    assert "Tests and benchmarks that need these packages are skipped" in capsys.readouterr().out


def test_services_installed_by_apt_are_not_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(packages, "POLICY", policy)
    with packages.no_services_started():
        assert policy.read_text().endswith("exit 101\n")
        assert os.access(policy, os.X_OK)
    assert not policy.exists()
    policy.write_text("its owner's")
    with packages.no_services_started():
        assert policy.read_text() == "its owner's"
    assert policy.read_text() == "its owner's"

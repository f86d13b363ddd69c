"""Counts tests and assertions at a git revision and in the working tree, to show that a change lost none.

    python -m tests.census REVISION

Prints both counts side by side, then each assertion of REVISION with a literal that is rarer in the assertions of the
working tree. The trees are compared as wholes, because files may have moved. Exits with 1 if a count fell or a literal
is gone.
"""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = "tests"

# TypeScript: where a test starts, where an assertion starts, and the literals in it.
TEST = re.compile(r"(?<![\w.])(?:it|test)(?:\.(?:each|skip|only|fails)\b[^\n]*)?\(\s*[\"'`\[$]")
EXPECT = re.compile(r"(?<![\w.])expect\(")
LITERAL = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|(?<![\w.])\d[\d_]*(?:\.\d+)?")


@dataclass(frozen=True)
class Assertion:
    """One assertion, with its place, its text on one line, and its literals."""

    place: str
    text: str
    literals: tuple[str, ...]


@dataclass
class Census:
    """The tests and assertions of a tree of files."""

    tests: Counter[str] = field(default_factory=Counter)
    assertions: list[Assertion] = field(default_factory=list)

    def add(self, path: str, text: str) -> None:
        """Adds the tests and assertions of a file."""
        kind = path.rpartition(".")[2]
        number, found = (python if kind == "py" else typescript)(path, text)
        self.tests[kind] += number
        self.assertions += found

    def numbers(self) -> dict[str, int]:
        """Returns the counts, by what is counted."""
        by_kind = Counter(each.place.partition(":")[0].rpartition(".")[2] for each in self.assertions)
        out: dict[str, int] = {}
        for kind, name in (("py", "Python"), ("ts", "TypeScript")):
            out |= {f"{name} tests": self.tests[kind], f"{name} assertions": by_kind[kind]}
        return out

    def literals(self) -> Counter[str]:
        """Returns how often each literal occurs in assertions."""
        return Counter(literal for each in self.assertions for literal in each.literals)


def python(path: str, text: str) -> tuple[int, list[Assertion]]:
    """Returns the number of tests of a Python file, and its assertions (`assert`, pytest.raises, expect)."""
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    tests = sum(node.name.startswith("test_") for node in functions)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and _asserts(node)):
            asserted = node.test if isinstance(node, ast.Assert) else node  # without the message
            values = (each.value for each in ast.walk(asserted) if isinstance(each, ast.Constant))
            literals = tuple(repr(value) for value in values if isinstance(value, str | bytes | int | float))
            found.append(Assertion(f"{path}:{node.lineno}", " ".join(ast.unparse(node).split()), literals))
    return tests, found


def _asserts(call: ast.Call) -> bool:
    """Returns whether a call is pytest.raises(...), or expect(...).to_...(...)."""
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr == "raises":
        return True
    subject = call.func.value
    return isinstance(subject, ast.Call) and isinstance(subject.func, ast.Name) and subject.func.id == "expect"


def typescript(path: str, text: str) -> tuple[int, list[Assertion]]:
    """Returns the number of tests of a TypeScript file, and its assertions, each up to the end of its statement."""
    found = []
    for match in EXPECT.finditer(text):
        statement = " ".join(text[match.start() : _end(text, match.start())].split())
        line = text.count("\n", 0, match.start()) + 1
        found.append(Assertion(f"{path}:{line}", statement, tuple(LITERAL.findall(statement))))
    return len(TEST.findall(text)), found


def _end(text: str, start: int) -> int:
    """Returns the end of the statement that starts at this position: a semicolon outside of brackets."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth < 0 or (depth == 0 and text[at] == ";"):
            return at
    return len(text)


def at_revision(revision: str) -> Iterator[tuple[str, str]]:
    """Returns the paths and texts of the test files of a git revision."""
    for path in git("ls-tree", "-r", "--name-only", revision, "--", FOLDER).splitlines():
        if path.endswith((".py", ".ts")):
            yield path, git("show", f"{revision}:{path}")


def in_tree() -> Iterator[tuple[str, str]]:
    """Returns the paths and texts of the test files in the working tree."""
    for path in sorted(Path(FOLDER).rglob("*.*")):
        if path.suffix in (".py", ".ts"):
            yield str(path), path.read_text()


def git(*words: str) -> str:
    """Returns the output of git."""
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout


def main(revision: str) -> int:
    """Prints everything; returns 1 if a count fell or a literal is gone."""
    before, after = Census(), Census()
    for census, files in ((before, at_revision(revision)), (after, in_tree())):
        for path, text in files:
            census.add(path, text)
    now = after.numbers()
    print(f"{'':<24}{revision[:12]:>12}{'here':>12}")
    for name, number in before.numbers().items():
        print(f"{name:<24}{number:>12}{now[name]:>12}")
    missing = before.literals() - after.literals()
    gone = [each for each in before.assertions if missing.keys() & set(each.literals)]
    print(f"\n{len(missing)} literals occur less often in the assertions than before{':' if gone else '.'}")
    for each in gone:
        print(f"{each.place}: {each.text}\n    {', '.join(sorted(missing.keys() & set(each.literals)))}")
    return int(bool(gone) or any(now[name] < number for name, number in before.numbers().items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

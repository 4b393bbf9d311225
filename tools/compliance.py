"""Hold the standards' rows against the tests, and print the score.

    python -m tools.compliance                 every row well formed, every test it names is there
    python -m tools.compliance tests.xml       and ran green in the run whose JUnit report this is
    python -m tools.compliance --missing       what is missing, row by row

A row of ``compliance/*.yaml`` says one of three things: ``tests`` (it passes, and these prove it), ``missing`` (what is
not there, plainly), or ``not_applicable`` (why the register has nothing it could speak of).
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from defusedxml import ElementTree  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "compliance"
STATES = ("tests", "missing", "not_applicable")
WHOLE = {"asvs": {1: 70, 2: 183}, "api-top10": {1: 10}}
"""Rows of each level that a standard has and that must stand here: OWASP ASVS 5.0.0 levels 1 and 2, API Security Top 10 of 2023."""


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement: of which standard, its number and level, what it is about, and what is said of it."""

    standard: str
    number: str
    level: int
    about: str
    state: str
    said: Any

    @property
    def tests(self) -> tuple[str, ...]:
        """Tests that prove it, as ``tests/room/test_x.py::test_y``."""
        return tuple(self.said) if self.state == "tests" else ()


def rows() -> Iterator[Row]:
    """Every row of every standard. Raises ``ValueError`` for one that says nothing, or two things."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for number, said in yaml.safe_load(path.read_text("utf-8")).items():
            states = [state for state in STATES if said.get(state)]
            if len(states) != 1 or set(said) - {"level", "about", *STATES}:
                raise ValueError(f"{path.name}, {number}: say level, about, and one of {', '.join(STATES)}")
            yield Row(path.stem, str(number), int(said["level"]), str(said["about"]), states[0], said[states[0]])


def faults(found: Sequence[Row]) -> Iterator[str]:
    """What is wrong with the rows themselves: levels that are not whole, tests that are not there."""
    for standard, levels in WHOLE.items():
        for level, count in levels.items():
            there = sum(1 for row in found if row.standard == standard and row.level == level)
            if there != count:
                yield f"{standard}: level {level} has {count} rows, and {there} stand here"
    known: dict[str, frozenset[str]] = {}
    for row in found:
        for test in row.tests:
            path, _, name = test.partition("::")
            if path not in known:
                known[path] = _tests_of(ROOT / path)
            if name not in known[path]:
                yield f"{row.standard} {row.number}: there is no {test}"


def _tests_of(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def not_green(found: Sequence[Row], report: Path) -> Iterator[str]:
    """Tests that rows name and that did not run green, in a JUnit report: failed, skipped, or not run."""
    ran: dict[str, list[bool]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        path = case.get("classname", "").replace(".", "/") + ".py"
        name = case.get("name", "").partition("[")[0]
        ran.setdefault(f"{path}::{name}", []).append(
            len(case) == 0 or all(one.tag.startswith("system") for one in case)
        )
    for row in found:
        for test in row.tests:
            if not ran.get(test) or not all(ran[test]):
                yield f"{row.standard} {row.number}: {test} did not run green"


def score(found: Sequence[Row]) -> str:
    """The rows that pass, are missing, or do not apply, by standard and level."""
    lines = [f"{'standard':<12}{'level':>6}{'passes':>8}{'missing':>9}{'not applicable':>16}"]
    counts = Counter((row.standard, row.level, row.state) for row in found)
    for standard, level in sorted({(row.standard, row.level) for row in found}):
        passes, missing, nothing = (counts[standard, level, state] for state in STATES)
        lines.append(f"{standard:<12}{level:>6}{passes:>8}{missing:>9}{nothing:>16}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Check the rows, against a report where one is named; 1 where something does not hold."""
    found = list(rows())
    wrong = list(faults(found))
    for name in arguments:
        if name == "--missing":
            sys.stdout.writelines(
                f"{row.standard} {row.number} (level {row.level}), {row.about}: {row.said}\n"
                for row in found
                if row.state == "missing"
            )
        else:
            wrong += not_green(found, Path(name))
    sys.stdout.write(score(found))
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

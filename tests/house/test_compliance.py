"""Every row of a standard is proved by tests that are there, or says what is missing; the standards stand whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.reading import keep
from tools import compliance
from tools.compliance import Row

GREEN = """<testsuite>
<testcase classname="tests.a.test_b" name="test_green[1]"/>
<testcase classname="tests.a.test_b" name="test_red"><failure/></testcase>
<testcase classname="tests.a.test_b" name="test_skipped"><skipped/></testcase>
</testsuite>"""


def a_row(*tests: str) -> Row:
    return Row("asvs", "1.1.1", 1, "", "tests", [f"tests/a/test_b.py::{test}" for test in tests])


def test_the_standards_stand_whole_and_name_tests_that_are_there() -> None:
    keep("A row names tests that are there:", compliance.faults(list(compliance.rows())))


def test_the_law_sees_missing_rows_and_tests() -> None:
    found = list(compliance.faults([a_row("test_nowhere")]))
    assert "asvs: level 1 has 70 rows, and 1 stand here" in found
    assert "asvs 1.1.1: there is no tests/a/test_b.py::test_nowhere" in found


@pytest.mark.parametrize(
    ("test", "green"), [("test_green", True), ("test_red", False), ("test_skipped", False), ("test_x", False)]
)
def test_only_what_ran_green_proves_a_row(test: str, green: bool, tmp_path: Path) -> None:
    report = tmp_path / "tests.xml"
    report.write_text(GREEN)
    assert (not list(compliance.not_green([a_row(test)], report))) is green
